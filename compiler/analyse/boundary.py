"""Where time alone turns a condition: its boundaries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler.analyse.called import definition
from compiler.analyse.member import computed, member
from compiler.analyse.upkeep import upkeep
from compiler.build import Build, Cycle
from compiler.model.base import EntityId
from compiler.model.expr import THIS, Call, Const, Expr, FieldOf, Func, Op, Operator
from compiler.model.inline import walk_through, written_out
from compiler.model.rewrite import parts, rebuilt, replace_variable
from compiler.model.rule import Boundary
from compiler.model.value import Function

TURNED: dict[Operator, Operator] = {
    "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=",
}  # fmt: skip
"""Comparisons, each with how it reads from the other side."""
RISING = frozenset({
    "add_months", "date", "month", "year", "start_of_week", "start_of_month", "end_of_month",
    "start_of_quarter", "start_of_year",
})  # fmt: skip
"""Functions whose value never falls while time rises, so that what it has passed is a range."""


@dataclass(frozen=True, slots=True)
class Turns:
    """How time turns a condition: at boundaries, and perhaps elsewhere too."""

    boundaries: tuple[Boundary, ...] = ()
    elsewhere: bool = False

    @property
    def any(self) -> bool:
        """Whether it turns the condition at all."""
        return self.elsewhere or bool(self.boundaries)


def turns(build: Build, condition: Expr) -> Turns:
    """How time turns a condition on a record."""
    found, elsewhere = [], False
    for each in _turning(build, _in_full(build, condition)):
        if isinstance(each, Boundary):
            found.append(each)
        else:
            elsewhere = True
    return Turns(tuple(found), elsewhere)


def _turning(build: Build, expr: Expr) -> Iterator[Boundary | Expr]:
    """The boundaries in an expression, and what else in it depends on time."""
    if not _is_timed(build, expr):
        return
    boundary = _boundary(build, expr) if isinstance(expr, Op) else None
    if boundary is not None:
        yield boundary
    elif isinstance(expr, Op) and expr.op in ("and", "or", "not"):
        for part in parts(expr):
            yield from _turning(build, part)
    else:
        yield expr


def _boundary(build: Build, test: Op) -> Boundary | None:
    if test.op not in TURNED:
        return None
    left, right = test.args
    if _is_clock(build, right) and not _is_timed(build, left):
        return Boundary(value=left, op=test.op, clock=right)
    if _is_clock(build, left) and not _is_timed(build, right):
        return Boundary(value=right, op=TURNED[test.op], clock=left)
    return None


def _is_clock(build: Build, expr: Expr) -> bool:
    """Whether it is the time of the act, moved by constants: it rises, and depends on no record."""
    match expr:
        case Func(args=()):
            return _asks_time(build, expr)
        case Func(args=(of, *rest)):
            return expr.name in RISING and _is_clock(build, of) and _are_fixed(rest)
        case Op(op="+" | "-", args=(of, *rest)):
            return _is_clock(build, of) and _are_fixed(rest)
    return False


def _are_fixed(exprs: Iterable[Expr]) -> bool:
    return all(isinstance(each, Const) for each in exprs)


def _is_timed(build: Build, expr: Expr) -> bool:
    parts = walk_through(expr, definition(build))
    return any(isinstance(part, Func) and _asks_time(build, part) for part in parts)


def _asks_time(build: Build, call: Func) -> bool:
    function = build.library.functions.get(call.name)
    return function is not None and function.upkeep == "time"


def _in_full(build: Build, expr: Expr) -> Expr:
    """The expression with what is computed when read written out, and calls that ask the time."""
    inner = rebuilt(expr, lambda part: _in_full(build, part))
    if isinstance(inner, Call) and _is_timed(build, inner):
        function = definition(build)(inner.function)
        body = written_out(inner, function) if isinstance(function, Function) else None
        return inner if body is None else _in_full(build, body)
    if not isinstance(inner, FieldOf):
        return inner
    entity = EntityId(inner.of.type.of)
    try:
        found = member(build, entity, inner.field)
        read = found and found.is_computed and upkeep(build, entity, inner.field) == "read"
        value = computed(build, entity, inner.field) if read else None
    except Cycle:
        return inner
    return inner if value is None else _in_full(build, replace_variable(value, THIS, inner.of))
