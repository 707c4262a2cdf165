-- The columns that a person named for files with a certain header: the hash of its set of names, and the names that hold a
-- pair. `used` is when they were named or used last.
CREATE TABLE column_mappings (
    header_hash TEXT PRIMARY KEY,
    prompt TEXT NOT NULL,
    wanted TEXT NOT NULL,
    opposite TEXT NOT NULL,
    used INTEGER NOT NULL
) STRICT;
