-- What the lists of the REST API are sorted and filtered by. Texts in lower case
-- and in the order of code points, as the lists give them.
CREATE INDEX customers_name_idx ON customers (lower(name) COLLATE "C", customer_id);
CREATE INDEX customers_email_idx ON customers (lower(email) COLLATE "C", customer_id);

CREATE INDEX portfolios_name_idx ON portfolios (lower(portfolio_name) COLLATE "C", portfolio_id);
CREATE INDEX portfolios_type_idx ON portfolios (portfolio_type, created_at, portfolio_id);
CREATE INDEX portfolios_base_currency_idx ON portfolios (base_currency, created_at, portfolio_id);

CREATE INDEX investments_purchase_date_idx ON investments (purchase_date, investment_id);
-- In place of the one on the symbol alone, whose work it does too.
CREATE INDEX investments_ticker_page_idx ON investments (ticker_symbol, investment_id);
DROP INDEX investments_ticker_symbol_idx;
