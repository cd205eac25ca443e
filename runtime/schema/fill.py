"""Values given to all rows of a table at once, by the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from compiler.backends.expr.sql import Dialect, Query
from compiler.field_type import Library
from compiler.model.base import EntityId
from compiler.model.entity import Field
from compiler.model.expr import Const, Expr, Op
from runtime.clock import ActTime
from runtime.schema.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Filler:
    """Fills columns of a catalog's tables from what the model says of them."""

    connection: Connection
    catalog: Catalog
    library: Library
    time: ActTime

    def compute(self, entity: EntityId, name: str) -> None:
        """Compute a stored field for every row."""
        field = self.catalog.field(entity, name)
        assert field.computed is not None
        self._set(entity, field, field.computed, only_missing=False)

    def fill(self, entity: EntityId, name: str) -> None:
        """Give rows without a value what `fill` says, or what a new record would begin with."""
        field = self.catalog.field(entity, name)
        workspace = self.catalog.workspace
        flow = workspace.flows.get(entity)
        tags = {each.field: each for each in workspace.tags if each.entity == entity}
        said = workspace.intent.filled
        fills = [each.value for each in said if (each.entity, each.field) == (entity, name)]
        if fills:
            self._set(entity, field, fills[0], only_missing=True)
            return
        if flow is not None and flow.field == name:
            begin: Expr | None = Const(type=field.type, value=flow.initial.name)
        else:
            begin = tags[name].on if name in tags else field.default
        assert begin is not None
        self._set(entity, field, begin, only_missing=True)

    def _set(self, entity: EntityId, field: Field, expr: Expr, only_missing: bool) -> None:
        dialect: Dialect = "sqlite" if self.connection.dialect.name == "sqlite" else "postgresql"
        query = Query(self.catalog, dialect, self.library.functions, entity)
        value = query.value(stored(expr, field))
        table = self.catalog.table(entity)
        found = select(value).select_from(query.source).where(query.row.c["id"] == table.c.id)
        found = found.params(now=self.time.now, today=self.time.today, zone=self.time.zone.key)
        statement = update(table).values({field.name: found.scalar_subquery()})
        if only_missing:
            statement = statement.where(table.c[field.name].is_(None))
        self.connection.execute(statement)


def stored(expr: Expr, field: Field) -> Expr:
    """The expression as the field keeps it: a number rounded half up to the field's scale."""
    if not expr.type.is_number or expr.type.scale == field.type.scale:
        return expr
    return Op(type=field.type, op="widen", args=(expr,))
