-- History: daily bars, splits and dividends, and each portfolio's daily values.
--
-- Prices are kept raw, as traded, with splits as rows of their own: what is
-- stored once stays right however many splits come later.

CREATE TABLE daily_bars (
    ticker_symbol text COLLATE "C" NOT NULL,
    date          date          NOT NULL, -- the trading date
    open          numeric(20,8),
    high          numeric(20,8),
    low           numeric(20,8),
    close         numeric(20,8) NOT NULL,
    volume        numeric(28,8),
    source        text          NOT NULL,
    PRIMARY KEY (ticker_symbol, date),
    CONSTRAINT daily_bars_prices_are_bounded
        CHECK (close > 0 AND close <= 90000000000 AND open > 0 AND open <= 90000000000
               AND high > 0 AND high <= 90000000000 AND low > 0 AND low <= 90000000000),
    CONSTRAINT daily_bars_high_is_highest
        CHECK (high >= low AND high >= open AND high >= close AND low <= open AND low <= close),
    CONSTRAINT daily_bars_volume_is_bounded CHECK (volume >= 0 AND volume <= 10000000000000000000),
    CONSTRAINT daily_bars_source_is_bounded CHECK (octet_length(source) BETWEEN 1 AND 15),
    CONSTRAINT daily_bars_date_is_date CHECK (date BETWEEN '0001-01-01' AND '9999-12-31')
) PARTITION BY RANGE (date);

