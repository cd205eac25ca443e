"""The moments of a rule: `at …` and `every …`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from compiler.analyse.expr import Context, is_broken, typed
from compiler.analyse.literals import SECONDS
from compiler.analyse.types import type_name
from compiler.model.rule import Again, At, Day, Length, Moment, OnDayOfMonth, OnDays, Unit
from compiler.resolve.names import Misspelt, nearest
from dsl.ast import expr
from dsl.ast import rule as ast
from dsl.ast.base import Name
from dsl.diagnostic import Message, Problem

DAYS: Mapping[str, Day] = {day: day for day in get_args(Day)}
_MONTH_DAYS: Mapping[str, Literal["day", "workday"]] = {"day": "day", "workday": "workday"}
MOST = {"day": 31, "workday": 23}
"""The most days of a kind that a month has."""
MIDNIGHT = "00:00"


class UnknownPeriod(Misspelt, Problem, code="CW0609", name="unknown-period"):
    written: str
    near: str
    message = Message("`every {written}` is no time", "`every {written}` 不是有效的时间")
    help = Message(
        "write days (`monday`, `day`, `workday`), `month`, or a length: `every 7 days`",
        "请写某天（`monday`、`day`、`workday`）、`month` 或时长：`every 7 days`",
    )


class PeriodDoesNotFit(Problem, code="CW0610", name="period-does-not-fit"):
    written: str
    message = Message("`{written}` is no day of a month", "`{written}` 不是月份中的某一天")
    help = Message(
        "`every month on day 15`, `on workday 3`, `on last day` or `on last workday`",
        "可写 `every month on day 15`、`on workday 3`、`on last day` 或 `on last workday`",
    )


class MomentWithoutDate(Problem, code="CW0611", name="moment-without-date"):
    found: str
    found_zh: str
    message = Message("a date is expected here, not {found}", "此处应为日期，而不是{found_zh}")
    help = Message(
        "`at 3 days before birthday`: a field with a date, or a date with time",
        "`at 3 days before birthday`：日期或日期时间字段",
    )


class LengthDoesNotFit(Problem, code="CW0614", name="length-does-not-fit"):
    written: str
    message = Message("`{written}` cannot be counted here", "此处不能按 `{written}` 计数")
    help = Message(
        "a length is whole and more than nothing: `7 days`, `90 minutes`",
        "时长须为正整数：`7 days`、`90 minutes`",
    )


def moment(context: Context, node: ast.At | ast.Every | ast.EverySpan) -> Moment | None:
    """A moment of the model; None after a fault, which is then reported."""
    match node:
        case ast.At():
            return _at(context, node)
        case ast.Every():
            return _every(context, node)
        case ast.EverySpan():
            between = length(context, node.length)
            return Again(length=between, time=_time(node.time)) if between else None


def _at(context: Context, node: ast.At) -> At | None:
    lengths = [length(context, span) for span in node.spans]
    of = typed(context, node.of)
    if is_broken(of):
        return None
    if of.type.kind not in ("date", "instant"):
        found, at = type_name(of.type), context.place(node.of)
        context.report(MomentWithoutDate(at=at, found=found.en, found_zh=found.zh))
        return None
    sign = 1 if node.after else -1
    offsets = tuple(each.but(amount=sign * each.amount) for each in lengths if each)
    if len(offsets) < len(lengths):
        return None
    nothing = Length(amount=0, unit="seconds")
    return At(of=of, offsets=offsets or (nothing,), yearly=node.yearly, time=_time(node.time))


def _every(context: Context, node: ast.Every) -> Moment | None:
    names = [each.text for each in node.days]
    time = _time(node.time) or MIDNIGHT
    if names == ["month"]:
        return _of_month(context, node, time)
    unknown = next((each for each in node.days if each.text not in DAYS), None)
    if unknown is not None:
        near = nearest(unknown.text, [*DAYS, "month"])
        at = context.place(unknown)
        context.report(UnknownPeriod(at=at, written=unknown.text, near=near))
        return None
    if node.on is not None:
        _refuse_place(context, node)
        return None
    return OnDays(days=tuple(DAYS[name] for name in names), time=time)


def _of_month(context: Context, node: ast.Every, time: str) -> Moment | None:
    if node.on is None:
        return OnDayOfMonth(day="day", nth=1, time=time)
    on, nth = node.on.text, node.nth
    if on == "last" and isinstance(nth, Name) and nth.text in MOST:
        return OnDayOfMonth(day=_MONTH_DAYS[nth.text], nth=-1, time=time)
    if on in MOST and isinstance(nth, expr.Number) and nth.value in range(1, MOST[on] + 1):
        return OnDayOfMonth(day=_MONTH_DAYS[on], nth=int(nth.value), time=time)
    _refuse_place(context, node)
    return None


def _refuse_place(context: Context, node: ast.Every) -> None:
    assert node.on is not None and node.nth is not None
    nth = node.nth.text if isinstance(node.nth, Name) else str(node.nth.value)
    at = context.place(node.on)
    context.report(PeriodDoesNotFit(at=at, written=f"{node.on.text} {nth}"))


def length(context: Context, node: expr.DurationLit) -> Length | None:
    """What a written length counts; a part of a day, a month or a minute is none."""
    unit, factor = _UNITS[node.unit]
    amount = node.amount * factor
    if amount <= 0 or amount != int(amount):
        written = f"{node.amount} {node.unit}"
        context.report(LengthDoesNotFit(at=context.place(node), written=written))
        return None
    return Length(amount=int(amount), unit=unit)


_UNITS: Mapping[expr.Unit, tuple[Unit, int]] = {
    "months": ("months", 1),
    "years": ("months", 12),
    "workdays": ("workdays", 1),
    "workhours": ("workminutes", 60),
    **{unit: ("seconds", seconds) for unit, seconds in SECONDS.items()},
}


def _time(node: expr.TimeLit | None) -> str:
    return "" if node is None else node.value.isoformat("minutes")
