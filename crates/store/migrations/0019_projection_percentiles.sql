-- The percentiles of a vector's projections over quiet texts, from which the thresholds of caps are taken: for each of its layers
-- the percentiles 0 to 100, as JSON. Everything that they depend on is in the key.
CREATE TABLE projection_percentiles (
    model_fingerprint TEXT NOT NULL,
    vector_hash       TEXT NOT NULL,
    text_hash         TEXT NOT NULL,
    percentiles       TEXT NOT NULL,
    PRIMARY KEY (model_fingerprint, vector_hash, text_hash)
) STRICT, WITHOUT ROWID;
