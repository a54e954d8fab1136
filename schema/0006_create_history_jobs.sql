-- Jobs that fetch history from providers, symbol by symbol, and go on where
-- they were after a restart.
--
-- Who works on a symbol writes down, in the transaction that stores what it
-- fetched, up to where it came (next_date). So a crash repeats at most one
-- request.

CREATE TABLE jobs (
    job_id      uuid        NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    kind        text        NOT NULL,
    from_date   date        NOT NULL, -- both inclusive
    to_date     date        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    -- POPULATE: somebody asked for it. CLOSE: what a session's close asks for.
    CONSTRAINT jobs_kind_is_known CHECK (kind IN ('POPULATE', 'CLOSE')),
    CONSTRAINT jobs_dates_are_dates CHECK (from_date >= '0001-01-01' AND to_date <= '9999-12-31'),
    CONSTRAINT jobs_dates_are_ordered CHECK (from_date <= to_date)
);

-- A session is closed once, whoever thinks of it.
CREATE UNIQUE INDEX jobs_close_key ON jobs (to_date) WHERE kind = 'CLOSE';

CREATE TABLE job_symbols (
    job_id        uuid             NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    ticker_symbol text COLLATE "C" NOT NULL,
    status        text             NOT NULL DEFAULT 'WAITING',
    next_date     date             NOT NULL, -- what is before it is stored
    rows_done     bigint           NOT NULL DEFAULT 0,
    rows_expected bigint           NOT NULL, -- trading days in the range: an estimate
    failures      integer          NOT NULL DEFAULT 0, -- in a row
    retry_at      timestamptz,
    runner        uuid,                     -- the process that works on it
    provider      text,                     -- that was asked last
    error_code    text,
    error_detail  text,
    updated_at    timestamptz      NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, ticker_symbol),
    CONSTRAINT job_symbols_ticker_symbol_is_symbol CHECK (ticker_symbol ~ '^[A-Z0-9.\-_:=^/]{1,32}$'),
    CONSTRAINT job_symbols_status_is_known CHECK (status IN ('WAITING', 'RUNNING', 'DONE', 'FAILED')),
    CONSTRAINT job_symbols_runner_runs CHECK ((status = 'RUNNING') = (runner IS NOT NULL)),
    CONSTRAINT job_symbols_rows_are_counts CHECK (rows_done >= 0 AND rows_expected >= 0 AND failures >= 0)
);

-- At most one job works on a symbol.
CREATE UNIQUE INDEX job_symbols_running_key ON job_symbols (ticker_symbol) WHERE status = 'RUNNING';
-- What there is to do: little, among all that was done.
CREATE INDEX job_symbols_open_idx ON job_symbols (job_id, ticker_symbol) WHERE status IN ('WAITING', 'RUNNING');

CREATE TRIGGER job_symbols_touch
    BEFORE UPDATE ON job_symbols
    FOR EACH ROW EXECUTE FUNCTION row_touch();
