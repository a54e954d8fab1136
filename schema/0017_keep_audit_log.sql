-- Who changed what: a log of every change that people and programs make, which
-- only grows, and a chain of hashes over it, so that a row that was changed or is
-- missing is found (portfoliod audit verify).
--
-- Rows are written by the triggers below, in the transaction that changes, and by
-- the server for what changes no table of these (a failed login). Who it is, the
-- server says in settings of the transaction (pf.actor and others); of changes by
-- other means it is the database's own role.
--
-- The hashes are not computed there: each depends on the one before it, so that
-- all writers would wait for each other. A moment later the rows are sealed in
-- their order, see audit_seal(). Nothing here is ever deleted by us.

-- Where a transaction's number is of: numbers of another cluster (this database
-- was restored from a dump) say nothing of what is finished here.
CREATE FUNCTION audit_cluster() RETURNS bigint
    LANGUAGE sql STABLE
RETURN (SELECT c.system_identifier FROM pg_control_system() c);

CREATE TABLE audit_log (
    audit_id   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cluster    bigint      NOT NULL DEFAULT audit_cluster(),
    xid        xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Of the database's connection: nobody can say another one.
    db_role    text        NOT NULL DEFAULT session_user,
    actor_id   uuid                 DEFAULT nullif(current_setting('pf.actor_id', true), '')::uuid,
    actor      text        NOT NULL DEFAULT coalesce(nullif(current_setting('pf.actor', true), ''), session_user),
    peer       text        NOT NULL
        DEFAULT coalesce(nullif(current_setting('pf.peer', true), ''), host(inet_client_addr()), 'local'),
    request_id text                 DEFAULT nullif(current_setting('pf.request_id', true), ''),
    action     text        NOT NULL,
    entity     text        NOT NULL,
    entity_id  text,
    before     jsonb, -- of an update: the columns that changed, as they were
    after      jsonb, -- the same, as they are
    CONSTRAINT audit_log_action_is_bounded CHECK (octet_length(action) BETWEEN 1 AND 64),
    CONSTRAINT audit_log_entity_is_bounded CHECK (octet_length(entity) BETWEEN 1 AND 64)
);

-- The order in which rows are sealed.
CREATE INDEX audit_log_order_idx ON audit_log (cluster, xid, audit_id);
-- What happened to one thing, what one did, what happened in a time.
CREATE INDEX audit_log_entity_idx ON audit_log (entity, entity_id, audit_id);
CREATE INDEX audit_log_actor_idx ON audit_log (actor, audit_id);
CREATE INDEX audit_log_at_idx ON audit_log USING brin (at);

-- hash: of the position's row and the hash before it, see audit_text().
CREATE TABLE audit_seals (
    position bigint NOT NULL PRIMARY KEY, -- 1, 2, 3, …
    audit_id bigint NOT NULL UNIQUE,
    hash     bytea  NOT NULL,
    CONSTRAINT audit_seals_position_is_positive CHECK (position >= 1),
    CONSTRAINT audit_seals_hash_is_sha256 CHECK (octet_length(hash) = 32)
);

-- Both only grow, also where triggers of this kind are switched off for a session.
CREATE FUNCTION audit_refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION '% of % is refused: it only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'feature_not_supported';
END;
$$;

CREATE TRIGGER audit_log_refuse_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seals_refuse_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
-- When and by which role a row was written cannot be made up. (A clock may be set back.)
CREATE TRIGGER audit_log_refuse_forged
    BEFORE INSERT ON audit_log
    FOR EACH ROW
    WHEN (NEW.xid <> pg_current_xact_id() OR NEW.db_role <> session_user
          OR NEW.at NOT BETWEEN transaction_timestamp() - interval '1 hour' AND clock_timestamp() + interval '1 hour')
    EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_refuse_change;
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_refuse_forged;
ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER audit_seals_refuse_change;

-- --- rows of the changes ---

-- A row without what is nobody's business: hashes of passwords and keys, whose
-- columns end in _hash.
CREATE FUNCTION audit_conceal(it jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT coalesce(jsonb_object_agg(e.key, CASE WHEN e.key LIKE '%\_hash' AND e.value <> 'null'
                                                     THEN '"(secret)"' ELSE e.value END), '{}')
        FROM jsonb_each(it) e);

