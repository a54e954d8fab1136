-- The version at which a row of the portfolio may last have changed from
-- another currency than the portfolio's to its own. A client that has not seen
-- it yet is told that the row's members in the portfolio's currency are gone;
-- all others need not be told each time.
ALTER TABLE portfolios ADD COLUMN currencies_version bigint NOT NULL DEFAULT 0;

-- The version is counted already, or is with this.
CREATE FUNCTION portfolios_note_currencies(portfolio_ids uuid[]) RETURNS void
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    PERFORM FROM portfolios WHERE portfolio_id = ANY (portfolio_ids) ORDER BY portfolio_id FOR NO KEY UPDATE;
    UPDATE portfolios SET version = version WHERE portfolio_id = ANY (portfolio_ids);
    UPDATE portfolios SET currencies_version = version WHERE portfolio_id = ANY (portfolio_ids);
END;
$$;

-- As before, but for that. Only a currency that was known can have made a row
-- one in another currency, also a row that is gone now: a client that was away
-- may have it still. There is no index for those; it is rare.
CREATE OR REPLACE FUNCTION assets_stamp_positions() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    portfolio_ids uuid[];
    ticker_symbols text[];
    corrected text[];
BEGIN
    SELECT array_agg(d.portfolio_id), array_agg(d.ticker_symbol) INTO portfolio_ids, ticker_symbols
    FROM (SELECT DISTINCT i.portfolio_id, i.ticker_symbol
          FROM old_assets o
          JOIN new_assets n ON n.ticker_symbol = o.ticker_symbol AND n.currency IS DISTINCT FROM o.currency
          JOIN investments i ON i.ticker_symbol = n.ticker_symbol
          JOIN portfolios p ON p.portfolio_id = i.portfolio_id
          WHERE coalesce(n.currency, p.base_currency) <> coalesce(o.currency, p.base_currency)) d;
    IF portfolio_ids IS NOT NULL THEN
        PERFORM position_versions_stamp(portfolio_ids, ticker_symbols);
    END IF;
    SELECT array_agg(o.ticker_symbol) INTO corrected
    FROM old_assets o
    JOIN new_assets n ON n.ticker_symbol = o.ticker_symbol AND n.currency IS DISTINCT FROM o.currency
    WHERE o.currency IS NOT NULL;
    IF corrected IS NOT NULL THEN
        PERFORM portfolios_note_currencies(array_agg(v.portfolio_id))
        FROM position_versions v WHERE v.ticker_symbol = ANY (corrected);
    END IF;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE FUNCTION portfolios_stamp_positions() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    UPDATE position_versions SET version = NEW.version WHERE portfolio_id = NEW.portfolio_id;
    PERFORM portfolios_note_currencies(ARRAY[NEW.portfolio_id]);
    RETURN NULL;
END;
$$;
