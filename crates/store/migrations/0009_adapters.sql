-- A low-rank adapter is kept as a vector is: `adapter` is its `Adapter` as JSON, NULL for a vector; its numbers are those of
-- all its matrices, one after the other. It acts in every block, so it has no layers.
ALTER TABLE vectors ADD COLUMN adapter TEXT;
