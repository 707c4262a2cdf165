-- A job that measures what the plain model prefers. What it finds is kept by content, not by pair.
CREATE TABLE margin_checks (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    data_set INTEGER NOT NULL REFERENCES data_sets (id) ON DELETE CASCADE,
    model    INTEGER NOT NULL REFERENCES models (id),
    job      INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    -- The most pairs, spread over the whole data set; 0 for all.
    most     INTEGER NOT NULL,
    created  INTEGER NOT NULL
) STRICT;
CREATE INDEX margin_checks_of_data_set ON margin_checks (data_set);

-- What a pair says to a model without a vector, by the SHA-256 of everything that the model reads of it.
CREATE TABLE margins (
    content           TEXT NOT NULL,
    model_fingerprint TEXT NOT NULL,
    wanted_log_prob   REAL NOT NULL,
    opposite_log_prob REAL NOT NULL,
    wanted_tokens     INTEGER NOT NULL,
    opposite_tokens   INTEGER NOT NULL,
    PRIMARY KEY (content, model_fingerprint)
) STRICT, WITHOUT ROWID;

-- Answers that a model is asked to draft. `settings` is ipc's DraftSettings; a model behind an address has no row.
CREATE TABLE draft_batches (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    data_set INTEGER NOT NULL REFERENCES data_sets (id) ON DELETE CASCADE,
    model    INTEGER REFERENCES models (id),
    job      INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    settings TEXT NOT NULL,
    created  INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_batches_of_data_set ON draft_batches (data_set);

-- One drafted pair. An answer is NULL until it is drafted; nothing of it is trained on before a person accepts it.
CREATE TABLE drafts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    batch    INTEGER NOT NULL REFERENCES draft_batches (id) ON DELETE CASCADE,
    prompt   TEXT NOT NULL,
    wanted   TEXT,
    opposite TEXT,
    -- The pair whose opposite answer is drafted; NULL where both answers are.
    pair     INTEGER,
    -- Why it could not be drafted, as JSON.
    failure  TEXT,
    verdict  TEXT NOT NULL DEFAULT 'open' CHECK (verdict IN ('open', 'accepted', 'rejected')),
    -- The pair that it has become.
    accepted INTEGER
) STRICT;
CREATE INDEX drafts_of_batch ON drafts (batch, id);
