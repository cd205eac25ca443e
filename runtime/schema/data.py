"""Rows of reference data that belong to the text, brought into their tables by key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select, update

from compiler.backends.expr.python import python_value
from compiler.model.entity import DataTable
from compiler.model.expr import Const, DataRow, Expr
from runtime.schema.catalog import Catalog


def know_data(connection: Connection, catalog: Catalog) -> None:
    """Tell the catalog the ids of the data rows that the database has."""
    for data in catalog.workspace.data:
        catalog.know_data(data.entity, _ids(connection, catalog, data))


def write_data(connection: Connection, catalog: Catalog, now: datetime) -> None:
    """Insert, change and delete data rows until they say what the text says.

    Keys come first and values after, because a value may refer to any other row.
    """
    for data in catalog.workspace.data:
        _write_keys(connection, catalog, data, now)
    know_data(connection, catalog)
    for data in catalog.workspace.data:
        _write_values(connection, catalog, data, now)


def _ids(connection: Connection, catalog: Catalog, data: DataTable) -> Mapping[str, int]:
    table = catalog.table(data.entity)
    rows = connection.execute(select(table.c[data.key], table.c.id))
    return {str(key): id for key, id in rows}


def _write_keys(connection: Connection, catalog: Catalog, data: DataTable, now: datetime) -> None:
    table = catalog.table(data.entity)
    known = _ids(connection, catalog, data)
    wanted = {str(_value(catalog, row[data.key])): row for row in data.rows}
    for key, row in wanted.items():
        if key not in known:
            value = _value(catalog, row[data.key])
            born = {data.key: value, "version": 1, "created_at": now, "changed_at": now}
            connection.execute(insert(table).values(_physical(table, born)))
    gone = [id for key, id in known.items() if key not in wanted]
    if gone:
        connection.execute(delete(table).where(table.c.id.in_(gone)))


def _write_values(connection: Connection, catalog: Catalog, data: DataTable, now: datetime) -> None:
    table = catalog.table(data.entity)
    for row in data.rows:
        key = _value(catalog, row[data.key])
        values = {name: _value(catalog, cell) for name, cell in row.items() if name != data.key}
        is_row = table.c[data.key] == key
        stands = select(*(table.c[name] for name in values)).where(is_row)
        if values and tuple(connection.execute(stands).one()) != tuple(values.values()):
            changed = {**values, "version": table.c.version + 1, "changed_at": now}
            connection.execute(update(table).where(is_row).values(_physical(table, changed)))


def _physical(table: Table, values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name in table.c}


def _value(catalog: Catalog, cell: Expr) -> object:
    if isinstance(cell, DataRow):
        return catalog.data_id(cell.entity, cell.key)
    assert isinstance(cell, Const), "a data cell is a constant"
    return python_value(cell)
