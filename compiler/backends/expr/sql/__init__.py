"""A typed expression as a SQLAlchemy expression, for SQLite and for PostgreSQL.

`tables` (what is asked of the database's catalog), `joins` (rows and paths), `arithmetic`,
`texts`, `conditions`, `aggregates` (one group of operators each), `lower` (the whole tree), `exact`
(functions that a SQLite connection needs), `query` (the way in).
"""

from compiler.backends.expr.sql.exact import is_out_of_range as is_out_of_range
from compiler.backends.expr.sql.exact import register as register
from compiler.backends.expr.sql.query import Query as Query
from compiler.backends.expr.sql.tables import Dialect as Dialect
from compiler.backends.expr.sql.tables import Tables as Tables
