-- The models whose loading began and has not ended. One that is found at start ended the process that loaded it.
CREATE TABLE loads (
    model INTEGER PRIMARY KEY REFERENCES models (id) ON DELETE CASCADE,
    begun INTEGER NOT NULL
) STRICT;

-- What of a model was last checked in the sandbox and found sound: the stamp of its files, its template and Tiller's
-- version, as one key. NULL before the first check.
ALTER TABLE models ADD COLUMN sandbox_key TEXT;
