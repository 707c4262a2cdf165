-- Jobs that carry a vector to another model by a learned linear map. What both models read besides the neutral text is a data set
-- as it was when the job was queued.
CREATE TABLE carries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    job        INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    vector     INTEGER NOT NULL REFERENCES vectors (id) ON DELETE CASCADE,
    from_layer INTEGER NOT NULL,
    model      INTEGER NOT NULL REFERENCES models (id),
    layer      INTEGER NOT NULL,
    data_set   INTEGER REFERENCES data_sets (id) ON DELETE SET NULL,
    snapshot   TEXT REFERENCES snapshots (hash),
    -- What the texts are called.
    texts      TEXT NOT NULL,
    -- The new vector, once it is there.
    made       INTEGER REFERENCES vectors (id) ON DELETE SET NULL,
    created    INTEGER NOT NULL
) STRICT;
CREATE INDEX carries_of_vector ON carries (vector);
