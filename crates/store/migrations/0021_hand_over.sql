-- Jobs that bake a vector into copies of a model. `copies` is a list: where each goes, its strength, how far it is, and its proof.
CREATE TABLE bakes (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    job           INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    vector        INTEGER NOT NULL REFERENCES vectors (id) ON DELETE CASCADE,
    model         INTEGER NOT NULL REFERENCES models (id),
    replace_files INTEGER NOT NULL,
    -- Whether the person said that the model is the vector's own in another format.
    other_weights INTEGER NOT NULL,
    copies        TEXT NOT NULL,
    created       INTEGER NOT NULL
) STRICT;
CREATE INDEX bakes_of_vector ON bakes (vector);

-- Jobs that distil a steered model into an adapter.
CREATE TABLE distillations (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    job           INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    vector        INTEGER NOT NULL REFERENCES vectors (id) ON DELETE CASCADE,
    model         INTEGER NOT NULL REFERENCES models (id),
    multiplier    REAL NOT NULL,
    -- Whose prompts and answers are read besides the neutral text, as they were when the job was queued.
    data_set      INTEGER REFERENCES data_sets (id) ON DELETE SET NULL,
    snapshot      TEXT NOT NULL REFERENCES snapshots (hash),
    settings      TEXT NOT NULL,
    -- The divergence of the plain model from the steered one, and what is left of it.
    found         TEXT,
    -- The adapter, once it is there.
    made          INTEGER REFERENCES vectors (id) ON DELETE SET NULL,
    created       INTEGER NOT NULL
) STRICT;
CREATE INDEX distillations_of_vector ON distillations (vector);
