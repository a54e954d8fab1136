-- What was created under which Idempotency-Key, so that a request that is sent
-- again after a lost answer creates nothing twice.
--
-- The row is written in the transaction that creates; the answer beside it
-- once it is known. Rows are kept for a time (IDEMPOTENCY_KEEP_S) and swept.
CREATE TABLE idempotency_keys (
    idempotency_key text COLLATE "C" NOT NULL PRIMARY KEY,
    -- SHA-256 of method, path, query and body: the key is good for this request only.
    fingerprint     text        NOT NULL,
    resource_id     uuid,       -- what was created, to answer from when the answer was not kept
    status          smallint,   -- NULL: the answer was not kept (yet)
    etag            text,
    location        text,
    body            text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_key_is_bounded CHECK (octet_length(idempotency_key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_keys_fingerprint_is_hash CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    CONSTRAINT idempotency_keys_status_is_success CHECK (status BETWEEN 200 AND 299),
    CONSTRAINT idempotency_keys_answer_is_whole CHECK ((status IS NULL) = (body IS NULL))
);

-- The sweep: the oldest first.
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);
