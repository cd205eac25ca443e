"""Decision tables in SQL: a CASE over the rows, or an aggregate over what those give that fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, SelectBase, case, or_, select, true, type_coerce, union_all

from compiler.backends.expr.sql.aggregates import applied
from compiler.backends.expr.sql.arithmetic import whole_number
from compiler.backends.expr.sql.conditions import condition
from compiler.backends.expr.sql.joins import Scope
from compiler.backends.schema.storage import sql_type
from compiler.model.expr import AggregateFunction, Expr, Let, Lookup
from compiler.model.inline import bind, first_hit, fits, place_of, table_of
from compiler.model.types import INT
from compiler.model.value import COLLECTING, Parameter, Row, Table

if TYPE_CHECKING:
    from compiler.backends.expr.sql.lower import Lowering

Column = ColumnElement[Any]
Bound = tuple[Parameter, Expr]
MOST_TERMS = 400
"""SELECTs that a database joins into one."""


def value(low: Lowering, expr: Lookup, scope: Scope) -> Column:
    """What a table gives; each argument is computed once."""
    table = table_of(low.tables.workspace.called, expr)
    bound = list(zip(table.parameters, expr.args, strict=True))
    if table.policy not in COLLECTING:
        return low.value(bind(bound, first_hit(table, expr.result)), scope)
    return _over(low, bound, expr, scope, lambda inner: _collected(low, table, expr, inner))


def _over(
    low: Lowering,
    bound: Sequence[Bound],
    expr: Lookup,
    scope: Scope,
    build: Callable[[Scope], Column],
) -> Column:
    """What is built over the arguments."""
    if not bound:
        return build(scope)
    (parameter, arg), *rest = bound
    required = not parameter.type.nullable
    let = Let(type=expr.type, name=parameter.variable, value=arg, required=required, body=expr)
    uses = 2  # by many rows
    return low.named(let, uses, scope, lambda inner: _over(low, rest, expr, inner, build))


def _collected(low: Lowering, table: Table, expr: Lookup, scope: Scope) -> Column:
    plain = [row for row in table.rows if not row.otherwise]
    rest = [row for row in table.rows if row.otherwise]
    if not rest or not plain:
        return _of_rows(low, table, expr, plain or rest, scope)
    fitting = or_(*(_fits(low, row, scope) for row in plain))
    found, others = (_of_rows(low, table, expr, rows, scope) for rows in (plain, rest))
    return case((fitting, found), else_=others)


def _of_rows(
    low: Lowering, table: Table, expr: Lookup, rows: Sequence[Row], scope: Scope
) -> Column:
    """The aggregate of what the rows give that fit."""
    counts = table.policy == "count"
    place = 0 if counts else place_of(table, expr.result)
    type = INT if counts else table.results[place].type
    given = [
        case(
            (
                _fits(low, row, scope),
                whole_number(1) if counts else low.number(row.values[place], type, scope),
            ),
            else_=None,
        )
        for row in rows
    ]
    found = _joined([select(each.label("value")).correlate_except(None) for each in given])
    values = found.subquery()
    column = type_coerce(values.c["value"], sql_type(type))
    function: AggregateFunction = table.policy  # type: ignore[assignment]
    statement = select(applied(low, function, column, type, expr.type)).select_from(values)
    found_value = statement.correlate_except(values).scalar_subquery()
    return type_coerce(found_value, sql_type(expr.type))


def _joined(selects: Sequence[SelectBase]) -> Any:
    if len(selects) == 1:
        return selects[0]
    if len(selects) <= MOST_TERMS:
        return union_all(*selects)
    parts = [
        _joined(selects[start : start + MOST_TERMS]) for start in range(0, len(selects), MOST_TERMS)
    ]
    return _joined([select(part.subquery().c["value"]) for part in parts])


def _fits(low: Lowering, row: Row, scope: Scope) -> Column:
    test = fits(row)
    return true() if test is None else condition(low, test, scope)
