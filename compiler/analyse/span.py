"""Lengths of time that a flow or a clock waits: durations, and working time by a calendar."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.analyse.expr import Context, is_broken, typed
from compiler.analyse.types import type_name
from compiler.model.expr import Expr
from compiler.resolve.calendars import calendar_for
from dsl.ast import expr as ast
from dsl.diagnostic import Message, Problem

SPANS = frozenset({"duration", "worktime"})
MOMENTS = frozenset({"date", "instant"})


class NotASpan(Problem, code="CW0520", name="not-a-span"):
    found: str
    found_zh: str
    message = Message(
        "a length of time is expected here, not {found}", "此处应为时长，而不是{found_zh}"
    )
    help = Message(
        "write `3 days`, `2 workdays`, `4 workhours`, or a field or table that gives one",
        "请写 `3 days`、`2 workdays`、`4 workhours`，或给出时长的字段、表",
    )


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time, or a moment where one is allowed, and the calendar it is counted by."""

    value: Expr
    calendar: str = ""


def length(context: Context, node: ast.Expr, *, or_moment: bool = False) -> Length | None:
    """A typed length of time; None after a fault, which is then reported."""
    value = typed(context, node)
    if is_broken(value):
        return None
    allowed = SPANS | MOMENTS if or_moment else SPANS
    if value.type.kind not in allowed:
        found, at = type_name(value.type), context.place(node)
        context.report(NotASpan(at=at, found=found.en, found_zh=found.zh))
        return None
    if value.type.kind != "worktime":
        return Length(value)
    calendar = calendar_for(context.build, context.module, context.place(node))
    return Length(value, calendar.id) if calendar else None
