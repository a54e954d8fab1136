-- Who may log in: users, what they log in with, and which customers an advisor
-- reads. Of secrets only SHA-256 hashes are kept (they are random, 32 bytes), of
-- passwords only what Argon2id makes of them.

CREATE TABLE users (
    user_id       uuid        NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    email         text        NOT NULL,
    role          text        NOT NULL,
    customer_id   uuid        REFERENCES customers (customer_id) ON DELETE CASCADE, -- of the role user
    password_hash text,       -- NULL: cannot log in with a password
    -- Who it is at the outside identity provider; NULL: unknown there.
    issuer        text,
    subject       text,
    is_disabled   boolean     NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_email_is_address CHECK (email ~ '^[^@\s]+@[^@\s]+$' AND octet_length(email) <= 254),
    CONSTRAINT users_role_is_known CHECK (role IN ('user', 'advisor', 'service', 'admin')),
    CONSTRAINT users_customer_is_of_role CHECK ((role = 'user') = (customer_id IS NOT NULL)),
    CONSTRAINT users_password_hash_is_bounded CHECK (octet_length(password_hash) BETWEEN 1 AND 256),
    CONSTRAINT users_outside_is_whole CHECK ((issuer IS NULL) = (subject IS NULL)),
    CONSTRAINT users_issuer_is_bounded CHECK (octet_length(issuer) BETWEEN 1 AND 512),
    CONSTRAINT users_subject_is_bounded CHECK (octet_length(subject) BETWEEN 1 AND 255),
    CONSTRAINT users_outside_key UNIQUE (issuer, subject)
);

-- One user an e-mail, whatever its case; also finds a user by e-mail.
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
-- What the foreign key needs when a customer is deleted.
CREATE INDEX users_customer_idx ON users (customer_id);
-- Pages of GET /users.
CREATE INDEX users_page_idx ON users (created_at, user_id);
CREATE INDEX users_email_page_idx ON users (lower(email) COLLATE "C", user_id);

CREATE TRIGGER users_touch
    BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION row_touch();

-- A login, for as long as its refresh tokens are used.
CREATE TABLE sessions (
    session_id uuid        NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    user_id    uuid        NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    peer       text, -- the address it was made from
    user_agent text,
    CONSTRAINT sessions_peer_is_bounded CHECK (char_length(peer) BETWEEN 1 AND 64),
    CONSTRAINT sessions_user_agent_is_bounded CHECK (char_length(user_agent) BETWEEN 1 AND 256)
);

CREATE INDEX sessions_user_idx ON sessions (user_id, created_at, session_id);
CREATE INDEX sessions_expires_idx ON sessions (expires_at);

-- Each is used once; one that is used again ends its session. So those that were
-- used stay as long as the session does.
CREATE TABLE refresh_tokens (
    token_hash bytea       NOT NULL PRIMARY KEY,
    session_id uuid        NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT refresh_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32)
);

CREATE INDEX refresh_tokens_session_idx ON refresh_tokens (session_id, created_at);
CREATE INDEX refresh_tokens_expires_idx ON refresh_tokens (expires_at);

-- For machines. scopes: what it may do of what its user may.
CREATE TABLE api_keys (
    key_id       uuid        NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    user_id      uuid        NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    name         text        NOT NULL,
    secret_hash  bytea       NOT NULL,
    scopes       text[]      NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz, -- NULL: never
    revoked_at   timestamptz,
    last_used_at timestamptz, -- to the minute
    CONSTRAINT api_keys_name_is_bounded CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT api_keys_hash_is_sha256 CHECK (octet_length(secret_hash) = 32),
    CONSTRAINT api_keys_scopes_are_known CHECK (
        scopes <@ ARRAY['read', 'write', 'stream', 'prices', 'operate'] AND cardinality(scopes) BETWEEN 1 AND 5
        AND array_ndims(scopes) = 1)
);

CREATE UNIQUE INDEX api_keys_secret_key ON api_keys (secret_hash);
CREATE INDEX api_keys_user_idx ON api_keys (user_id, created_at, key_id);

-- One-time passes to the stream; deleted by their use.
CREATE TABLE stream_tickets (
    ticket_hash           bytea       NOT NULL PRIMARY KEY,
    user_id               uuid        NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    credential_id         uuid        NOT NULL, -- the session or API key it was made with; else the user
    scopes                text[]      NOT NULL,
    credential_expires_at timestamptz, -- the access token's end; NULL: none
    expires_at            timestamptz NOT NULL,
    CONSTRAINT stream_tickets_hash_is_sha256 CHECK (octet_length(ticket_hash) = 32),
    CONSTRAINT stream_tickets_scopes_are_known CHECK (
        scopes <@ ARRAY['read', 'write', 'stream', 'prices', 'operate'] AND cardinality(scopes) <= 5)
);

CREATE INDEX stream_tickets_user_idx ON stream_tickets (user_id);
CREATE INDEX stream_tickets_expires_idx ON stream_tickets (expires_at);

CREATE TABLE customer_advisors (
    customer_id uuid        NOT NULL REFERENCES customers (customer_id) ON DELETE CASCADE,
    user_id     uuid        NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, user_id)
);

CREATE INDEX customer_advisors_user_idx ON customer_advisors (user_id, created_at, customer_id);

