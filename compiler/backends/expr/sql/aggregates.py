"""Aggregates as scalar subqueries that are correlated with the rows they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    FromClause,
    Function,
    FunctionFilter,
    Integer,
    ScalarSelect,
    Select,
    SelectBase,
    case,
    distinct,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy import exists as sql_exists
from sqlalchemy.types import TypeEngine

from compiler.backends.expr.sql.arithmetic import divide, fitted, whole_number
from compiler.backends.expr.sql.conditions import condition
from compiler.backends.expr.sql.joins import Bound, Scope, Source
from compiler.backends.schema.storage import sql_type
from compiler.model.expr import (
    Aggregate,
    AggregateFunction,
    Expr,
    Extent,
    FieldOf,
    Many,
    Var,
)
from compiler.model.types import INT, Type

if TYPE_CHECKING:
    from compiler.backends.expr.sql.lower import Lowering

Column = ColumnElement[Any]


@dataclass(frozen=True)
class Rows:
    """The rows of an aggregate: where they come from and the scope in which one is at hand."""

    source: Source
    scope: Scope
    conditions: list[ColumnElement[bool]]
    order: Column

    def select(self, *columns: Column) -> Select[Any]:
        """A SELECT over the rows; lower all that it shows and asks before."""
        statement = select(*columns).select_from(self.source.clause).where(*self.conditions)
        return statement.correlate_except(*self.source.own)


def value(low: Lowering, expr: Aggregate, scope: Scope) -> Column:
    """The value of an aggregate that is no condition."""
    rows = rows_of(low, expr, scope)
    if expr.function in ("first", "last"):
        return _at_end(low, expr, rows)
    if expr.function == "one":
        return _single(low, expr, scope, rows)
    if expr.value is None:
        return _typed(rows.select(total(low, expr, None)), expr.type)
    column = low.value(expr.value, rows.scope)
    if _speaks_of(column, rows.source.own):
        return _typed(rows.select(total(low, expr, column)), expr.type)
    # Over columns of the rows around it SQL takes an aggregate for one of theirs: name the value.
    values = rows.select(column.label("value")).subquery()
    statement = select(total(low, expr, values.c["value"])).select_from(values)
    return _typed(statement.correlate_except(values), expr.type)


def _speaks_of(element: Any, tables: list[FromClause]) -> bool:
    """Whether a column of these tables stands in an expression, outside subqueries."""
    if isinstance(element, ColumnClause):
        return element.table in tables
    if isinstance(element, SelectBase | ScalarSelect):
        return False
    return any(_speaks_of(child, tables) for child in element.get_children())


def _speaks_only_of(element: Any, tables: list[FromClause]) -> bool:
    """Whether an expression has columns of these tables alone and no subquery."""
    if isinstance(element, ColumnClause):
        return element.table in tables
    if isinstance(element, SelectBase | ScalarSelect):
        return False
    return all(_speaks_only_of(child, tables) for child in element.get_children())


def exists(low: Lowering, expr: Aggregate, scope: Scope, negate: bool) -> ColumnElement[bool]:
    """`exists`, or `all` as the absence of a row for which it does not hold."""
    rows = rows_of(low, expr, scope)
    if expr.function == "all":
        assert expr.value is not None
        rows.conditions.append(condition(low, expr.value, rows.scope, negate=True))
        negate = not negate
    found = sql_exists(rows.select(literal(1)))
    return ~found if negate else found


def rows_of(low: Lowering, expr: Aggregate, scope: Scope) -> Rows:
    source, inner, conditions, order = _rows(low, expr, scope)
    rows = Rows(source, inner, conditions, order)
    if expr.where is not None:
        rows.conditions.append(condition(low, expr.where, inner))
    return rows


def _rows(
    low: Lowering, expr: Aggregate, scope: Scope
) -> tuple[Source, Scope, list[ColumnElement[bool]], Column]:
    of = expr.source
    if isinstance(of, FieldOf):
        table = low.tables.values(of.of.type.of, of.field).alias()
        owner = table.c["record"] == low.value(of.of, scope)
        column = table.c["value"]
        return Source(table), {**scope, expr.row: column}, [owner], column
    item = of.type.item
    assert item is not None
    source, bound = low.start(item.of)
    inner = {**scope, expr.row: bound}
    return source, inner, _membership(low, of, bound, scope), bound.row.c["id"]


def _membership(low: Lowering, of: Expr, row: Bound, scope: Scope) -> list[ColumnElement[bool]]:
    """That a row is one of the set."""
    if not isinstance(of, Many):
        return [] if isinstance(of, Extent) else [row.row.c["id"].in_(low.items(of, scope))]
    collection = low.collection(of)
    if collection.kind == "link":
        return [row.row.c["id"].in_(low.items(of, scope))]
    return [low.leads_back(of, row.row.c[collection.via], scope)]


def total(
    low: Lowering,
    expr: Aggregate,
    column: Column | None,
    where: ColumnElement[bool] | None = None,
) -> Column:
    """The aggregate's function over the lowered values of all rows of a SELECT, or of those for
    which `where` holds."""

    def call(name: str, column: Column, type: TypeEngine[Any]) -> Column:
        function: Function[Any] = Function(name, column, type_=type)
        return function if where is None else FunctionFilter(function, where)

    if column is None or expr.value is None:
        return call("count", literal_column("*"), Integer())
    type = expr.value.type
    if expr.function in ("min", "max"):
        return call(expr.function, low.collated(column, type), sql_type(type))
    column = distinct(column) if expr.distinct else column
    if expr.function == "count":
        return call("count", column, Integer())
    summed = call("sum", column, sql_type(type))
    if expr.function == "sum":
        return _sum(low, summed, expr.type)
    counted = call("count", column, Integer()), INT
    return divide((summed, type), counted, expr.type, low.dialect)


def applied(
    low: Lowering, function: AggregateFunction, column: Column, of: Type, type: Type
) -> Column:
    """The sum, count, least or greatest of a column's values, all rows of a SELECT together."""
    row = Var(type=of, name="value")
    made = Aggregate(
        type=type, function=function, distinct=False, row="", source=row, value=row, where=None,
        sort=(),
    )  # fmt: skip
    return total(low, made, column)


