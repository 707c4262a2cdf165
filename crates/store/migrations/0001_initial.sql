-- Ids are never used twice (AUTOINCREMENT). Times are milliseconds since 1970 UTC.
-- Columns named after a type of the `ipc` crate hold it as JSON.

CREATE TABLE projects (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL,
    -- The version of Tiller that opened it last.
    app_version TEXT NOT NULL,
    created     INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    project INTEGER PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    content TEXT NOT NULL
) STRICT;

CREATE TABLE models (
    id                      INTEGER PRIMARY KEY AUTOINCREMENT,
    name                    TEXT NOT NULL,
    path                    TEXT NOT NULL UNIQUE,
    facts                   TEXT,
    -- The SHA-256 that the file must have: set for the starter model only.
    expected_fingerprint    TEXT,
    -- The SHA-256 that the file had when it was read last, and the size and time of change it had then.
    fingerprint             TEXT,
    fingerprint_of          TEXT,
    -- Measured: seconds that training takes for one token in one block above the layer.
    seconds_per_token_block REAL,
    created                 INTEGER NOT NULL
) STRICT;

CREATE TABLE data_sets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project     INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    created     INTEGER NOT NULL
) STRICT;

CREATE TABLE pairs (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    data_set INTEGER NOT NULL REFERENCES data_sets (id) ON DELETE CASCADE,
    position REAL NOT NULL,
    prompt   TEXT NOT NULL,
    wanted   TEXT NOT NULL,
    opposite TEXT NOT NULL,
    split    TEXT NOT NULL CHECK (split IN ('train', 'held-out')),
    changed  INTEGER NOT NULL
) STRICT;
CREATE INDEX pairs_in_order ON pairs (data_set, position, id);

-- The log that undo and redo walk: a pair before and after each edit, NULL where it was not there.
CREATE TABLE edits (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    data_set INTEGER NOT NULL REFERENCES data_sets (id) ON DELETE CASCADE,
    pair     INTEGER NOT NULL,
    before   TEXT,
    after    TEXT,
    undone   INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
    created  INTEGER NOT NULL
) STRICT;
CREATE INDEX edits_of_data_set ON edits (data_set, undone, id);

-- Pairs as they were when a run or a sweep began, by the SHA-256 of `content`: later edits change neither.
CREATE TABLE snapshots (
    hash    TEXT PRIMARY KEY,
    content TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    title      TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'stopped', 'done', 'failed')),
    failure    TEXT,
    progress   TEXT NOT NULL,
    checkpoint BLOB,
    -- Queued jobs run in this order; a resumed job goes to the end.
    turn       INTEGER NOT NULL,
    created    INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, turn);

CREATE TABLE runs (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    name              TEXT NOT NULL,
    data_set          INTEGER NOT NULL REFERENCES data_sets (id) ON DELETE CASCADE,
    snapshot          TEXT NOT NULL REFERENCES snapshots (hash),
    model             INTEGER NOT NULL REFERENCES models (id),
    model_fingerprint TEXT,
    job               INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    settings          TEXT NOT NULL,
    seed              INTEGER NOT NULL,
    steps             INTEGER NOT NULL,
    -- The vector at the checkpoint (f32, little endian), so that a paused run can be ended without the model.
    so_far            BLOB,
    residual_norm     REAL,
    created           INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_of_data_set ON runs (data_set);

CREATE TABLE steps (
    run           INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step          INTEGER NOT NULL,
    sign          INTEGER NOT NULL,
    loss          REAL NOT NULL,
    margin        REAL NOT NULL,
    gradient_norm REAL NOT NULL,
    vector_norm   REAL NOT NULL,
    learning_rate REAL NOT NULL,
    seconds       REAL NOT NULL,
    PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE epochs (
    run       INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    epoch     INTEGER NOT NULL,
    step      INTEGER NOT NULL,
    plus      REAL NOT NULL,
    minus     REAL NOT NULL,
    right_way REAL NOT NULL,
    PRIMARY KEY (run, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE vectors (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    project           INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name              TEXT NOT NULL,
    method            TEXT NOT NULL,
    layer             INTEGER NOT NULL,
    -- f32, little endian.
    numbers           BLOB NOT NULL,
    norm              REAL NOT NULL,
    residual_norm     REAL NOT NULL,
    model             INTEGER NOT NULL REFERENCES models (id),
    model_fingerprint TEXT,
    run               INTEGER UNIQUE REFERENCES runs (id) ON DELETE SET NULL,
    data_set          INTEGER REFERENCES data_sets (id) ON DELETE SET NULL,
    snapshot          TEXT REFERENCES snapshots (hash),
    settings          TEXT NOT NULL,
    steps             INTEGER NOT NULL,
    seed              INTEGER NOT NULL,
    app_version       TEXT NOT NULL,
    color             INTEGER NOT NULL,
    created           INTEGER NOT NULL
) STRICT;

CREATE TABLE sweeps (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    vector            INTEGER NOT NULL REFERENCES vectors (id) ON DELETE CASCADE,
    data_set          INTEGER NOT NULL REFERENCES data_sets (id) ON DELETE CASCADE,
    job               INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    multipliers       TEXT NOT NULL,
    -- What the points depend on: a finished sweep is used again only where all of it is equal.
    vector_hash       TEXT NOT NULL,
    snapshot          TEXT NOT NULL REFERENCES snapshots (hash),
    system_prompt     TEXT NOT NULL,
    model_fingerprint TEXT,
    created           INTEGER NOT NULL
) STRICT;
CREATE INDEX sweeps_of_vector ON sweeps (vector);
CREATE INDEX sweeps_of_data_set ON sweeps (data_set);

CREATE TABLE sweep_points (
    sweep      INTEGER NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
    multiplier REAL NOT NULL,
    score      REAL NOT NULL,
    low        REAL NOT NULL,
    high       REAL NOT NULL,
    wins       REAL NOT NULL,
    pairs      INTEGER NOT NULL,
    PRIMARY KEY (sweep, multiplier)
) STRICT, WITHOUT ROWID;

-- What each pair of the sweep's snapshot contributed, by its place there.
CREATE TABLE pair_scores (
    sweep             INTEGER NOT NULL,
    multiplier        REAL NOT NULL,
    place             INTEGER NOT NULL,
    wanted_log_prob   REAL NOT NULL,
    opposite_log_prob REAL NOT NULL,
    PRIMARY KEY (sweep, multiplier, place),
    FOREIGN KEY (sweep, multiplier) REFERENCES sweep_points (sweep, multiplier) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE questions (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    project        INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    text           TEXT NOT NULL,
    vector         INTEGER REFERENCES vectors (id) ON DELETE SET NULL,
    system_prompt  TEXT NOT NULL,
    max_new_tokens INTEGER NOT NULL,
    created        INTEGER NOT NULL
) STRICT;

CREATE TABLE answers (
    question   INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    multiplier REAL NOT NULL,
    text       TEXT NOT NULL,
    tokens     INTEGER NOT NULL,
    answer_end TEXT NOT NULL CHECK (answer_end IN ('open', 'end_of_turn', 'length', 'stopped', 'failed')),
    failure    TEXT,
    PRIMARY KEY (question, multiplier)
) STRICT, WITHOUT ROWID;
