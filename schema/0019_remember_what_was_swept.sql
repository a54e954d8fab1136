-- access_changes keeps its rows for some minutes. Whoever was cut off for longer, or
-- reads after a row that came late (of a transaction that took longer than that) was
-- swept at once, must learn that it has missed something: every deletion leaves its own
-- transaction and the newest one of what it deleted. A reader whose last snapshot saw
-- neither knows nothing any more, and drops all that it has kept.
CREATE TABLE access_sweeps (
    is_only    boolean NOT NULL DEFAULT true PRIMARY KEY,
    sweep_xid  xid8    NOT NULL, -- the last deletion's own
    newest_xid xid8    NOT NULL, -- of all rows that were ever deleted
    CONSTRAINT access_sweeps_is_one CHECK (is_only)
);

-- A number from before a restore into another cluster, which is ahead of all here, counts no more.
CREATE FUNCTION access_note_sweep() RETURNS trigger
    LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$
BEGIN
    INSERT INTO access_sweeps AS s (sweep_xid, newest_xid)
    SELECT pg_current_xact_id(), xid FROM gone ORDER BY xid DESC LIMIT 1
    ON CONFLICT (is_only) DO UPDATE SET
        sweep_xid = EXCLUDED.sweep_xid,
        newest_xid = CASE WHEN s.newest_xid > EXCLUDED.sweep_xid THEN EXCLUDED.newest_xid
                          ELSE greatest(s.newest_xid, EXCLUDED.newest_xid) END;
    RETURN NULL;
END;
$$;

CREATE TRIGGER access_changes_note_sweep
    AFTER DELETE ON access_changes
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION access_note_sweep();

CREATE TRIGGER access_changes_refuse_truncate
    BEFORE TRUNCATE ON access_changes
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse_truncate();
