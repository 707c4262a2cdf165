-- How a model is used: `precision` and `template` are the person's; NULL for the default and for the file's own.
ALTER TABLE models ADD COLUMN precision TEXT;
ALTER TABLE models ADD COLUMN template TEXT;
-- What the file or the folder looked like when its header was read last: sizes and times of change.
ALTER TABLE models ADD COLUMN stamp TEXT;
-- Taken from the list; the row stays where vectors, runs and sweeps need it, and for a cache that is listed again.
ALTER TABLE models ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));

CREATE TABLE downloads (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    job         INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    endpoint    TEXT NOT NULL,
    repository  TEXT NOT NULL,
    revision    TEXT NOT NULL,
    commit_hash TEXT NOT NULL,
    model       INTEGER REFERENCES models (id) ON DELETE SET NULL,
    created     INTEGER NOT NULL
) STRICT;

CREATE TABLE download_files (
    download  INTEGER NOT NULL REFERENCES downloads (id) ON DELETE CASCADE,
    place     INTEGER NOT NULL,
    path      TEXT NOT NULL,
    bytes     INTEGER NOT NULL,
    -- The SHA-256 that the content must have, where the hub says it.
    sha256    TEXT,
    -- The content's name in the cache.
    blob      TEXT NOT NULL,
    -- The ETag under which the part that is there was fetched.
    validator TEXT,
    PRIMARY KEY (download, place)
) STRICT, WITHOUT ROWID;