-- Failed logins by SHA-256 of what was tried, an e-mail address that is known or
-- not, or the address it came from.
CREATE TABLE login_failures (
    key_hash       bytea       NOT NULL PRIMARY KEY,
    failed_n       integer     NOT NULL,
    last_failed_at timestamptz NOT NULL DEFAULT now(),
    locked_until   timestamptz,
    CONSTRAINT login_failures_hash_is_sha256 CHECK (octet_length(key_hash) = 32),
    CONSTRAINT login_failures_failed_is_positive CHECK (failed_n >= 1)
);

CREATE INDEX login_failures_last_failed_idx ON login_failures (last_failed_at);

-- Of whom or what the rights changed: a user, a session, an API key, a portfolio.
-- Whoever keeps what it read of one reads it anew. Written by the triggers below
-- and by nothing else; kept for some minutes.
CREATE TABLE access_changes (
    change_id  bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject    uuid        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX access_changes_changed_idx ON access_changes (changed_at);

-- The argument: the column that names the subject.
CREATE FUNCTION access_note_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO access_changes (subject) VALUES ((to_jsonb(OLD) ->> TG_ARGV[0])::uuid);
    END IF;
    IF TG_OP <> 'DELETE' AND (TG_OP = 'INSERT' OR to_jsonb(NEW) ->> TG_ARGV[0] <> to_jsonb(OLD) ->> TG_ARGV[0]) THEN
        INSERT INTO access_changes (subject) VALUES ((to_jsonb(NEW) ->> TG_ARGV[0])::uuid);
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER users_note_change
    AFTER UPDATE ON users
    FOR EACH ROW
    WHEN ((OLD.email, OLD.role, OLD.customer_id, OLD.is_disabled, OLD.issuer, OLD.subject)
          IS DISTINCT FROM (NEW.email, NEW.role, NEW.customer_id, NEW.is_disabled, NEW.issuer, NEW.subject))
    EXECUTE FUNCTION access_note_change('user_id');
CREATE TRIGGER users_note_deletion
    AFTER DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION access_note_change('user_id');

-- One that has ended already changes nobody's rights when it goes.
CREATE TRIGGER sessions_note_change
    AFTER UPDATE ON sessions
    FOR EACH ROW
    WHEN ((OLD.user_id, OLD.expires_at, OLD.revoked_at) IS DISTINCT FROM (NEW.user_id, NEW.expires_at, NEW.revoked_at))
    EXECUTE FUNCTION access_note_change('session_id');
CREATE TRIGGER sessions_note_deletion
    AFTER DELETE ON sessions
    FOR EACH ROW
    WHEN (OLD.revoked_at IS NULL AND OLD.expires_at > now())
    EXECUTE FUNCTION access_note_change('session_id');

CREATE TRIGGER api_keys_note_change
    AFTER UPDATE ON api_keys
    FOR EACH ROW
    WHEN ((OLD.user_id, OLD.secret_hash, OLD.scopes, OLD.expires_at, OLD.revoked_at)
          IS DISTINCT FROM (NEW.user_id, NEW.secret_hash, NEW.scopes, NEW.expires_at, NEW.revoked_at))
    EXECUTE FUNCTION access_note_change('key_id');
CREATE TRIGGER api_keys_note_deletion
    AFTER DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION access_note_change('key_id');

CREATE TRIGGER customer_advisors_note_change
    AFTER INSERT OR UPDATE OR DELETE ON customer_advisors
    FOR EACH ROW EXECUTE FUNCTION access_note_change('user_id');

-- Whose portfolio it is decides who may see it.
CREATE TRIGGER portfolios_note_change
    AFTER UPDATE OF customer_id ON portfolios
    FOR EACH ROW
    WHEN (OLD.customer_id <> NEW.customer_id)
    EXECUTE FUNCTION access_note_change('portfolio_id');

-- Who is disabled and enabled again logs in again; who was an advisor and becomes
-- one again is assigned again.
CREATE FUNCTION users_end_rights() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    IF NEW.is_disabled AND NOT OLD.is_disabled THEN
        UPDATE sessions SET revoked_at = now() WHERE user_id = NEW.user_id AND revoked_at IS NULL;
    END IF;
    IF OLD.role = 'advisor' AND NEW.role <> 'advisor' THEN
        DELETE FROM customer_advisors WHERE user_id = NEW.user_id;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER users_end_rights
    AFTER UPDATE OF is_disabled, role ON users
    FOR EACH ROW EXECUTE FUNCTION users_end_rights();

-- TRUNCATE runs no row's trigger: a right would end unnoticed.
CREATE FUNCTION access_refuse_truncate() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'TRUNCATE of % is refused: nobody would learn whose rights ended', TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported', HINT = 'Use DELETE.';
END;
$$;

CREATE TRIGGER users_refuse_truncate
    BEFORE TRUNCATE ON users
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_truncate();
CREATE TRIGGER sessions_refuse_truncate
    BEFORE TRUNCATE ON sessions
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_truncate();
CREATE TRIGGER api_keys_refuse_truncate
    BEFORE TRUNCATE ON api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_truncate();
CREATE TRIGGER customer_advisors_refuse_truncate
    BEFORE TRUNCATE ON customer_advisors
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_truncate();

-- An Idempotency-Key is its caller's: one caller's key never answers another. The
-- nil uuid is who asks without authentication. No foreign key: keys are swept by
-- their age, and a user that is gone asks no more.
ALTER TABLE idempotency_keys
    ADD COLUMN principal_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    DROP CONSTRAINT idempotency_keys_pkey,
    ADD PRIMARY KEY (principal_id, idempotency_key);
ALTER TABLE idempotency_keys ALTER COLUMN principal_id DROP DEFAULT;
