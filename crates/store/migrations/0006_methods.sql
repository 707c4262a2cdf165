-- What a step saw of each sign of d (the type `Side` as JSON), how many of its pairs moved the right way, and how many
-- tokens went through the blocks above the layer; NULL and 0 for steps of earlier versions.
ALTER TABLE steps ADD COLUMN right_way REAL;
ALTER TABLE steps ADD COLUMN plus_side TEXT;
ALTER TABLE steps ADD COLUMN minus_side TEXT;
ALTER TABLE steps ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0;

-- The vector after every epoch of a run (f32, little endian).
CREATE TABLE epoch_vectors (
    run     INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    epoch   INTEGER NOT NULL,
    step    INTEGER NOT NULL,
    numbers BLOB NOT NULL,
    PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

-- The blocks that a vector of several layers acts on, as JSON: its numbers are as many parts, one after the other. NULL for
-- one part at `layer`.
ALTER TABLE vectors ADD COLUMN layers TEXT;
-- Where and how it acts (`Acts`); NULL for what is added at every token.
ALTER TABLE vectors ADD COLUMN acts TEXT;
-- The run and the epoch that a vector was picked from; `run` is then NULL, as it stands for the vector of a run's end.
ALTER TABLE vectors ADD COLUMN picked_from INTEGER REFERENCES runs (id) ON DELETE SET NULL;
ALTER TABLE vectors ADD COLUMN epoch INTEGER;

CREATE TABLE studies (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    model             INTEGER NOT NULL REFERENCES models (id),
    model_fingerprint TEXT,
    data_set          INTEGER NOT NULL REFERENCES data_sets (id) ON DELETE CASCADE,
    snapshot          TEXT NOT NULL REFERENCES snapshots (hash),
    -- What a question is about goes with it.
    run               INTEGER REFERENCES runs (id) ON DELETE CASCADE,
    vector            INTEGER REFERENCES vectors (id) ON DELETE CASCADE,
    job               INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    question          TEXT NOT NULL,
    -- What the findings depend on besides the snapshot and the model: a vector's numbers and the way it acts.
    subject           TEXT NOT NULL,
    created           INTEGER NOT NULL
) STRICT;
CREATE INDEX studies_of_data_set ON studies (data_set);

CREATE TABLE findings (
    study   INTEGER NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
    place   INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (study, place)
) STRICT, WITHOUT ROWID;
