# 术语表：术语在 docs/glossary.md 与 docs/glossary.zh-CN.md 中。
