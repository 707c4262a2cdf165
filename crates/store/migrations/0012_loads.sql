-- The models whose loading began and has not ended. One that is found at start ended the process that loaded it.
CREATE TABLE loads (
    model INTEGER PRIMARY KEY REFERENCES models (id) ON DELETE CASCADE,
    begun INTEGER NOT NULL
) STRICT;

-- What of a model has been tried in a process of its own without harm: the stamp of its files, its template and Tiller's
-- version, as one key. NULL until it was tried.
ALTER TABLE models ADD COLUMN tried TEXT;
