"""Names that rows hold: values of enums, states, roles."""

from __future__ import annotations

from sqlalchemy import Connection, update

from compiler.backends.schema.operations import Rename
from runtime.schema.catalog import Catalog
from runtime.tables import ROLE_HOLDER


def rename_values(connection: Connection, catalog: Catalog, rename: Rename) -> None:
    """Let rows say the new name; `catalog` knows the fields by theirs."""
    if rename.kind == "role":
        holds = ROLE_HOLDER.c.role
        connection.execute(update(ROLE_HOLDER).where(holds == rename.was).values(role=rename.path))
    if rename.kind != "value":
        return
    enum, _, name = rename.path.rpartition(".")
    was = rename.was.rpartition(".")[2]
    for plan, column in catalog.stored():
        if plan.type.kind == "enum" and plan.type.of == enum:
            changed = update(column.table).where(column == was).values({column.key: name})
            connection.execute(changed)
