-- A pair's own system prompt (NULL for that of the run), what was said before the prompt (JSON), its tags (JSON), a
-- person's note, and whether it stays in its split when the data set is split anew.
ALTER TABLE pairs ADD COLUMN system TEXT;
ALTER TABLE pairs ADD COLUMN turns TEXT NOT NULL DEFAULT '[]';
ALTER TABLE pairs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE pairs ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE pairs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
-- Counting a split must not read the texts.
CREATE INDEX pairs_by_split ON pairs (data_set, split);

-- An edit may be about many pairs. `changes` is a list of [before, after]: a whole pair and null where it was added or
-- removed, else its id with those fields that differ (null for a field that is not there).
ALTER TABLE edits ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE edits ADD COLUMN title TEXT NOT NULL DEFAULT '';
UPDATE edits SET changes = json_array(json_array(json(before), json(after)))
    WHERE before IS NOT NULL OR json_type(after) = 'object';
UPDATE edits SET changes = (SELECT json_group_array(json_array(NULL, json(value))) FROM json_each(edits.after))
    WHERE before IS NULL AND json_type(after) = 'array';
ALTER TABLE edits DROP COLUMN before;
ALTER TABLE edits DROP COLUMN after;

-- Versions of a data set that a person has kept, or that were kept before an older one was put back.
CREATE TABLE versions (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    data_set INTEGER NOT NULL REFERENCES data_sets (id) ON DELETE CASCADE,
    snapshot TEXT NOT NULL REFERENCES snapshots (hash),
    name     TEXT NOT NULL,
    created  INTEGER NOT NULL
) STRICT;
CREATE INDEX versions_of_data_set ON versions (data_set, id);
