"""Calendars: which one a module counts its working time by, and how long a workday is."""

from __future__ import annotations

from compiler.build import Build, query
from compiler.resolve.declared import Declared, Kind, decl, of_kind
from compiler.resolve.names import find
from dsl.ast.app import AppDecl
from dsl.ast.calendar import CalendarDecl, OpenTime
from dsl.diagnostic import Message, Problem
from dsl.source import Place

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CALENDAR: tuple[Kind, ...] = ("calendar",)
"""The kind that `calendar NAME` of an `app` block wants."""


class NoCalendar(Problem, code="CW0521", name="no-calendar"):
    module: str
    message = Message(
        "working time is counted by a calendar, and `{module}` has not said which",
        "工作时长须按日历计算，而 `{module}` 没有说明用哪个日历",
    )
    help = Message(
        "declare `calendar office` with its `hours`; of several name one in the `app` block:"
        " `calendar office`",
        "请声明 `calendar office` 及其 `hours`；若有多个，请在 `app` 中写明：`calendar office`",
    )


@query
def calendar_of(build: Build, module: str) -> Declared | None:
    """The calendar that a module's `app` block names, else its only one; None if it has none, or
    several of which it names none."""
    for each in of_kind(build, "app"):
        named = decl(build, each.block, AppDecl).calendar
        if each.module == module and named is not None:
            found = find(build, module, [named.text], CALENDAR)
            return found if isinstance(found, Declared) else None
    own = [each for each in of_kind(build, "calendar") if each.module == module]
    return own[0] if len(own) == 1 else None


@query
def workday(build: Build, module: str) -> int | None:
    """The minutes that a module counts as one workday: the working time of the first day that
    its calendar opens."""
    found = calendar_of(build, module)
    if found is None:
        return None
    lines = decl(build, found.block, CalendarDecl).hours
    minutes = minutes_of(lines[0].times) if lines else 0
    return minutes or None


def calendar_for(build: Build, module: str, at: Place) -> Declared | None:
    """The calendar of a module; reports a place that needs one where there is none."""
    found = calendar_of(build, module)
    if found is None and not _names_one(build, module):
        build.report(NoCalendar(at=at, module=module))
    return found


def _names_one(build: Build, module: str) -> bool:
    """Whether the `app` block names a calendar: that there is none is told there."""
    apps = [each for each in of_kind(build, "app") if each.module == module]
    return any(decl(build, each.block, AppDecl).calendar is not None for each in apps)


def minutes_of(times: tuple[OpenTime, ...]) -> int:
    """How long spans of a day are together."""
    return sum(max(each.end - each.start, 0) for each in times)
