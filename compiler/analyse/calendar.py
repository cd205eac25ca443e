"""Calendars of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from compiler.analyse.texts import labels
from compiler.build import Build, query
from compiler.model.base import Origin
from compiler.model.calendar import Calendar, SpecialDays, Times
from compiler.resolve.calendars import CALENDAR, WEEKDAYS, minutes_of
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.names import Misspelt, nearest, place, resolve
from dsl.ast import calendar as ast
from dsl.ast.app import AppDecl
from dsl.ast.base import Name, Path
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place

COUNTRIES = ("cn",)


class UnknownWeekday(Misspelt, Problem, code="CW0522", name="unknown-weekday"):
    written: str
    near: str
    message = Message("there is no weekday `{written}`", "没有星期 `{written}`")
    help = Message(
        "the weekdays are `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`",
        "星期写作 `mon`、`tue`、`wed`、`thu`、`fri`、`sat`、`sun`",
    )


class HoursOutOfOrder(Problem, code="CW0523", name="hours-out-of-order"):
    message = Message(
        "these hours do not follow the ones before them", "这段时间没有排在前一段之后"
    )
    help = Message(
        "write the hours of a day in order, each once: `09:00..12:00, 13:30..18:00`; what goes on"
        " past midnight ends at `24:00` and goes on the next day",
        "一天的时间请按先后各写一次：`09:00..12:00, 13:30..18:00`；跨过午夜的请在 `24:00` 结束，"
        "次日再继续",
    )


class UnknownHolidays(Problem, code="CW0524", name="unknown-holidays"):
    written: str
    message = Message("the holidays of `{written}` are not known", "没有 `{written}` 的节假日数据")
    help = Message(
        "known are those of `cn`; others are written day by day: `closed 2026-12-25`",
        "目前有 `cn`；其他请逐日写出：`closed 2026-12-25`",
    )


class DayTwice(Problem, code="CW0529", name="day-twice"):
    first: Place
    message = Message("the calendar says this day twice", "日历中重复写了这一天")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次出现在此"))


class DaysBackwards(Problem, code="CW0540", name="days-backwards"):
    message = Message("the last day comes before the first", "结束日期早于开始日期")


@query
def calendar(build: Build, declared: Declared) -> Calendar:
    """A calendar of the model."""
    tree = decl(build, declared.block, ast.CalendarDecl)
    at = place(declared.block, tree.name)
    week = _week(build, declared.block, tree)
    return Calendar(
        id=declared.id,
        label=labels(build, declared.module, (declared.name,), tree.label, tree.name, at),
        week=week,
        holidays="cn" if _country(build, declared.block, tree) else "",
        days=tuple(_days(build, declared.block, tree)),
        workday=minutes_of(tree.hours[0].times) if tree.hours else 0,
        origin=Origin(block=declared.block, start=at.span.start, end=at.span.end),
    )


@query
def apps_have_calendars(build: Build) -> None:
    """Report calendars that an `app` block names and that there are not."""
    for each in of_kind(build, "app"):
        named = decl(build, each.block, AppDecl).calendar
        if named is not None:
            resolve(build, each.module, each.block, Path(named.span, (named,)), CALENDAR)


def _week(build: Build, block: str, tree: ast.CalendarDecl) -> tuple[Times, ...]:
    found: list[Times] = [()] * len(WEEKDAYS)
    for line in tree.hours:
        times = _times(build, block, line.times)
        for day in _weekdays(build, block, line):
            if found[day]:
                build.report(HoursOutOfOrder(at=place(block, line)))
            found[day] = times
    return tuple(found)


def _weekdays(build: Build, block: str, line: ast.HoursDecl) -> Iterator[int]:
    """The days of a line, Monday first; `sat..mon` goes on over the end of the week."""
    ends = [_weekday(build, block, each) for each in (line.first, line.last) if each]
    if None in ends:
        return
    first, last = cast("int", ends[0]), cast("int", ends[-1])
    for day in range((last - first) % len(WEEKDAYS) + 1):
        yield (first + day) % len(WEEKDAYS)


def _weekday(build: Build, block: str, name: Name) -> int | None:
    if name.text in WEEKDAYS:
        return WEEKDAYS.index(name.text)
    near = nearest(name.text, WEEKDAYS)
    build.report(UnknownWeekday(at=place(block, name), written=name.text, near=near))
    return None


def _times(build: Build, block: str, times: tuple[ast.OpenTime, ...]) -> Times:
    end = 0
    for each in times:
        if each.start < end or each.end <= each.start:
            build.report(HoursOutOfOrder(at=place(block, each)))
        end = max(end, each.end)
    return tuple((each.start, each.end) for each in times)


def _country(build: Build, block: str, tree: ast.CalendarDecl) -> bool:
    for each in tree.holidays:
        written = each.country.text
        if written not in COUNTRIES:
            build.report(UnknownHolidays(at=place(block, each.country), written=written))
    return any(each.country.text in COUNTRIES for each in tree.holidays)


def _days(build: Build, block: str, tree: ast.CalendarDecl) -> Iterator[SpecialDays]:
    usual = _times(build, block, tree.hours[0].times) if tree.hours else ()
    said: list[ast.SpecialDayDecl] = []
    for each in tree.days:
        if each.last < each.first:
            build.report(DaysBackwards(at=place(block, each)))
            continue
        again = next((old for old in said if _overlap(old, each)), None)
        if again is not None:
            build.report(DayTwice(at=place(block, each), first=place(block, again)))
            continue
        said.append(each)
        times = _times(build, block, each.times) or usual
        yield SpecialDays(
            first=each.first.isoformat(),
            last=each.last.isoformat(),
            times=times if each.is_open else (),
            label=each.label.value if each.label else "",
        )


def _overlap(one: ast.SpecialDayDecl, other: ast.SpecialDayDecl) -> bool:
    return one.first <= other.last and other.first <= one.last
