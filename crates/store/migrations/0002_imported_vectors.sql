-- For a vector that was imported: what its file says about where it comes from, as JSON. Such a vector has no run and no
-- data set; its method and settings are `null` where the file does not say them, and its residual norm, which nobody has
-- measured, is 0.
ALTER TABLE vectors ADD COLUMN provenance TEXT;
