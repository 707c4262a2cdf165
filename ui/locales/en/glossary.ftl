# The glossary: its terms stand in docs/glossary.md and docs/glossary.zh-CN.md.
