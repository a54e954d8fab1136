-- Daily values that were computed before have no rows for days on which nothing
-- but an exchange rate moved: compute them anew when they are asked for next.
DELETE FROM portfolio_value_states;
