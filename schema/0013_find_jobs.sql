-- Jobs are listed by creation, and those that are open are counted before one
-- more is taken.
CREATE INDEX jobs_created_idx ON jobs (created_at, job_id);
CREATE INDEX jobs_open_idx ON jobs (job_id) WHERE finished_at IS NULL;
