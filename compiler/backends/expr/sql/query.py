"""The way in: expressions over the rows of one entity, for one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, UnaryExpression

from compiler.backends.expr.sql import aggregates
from compiler.backends.expr.sql.joins import Bound, Column
from compiler.backends.expr.sql.lower import Lowering
from compiler.backends.expr.sql.tables import Dialect, Tables
from compiler.field_type import Function
from compiler.model.base import EntityId
from compiler.model.expr import THIS, Aggregate, Expr, SortKey


class Query:
    """Lowers expressions about a row of an entity (`this`) and collects the joins they need.

    Lower everything the statement shows, asks and sorts by; then select from `source`:

        query = Query(tables, "sqlite", STANDARD.functions, entity)
        columns = [query.value(each) for each in shown]
        where = query.condition(filter)
        select(*columns).select_from(query.source).where(where)

    Variables other than `this` become bind parameters of the same name: `me` is the id of the
    user who acts; `now`, `today` and `zone` (its name) are bound where a function asks for them.
    """

    def __init__(
        self,
        tables: Tables,
        dialect: Dialect,
        functions: Mapping[str, Function],
        entity: EntityId,
        variable: str = THIS,
    ) -> None:
        self.lowering = Lowering(tables, dialect, functions)
        self._source, self.this = self.lowering.start(entity)
        self._scope: dict[str, Bound | Column] = {variable: self.this}

    @property
    def row(self) -> FromClause:
        """The alias of the entity's table; its columns are keyed by field name."""
        return self.this.row

    @property
    def source(self) -> FromClause:
        """The table with all joins that what was lowered so far needs."""
        return self._source.clause

    def value(self, expr: Expr) -> ColumnElement[Any]:
        """A value, converted to and from Python by its type; conditions are never NULL."""
        return self.lowering.value(expr, self._scope)

    def items(self, expr: Expr) -> Select[Any]:
        """The ids or values of a set, correlated with the row."""
        return self.lowering.items(expr, self._scope)

    def condition(self, expr: Expr) -> ColumnElement[bool]:
        """A condition for WHERE; it may be NULL where it is false."""
        return self.lowering.condition(expr, self._scope)

    def order(self, key: SortKey) -> UnaryExpression[Any]:
        """A sort key; texts by code point, nulls last."""
        column = self.lowering.collated(self.value(key.value), key.value.type)
        return (column.desc() if key.descending else column.asc()).nulls_last()

    def aggregate(self, expr: Aggregate) -> ColumnElement[Any]:
        """An aggregate over the rows of this very statement, grouped or not, as reports have it:
        its `row` is the row of the query. Not for `exists`, `all`, `first`, `last`, `one`."""
        scope = {**self._scope, expr.row: self.this}
        where = None if expr.where is None else self.lowering.condition(expr.where, scope)
        value = None if expr.value is None else self.lowering.value(expr.value, scope)
        return aggregates.total(self.lowering, expr, value, where)