def _sum(low: Lowering, summed: Column, type: Type) -> Column:
    found = func.coalesce(summed, whole_number(0), type_=sql_type(type))
    return fitted(found, type, low.dialect)


def _at_end(low: Lowering, expr: Aggregate, rows: Rows) -> Column:
    """`first` and `last`: rows without a key come last either way, ties go by id."""
    keys = [low.collated(low.value(k.value, rows.scope), k.value.type) for k in expr.sort]
    shown = _shown(low, expr, rows)
    if not all(_speaks_only_of(key, rows.source.own) for key in keys):
        return _at_end_of_values(expr, rows, shown, keys)
    found = rows.select(shown).order_by(*_order(expr, [*keys, rows.order]))
    return _typed(found.limit(1), expr.type)


def _at_end_of_values(expr: Aggregate, rows: Rows, shown: Column, keys: list[Column]) -> Column:
    """SQLite knows no columns of the rows around it in ORDER BY: the keys are given names."""
    named = [key.label(f"key{index}") for index, key in enumerate([*keys, rows.order])]
    values = rows.select(shown.label("value"), *named).subquery()
    order = _order(expr, [values.c[key.name] for key in named])
    found = select(values.c["value"]).select_from(values).order_by(*order).limit(1)
    return _typed(found.correlate_except(values), expr.type)


def _order(expr: Aggregate, keys: list[Column]) -> list[ColumnElement[Any]]:
    last = expr.function == "last"
    down = [key.descending != last for key in expr.sort] + [last]
    return [
        (key.desc() if descending else key.asc()).nulls_last()
        for key, descending in zip(keys, down, strict=True)
    ]


def _shown(low: Lowering, expr: Aggregate, rows: Rows) -> Column:
    return rows.order if expr.value is None else low.value(expr.value, rows.scope)


def _single(low: Lowering, expr: Aggregate, scope: Scope, rows: Rows) -> Column:
    """The value of the only row: counted apart, so that any type of value will do."""
    found = _typed(rows.select(_shown(low, expr, rows)).limit(1), expr.type)
    others = rows_of(low, expr, scope)
    count = others.select(func.count()).scalar_subquery()
    return case((count == whole_number(1), found), else_=None)


def _typed(statement: Select[Any], type: Type) -> Column:
    return type_coerce(statement.scalar_subquery(), sql_type(type))