-- Inserts and deletions, once a statement, however many rows it has. Arguments: the
-- columns that name a row; those that the log leaves out; 'conceal' where there are
-- secrets.
CREATE FUNCTION audit_rows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER AS
$$
DECLARE
    ours CONSTANT bigint := audit_cluster();
    keys CONSTANT text[] := TG_ARGV[0];
    left_out CONSTANT text[] := TG_ARGV[1];
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_log (cluster, action, entity, entity_id, after)
        SELECT ours, 'insert', TG_TABLE_NAME, concat_ws('/', r.it ->> keys[1], r.it ->> keys[2]),
               CASE WHEN TG_NARGS > 2 THEN audit_conceal(r.it) ELSE r.it END
        FROM (SELECT to_jsonb(n) - left_out AS it FROM new_rows n) r;
    ELSE
        INSERT INTO audit_log (cluster, action, entity, entity_id, before)
        SELECT ours, 'delete', TG_TABLE_NAME, concat_ws('/', r.it ->> keys[1], r.it ->> keys[2]),
               CASE WHEN TG_NARGS > 2 THEN audit_conceal(r.it) ELSE r.it END
        FROM (SELECT to_jsonb(o) - left_out AS it FROM old_rows o) r;
    END IF;
    RETURN NULL;
END;
$$;

-- Updates, row by row: the columns that changed. Nothing when none did.
CREATE FUNCTION audit_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER AS
$$
DECLARE
    keys CONSTANT text[] := TG_ARGV[0];
    left_out CONSTANT text[] := TG_ARGV[1];
    was CONSTANT jsonb := to_jsonb(OLD);
    before jsonb;
    after jsonb;
BEGIN
    SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(n.key, n.value) INTO before, after
    FROM jsonb_each(was - left_out) o
    JOIN jsonb_each(to_jsonb(NEW) - left_out) n ON n.key = o.key AND n.value <> o.value;
    IF before IS NOT NULL THEN
        INSERT INTO audit_log (action, entity, entity_id, before, after)
        VALUES ('update', TG_TABLE_NAME, concat_ws('/', was ->> keys[1], was ->> keys[2]), audit_conceal(before),
                audit_conceal(after));
    END IF;
    RETURN NULL;
END;
$$;

-- TRUNCATE names no rows.
CREATE FUNCTION audit_refuse_truncate() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'TRUNCATE of % is refused: the audit log could not follow it', TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported', HINT = 'Use DELETE.';
END;
$$;

-- These two write what their callers may not; so they find the log where it is, not
-- where a caller's search_path or temporary tables have one of its name.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION audit_rows() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION audit_update() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION audit_conceal(jsonb) SET search_path = %I, pg_temp', current_schema());
END;
$$;

-- What is left out: when a row was last touched, which `at` tells; what the
-- database counts by itself; and what each refresh and each request moves.
CREATE TRIGGER customers_audit_insert AFTER INSERT ON customers REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{customer_id}', '{updated_at}');
CREATE TRIGGER customers_audit_update AFTER UPDATE ON customers
    FOR EACH ROW EXECUTE FUNCTION audit_update('{customer_id}', '{updated_at}');
CREATE TRIGGER customers_audit_delete AFTER DELETE ON customers REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{customer_id}', '{updated_at}');

CREATE TRIGGER portfolios_audit_insert AFTER INSERT ON portfolios REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows(
        '{portfolio_id}', '{version,counted_by,counted_at,currencies_version,updated_at}');
-- Each write of a lot counts its portfolio's version: that shall cost nothing here.
CREATE TRIGGER portfolios_audit_update AFTER UPDATE ON portfolios
    FOR EACH ROW
    WHEN ((OLD.portfolio_id, OLD.customer_id, OLD.portfolio_name, OLD.portfolio_type, OLD.base_currency,
           OLD.cash_balance, OLD.created_at)
          IS DISTINCT FROM (NEW.portfolio_id, NEW.customer_id, NEW.portfolio_name, NEW.portfolio_type,
                            NEW.base_currency, NEW.cash_balance, NEW.created_at))
    EXECUTE FUNCTION audit_update(
        '{portfolio_id}', '{version,counted_by,counted_at,currencies_version,updated_at}');
