"""One expression, two targets, one meaning.

`rows` (what a function reads), `sets` (sets of rows and aggregates over them), `python` (typed tree
to Python function), `sql` (typed tree to SQLAlchemy expression for SQLite and PostgreSQL). Both
rest on `compiler.values`.
"""
