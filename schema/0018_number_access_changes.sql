-- In which transaction a right changed, so that a reader who remembers its last
-- snapshot finds exactly what was committed since: also what a transaction did that
-- was begun long before and committed late, which a time or a sequence would miss.

ALTER TABLE access_changes
    ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE INDEX access_changes_xid_idx ON access_changes (xid);
