-- A data set has the rubric that answers to it are judged by, and the suffixes that its prompts are measured with. `rubric` is
-- a `Rubric` as JSON; NULL where it is made from the set's name and description. `suffixes` is a JSON list.
ALTER TABLE data_sets ADD COLUMN rubric TEXT;
ALTER TABLE data_sets ADD COLUMN suffixes TEXT NOT NULL DEFAULT '[]';

-- The rubrics stood in the settings of the project, by the set's id.
UPDATE data_sets SET rubric = (
    SELECT own.value
    FROM settings, json_each(settings.content, '$.rubrics') AS own
    WHERE settings.project = data_sets.project AND own.key = CAST(data_sets.id AS TEXT));
UPDATE settings SET content = json_remove(content, '$.rubrics');

-- A person's name for a sweep, NULL where it is called by its curves, and a note on it.
ALTER TABLE sweeps ADD COLUMN name TEXT;
ALTER TABLE sweeps ADD COLUMN note TEXT NOT NULL DEFAULT '';
