"""What a report groups by: values of its rows, spans of time, bands of numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from compiler.analyse.expr import Context, is_broken, typed
from compiler.analyse.member import SetWithoutAggregate
from compiler.analyse.types import type_name
from compiler.build import Build
from compiler.model.base import EntityId
from compiler.model.expr import Case, Const, Expr, FieldOf, Func, Op
from compiler.model.report import Band, Grain
from compiler.model.rewrite import walk
from compiler.model.types import BOOL, DATE, INT, NULL, Type
from compiler.operators import constant
from compiler.resolve.members import shape
from compiler.values.periods import UNITS
from dsl.ast import expr as ast
from dsl.diagnostic import Message, Problem

BAND = "band"

_NUMBERS_OF_TIME: dict[str, str] = {
    "day": "date",
    "week": "start_of_week",
    "quarter": "start_of_quarter",
    "year": "start_of_year",
}
"""Functions that mean a span of time where a report groups by them, not its number."""

_STARTS: dict[str, Grain] = {
    "start_of_week": "week",
    "start_of_month": "month",
    "start_of_quarter": "quarter",
    "start_of_year": "year",
}


class BadBands(Problem, code="CW0713", name="bad-bands"):
    message = Message(
        "bands are of a number, with limits that rise", "分段须用于数值，且界限须递增"
    )
    help = Message("write `band(amount, 10_000, 50_000)`", "请写 `band(amount, 10_000, 50_000)`")


class NoTime(Problem, code="CW0714", name="no-time"):
    written: str
    found: str
    found_zh: str
    message = Message(
        "`{written}` is {found}, which has no place in time",
        "`{written}` 是{found_zh}，没有时间含义",
    )
    help = Message("name a date, or a date with time", "请写日期或日期时间字段")


def grouped(
    context: Context, node: ast.Expr, at: Expr | None
) -> tuple[Expr, tuple[Band, ...], Type | None]:
    """The value to group by; for bands also what they are, and the type of their limits. A bare
    span of time is of `at`, the time by which rows are counted beside those of other facts."""
    if at is not None and is_grain(context, node):
        return _at_grain(context.build, at, last_name(node)), (), None
    if isinstance(node, ast.Call) and _is_band(node.callee):
        return _banded(context, node)
    value = _of_time(typed(context, node))
    if value.type.kind == "set":
        where, written = context.place(node), last_name(node)
        value = context.report(SetWithoutAggregate(at=where, written=written))
    return value, (), None


def last_name(node: ast.Expr) -> str:
    """What a value is called that gets no name."""
    if isinstance(node, ast.NameRef | ast.Attr):
        return node.name.text
    if not isinstance(node, ast.Call):
        return "value"
    if _is_band(node.callee) and node.arguments:
        return last_name(node.arguments[0].value)
    return last_name(node.callee)


def grain_of(value: Expr) -> Grain:
    """The span of time that a value stands for; empty if it stands for none."""
    if isinstance(value, Func) and value.name in _STARTS:
        return _STARTS[value.name]
    grains: dict[str, Grain] = {"month": "month", "date": "day"}
    return grains.get(value.type.kind, "")


def moment_of(value: Expr) -> Expr | None:
    """The date or instant that a span of time is taken of."""
    found = (part for part in _down(value) if part.type.kind in ("date", "instant"))
    return min(found, key=lambda part: isinstance(part, Func), default=None)


def _down(value: Expr) -> Iterator[Expr]:
    yield value
    if isinstance(value, Func) and value.args:
        yield from _down(value.args[0])


def _at_grain(build: Build, moment: Expr, grain: str) -> Expr:
    """The span of time that a date or instant falls in."""
    name = "month" if grain == "month" else _NUMBERS_OF_TIME[grain]
    function = build.library.functions[name]
    type = function.signature.fit([moment])
    assert type is not None
    return Func(type=type, name=name, args=(moment,))


def is_grain(context: Context, node: ast.Expr) -> bool:
    """Whether a bare name is a span of time: `by month`."""
    if not isinstance(node, ast.NameRef) or context.row is None:
        return False
    members = shape(context.build, EntityId(context.row.type.of)).slots
    return node.name.text in UNITS and node.name.text not in members


def in_time(context: Context, node: ast.Expr) -> Expr:
    """A value that has a place in time: a date or an instant."""
    value = typed(context, node)
    if is_broken(value) or value.type.kind in ("date", "instant"):
        return value
    found = type_name(value.type)
    return context.report(
        NoTime(at=context.place(node), written=last_name(node), found=found.en, found_zh=found.zh)
    )


def _of_time(value: Expr) -> Expr:
    """`year(d)`, `quarter(d)` and `day(d)` group by the span of time, not by its number."""
    if isinstance(value, Func) and value.name in _NUMBERS_OF_TIME:
        type = DATE.optional() if value.type.nullable else DATE
        return value.but(name=_NUMBERS_OF_TIME[value.name], type=type)
    return value


def _is_band(callee: ast.Expr) -> bool:
    return isinstance(callee, ast.NameRef) and callee.name.text == BAND


def _banded(context: Context, node: ast.Call) -> tuple[Expr, tuple[Band, ...], Type | None]:
    """The number of the band that a value is in, counted from 0; null where there is no value."""
    values = [typed(context, argument.value) for argument in node.arguments]
    if is_broken(*values):
        return Const(type=Type(kind="error"), value=None), (), None
    value, *limits = values or [Const(type=NULL, value=None)]
    numbers = [number for limit in limits if (number := constant(limit)) is not None]
    rising = all(low < high for low, high in pairwise(numbers))
    if not (value.type.is_number and numbers and len(numbers) == len(limits) and rising):
        return context.report(BadBands(at=context.place(node))), (), None
    ends = [None, *map(str, numbers), None]
    bands = tuple(Band(low=low, high=high) for low, high in pairwise(ends))
    return _number_of_band(value, limits), bands, value.type.present()


def _number_of_band(value: Expr, limits: Sequence[Expr]) -> Expr:
    type = INT.optional() if value.type.nullable else INT
    tests = [Op(type=BOOL, op="<", args=(value, limit)) for limit in limits]
    branches = tuple((test, Const(type=INT, value=index)) for index, test in enumerate(tests))
    if value.type.nullable:
        missing = Op(type=BOOL, op="is null", args=(value,))
        branches = ((missing, Const(type=type, value=None)), *branches)
    return Case(type=type, branches=branches, otherwise=Const(type=INT, value=len(limits)))


def fields_in(value: Expr) -> Iterator[FieldOf]:
    """The fields that a value is made of, those of the paths to them among them."""
    return (part for part in walk(value) if isinstance(part, FieldOf))