CREATE TRIGGER portfolios_audit_delete AFTER DELETE ON portfolios REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows(
        '{portfolio_id}', '{version,counted_by,counted_at,currencies_version,updated_at}');

CREATE TRIGGER investments_audit_insert AFTER INSERT ON investments REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{investment_id}', '{updated_at}');
CREATE TRIGGER investments_audit_update AFTER UPDATE ON investments
    FOR EACH ROW EXECUTE FUNCTION audit_update('{investment_id}', '{updated_at}');
CREATE TRIGGER investments_audit_delete AFTER DELETE ON investments REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{investment_id}', '{updated_at}');

CREATE TRIGGER users_audit_insert AFTER INSERT ON users REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{user_id}', '{updated_at}', 'conceal');
CREATE TRIGGER users_audit_update AFTER UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION audit_update('{user_id}', '{updated_at}');
CREATE TRIGGER users_audit_delete AFTER DELETE ON users REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{user_id}', '{updated_at}', 'conceal');

CREATE TRIGGER sessions_audit_insert AFTER INSERT ON sessions REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{session_id}', '{}');
CREATE TRIGGER sessions_audit_update AFTER UPDATE ON sessions
    FOR EACH ROW EXECUTE FUNCTION audit_update('{session_id}', '{expires_at}');
CREATE TRIGGER sessions_audit_delete AFTER DELETE ON sessions REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{session_id}', '{}');

CREATE TRIGGER api_keys_audit_insert AFTER INSERT ON api_keys REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{key_id}', '{last_used_at}', 'conceal');
CREATE TRIGGER api_keys_audit_update AFTER UPDATE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION audit_update('{key_id}', '{last_used_at}');
CREATE TRIGGER api_keys_audit_delete AFTER DELETE ON api_keys REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{key_id}', '{last_used_at}', 'conceal');

CREATE TRIGGER customer_advisors_audit_insert AFTER INSERT ON customer_advisors REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{customer_id,user_id}', '{}');
CREATE TRIGGER customer_advisors_audit_update AFTER UPDATE ON customer_advisors
    FOR EACH ROW EXECUTE FUNCTION audit_update('{customer_id,user_id}', '{}');
CREATE TRIGGER customer_advisors_audit_delete AFTER DELETE ON customer_advisors REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_rows('{customer_id,user_id}', '{}');

-- investments has one already, and so have the tables of accounts.
CREATE TRIGGER customers_refuse_truncate BEFORE TRUNCATE ON customers
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_truncate();
CREATE TRIGGER portfolios_refuse_truncate BEFORE TRUNCATE ON portfolios
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_truncate();

-- --- the chain ---

