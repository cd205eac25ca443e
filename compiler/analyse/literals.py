"""Literals and texts."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

from compiler.analyse.context import BROKEN, Context, is_broken, rule, typed
from compiler.analyse.member import SetWithoutAggregate
from compiler.analyse.settings import settings
from compiler.analyse.types import type_name
from compiler.model.expr import Concat, Const, Expr
from compiler.model.types import (
    BOOL,
    DATE,
    DURATION,
    INSTANT,
    MONTH,
    NULL,
    TEXT,
    TIME,
    WORKTIME,
    Type,
    decimal,
)  # fmt: skip
from compiler.resolve.calendars import calendar_for, workday
from dsl.ast import expr as ast
from dsl.diagnostic import Message, Problem

PERCENT_SCALE = 4

SECONDS: dict[ast.Unit, int] = {
    "weeks": 7 * 86_400,
    "days": 86_400,
    "hours": 3_600,
    "minutes": 60,
    "seconds": 1,
}


class CalendarUnit(Problem, code="CW0418", name="calendar-unit"):
    unit: str
    message = Message(
        "{unit} have no fixed length, so they stand only after a date and `+` or `-`",
        "{unit} 没有固定长度，只能写在日期与 `+` 或 `-` 之后",
    )
    help = Message(
        "`closes_on + 1 month`, or say it in days", "例如 `closes_on + 1 month`，或改用天数"
    )


class NoText(Problem, code="CW0331", name="no-text"):
    found: str
    found_zh: str
    message = Message("{found} has no text to put here", "{found_zh}没有可写在这里的文本")
    help = Message("name a field that has one", "请改用有文本的字段")


def number(value: Decimal) -> Const:
    """The constant of a number, with the decimals that are written."""
    _, digits, exponent = value.as_tuple()
    scale = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    count = max(len(digits), scale + 1)
    if scale == 0:
        return Const(type=Type(kind="int", digits=count), value=int(value))
    return Const(type=decimal(scale, count), value=str(value))


@rule(ast.Number)
def _number(context: Context, node: ast.Number, expected: Type | None) -> Expr:
    return number(node.value)


@rule(ast.Percent)
def _percent(context: Context, node: ast.Percent, expected: Type | None) -> Expr:
    scale = max(PERCENT_SCALE, -int(node.value.as_tuple().exponent))
    fraction = node.value.quantize(Decimal(1).scaleb(-scale))
    digits = max(len(fraction.as_tuple().digits), scale + 1)
    return Const(type=decimal(scale, digits, "%"), value=str(fraction))


@rule(ast.Bool)
def _bool(context: Context, node: ast.Bool, expected: Type | None) -> Expr:
    return Const(type=BOOL, value=node.value)


@rule(ast.Null)
def _null(context: Context, node: ast.Null, expected: Type | None) -> Expr:
    type = expected.optional() if expected and expected.kind != "error" else NULL
    return Const(type=type, value=None)


@rule(ast.DateLit)
def _date(context: Context, node: ast.DateLit, expected: Type | None) -> Expr:
    return Const(type=DATE, value=node.value.isoformat())


@rule(ast.MonthLit)
def _month(context: Context, node: ast.MonthLit, expected: Type | None) -> Expr:
    return Const(type=MONTH, value=node.value.isoformat())


@rule(ast.TimeLit)
def _time(context: Context, node: ast.TimeLit, expected: Type | None) -> Expr:
    return Const(type=TIME, value=node.value.isoformat())


@rule(ast.DateTimeLit)
def _instant(context: Context, node: ast.DateTimeLit, expected: Type | None) -> Expr:
    local = node.value.replace(tzinfo=ZoneInfo(settings(context.build).timezone))
    return Const(type=INSTANT, value=local.astimezone(UTC).isoformat())


@rule(ast.DurationLit)
def _duration(context: Context, node: ast.DurationLit, expected: Type | None) -> Expr:
    if node.unit == "workhours":
        return Const(type=WORKTIME, value=int(node.amount * 60))
    if node.unit == "workdays":
        return _workdays(context, node)
    if node.unit not in SECONDS:
        return context.report(CalendarUnit(at=context.place(node), unit=node.unit))
    return Const(type=DURATION, value=int(node.amount * SECONDS[node.unit]))


def _workdays(context: Context, node: ast.DurationLit) -> Expr:
    """Working time in minutes: as long as the calendar's days are open."""
    calendar = calendar_for(context.build, context.module, context.place(node))
    minutes = workday(context.build, context.module) if calendar else None
    return BROKEN if minutes is None else Const(type=WORKTIME, value=int(node.amount * minutes))


@rule(ast.Text)
def _text(context: Context, node: ast.Text, expected: Type | None) -> Expr:
    if all(isinstance(part, str) for part in node.parts):
        return Const(type=TEXT, value="".join(map(str, node.parts)))
    parts = tuple(_part(context, part) for part in node.parts)
    return BROKEN if is_broken(*parts) else Concat(type=TEXT, parts=parts)


def _part(context: Context, part: str | ast.Expr) -> Expr:
    if isinstance(part, str):
        return Const(type=TEXT, value=part)
    value = typed(context, part)
    if value.type.kind in ("file", "geo"):
        found = type_name(value.type)
        return context.report(NoText(at=context.place(part), found=found.en, found_zh=found.zh))
    if value.type.kind != "set":
        return value
    written = str(part.name) if isinstance(part, ast.NameRef | ast.Attr) else "…"
    return context.report(SetWithoutAggregate(at=context.place(part), written=written))
