-- Customers, their portfolios, the lots in them, the assets the lots are of and
-- the last known price of each asset.
--
-- Forward only: once applied anywhere this file never changes (its checksum is
-- kept); what is to be different later is a new file.
--
-- The checks say what the server assumes of what it reads, also of what people
-- write with psql. Numbers: prices and quantities numeric(20,8), at most
-- 90,000,000,000, so that they fit 64-bit integers of 1e-8; amounts
-- numeric(38,8). NaN is above every number in PostgreSQL, so an upper bound
-- refuses it.

-- Sets updated_at. For tables whose rows have no version to count.
CREATE FUNCTION row_touch() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;

CREATE TABLE customers (
    customer_id uuid        NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    name        text        NOT NULL,
    email       text        NOT NULL,
    phone       text,
    address     text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT customers_name_is_bounded CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT customers_email_is_address CHECK (email ~ '^[^@\s]+@[^@\s]+$' AND octet_length(email) <= 254),
    CONSTRAINT customers_phone_is_bounded CHECK (char_length(phone) BETWEEN 1 AND 64),
    CONSTRAINT customers_address_is_bounded CHECK (char_length(address) BETWEEN 1 AND 1000)
);

-- One customer an e-mail, whatever its case; also finds a customer by e-mail.
CREATE UNIQUE INDEX customers_email_key ON customers (lower(email));
-- Pages of GET /customers: a range scan from the cursor, no sort.
CREATE INDEX customers_page_idx ON customers (created_at, customer_id);

CREATE TRIGGER customers_touch
    BEFORE UPDATE ON customers
    FOR EACH ROW EXECUTE FUNCTION row_touch();

CREATE TABLE portfolios (
    portfolio_id     uuid          NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    -- No cascade: a slip in psql shall not take the portfolios with the customer.
    customer_id      uuid          NOT NULL REFERENCES customers (customer_id),
    portfolio_name   text          NOT NULL,
    portfolio_type   text          NOT NULL,
    base_currency    char(3)       NOT NULL DEFAULT 'USD',
    cash_balance     numeric(38,8) NOT NULL DEFAULT 0,
    -- Goes up by one in every transaction that changes this row or its lots.
    version          bigint        NOT NULL DEFAULT 1,
    -- The transaction that last counted, see portfolios_count_version().
    counted_by       xid8          NOT NULL DEFAULT pg_current_xact_id(),
    counted_at       timestamptz   NOT NULL DEFAULT now(),
    created_at       timestamptz   NOT NULL DEFAULT now(),
    updated_at       timestamptz   NOT NULL DEFAULT now(), -- of the row or its lots
    CONSTRAINT portfolios_name_is_bounded CHECK (char_length(portfolio_name) BETWEEN 1 AND 200),
    CONSTRAINT portfolios_type_is_known
        CHECK (portfolio_type IN ('IRA', 'ROTH_IRA', '401K', 'BROKERAGE', 'SAVINGS', 'OTHER')),
    CONSTRAINT portfolios_base_currency_is_code CHECK (base_currency ~ '^[A-Z]{3}$'),
    CONSTRAINT portfolios_cash_balance_is_bounded
        CHECK (cash_balance BETWEEN -100000000000000000000 AND 100000000000000000000),
    CONSTRAINT portfolios_version_is_positive CHECK (version >= 1)
);

-- A customer's portfolios in the order of their pages; also what the foreign
-- key needs when a customer is deleted.
CREATE INDEX portfolios_customer_idx ON portfolios (customer_id, created_at, portfolio_id);
-- Pages of GET /portfolios.
CREATE INDEX portfolios_page_idx ON portfolios (created_at, portfolio_id);

-- Counts the version: once a transaction, however many statements change the
-- row or its lots (changes of lots come here too, as an update of the row).
--
-- What remembers that this transaction has counted already is the row itself,
-- not a setting: a savepoint that is rolled back takes the count and the
-- memory of it back together, in each portfolio for itself, and the next
-- change counts again. pg_current_xact_id() is the top-level transaction's in
-- a subtransaction too. It alone would do but for a dump restored into another
-- cluster, where the stored number may come up a second time; together with
-- the transaction's start it does not.
--
-- The version cannot be set by hand: cursors of clients depend on it only
-- going up. The row's lock, which every writer takes here, makes writers of one
-- portfolio wait for each other, so a version is never given twice.
CREATE FUNCTION portfolios_count_version() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    IF OLD.counted_by = pg_current_xact_id() AND OLD.counted_at = transaction_timestamp() THEN
        NEW.version := OLD.version;
    ELSE
        NEW.version := OLD.version + 1;
    END IF;
    NEW.counted_by := pg_current_xact_id();
    NEW.counted_at := transaction_timestamp();
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;

