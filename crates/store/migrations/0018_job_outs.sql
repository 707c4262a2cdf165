-- The file that a job writes when it is done or stopped: named with the job, so that it is written whoever resumes it.
-- `failure` is why it could not be written.
CREATE TABLE job_outs (
    job INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    written INTEGER NOT NULL DEFAULT 0,
    failure TEXT
) STRICT;
