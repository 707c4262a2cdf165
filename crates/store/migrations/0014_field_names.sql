-- Gives columns and stored questions the names that the code and the screens use.
ALTER TABLE vectors RENAME COLUMN acts TO intervention;
ALTER TABLE steps RENAME COLUMN right_way TO sign_accuracy;
ALTER TABLE epochs RENAME COLUMN right_way TO sign_accuracy;
UPDATE analyses SET question = replace(question, '"question":"outlook"', '"question":"steerability"')
WHERE question LIKE '{"question":"outlook"%';