CREATE TRIGGER portfolios_count_version
    BEFORE UPDATE ON portfolios
    FOR EACH ROW EXECUTE FUNCTION portfolios_count_version();

-- A symbol is in C order everywhere: the server compares bytes.
CREATE TABLE assets (
    ticker_symbol text COLLATE "C" NOT NULL PRIMARY KEY,
    name          text,
    currency      char(3), -- NULL: not known yet
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT assets_ticker_symbol_is_symbol CHECK (ticker_symbol ~ '^[A-Z0-9.\-_:=^/]{1,32}$'),
    CONSTRAINT assets_name_is_bounded CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT assets_currency_is_code CHECK (currency ~ '^[A-Z]{3}$')
);

CREATE TRIGGER assets_touch
    BEFORE UPDATE ON assets
    FOR EACH ROW EXECUTE FUNCTION row_touch();

-- The last known price of each symbol: what outlives the bus. All of a quote
-- but its number, which is the bus' own. The currency is the quote's: it is
-- part of what was said at as_of, whatever the asset's is today.
CREATE TABLE asset_prices (
    ticker_symbol  text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES assets (ticker_symbol) ON DELETE CASCADE,
    price          numeric(20,8) NOT NULL,
    previous_close numeric(20,8),
    currency       char(3)       NOT NULL,
    session        date          NOT NULL, -- the trading date the price belongs to
    as_of          timestamptz   NOT NULL,
    source_time    timestamptz,            -- a replayed bar's own time
    source         text          NOT NULL,
    stale          boolean       NOT NULL DEFAULT false,
    CONSTRAINT asset_prices_price_is_bounded CHECK (price > 0 AND price <= 90000000000),
    CONSTRAINT asset_prices_previous_close_is_bounded
        CHECK (previous_close > 0 AND previous_close <= 90000000000),
    CONSTRAINT asset_prices_currency_is_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT asset_prices_session_is_date CHECK (session BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT asset_prices_as_of_is_time
        CHECK (as_of BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T23:59:59.999Z'),
    CONSTRAINT asset_prices_source_time_is_time
        CHECK (source_time BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T23:59:59.999Z'),
    CONSTRAINT asset_prices_source_is_bounded CHECK (octet_length(source) <= 15)
);

-- An investment is a lot: one purchase of one asset in one portfolio.
CREATE TABLE investments (
    investment_id  uuid          NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    portfolio_id   uuid          NOT NULL REFERENCES portfolios (portfolio_id) ON DELETE CASCADE,
    ticker_symbol  text COLLATE "C" NOT NULL REFERENCES assets (ticker_symbol),
    quantity       numeric(20,8) NOT NULL,
    purchase_price numeric(20,8) NOT NULL,
    fee            numeric(20,8) NOT NULL DEFAULT 0,
    purchase_date  date          NOT NULL,
    created_at     timestamptz   NOT NULL DEFAULT now(),
    updated_at     timestamptz   NOT NULL DEFAULT now(),
    CONSTRAINT investments_quantity_is_bounded CHECK (quantity > 0 AND quantity <= 90000000000),
    CONSTRAINT investments_purchase_price_is_bounded CHECK (purchase_price >= 0 AND purchase_price <= 90000000000),
    CONSTRAINT investments_fee_is_bounded CHECK (fee >= 0 AND fee <= 90000000000),
    CONSTRAINT investments_purchase_date_is_date CHECK (purchase_date BETWEEN '0001-01-01' AND '9999-12-31')
);

-- Loading a portfolio's lots by ticker and date, summing a position before a
-- write, and the cascade when a portfolio is deleted.
CREATE INDEX investments_position_idx ON investments (portfolio_id, ticker_symbol, purchase_date);
-- Pages of GET /portfolios/{id}/investments.
CREATE INDEX investments_portfolio_page_idx ON investments (portfolio_id, created_at, investment_id);
-- Pages of GET /investments.
CREATE INDEX investments_page_idx ON investments (created_at, investment_id);
-- The distinct symbols that somebody holds (what the poller asks for), and the
-- foreign key when an asset is deleted.
CREATE INDEX investments_ticker_symbol_idx ON investments (ticker_symbol);

CREATE TRIGGER investments_touch
    BEFORE UPDATE ON investments
    FOR EACH ROW EXECUTE FUNCTION row_touch();

-- At which version of the portfolio the lots of a ticker last changed; also of
-- tickers no longer held, so that a client that was away learns of it. Kept by
-- the triggers below and by nothing else. The ticker has no foreign key: what
-- was held once must not keep an asset from being deleted.
CREATE TABLE position_versions (
    portfolio_id  uuid   NOT NULL REFERENCES portfolios (portfolio_id) ON DELETE CASCADE,
    ticker_symbol text COLLATE "C" NOT NULL,
    version       bigint NOT NULL,
    -- Also the order in which a portfolio's positions are loaded.
    PRIMARY KEY (portfolio_id, ticker_symbol)
);

-- Counts the portfolios' versions and stamps the tickers with them. The two
-- arrays are of pairs. Portfolios are locked in the order of their ids, so that
-- two statements that touch the same ones wait instead of deadlocking. A
-- portfolio that is being deleted (its lots go by cascade) is not seen here any
-- more, and nothing is stamped.
CREATE FUNCTION position_versions_stamp(portfolio_ids uuid[], ticker_symbols text[]) RETURNS void
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    PERFORM FROM portfolios WHERE portfolio_id = ANY (portfolio_ids) ORDER BY portfolio_id FOR NO KEY UPDATE;
    UPDATE portfolios SET version = version WHERE portfolio_id = ANY (portfolio_ids);
    INSERT INTO position_versions (portfolio_id, ticker_symbol, version)
    SELECT p.portfolio_id, t.ticker_symbol, p.version
    FROM unnest(portfolio_ids, ticker_symbols) AS t (portfolio_id, ticker_symbol)
    JOIN portfolios p ON p.portfolio_id = t.portfolio_id
    ON CONFLICT (portfolio_id, ticker_symbol) DO UPDATE SET version = excluded.version;
END;
$$;

-- Once a statement, whatever number of lots it changes. An update stamps the
-- ticker and the portfolio a lot had and those it has; one that changes nothing
-- of a lot stamps nothing.
CREATE FUNCTION investments_count_version() RETURNS trigger
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
              WHERE (o.portfolio_id, o.ticker_symbol, o.quantity, o.purchase_price, o.fee, o.purchase_date)
                    IS DISTINCT FROM
                    (n.portfolio_id, n.ticker_symbol, n.quantity, n.purchase_price, n.fee, n.purchase_date)
                AND s.portfolio_id IS NOT NULL) d;
    END IF;
    IF portfolio_ids IS NOT NULL THEN
        PERFORM position_versions_stamp(portfolio_ids, ticker_symbols);
    END IF;
    RETURN NULL;
END;
$$;

-- A trigger with transition tables is for one kind of statement each.
CREATE TRIGGER investments_count_version_on_insert
    AFTER INSERT ON investments REFERENCING NEW TABLE AS new_lots
    FOR EACH STATEMENT EXECUTE FUNCTION investments_count_version();
CREATE TRIGGER investments_count_version_on_update
    AFTER UPDATE ON investments REFERENCING OLD TABLE AS old_lots NEW TABLE AS new_lots
    FOR EACH STATEMENT EXECUTE FUNCTION investments_count_version();
CREATE TRIGGER investments_count_version_on_delete
    AFTER DELETE ON investments REFERENCING OLD TABLE AS old_lots
    FOR EACH STATEMENT EXECUTE FUNCTION investments_count_version();

-- TRUNCATE names no rows, so nothing could be counted or stamped for it.
CREATE FUNCTION table_refuse_truncate() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'TRUNCATE of % is refused: portfolio versions could not follow it', TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported', HINT = 'Use DELETE.';
END;
$$;

CREATE TRIGGER investments_refuse_truncate
    BEFORE TRUNCATE ON investments
    FOR EACH STATEMENT EXECUTE FUNCTION table_refuse_truncate();
CREATE TRIGGER position_versions_refuse_truncate
    BEFORE TRUNCATE ON position_versions
    FOR EACH STATEMENT EXECUTE FUNCTION table_refuse_truncate();