-- Makes the partitions of the years from the first date to the last, where they
-- are missing; to be called before bars are inserted. At most 200 years. Does not
-- stop readers: a table is made and attached, not made as a partition.
CREATE FUNCTION daily_bars_add_partitions(first_date date, last_date date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
$$
DECLARE
    first_year integer := extract(year FROM first_date);
    last_year integer := extract(year FROM last_date);
    partition_name text;
BEGIN
    IF last_year - first_year >= 200 THEN
        RAISE EXCEPTION 'bars of more than 200 years' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    FOR a_year IN first_year..last_year LOOP
        partition_name := format('daily_bars_%s', lpad(a_year::text, 4, '0'));
        IF EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                   WHERE i.inhparent = 'daily_bars'::regclass AND c.relname = partition_name) THEN
            CONTINUE;
        END IF;
        -- Two writers of a new year: the second waits, and looks again.
        PERFORM pg_advisory_xact_lock(hashtextextended('daily_bars_add_partitions', 0));
        IF NOT EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                       WHERE i.inhparent = 'daily_bars'::regclass AND c.relname = partition_name) THEN
            EXECUTE format('CREATE TABLE %I (LIKE daily_bars INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition_name);
            EXECUTE format('ALTER TABLE daily_bars ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition_name,
                           make_date(a_year, 1, 1),
                           CASE a_year WHEN 9999 THEN 'infinity' ELSE make_date(a_year + 1, 1, 1)::text END);
        END IF;
    END LOOP;
END;
$$;

-- The closes of a symbol in a year, packed, derived from daily_bars by triggers
-- and by nothing else: reading ten years of a thousand symbols takes 2.5 million
-- rows of bars, but ten thousand of these. 12 bytes a day, ordered: the date as
-- days since 1970 (4 bytes), the close in units of 1e-8 (8), big-endian.
--
-- The version goes up with each change of a bar, or of a corporate action, of the
-- symbol in that year: what was computed from them tells by it that it is old. A
-- year with actions but without bars has a row too.
CREATE TABLE close_series (
    ticker_symbol text COLLATE "C" NOT NULL REFERENCES assets (ticker_symbol) ON DELETE CASCADE,
    year          integer NOT NULL,
    version       bigint  NOT NULL DEFAULT 1,
    closes        bytea   NOT NULL DEFAULT '',
    PRIMARY KEY (ticker_symbol, year)
) WITH (toast_tuple_target = 128);
-- Outside of the row, so that summing versions does not read past them; not
-- compressed, for it would take longer than the disk.
ALTER TABLE close_series ALTER COLUMN closes SET STORAGE EXTERNAL;

-- Counts the versions of the given pairs (symbol, year) and derives their closes
-- anew. The rows' locks come first, in order: who else changes the same year
-- waits, and then derives from what both have written.
CREATE FUNCTION close_series_refresh(ticker_symbols text[], years integer[]) RETURNS void
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    INSERT INTO close_series (ticker_symbol, year)
    SELECT t.ticker_symbol, t.year FROM unnest(ticker_symbols, years) AS t (ticker_symbol, year)
    ORDER BY t.ticker_symbol COLLATE "C", t.year
    ON CONFLICT (ticker_symbol, year) DO UPDATE SET version = close_series.version + 1;
    UPDATE close_series s
    SET closes = coalesce((SELECT string_agg(int4send(b.date - date '1970-01-01')
                                             || int8send((b.close * 100000000)::bigint), '' ORDER BY b.date)
                           FROM daily_bars b
                           WHERE b.ticker_symbol = s.ticker_symbol
                             AND b.date BETWEEN make_date(s.year, 1, 1) AND make_date(s.year, 12, 31)), '')
    FROM unnest(ticker_symbols, years) AS t (ticker_symbol, year)
    WHERE s.ticker_symbol = t.ticker_symbol AND s.year = t.year;
END;
$$;

CREATE FUNCTION daily_bars_refresh_series() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    ticker_symbols text[];
    years integer[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(d.ticker_symbol), array_agg(d.year) INTO ticker_symbols, years
        FROM (SELECT DISTINCT n.ticker_symbol, extract(year FROM n.date)::integer AS year FROM new_bars n) d;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(d.ticker_symbol), array_agg(d.year) INTO ticker_symbols, years
        FROM (SELECT DISTINCT o.ticker_symbol, extract(year FROM o.date)::integer AS year FROM old_bars o) d;
    ELSE
        SELECT array_agg(d.ticker_symbol), array_agg(d.year) INTO ticker_symbols, years
        FROM (SELECT o.ticker_symbol, extract(year FROM o.date)::integer AS year FROM old_bars o
              UNION SELECT n.ticker_symbol, extract(year FROM n.date)::integer FROM new_bars n) d;
    END IF;
    IF ticker_symbols IS NOT NULL THEN
        PERFORM close_series_refresh(ticker_symbols, years);
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER daily_bars_refresh_series_on_insert
    AFTER INSERT ON daily_bars REFERENCING NEW TABLE AS new_bars
    FOR EACH STATEMENT EXECUTE FUNCTION daily_bars_refresh_series();
CREATE TRIGGER daily_bars_refresh_series_on_update
    AFTER UPDATE ON daily_bars REFERENCING OLD TABLE AS old_bars NEW TABLE AS new_bars
    FOR EACH STATEMENT EXECUTE FUNCTION daily_bars_refresh_series();
CREATE TRIGGER daily_bars_refresh_series_on_delete
    AFTER DELETE ON daily_bars REFERENCING OLD TABLE AS old_bars
    FOR EACH STATEMENT EXECUTE FUNCTION daily_bars_refresh_series();
CREATE TRIGGER daily_bars_refuse_truncate
    BEFORE TRUNCATE ON daily_bars
    FOR EACH STATEMENT EXECUTE FUNCTION table_refuse_truncate();

-- close_series is what holds bars to their asset: no bar without one (the
-- foreign key there), and none left when it goes. Before, not after, so that the
-- series still has its asset while the bars go.
CREATE FUNCTION assets_delete_bars() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    DELETE FROM daily_bars WHERE ticker_symbol = OLD.ticker_symbol;
    RETURN OLD;
END;
$$;

CREATE TRIGGER assets_delete_bars
    BEFORE DELETE ON assets
    FOR EACH ROW EXECUTE FUNCTION assets_delete_bars();

-- Splits, dividends, spin-offs. A split gives numerator shares for denominator
-- old ones. A spin-off is the vendor's factor on the price, not on the quantity:
-- it is kept as it came, and changes nothing.
CREATE TABLE corporate_actions (
    ticker_symbol text COLLATE "C" NOT NULL REFERENCES assets (ticker_symbol) ON DELETE CASCADE,
    date          date          NOT NULL, -- from this day's opening on
    type          text          NOT NULL,
    numerator     integer,                -- of a split
    denominator   integer,
    amount        numeric(20,8),          -- of a dividend: a share's, in the asset's currency; of a spin-off: the factor
    source        text          NOT NULL,
    -- Of a split: the lots' quantities have been multiplied by it for who looks
    -- now, and the positions stamped, in the transaction that set it.
    is_applied    boolean       NOT NULL DEFAULT false,
    created_at    timestamptz   NOT NULL DEFAULT now(),
    PRIMARY KEY (ticker_symbol, date, type),
    CONSTRAINT corporate_actions_type_is_known CHECK (type IN ('SPLIT', 'DIVIDEND', 'SPINOFF')),
    CONSTRAINT corporate_actions_split_has_ratio
        CHECK ((type = 'SPLIT') = (numerator IS NOT NULL) AND (numerator IS NULL) = (denominator IS NULL)
               AND (type = 'SPLIT') = (amount IS NULL)),
    CONSTRAINT corporate_actions_ratio_is_bounded
        CHECK (numerator BETWEEN 1 AND 10000 AND denominator BETWEEN 1 AND 10000 AND numerator <> denominator),
    CONSTRAINT corporate_actions_amount_is_bounded CHECK (amount > 0 AND amount <= 90000000000),
    CONSTRAINT corporate_actions_date_is_date CHECK (date BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT corporate_actions_source_is_bounded CHECK (octet_length(source) BETWEEN 1 AND 15)
);

-- The splits of a position's ticker, whenever a portfolio is loaded.
CREATE INDEX corporate_actions_split_idx ON corporate_actions (ticker_symbol, date) WHERE type = 'SPLIT';
-- What is still to be applied: nearly nothing.
CREATE INDEX corporate_actions_due_idx ON corporate_actions (date) WHERE type = 'SPLIT' AND NOT is_applied;

-- Stamps the positions with lots bought before the splits' dates.
CREATE FUNCTION corporate_actions_stamp(ticker_symbols text[], dates date[]) RETURNS void
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    portfolio_ids uuid[];
    held_symbols text[];
BEGIN
    SELECT array_agg(d.portfolio_id), array_agg(d.ticker_symbol) INTO portfolio_ids, held_symbols
    FROM (SELECT DISTINCT i.portfolio_id, i.ticker_symbol
          FROM unnest(ticker_symbols, dates) AS t (ticker_symbol, date)
          JOIN investments i ON i.ticker_symbol = t.ticker_symbol AND i.purchase_date < t.date) d;
    IF portfolio_ids IS NOT NULL THEN
        PERFORM position_versions_stamp(portfolio_ids, held_symbols);
    END IF;
END;
$$;

-- Applies the splits that have come into effect: their date is there (UTC), and
-- the last known price, if there is one, is of a session not before it. So
-- quantities and price change over together; a price from before the split is
-- never multiplied with the quantities after it. Returns how many.
CREATE FUNCTION corporate_actions_apply() RETURNS integer
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    ticker_symbols text[];
    dates date[];
BEGIN
    WITH due AS (
        SELECT a.ticker_symbol, a.date FROM corporate_actions a
        WHERE a.type = 'SPLIT' AND NOT a.is_applied AND a.date <= (now() AT TIME ZONE 'UTC')::date
          AND NOT EXISTS (SELECT FROM asset_prices p WHERE p.ticker_symbol = a.ticker_symbol AND p.session < a.date)
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

-- A new split waits to be applied, so does a changed one: what counted of it
-- before does not count any more, and is stamped.
CREATE FUNCTION corporate_actions_begin() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    IF TG_OP = 'INSERT' OR (OLD.ticker_symbol, OLD.date, OLD.type, OLD.numerator, OLD.denominator)
                           IS DISTINCT FROM (NEW.ticker_symbol, NEW.date, NEW.type, NEW.numerator, NEW.denominator) THEN
        NEW.is_applied := false;
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER corporate_actions_begin
    BEFORE INSERT OR UPDATE ON corporate_actions
    FOR EACH ROW EXECUTE FUNCTION corporate_actions_begin();

CREATE FUNCTION corporate_actions_count() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
DECLARE
    ticker_symbols text[];
    years integer[];
    lost_symbols text[];
    lost_dates date[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(d.ticker_symbol), array_agg(d.year) INTO ticker_symbols, years
        FROM (SELECT DISTINCT n.ticker_symbol, extract(year FROM n.date)::integer AS year FROM new_actions n) d;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(d.ticker_symbol), array_agg(d.year) INTO ticker_symbols, years
        FROM (SELECT DISTINCT o.ticker_symbol, extract(year FROM o.date)::integer AS year FROM old_actions o
              JOIN assets a ON a.ticker_symbol = o.ticker_symbol) d;
        SELECT array_agg(o.ticker_symbol), array_agg(o.date) INTO lost_symbols, lost_dates
        FROM old_actions o WHERE o.is_applied;
    ELSE
        SELECT array_agg(d.ticker_symbol), array_agg(d.year) INTO ticker_symbols, years
        FROM (SELECT c.ticker_symbol, extract(year FROM c.date)::integer AS year
              FROM (SELECT ticker_symbol, date, type, numerator, denominator, amount FROM old_actions
                    EXCEPT SELECT ticker_symbol, date, type, numerator, denominator, amount FROM new_actions
                    UNION (SELECT ticker_symbol, date, type, numerator, denominator, amount FROM new_actions
                           EXCEPT SELECT ticker_symbol, date, type, numerator, denominator, amount FROM old_actions)) c
              GROUP BY 1, 2) d;
        SELECT array_agg(o.ticker_symbol), array_agg(o.date) INTO lost_symbols, lost_dates
        FROM old_actions o
        WHERE o.is_applied AND NOT EXISTS (
            SELECT FROM new_actions n
            WHERE (n.ticker_symbol, n.date, n.type) = (o.ticker_symbol, o.date, o.type) AND n.is_applied);
    END IF;
    IF ticker_symbols IS NOT NULL THEN
        PERFORM close_series_refresh(ticker_symbols, years);
    END IF;
    IF lost_symbols IS NOT NULL THEN
        PERFORM corporate_actions_stamp(lost_symbols, lost_dates);
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER corporate_actions_count_on_insert
    AFTER INSERT ON corporate_actions REFERENCING NEW TABLE AS new_actions
    FOR EACH STATEMENT EXECUTE FUNCTION corporate_actions_count();
CREATE TRIGGER corporate_actions_count_on_update
    AFTER UPDATE ON corporate_actions REFERENCING OLD TABLE AS old_actions NEW TABLE AS new_actions
    FOR EACH STATEMENT EXECUTE FUNCTION corporate_actions_count();
CREATE TRIGGER corporate_actions_count_on_delete
    AFTER DELETE ON corporate_actions REFERENCING OLD TABLE AS old_actions
    FOR EACH STATEMENT EXECUTE FUNCTION corporate_actions_count();
CREATE TRIGGER corporate_actions_refuse_truncate
    BEFORE TRUNCATE ON corporate_actions
    FOR EACH STATEMENT EXECUTE FUNCTION table_refuse_truncate();

-- How often a currency's rates of a year changed: what close_series.version is
-- to prices.
CREATE TABLE exchange_rate_years (
    currency char(3) NOT NULL,
    year     integer NOT NULL,
    version  bigint  NOT NULL DEFAULT 1,
    PRIMARY KEY (currency, year)
);

CREATE FUNCTION exchange_rates_count_years() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO exchange_rate_years (currency, year)
        SELECT DISTINCT n.currency, extract(year FROM n.date)::integer FROM new_rates n ORDER BY 1, 2
        ON CONFLICT (currency, year) DO UPDATE SET version = exchange_rate_years.version + 1;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        INSERT INTO exchange_rate_years (currency, year)
        SELECT DISTINCT o.currency, extract(year FROM o.date)::integer FROM old_rates o ORDER BY 1, 2
        ON CONFLICT (currency, year) DO UPDATE SET version = exchange_rate_years.version + 1;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER exchange_rates_count_years_on_insert
    AFTER INSERT ON exchange_rates REFERENCING NEW TABLE AS new_rates
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_rates_count_years();
CREATE TRIGGER exchange_rates_count_years_on_update
    AFTER UPDATE ON exchange_rates REFERENCING OLD TABLE AS old_rates NEW TABLE AS new_rates
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_rates_count_years();
CREATE TRIGGER exchange_rates_count_years_on_delete
    AFTER DELETE ON exchange_rates REFERENCING OLD TABLE AS old_rates
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_rates_count_years();

INSERT INTO exchange_rate_years (currency, year)
SELECT DISTINCT currency, extract(year FROM date)::integer FROM exchange_rates;

-- A portfolio's value at the end of each day on which something was priced or
-- bought, in its base currency, without cash. Derived: from lots, bars, actions
-- and rates; portfolio_value_states says from which.
CREATE TABLE portfolio_values (
    portfolio_id uuid          NOT NULL REFERENCES portfolios (portfolio_id) ON DELETE CASCADE,
    date         date          NOT NULL,
    value        numeric(38,8) NOT NULL,
    inflow       numeric(38,8) NOT NULL, -- of the day: what was bought, with fees
    outflow      numeric(38,8) NOT NULL,
    cost_basis   numeric(38,8) NOT NULL,
    priced_n     integer       NOT NULL, -- holdings with a close of that very day
    estimated_n  integer       NOT NULL, -- holdings without any close yet, at the last price paid
    missing_n    integer       NOT NULL, -- holdings without a value: no price, or no exchange rate
    -- Of the day it was written on, at the prices of that moment; the closing
    -- value replaces it.
    is_live      boolean       NOT NULL DEFAULT false,
    PRIMARY KEY (portfolio_id, date)
);

-- From what the values of a portfolio, up to through_date, were computed: at
-- which version of it, and the sums of the versions of its symbols' series and
-- currencies' rates, for each year from first_year on (years before it count in
-- the first). Where a sum differs, the values are old from that year on.
CREATE TABLE portfolio_value_states (
    portfolio_id      uuid        NOT NULL PRIMARY KEY REFERENCES portfolios (portfolio_id) ON DELETE CASCADE,
    portfolio_version bigint      NOT NULL,
    first_year        integer     NOT NULL,
    year_versions     bigint[]    NOT NULL,
    through_date      date        NOT NULL,
    computed_at       timestamptz NOT NULL DEFAULT now()
);
