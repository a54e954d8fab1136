-- A split comes into effect when its date is there (UTC), whatever price is known:
-- before New York's opening, so that the session's first price meets the
-- quantities after the split. A price from before the split counts divided by it
-- wherever it is multiplied with those quantities, so nothing waits for another.
CREATE OR REPLACE FUNCTION corporate_actions_apply() RETURNS integer
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    ticker_symbols text[];
    dates date[];
BEGIN
    WITH due AS (
        SELECT a.ticker_symbol, a.date FROM corporate_actions a
        WHERE a.type = 'SPLIT' AND NOT a.is_applied AND a.date <= (now() AT TIME ZONE 'UTC')::date
        ORDER BY a.ticker_symbol, a.date
        FOR UPDATE OF a SKIP LOCKED)
    , applied AS (
        UPDATE corporate_actions a SET is_applied = true FROM due
        WHERE a.ticker_symbol = due.ticker_symbol AND a.date = due.date AND a.type = 'SPLIT'
        RETURNING a.ticker_symbol, a.date)
    SELECT array_agg(r.ticker_symbol), array_agg(r.date) INTO ticker_symbols, dates FROM applied r;
    IF ticker_symbols IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM corporate_actions_stamp(ticker_symbols, dates);
    RETURN cardinality(ticker_symbols);
END;
$$;
