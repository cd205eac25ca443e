"""The truth of a condition of which some terms have a value: true, false, or not known yet.

A condition is made into a function of those values once, because a search asks it many times.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from compiler.logic.points import Point, point
from compiler.logic.terms import (
    NULL_IS_FALSE,
    ORDER,
    Key,
    Term,
    compared,
    constant,
    plain,
    shifted,
    term_of,
)  # fmt: skip
from compiler.model.expr import Case, DataRow, Expr, FieldOf, Op

Value = Point | None
Values = Mapping[Key, Value]
Evaluated = Callable[[Values], Value]


class Missing(Exception):
    """The value depends on a term that has none yet."""

    def __init__(self, term: Term) -> None:
        super().__init__(term.key)
        self.term = term


def evaluated(expr: Expr) -> Evaluated:
    """What an expression comes to while terms have certain values; raises Missing for others."""
    expr = plain(expr)
    known = constant(expr)
    if known is not None:
        return _fixed(point(known))
    match expr:
        case DataRow():
            return _fixed(("row", f"{expr.entity.split('.')[-1]}.{expr.key}"))
        case Case():
            return _case(expr)
        case Op(op="??"):
            return _first([evaluated(arg) for arg in expr.args])
        case Op() if expr.type.kind == "bool":
            return _condition(expr)
    moved = shifted(expr)
    return _term(expr) if moved.expr is expr else _moved(evaluated(moved.expr), moved.by)


def _fixed(value: Value) -> Evaluated:
    return lambda values: value


def _moved(of: Evaluated, by: Fraction) -> Evaluated:
    def value(values: Values) -> Value:
        found = of(values)
        return found + by if isinstance(found, Fraction) else None

    return value


def _term(expr: Expr) -> Evaluated:
    term = term_of(expr)
    of = expr.of if isinstance(expr, FieldOf) else None
    row = evaluated(of) if isinstance(of, FieldOf) else _fixed(True)

    def value(values: Values) -> Value:
        if row(values) is None:
            return None
        if term.key not in values:
            raise Missing(term)
        return values[term.key]

    return value


def _case(expr: Case) -> Evaluated:
    branches = [(evaluated(when), evaluated(then)) for when, then in expr.branches]
    otherwise = evaluated(expr.otherwise)

    def value(values: Values) -> Value:
        for when, then in branches:
            if when(values) is True:
                return then(values)
        return otherwise(values)

    return value


def _first(args: Sequence[Evaluated]) -> Evaluated:
    def value(values: Values) -> Value:
        return next((found for arg in args if (found := arg(values)) is not None), None)

    return value


# ---------------------------------------------------------------- conditions


def _condition(expr: Op) -> Evaluated:
    if expr.op in _COMPARISONS:
        return _comparison(expr)
    if expr.op == "in" and all(arg.type.kind != "set" for arg in expr.args):
        return _among(*map(evaluated, expr.args))
    args = [evaluated(arg) for arg in expr.args] if expr.op in _LOGIC else []
    match expr.op:
        case "and" | "or":
            return _decided(args, by=expr.op == "or")
        case "not":
            return lambda values: args[0](values) is not True
        case "is null":
            return lambda values: args[0](values) is None
    return _opaque(expr)


_LOGIC = frozenset({"and", "or", "not", "is null"})


def _decided(args: Sequence[Evaluated], *, by: bool) -> Evaluated:
    """`and` is decided by one that does not hold, `or` by one that does, wherever it is."""

    def value(values: Values) -> Value:
        missing: Missing | None = None
        for arg in args:
            try:
                if (arg(values) is True) is by:
                    return by
            except Missing as found:
                missing = missing or found
        if missing is not None:
            raise missing
        return not by

    return value


def _comparison(expr: Op) -> Evaluated:
    left, right = map(evaluated, compared(expr))
    test, ordered = _COMPARISONS[expr.op], expr.op in ORDER

    def value(values: Values) -> Value:
        one, other = left(values), right(values)
        return not (ordered and (one is None or other is None)) and bool(test(one, other))

    return value


_COMPARISONS: Mapping[str, Callable[[Any, Any], object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""Both sides are of one kind, which the analysis has seen to."""


def _among(value_of: Evaluated, *others: Evaluated) -> Evaluated:
    def value(values: Values) -> Value:
        found = value_of(values)
        return any(other(values) == found for other in others)

    return value


def _opaque(expr: Op) -> Evaluated:
    """A condition that is a term itself; some are false where an operand is null."""
    term = _term(expr)
    nullable = [evaluated(arg) for arg in expr.args if arg.type.nullable]
    parts = nullable if expr.op in NULL_IS_FALSE else []

    def value(values: Values) -> Value:
        return not any(part(values) is None for part in parts) and term(values) is True

    return value
