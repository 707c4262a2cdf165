-- The conversations of Chat. `name` is a person's name for it; NULL where it is called by its first words. `desk` is a `Desk`
-- as JSON: its strips and columns.
CREATE TABLE conversations (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name    TEXT,
    pinned  INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    desk    TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_of_project ON conversations (project, changed);

-- What was said in the columns of conversations. Turns with the same column and parent are variants of each other; `is_shown`
-- marks one of them. A turn is deleted in one statement with all that followed it: a conversation may be thousands of turns
-- long, and SQLite follows no cascade so deep.
CREATE TABLE turns (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation  INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    desk_column   INTEGER NOT NULL,
    parent        INTEGER REFERENCES turns (id),
    is_shown      INTEGER NOT NULL CHECK (is_shown IN (0, 1)),
    said_by       TEXT NOT NULL CHECK (said_by IN ('person', 'model')),
    text          TEXT NOT NULL,
    created       INTEGER NOT NULL,
    -- The rest is NULL for a person's message. The length in bytes of the beginning that a person gave.
    given         INTEGER,
    tokens        INTEGER,
    -- The number of the oldest turns that the model did not read, because its context had no room for them.
    left_out      INTEGER,
    answer_end    TEXT CHECK (answer_end IN ('open', 'end_of_turn', 'length', 'stopped', 'failed')),
    failure       TEXT,
    sampling      TEXT,
    system_prompt TEXT,
    -- What steered, from which byte on, and what steering did to the tokens: JSON lists.
    steering      TEXT,
    observed      TEXT,
    CHECK ((said_by = 'model') = (answer_end IS NOT NULL))
) STRICT;
CREATE INDEX turns_of_conversation ON turns (conversation, desk_column, parent);
CREATE INDEX turns_of_parent ON turns (parent);
CREATE INDEX turns_that_grow ON turns (conversation) WHERE answer_end = 'open';

-- Desks with a name, to be used in other conversations.
CREATE TABLE presets (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    desk    TEXT NOT NULL,
    UNIQUE (project, name)
) STRICT;

-- Every question becomes a conversation: a strip for each vector that steered, and a column for each multiplier, in which
-- the strip's factor is the multiplier, or 1 where the multiplier did not act on it.
INSERT INTO conversations (id, project, name, pinned, desk, created, changed)
SELECT questions.id, questions.project, NULL, 0,
    json_object(
        'strips', (
            SELECT json_group_array(json_object(
                'id', part.key + 1,
                'vector', part.value ->> 'vector',
                'name', part.value ->> 'name',
                'hash', coalesce(part.value ->> 'hash', ''),
                'value', part.value -> 'weight'))
            FROM json_each(questions.steering) AS part),
        'columns', (
            SELECT json_group_array(json_object(
                'id', place,
                'name', '',
                'factors', (
                    SELECT json_group_array(json_object(
                        'strip', part.key + 1,
                        'factor', iif(coalesce(part.value ->> 'fixed', 0), 1.0, multiplier)))
                    FROM json_each(questions.steering) AS part),
                'system_prompt', questions.system_prompt,
                'sampling', json_object(
                    'temperature', 0.0, 'top_k', 0, 'top_p', 1.0, 'min_p', 0.0, 'repeat_penalty', 1.0, 'repeat_last_n', 64,
                    'seed', 7, 'max_new_tokens', questions.max_new_tokens, 'stop', json_array())))
            FROM (
                SELECT row_number() OVER (ORDER BY multiplier) AS place, multiplier
                FROM answers WHERE question = questions.id)),
        'observes', json('false')),
    questions.created, questions.created
FROM questions;

-- In each column, the question and its answer.
INSERT INTO turns (id, conversation, desk_column, parent, is_shown, said_by, text, created)
SELECT 2 * number - 1, question, place, NULL, 1, 'person', text, created
FROM (
    SELECT row_number() OVER (ORDER BY question, multiplier) AS number, question,
        row_number() OVER (PARTITION BY question ORDER BY multiplier) AS place, questions.text, questions.created
    FROM answers JOIN questions ON questions.id = answers.question);

INSERT INTO turns (id, conversation, desk_column, parent, is_shown, said_by, text, created, given, tokens, answer_end, failure,
    sampling, system_prompt, steering, observed)
SELECT 2 * number, question, place, 2 * number - 1, 1, 'model', text, created, 0, tokens, answer_end, failure,
    json_object(
        'temperature', 0.0, 'top_k', 0, 'top_p', 1.0, 'min_p', 0.0, 'repeat_penalty', 1.0, 'repeat_last_n', 64,
        'seed', 7, 'max_new_tokens', max_new_tokens, 'stop', json_array()),
    system_prompt,
    json_array(json_object('from_byte', 0, 'terms', (
        SELECT json_group_array(json_object(
            'vector', part.value ->> 'vector',
            'name', part.value ->> 'name',
            'hash', coalesce(part.value ->> 'hash', ''),
            'multiplier', (part.value ->> 'weight') * iif(coalesce(part.value ->> 'fixed', 0), 1.0, multiplier)))
        FROM json_each(answered.steering) AS part
        WHERE (part.value ->> 'weight') * iif(coalesce(part.value ->> 'fixed', 0), 1.0, multiplier) <> 0))),
    '[]'
FROM (
    SELECT row_number() OVER (ORDER BY question, multiplier) AS number, question, multiplier, answers.text, tokens, answer_end,
        failure, row_number() OVER (PARTITION BY question ORDER BY multiplier) AS place, questions.created,
        questions.max_new_tokens, questions.system_prompt, questions.steering
    FROM answers JOIN questions ON questions.id = answers.question) AS answered;

DROP TABLE answers;
DROP TABLE questions;
