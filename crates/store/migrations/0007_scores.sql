-- Sweeps of several vectors, sets and scores. What was measured is kept by the content that it depends on, so that
-- sweeps share it; a sweep's points say where it stands in its chart.

-- What one thing compared comes to on one set at one multiplier, by the SHA-256 of all that it depends on.
CREATE TABLE measurements (
    key     TEXT PRIMARY KEY,
    -- A list of lists of numbers, one for each item: what they are depends on the kind of measurement.
    items   TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Generated answers, by the SHA-256 of all that they depend on and the prompt's place in its set.
CREATE TABLE sweep_answers (
    key        TEXT NOT NULL,
    place      INTEGER NOT NULL,
    text       TEXT NOT NULL,
    tokens     INTEGER NOT NULL,
    -- Whether the model closed its turn; else the limit was reached.
    is_whole   INTEGER NOT NULL CHECK (is_whole IN (0, 1)),
    PRIMARY KEY (key, place)
) STRICT, WITHOUT ROWID;

-- What a judge behind an address said, by the SHA-256 of all that it was asked: the same question is paid for once.
CREATE TABLE verdicts (
    key           TEXT PRIMARY KEY,
    text          TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    answer_tokens INTEGER NOT NULL,
    created       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A person's ratings of generated answers, given without knowing where they come from.
CREATE TABLE ratings (
    answers TEXT NOT NULL,
    place   INTEGER NOT NULL,
    rating  INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4),
    created INTEGER NOT NULL,
    PRIMARY KEY (answers, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE new_sweeps (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    project           INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    model             INTEGER NOT NULL REFERENCES models (id),
    model_fingerprint TEXT,
    job               INTEGER NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    settings          TEXT NOT NULL,
    -- The hashes of what its vectors do, arm by arm: a JSON list.
    vectors           TEXT NOT NULL,
    -- Tokens that a judge behind an address has read and written for it.
    read_tokens       INTEGER NOT NULL DEFAULT 0,
    written_tokens    INTEGER NOT NULL DEFAULT 0,
    created           INTEGER NOT NULL
) STRICT;

INSERT INTO new_sweeps (id, project, model, model_fingerprint, job, settings, vectors, created)
SELECT sweeps.id, vectors.project, vectors.model, sweeps.model_fingerprint, sweeps.job,
    json_object(
        'arms', json_array(json_object(
            'name', vectors.name,
            'color', vectors.color,
            'terms', json_array(json_object('vector', vectors.id, 'weight', 1.0, 'fixed', json('false'))),
            'prompting', json_object('prompting', 'as_trained'))),
        'multipliers', json(sweeps.multipliers),
        'sets', json_array(json_object('set', 'held_out', 'data_set', data_sets.id, 'name', data_sets.name)),
        'scores', json_array(json_object('score', 'log_odds')),
        'generation', json_object('max_new_tokens', 64, 'temperature', 0.0, 'seed', 7),
        'suffix', '',
        'limit', NULL),
    json_array(sweeps.vector_hash),
    sweeps.created
FROM sweeps JOIN vectors ON vectors.id = sweeps.vector JOIN data_sets ON data_sets.id = sweeps.data_set;

-- The sets as they were when a sweep began. A set whose data set is gone keeps its content.
CREATE TABLE sweep_sets (
    sweep    INTEGER NOT NULL REFERENCES new_sweeps (id) ON DELETE CASCADE,
    place    INTEGER NOT NULL,
    data_set INTEGER REFERENCES data_sets (id) ON DELETE SET NULL,
    snapshot TEXT NOT NULL REFERENCES snapshots (hash),
    PRIMARY KEY (sweep, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX sweep_sets_of_data_set ON sweep_sets (data_set);

INSERT INTO sweep_sets (sweep, place, data_set, snapshot)
SELECT id, 0, data_set, snapshot FROM sweeps WHERE id IN (SELECT id FROM new_sweeps);

-- A set of -1 belongs to a score with a text or questions of its own.
CREATE TABLE new_sweep_points (
    sweep       INTEGER NOT NULL REFERENCES new_sweeps (id) ON DELETE CASCADE,
    arm         INTEGER NOT NULL,
    place       INTEGER NOT NULL,
    score       INTEGER NOT NULL,
    multiplier  REAL NOT NULL,
    value       REAL NOT NULL,
    low         REAL NOT NULL,
    high        REAL NOT NULL,
    count       INTEGER NOT NULL,
    missing     INTEGER NOT NULL,
    measurement TEXT NOT NULL REFERENCES measurements (key),
    -- The answers behind it, where it is about answers.
    answers     TEXT,
    PRIMARY KEY (sweep, arm, place, score, multiplier)
) STRICT, WITHOUT ROWID;
CREATE INDEX sweep_points_of_measurement ON new_sweep_points (measurement);

-- Old measurements have no content key; theirs is the place that they had.
INSERT INTO measurements (key, items, created)
SELECT 'sweep ' || sweep || ' at ' || multiplier,
    json_group_array(json_array(wanted_log_prob, opposite_log_prob) ORDER BY place), 0
FROM pair_scores WHERE sweep IN (SELECT id FROM new_sweeps) GROUP BY sweep, multiplier;

INSERT INTO new_sweep_points
SELECT sweep, 0, 0, 0, multiplier, score, low, high, pairs, 0, 'sweep ' || sweep || ' at ' || multiplier, NULL
FROM sweep_points
WHERE 'sweep ' || sweep || ' at ' || multiplier IN (SELECT key FROM measurements);

-- Ids are never used twice, those of deleted sweeps neither.
DELETE FROM sqlite_sequence WHERE name = 'new_sweeps';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_sweeps', seq FROM sqlite_sequence WHERE name = 'sweeps';

DROP TABLE pair_scores;
DROP TABLE sweep_points;
DROP TABLE sweeps;
ALTER TABLE new_sweeps RENAME TO sweeps;
ALTER TABLE new_sweep_points RENAME TO sweep_points;
