-- After a session's closing job its portfolios' values are written, one after
-- the other in the order of their ids: how far that is, and when it was done.
ALTER TABLE jobs
    ADD COLUMN values_after uuid,
    ADD COLUMN values_done_at timestamptz,
    ADD CONSTRAINT jobs_values_are_of_closes CHECK (kind = 'CLOSE' OR (values_after IS NULL AND values_done_at IS NULL));

-- The one whose values are being written: nearly nothing.
CREATE INDEX jobs_values_due_idx ON jobs (to_date) WHERE kind = 'CLOSE' AND values_done_at IS NULL;
