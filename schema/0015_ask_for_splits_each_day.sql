-- Splits are asked for each day before trade begins, of the shares that somebody
-- holds: once a day, whoever thinks of it.
ALTER TABLE jobs
    DROP CONSTRAINT jobs_kind_is_known,
    ADD CONSTRAINT jobs_kind_is_known CHECK (kind IN ('POPULATE', 'CLOSE', 'SPLITS'));
CREATE UNIQUE INDEX jobs_splits_key ON jobs (to_date) WHERE kind = 'SPLITS';
