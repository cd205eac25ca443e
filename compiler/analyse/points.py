"""The value of a score: its points added up, kept between its bounds."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.analyse.context import BROKEN, Context, is_broken
from compiler.analyse.fit import condition, kept, value_of, widened
from compiler.analyse.narrowing import if_true
from compiler.model.expr import Case, Const, Expr, Func, Op
from compiler.model.types import INT, Type
from compiler.operators import common_type, in_scale, result_type
from dsl.ast import mark as tree

NONE = Const(type=Type(kind="int", digits=1), value=0)


def score_value(context: Context, node: tree.ScoreDecl) -> Expr:
    """The value of a score; missing points are none."""
    found = [points(context, each) for each in node.points]
    if is_broken(*(part for pair in found for part in pair if part is not None)):
        return BROKEN
    total = kept(_total([_counted(value, when) for value, when in found]), INT)
    low, high = (
        Const(type=Type(kind="int", digits=len(str(abs(each.value)))), value=each.value)
        for each in (node.low, node.high)
    )
    return _called(context, "greatest", low, _called(context, "least", high, total))


def points(context: Context, node: tree.Points) -> tuple[Expr, Expr | None]:
    """How many points, and the condition under which they count."""
    when = condition(context, node.when) if node.when else None
    inside = context.knowing(if_true(when)) if when is not None else context
    value = value_of(inside, node.value, INT.optional())
    if value.type.unit:  # an amount of money counts as its number
        value = Op(type=value.type.but(unit=""), op="widen", args=(value,))
    return value, when


def _counted(value: Expr, when: Expr | None) -> Expr:
    if value.type.nullable:
        args = (value, NONE)
        type = result_type("??", args)
        assert type is not None
        value = Op(type=type, op="??", args=in_scale(args, type))
    if when is None:
        return value
    type = common_type((value, NONE))
    assert type is not None
    return Case(type=type, branches=((when, value),), otherwise=in_scale((NONE,), type)[0])


def _total(values: Sequence[Expr]) -> Expr:
    """The sum, half of it on each side, so that many points nest no deeper than few."""
    if len(values) == 1:
        return values[0]
    half = len(values) // 2
    args = widened((_total(values[:half]), _total(values[half:])))
    type = result_type("+", args)
    assert type is not None
    return Op(type=type, op="+", args=args)


def _called(context: Context, name: str, *args: Expr) -> Expr:
    type = context.build.library.functions[name].signature.fit(args)
    assert type is not None
    return Func(type=type, name=name, args=args)
