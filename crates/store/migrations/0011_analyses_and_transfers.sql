-- The tables get the names that the code and the screen have.

ALTER TABLE studies RENAME TO analyses;
ALTER TABLE findings RENAME COLUMN study TO analysis;
ALTER TABLE carries RENAME TO transfers;
DROP INDEX studies_of_data_set;
CREATE INDEX analyses_of_data_set ON analyses (data_set);
DROP INDEX carries_of_vector;
CREATE INDEX transfers_of_vector ON transfers (vector);
