-- A person's tags (JSON) and note on a vector. The SHA-256 of its layers and numbers, and the norm of each part (JSON):
-- NULL for vectors of earlier versions until the store is opened. How it was made of others (`Made` as JSON); NULL where
-- it was not.
ALTER TABLE vectors ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE vectors ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE vectors ADD COLUMN hash TEXT;
ALTER TABLE vectors ADD COLUMN norms TEXT;
ALTER TABLE vectors ADD COLUMN made TEXT;

-- The residual stream's mean norm after each block (JSON), by the model's fingerprint, with the text it was measured on.
CREATE TABLE residual_norms (
    model_fingerprint TEXT NOT NULL,
    text_hash         TEXT NOT NULL,
    norms             TEXT NOT NULL,
    PRIMARY KEY (model_fingerprint, text_hash)
) STRICT, WITHOUT ROWID;

-- A question is answered by any number of vectors: a list of `Steered` as JSON, which outlives them.
ALTER TABLE questions ADD COLUMN steering TEXT NOT NULL DEFAULT '[]';
UPDATE questions SET steering = (
    SELECT json_array(json_object('vector', vectors.id, 'name', vectors.name, 'weight', 1.0))
    FROM vectors WHERE vectors.id = questions.vector
) WHERE vector IS NOT NULL;
ALTER TABLE questions DROP COLUMN vector;
