-- What a run took beside its steps: the seconds until its first step, the seconds in which its held-out pairs were measured, and
-- the most memory that the program had meanwhile. NULL where it was not measured.
ALTER TABLE runs ADD COLUMN preparing_seconds REAL;
ALTER TABLE runs ADD COLUMN measuring_seconds REAL;
ALTER TABLE runs ADD COLUMN peak_bytes INTEGER;
