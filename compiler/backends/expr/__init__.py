"""One expression, two targets, one meaning.

`rows` (what a function reads), `numbers`, `dates`, `texts`, `sets` (the meaning of operators, for
Python and for SQLite's registered functions), `python` (typed tree to Python function), `sql`
(typed tree to SQLAlchemy expression for SQLite and PostgreSQL).
"""
