-- When a project was opened last, so that the next start opens it again; 0 for one that was never opened.
ALTER TABLE projects ADD COLUMN opened INTEGER NOT NULL DEFAULT 0;

-- The verdicts that a project's sweeps have asked for. The verdicts themselves are kept by what was asked, for all projects.
CREATE TABLE project_verdicts (
    project INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    verdict TEXT NOT NULL REFERENCES verdicts (key) ON DELETE CASCADE,
    PRIMARY KEY (project, verdict)
) STRICT, WITHOUT ROWID;
INSERT INTO project_verdicts (project, verdict)
SELECT (SELECT min(id) FROM projects), key FROM verdicts WHERE EXISTS (SELECT 1 FROM projects);
