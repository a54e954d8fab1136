-- Several currencies: assets quoted in minor units, exchange rates by day, and
-- the rate of a lot's own.
--
-- Prices of some exchanges are in hundredths of a currency: GBp (pence), ZAc
-- (cents of the rand), ILA (agorot). They are codes of their own, of assets and
-- quotes only: portfolios are kept in whole units. What others write as GBX and
-- ZAC is not stored.

UPDATE assets SET currency = 'GBp' WHERE currency = 'GBX';
UPDATE assets SET currency = 'ZAc' WHERE currency = 'ZAC';
UPDATE asset_prices SET currency = 'GBp' WHERE currency = 'GBX';
UPDATE asset_prices SET currency = 'ZAc' WHERE currency = 'ZAC';

-- The currency that a code is a minor unit of, or the code itself.
CREATE FUNCTION currency_major(code text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE code WHEN 'GBp' THEN 'GBP' WHEN 'ZAc' THEN 'ZAR' WHEN 'ILA' THEN 'ILS' ELSE code END;

-- How many of it make one of its major: 100 for a minor unit, else 1.
CREATE FUNCTION currency_factor(code text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN code IN ('GBp', 'ZAc', 'ILA') THEN 100 ELSE 1 END;

ALTER TABLE assets
    DROP CONSTRAINT assets_currency_is_code,
    ADD CONSTRAINT assets_currency_is_code
        CHECK (currency IN ('GBp', 'ZAc') OR currency ~ '^[A-Z]{3}$' AND currency NOT IN ('GBX', 'ZAC'));
ALTER TABLE asset_prices
    DROP CONSTRAINT asset_prices_currency_is_code,
    ADD CONSTRAINT asset_prices_currency_is_code
        CHECK (currency IN ('GBp', 'ZAc') OR currency ~ '^[A-Z]{3}$' AND currency NOT IN ('GBX', 'ZAC'));
ALTER TABLE portfolios
    DROP CONSTRAINT portfolios_base_currency_is_code,
    ADD CONSTRAINT portfolios_base_currency_is_code
        CHECK (base_currency ~ '^[A-Z]{3}$' AND base_currency NOT IN ('GBX', 'ZAC', 'ILA'));

-- What one euro was on a day, as published. The euro itself has no rows. A day
-- without rows (a weekend) has the rates of the last one before it that has.
CREATE TABLE exchange_rates (
    currency      char(3)       NOT NULL,
    date          date          NOT NULL,
    units_per_eur numeric(20,8) NOT NULL,
    PRIMARY KEY (currency, date),
    CONSTRAINT exchange_rates_currency_is_code
        CHECK (currency ~ '^[A-Z]{3}$' AND currency NOT IN ('EUR', 'GBX', 'ZAC', 'ILA')),
    CONSTRAINT exchange_rates_date_is_date CHECK (date BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT exchange_rates_units_are_bounded CHECK (units_per_eur > 0 AND units_per_eur <= 90000000000)
);

-- All rates of a day, and which day is the last with any.
CREATE INDEX exchange_rates_date_idx ON exchange_rates (date, currency);

-- Units of `to_currency` for one of `from_currency`, both taken as majors (a
-- caller that has pence divides by currency_factor), of the last day on or
-- before `on_date` that has a rate of both: so a cross is of one publication.
-- Rounded to 1e-8. NULL when not known, also when it is no legal rate after
-- rounding. Of a currency to itself: 1, whatever is stored.
CREATE FUNCTION exchange_rate_on(from_currency text, to_currency text, on_date date) RETURNS numeric
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT AS
$$
DECLARE
    from_major text := currency_major(from_currency);
    to_major text := currency_major(to_currency);
    rate numeric;
BEGIN
    IF from_major = to_major THEN
        RETURN 1;
    ELSIF from_major = 'EUR' THEN
        SELECT t.units_per_eur INTO rate FROM exchange_rates t
        WHERE t.currency = to_major::char(3) AND t.date <= on_date ORDER BY t.date DESC LIMIT 1;
    ELSIF to_major = 'EUR' THEN
        SELECT round(1 / f.units_per_eur, 8) INTO rate FROM exchange_rates f
        WHERE f.currency = from_major::char(3) AND f.date <= on_date ORDER BY f.date DESC LIMIT 1;
    ELSE
        SELECT round(t.units_per_eur / f.units_per_eur, 8) INTO rate
        FROM exchange_rates f
        JOIN exchange_rates t ON t.currency = to_major::char(3) AND t.date = f.date
        WHERE f.currency = from_major::char(3) AND f.date <= on_date ORDER BY f.date DESC LIMIT 1;
    END IF;
    IF rate > 0 AND rate <= 90000000000 THEN
        RETURN rate;
    END IF;
    RETURN NULL;
END;
$$;

-- The rate that a lot was bought at (units of the portfolio's currency for one
-- major of the asset's), when the one who entered it said so; else that of its
-- purchase_date counts.
ALTER TABLE investments
    ADD COLUMN fx_rate numeric(20,8),
    ADD CONSTRAINT investments_fx_rate_is_bounded CHECK (fx_rate > 0 AND fx_rate <= 90000000000);

-- As before, and a change of the rate stamps too.
CREATE OR REPLACE FUNCTION investments_count_version() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    portfolio_ids uuid[];
    ticker_symbols text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(d.portfolio_id), array_agg(d.ticker_symbol) INTO portfolio_ids, ticker_symbols
        FROM (SELECT DISTINCT n.portfolio_id, n.ticker_symbol FROM new_lots n) d;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(d.portfolio_id), array_agg(d.ticker_symbol) INTO portfolio_ids, ticker_symbols
        FROM (SELECT DISTINCT o.portfolio_id, o.ticker_symbol FROM old_lots o) d;
    ELSE
        SELECT array_agg(d.portfolio_id), array_agg(d.ticker_symbol) INTO portfolio_ids, ticker_symbols
        FROM (SELECT DISTINCT s.portfolio_id, s.ticker_symbol
              FROM old_lots o
              FULL JOIN new_lots n ON n.investment_id = o.investment_id
              CROSS JOIN LATERAL (VALUES (o.portfolio_id, o.ticker_symbol), (n.portfolio_id, n.ticker_symbol))
                  AS s (portfolio_id, ticker_symbol)
              WHERE (o.portfolio_id, o.ticker_symbol, o.quantity, o.purchase_price, o.fee, o.purchase_date, o.fx_rate)
                    IS DISTINCT FROM
                    (n.portfolio_id, n.ticker_symbol, n.quantity, n.purchase_price, n.fee, n.purchase_date, n.fx_rate)
                AND s.portfolio_id IS NOT NULL) d;
    END IF;
    IF portfolio_ids IS NOT NULL THEN
        PERFORM position_versions_stamp(portfolio_ids, ticker_symbols);
    END IF;
    RETURN NULL;
END;
$$;

-- A lot is in its asset's currency, and in its portfolio's until that is known.
-- When the currency becomes known or another one, the positions for which that
-- makes a difference are stamped.
CREATE FUNCTION assets_stamp_positions() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    portfolio_ids uuid[];
    ticker_symbols text[];
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
    RETURN NULL;
END;
$$;

CREATE TRIGGER assets_stamp_positions
    AFTER UPDATE ON assets REFERENCING OLD TABLE AS old_assets NEW TABLE AS new_assets
    FOR EACH STATEMENT EXECUTE FUNCTION assets_stamp_positions();

-- Every row of a portfolio that takes another currency shows other members.
CREATE FUNCTION portfolios_stamp_positions() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    UPDATE position_versions SET version = NEW.version WHERE portfolio_id = NEW.portfolio_id;
    RETURN NULL;
END;
$$;

CREATE TRIGGER portfolios_stamp_positions
    AFTER UPDATE OF base_currency ON portfolios
    FOR EACH ROW WHEN (OLD.base_currency <> NEW.base_currency) EXECUTE FUNCTION portfolios_stamp_positions();

-- A day's rate gives lots that were bought on it or later another cost, unless
-- they have a rate of their own. The next publication ends its reach, but that
-- one more row is sent again is cheaper than to look for where it ends.
CREATE FUNCTION exchange_rates_stamp_positions() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    changed_currencies text[];
    first_dates date[];
    portfolio_ids uuid[];
    ticker_symbols text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(c.currency), array_agg(c.first_date) INTO changed_currencies, first_dates
        FROM (SELECT n.currency, min(n.date) AS first_date FROM new_rates n GROUP BY n.currency) c;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(c.currency), array_agg(c.first_date) INTO changed_currencies, first_dates
        FROM (SELECT o.currency, min(o.date) AS first_date FROM old_rates o GROUP BY o.currency) c;
    ELSE
        SELECT array_agg(c.currency), array_agg(c.first_date) INTO changed_currencies, first_dates
        FROM (SELECT r.currency, min(r.date) AS first_date
              FROM (TABLE old_rates EXCEPT TABLE new_rates UNION (TABLE new_rates EXCEPT TABLE old_rates)) r
              GROUP BY r.currency) c;
    END IF;
    IF changed_currencies IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(d.portfolio_id), array_agg(d.ticker_symbol) INTO portfolio_ids, ticker_symbols
    FROM (SELECT DISTINCT i.portfolio_id, i.ticker_symbol
          FROM investments i
          JOIN assets a ON a.ticker_symbol = i.ticker_symbol
          JOIN portfolios p ON p.portfolio_id = i.portfolio_id
          JOIN unnest(changed_currencies, first_dates) AS c (currency, first_date)
              ON c.currency IN (currency_major(a.currency), p.base_currency) AND i.purchase_date >= c.first_date
          WHERE i.fx_rate IS NULL AND currency_major(a.currency) <> p.base_currency) d;
    IF portfolio_ids IS NOT NULL THEN
        PERFORM position_versions_stamp(portfolio_ids, ticker_symbols);
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER exchange_rates_stamp_positions_on_insert
    AFTER INSERT ON exchange_rates REFERENCING NEW TABLE AS new_rates
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_rates_stamp_positions();
CREATE TRIGGER exchange_rates_stamp_positions_on_update
    AFTER UPDATE ON exchange_rates REFERENCING OLD TABLE AS old_rates NEW TABLE AS new_rates
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_rates_stamp_positions();
CREATE TRIGGER exchange_rates_stamp_positions_on_delete
    AFTER DELETE ON exchange_rates REFERENCING OLD TABLE AS old_rates
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_rates_stamp_positions();
CREATE TRIGGER exchange_rates_refuse_truncate
    BEFORE TRUNCATE ON exchange_rates
    FOR EACH STATEMENT EXECUTE FUNCTION table_refuse_truncate();
