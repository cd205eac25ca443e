"""Two-valued conditions in SQL.

A condition of the language is true or false; SQL adds NULL. Each is lowered for what is asked of
it: negated or not, and `strict` if it must not be NULL; in a WHERE it may, where NULL is false. So
the comparison is the plain one, which an index can serve, wherever that is equivalent.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Function, and_, false, func, not_, or_, true

from compiler.backends.expr.sql.arithmetic import whole_number
from compiler.model.expr import Aggregate, Call, Const, Expr, Let, Op
from compiler.model.types import MAX_DIGITS, Type
from compiler.operators import digits

if TYPE_CHECKING:
    from compiler.backends.expr.sql.joins import Scope
    from compiler.backends.expr.sql.lower import Lowering

Condition = ColumnElement[bool]
Column = ColumnElement[Any]
Compare = Callable[[Any, Any], Any]

_ORDER: dict[str, tuple[Compare, Compare]] = {
    "<": (operator.lt, operator.ge),
    "<=": (operator.le, operator.gt),
    ">": (operator.gt, operator.le),
    ">=": (operator.ge, operator.lt),
}
"""Each with its opposite."""


def condition(
    low: Lowering, expr: Expr, scope: Scope, negate: bool = False, strict: bool = False
) -> Condition:
    """The condition, or its opposite; never NULL if `strict`."""
    if isinstance(expr, Const):
        return true() if (expr.value is True) != negate else false()
    if isinstance(expr, Aggregate) and expr.function in ("exists", "all"):
        return low.exists(expr, scope, negate)
    if isinstance(expr, Call):
        return condition(low, low.called(expr), scope, negate, strict)
    if isinstance(expr, Let) and (plain := low.plainly(expr, scope)) is not None:
        return condition(low, expr.body, plain, negate, strict)
    if not isinstance(expr, Op):
        return _settled(low.value(expr, scope), expr.type.nullable, negate, strict)
    if expr.op == "not":
        return condition(low, expr.args[0], scope, not negate, strict)
    if expr.op in ("and", "or"):
        parts = [condition(low, arg, scope, negate, strict) for arg in expr.args]
        return and_(*parts) if (expr.op == "and") != negate else or_(*parts)
    if expr.op in ("==", "!="):
        return _equality(low, expr, scope, (expr.op == "!=") != negate, strict)
    if expr.op in _ORDER:
        return _order(low, expr, scope, negate, strict)
    if expr.op == "is null":
        value = low.value(expr.args[0], scope)
        return value.is_not(None) if negate else value.is_(None)
    if expr.op == "in":
        return _in(low, expr, scope, negate, strict)
    found, nullable = _BASE.get(expr.op, _value)(low, expr, scope)
    return _settled(found, nullable, negate, strict)


def _settled(found: Column, nullable: bool, negate: bool, strict: bool) -> Condition:
    """A boolean that is NULL only if `nullable`, with NULL as false."""
    if nullable and negate:
        return found.is_not(true())
    if nullable and strict:
        return found.is_(true())
    return not_(found) if negate else found


def _any_null(expr: Op) -> bool:
    return any(arg.type.nullable for arg in expr.args)


# --- equality and order


def _pair(low: Lowering, left: Expr, right: Expr, scope: Scope) -> tuple[Column, Column] | None:
    """Both sides in comparable storage; None if no scale holds both numbers."""
    a, b = left.type, right.type
    if not (a.is_number and b.is_number) or low.dialect == "postgresql" or a.scale == b.scale:
        return low.value(left, scope), low.value(right, scope)
    common = a if a.scale > b.scale else b
    if not all(_fits(arg, common) for arg in (left, right)):
        return None
    return low.number(left, common, scope), low.number(right, common, scope)


def _fits(expr: Expr, type: Type) -> bool:
    return digits(expr.type) + type.scale - expr.type.scale <= MAX_DIGITS


def _measured(low: Lowering, name: str, left: Expr, right: Expr, scope: Scope) -> Column:
    """A comparison of numbers that no common scale holds (SQLite)."""
    a, b = low.value(left, scope), low.value(right, scope)
    scales = [whole_number(side.type.scale) for side in (left, right)]
    return Function(name, a, scales[0], b, scales[1])


def equal(
    low: Lowering, left: Expr, right: Expr, scope: Scope, negate: bool, strict: bool
) -> Condition:
    """Whether two values are the same, null being one; or that they are not."""
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Const) and side.value is None:
            value = low.value(other, scope)
            return value.is_not(None) if negate else value.is_(None)
    pair = _pair(low, left, right, scope)
    if pair is None:
        return _measured(low, "cw_same", left, right, scope) == whole_number(not negate)
    a, b = pair
    nullable = left.type.nullable, right.type.nullable
    if not any(nullable) or (not all(nullable) and not negate and not strict):
        return a != b if negate else a == b
    return a.is_distinct_from(b) if negate else a.is_not_distinct_from(b)


def _equality(low: Lowering, expr: Op, scope: Scope, negate: bool, strict: bool) -> Condition:
    return equal(low, expr.args[0], expr.args[1], scope, negate, strict)


def _order(low: Lowering, expr: Op, scope: Scope, negate: bool, strict: bool) -> Condition:
    left, right = expr.args
    nullable = _any_null(expr)
    compare, opposite = _ORDER[expr.op]
    if negate and not nullable:
        compare, negate = opposite, False
    pair = _pair(low, left, right, scope)
    if pair is None:
        pair = _measured(low, "cw_compare", left, right, scope), whole_number(0)
    a, b = (low.collated(side, left.type) for side in pair)
    return _settled(compare(a, b), nullable, negate, strict)


# --- membership


def _in(low: Lowering, expr: Op, scope: Scope, negate: bool, strict: bool) -> Condition:
    value, *members = expr.args
    if len(members) == 1 and members[0].type.kind == "set":
        found = low.value(value, scope).in_(low.items(members[0], scope))
        return _settled(found, value.type.nullable, negate, strict)
    if all(_is_plain(member, value.type) for member in members):
        found = low.value(value, scope).in_([_as(low, each, value.type) for each in members])
        return _settled(found, value.type.nullable, negate, strict)
    tests = [equal(low, value, member, scope, negate, strict) for member in members]
    return and_(*tests) if negate else or_(*tests)


def _is_plain(member: Expr, type: Type) -> bool:
    """Whether it is a constant that an index over values of the type can be asked for."""
    return (
        isinstance(member, Const) and member.value is not None and member.type.scale <= type.scale
    )


def _as(low: Lowering, member: Expr, type: Type) -> Column:
    return low.number(member, type, {}) if type.is_number else low.value(member, {})


# --- what SQL has no plain operator for: the condition, and whether it can be NULL

Base = Callable[["Lowering", Op, "Scope"], tuple[Column, bool]]


def _value(low: Lowering, expr: Op, scope: Scope) -> tuple[Column, bool]:
    return low.value(expr, scope), expr.type.nullable


def _contains(low: Lowering, expr: Op, scope: Scope) -> tuple[Column, bool]:
    whole, part = expr.args
    if whole.type.kind == "set":
        found = low.value(part, scope).in_(low.items(whole, scope))
        return found, part.type.nullable
    position = func.instr if low.dialect == "sqlite" else func.strpos
    a, b = (low.value(arg, scope) for arg in expr.args)
    return position(a, b) > whole_number(0), _any_null(expr)


def _starts_with(low: Lowering, expr: Op, scope: Scope) -> tuple[Column, bool]:
    a, b = (low.value(arg, scope) for arg in expr.args)
    if low.dialect == "postgresql":
        return func.starts_with(a, b), _any_null(expr)
    return func.substr(a, 1, func.length(b)) == b, _any_null(expr)


def _under(low: Lowering, expr: Op, scope: Scope) -> tuple[Column, bool]:
    return low.under(expr, scope), True


_BASE: dict[str, Base] = {
    "contains": _contains,
    "starts with": _starts_with,
    "under": _under,
}