-- A value so that no two sequences of values give the same text: its length in
-- bytes is before it, and NULL is a sign of its own.
CREATE FUNCTION audit_field(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value IS NULL THEN '-' ELSE octet_length(value) || ':' || value END;

-- Microseconds since 1970, as text. (infinity only somebody who tampers can have
-- written; it is to be found, not to stop who looks for it.)
CREATE FUNCTION audit_us(at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN isfinite(at) THEN (extract(epoch FROM at) * 1000000)::bigint::text ELSE 'infinity' END;

-- What is hashed, in UTF-8, behind the hash of the position before as 64 lower-case
-- hex digits (of position 1: 64 zeros). store/audit_chain.c makes the same text.
CREATE FUNCTION audit_text("position" bigint, l audit_log) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN audit_field("position"::text) || audit_field(l.audit_id::text) || audit_field(l.cluster::text)
       || audit_field(l.xid::text) || audit_field(audit_us(l.at))
       || audit_field(l.db_role) || audit_field(l.actor_id::text) || audit_field(l.actor) || audit_field(l.peer)
       || audit_field(l.request_id) || audit_field(l.action) || audit_field(l.entity) || audit_field(l.entity_id)
       || audit_field(l.before::text) || audit_field(l.after::text);

-- Seals rows that are not yet, at most rows_max of them, in the order (xid,
-- audit_id), and tells where the chain ends and how long the oldest row that is
-- not sealed has waited (us). Once at a time; another call meanwhile seals nothing
-- (is_busy).
--
-- Only rows of transactions before the oldest one that still runs: all of those are
-- finished, so nothing can come before what is sealed, and whatever comes has a
-- larger xid. Rows that another cluster wrote are finished, and were restored
-- together; which cluster's come next, the audit_id tells, which goes on rising.
CREATE FUNCTION audit_seal(rows_max integer, OUT sealed_n bigint, OUT head_position bigint, OUT head_hash text,
                           OUT waits_us bigint, OUT is_busy boolean)
    LANGUAGE plpgsql AS
$$
DECLARE
    ours CONSTANT bigint := audit_cluster();
    finished xid8;
    of_cluster bigint;
    after_xid xid8;
    after_id bigint;
    above_id bigint := 0;
    ids bigint[] := '{}';
    hashes bytea[] := '{}';
    l audit_log;
BEGIN
    sealed_n := 0;
    is_busy := NOT pg_try_advisory_xact_lock(7310575165297004390);
    IF is_busy THEN
        rows_max := 0;
    END IF;
    SELECT s.position, encode(s.hash, 'hex') INTO head_position, head_hash
    FROM audit_seals s ORDER BY s.position DESC LIMIT 1;
    IF head_position IS NULL THEN
        head_position := 0;
        head_hash := repeat('0', 64);
    END IF;
    -- The last sealed row that is there. (One that was deleted does not stop the chain.)
    SELECT g.cluster, g.xid, g.audit_id INTO of_cluster, after_xid, after_id
    FROM audit_seals s JOIN audit_log g ON g.audit_id = s.audit_id ORDER BY s.position DESC LIMIT 1;
    -- A run of another cluster's rows may have ended.
    IF of_cluster IS NULL OR of_cluster <> ours AND NOT EXISTS (
        SELECT FROM audit_log g WHERE g.cluster = of_cluster AND (g.xid, g.audit_id) > (after_xid, after_id)) THEN
        SELECT coalesce(max(g.audit_id), 0) INTO above_id FROM audit_log g WHERE g.cluster = of_cluster;
        SELECT g.cluster INTO of_cluster FROM audit_log g WHERE g.audit_id > above_id ORDER BY g.audit_id LIMIT 1;
        after_xid := '0';
        after_id := 0;
    END IF;
    finished := pg_snapshot_xmin(pg_current_snapshot());
    FOR l IN
        SELECT g.* FROM audit_log g
        WHERE g.cluster = of_cluster AND (g.xid, g.audit_id) > (after_xid, after_id) AND g.audit_id > above_id
          AND (g.cluster <> ours OR g.xid < finished)
        ORDER BY g.xid, g.audit_id LIMIT rows_max
    LOOP
        sealed_n := sealed_n + 1;
        head_hash := encode(sha256(convert_to(head_hash || audit_text(head_position + sealed_n, l), 'UTF8')), 'hex');
        ids := ids || l.audit_id;
        hashes := hashes || decode(head_hash, 'hex');
        after_xid := l.xid;
        after_id := l.audit_id;
    END LOOP;
    IF sealed_n > 0 THEN
        INSERT INTO audit_seals (position, audit_id, hash)
        SELECT head_position + t.n, t.id, t.hash FROM unnest(ids, hashes) WITH ORDINALITY AS t (id, hash, n);
        head_position := head_position + sealed_n;
    END IF;
    SELECT greatest(0, extract(epoch FROM clock_timestamp() - g.at) * 1000000)::bigint INTO waits_us
    FROM audit_log g
    WHERE g.cluster = of_cluster AND (g.xid, g.audit_id) > (after_xid, after_id) AND g.audit_id > above_id
    ORDER BY g.xid, g.audit_id LIMIT 1;
    waits_us := coalesce(waits_us, 0);
END;
$$;

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION audit_seal(integer) SET search_path = %I, pg_temp', current_schema());
END;
$$;

-- So that a log without rows is one that lost them.
INSERT INTO audit_log (action, entity) VALUES ('begin', 'audit_log');
