"""Tables, columns and indexes made and dropped, in the words of either database.

A column is told in the same words when its table is made and when it is added later, so that a
database that grew is the same as one made at once. On SQLite a foreign key is part of its column,
which can then be dropped; on PostgreSQL it is added once the table it leads to exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, Index, Table
from sqlalchemy.schema import AddConstraint, CreateIndex, DropIndex, ForeignKeyConstraint
from sqlalchemy.sql.compiler import DDLCompiler


def create_tables(connection: Connection, tables: Iterable[Table]) -> None:
    """Make tables, which may lead to each other in any order, with their indexes."""
    made = list(tables)
    for table in made:
        _create_table(connection, table)
    for table in made:
        for constraint in table.foreign_key_constraints:
            _add_foreign_key(connection, constraint)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            create_index(connection, index)


def add_column(connection: Connection, column: Column[Any]) -> None:
    """Add a column to its table, which has it in the catalog already."""
    compiler = _compiler(connection)
    table = compiler.preparer.format_table(column.table)
    connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {_words(compiler, column)}")
    for key in column.foreign_keys:
        if key.constraint is not None:
            _add_foreign_key(connection, key.constraint)


def drop_column(connection: Connection, column: Column[Any]) -> None:
    preparer = _compiler(connection).preparer
    table, name = preparer.format_table(column.table), preparer.format_column(column)
    connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")


def drop_table(connection: Connection, table: Table) -> None:
    """Drop a table with the foreign keys that lead to it."""
    name = _compiler(connection).preparer.format_table(table)
    cascade = " CASCADE" if connection.dialect.name != "sqlite" else ""
    connection.exec_driver_sql(f"DROP TABLE {name}{cascade}")


def create_index(connection: Connection, index: Index) -> None:
    connection.execute(CreateIndex(index))


def drop_index(connection: Connection, index: Index) -> None:
    connection.execute(DropIndex(index))


def rescale(connection: Connection, column: Column[Any], places: int) -> None:
    """Keep the numbers of a column with more digits after the point: the same numbers."""
    compiler = _compiler(connection)
    table = compiler.preparer.format_table(column.table)
    name = compiler.preparer.format_column(column)
    if connection.dialect.name == "sqlite":  # kept scaled
        connection.exec_driver_sql(f"UPDATE {table} SET {name} = {name} * {10**places}")
        return
    type = compiler.dialect.type_compiler_instance.process(column.type, type_expression=column)
    connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {type}")


def _create_table(connection: Connection, table: Table) -> None:
    compiler = _compiler(connection)
    members = [_words(compiler, column) for column in table.columns]
    key = compiler.visit_primary_key_constraint(table.primary_key)
    if key:
        members.append(key)
    name = compiler.preparer.format_table(table)
    connection.exec_driver_sql(f"CREATE TABLE {name} ({', '.join(members)})")


def _words(compiler: DDLCompiler, column: Column[Any]) -> str:
    words = compiler.get_column_specification(column)
    if compiler.dialect.name != "sqlite":
        return words
    preparer = compiler.preparer
    for key in column.foreign_keys:
        other = preparer.format_table(key.column.table)
        words += f" CONSTRAINT {preparer.quote(str(key.name))} REFERENCES {other} (id)"
    return words


def _add_foreign_key(connection: Connection, constraint: ForeignKeyConstraint) -> None:
    if connection.dialect.name != "sqlite":
        connection.execute(AddConstraint(constraint))


def _compiler(connection: Connection) -> DDLCompiler:
    return connection.dialect.ddl_compiler(connection.dialect, None)  # type: ignore[arg-type]
