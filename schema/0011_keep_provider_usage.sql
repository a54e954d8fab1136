-- How often each provider was asked, so that its quota holds over a restart and
-- for whoever leads next. One row a provider, written by the leader.
CREATE TABLE provider_usage (
    provider        text COLLATE "C" NOT NULL PRIMARY KEY,
    day             date        NOT NULL, -- UTC
    day_n           bigint      NOT NULL, -- requests of that day
    minute_n        bigint      NOT NULL, -- requests in the minute before the last one
    last_request_at timestamptz NOT NULL,
    CONSTRAINT provider_usage_provider_is_bounded CHECK (octet_length(provider) BETWEEN 1 AND 15),
    CONSTRAINT provider_usage_counts_are_counts CHECK (day_n >= 0 AND minute_n >= 0)
);
