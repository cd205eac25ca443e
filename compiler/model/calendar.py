"""Calendars: when people work."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import Labels, Model, Origin

Times = tuple[tuple[int, int], ...]
"""Spans of a day in minutes after midnight, in order."""


class SpecialDays(Model):
    """Days, first and last included (ISO dates), that are unlike others: closed without `times`."""

    first: str
    last: str
    times: Times
    label: str = ""


class Calendar(Model):
    """`week` has the hours of each weekday, Monday first. `holidays` names the public holidays and
    make-up days that are known of a country; `days` are the text's own and win over them.

    `workday` are the minutes that count as one workday; a make-up day has the hours of the first
    weekday that has some.
    """

    id: str
    label: Labels
    week: tuple[Times, ...]
    holidays: Literal["", "cn"] = ""
    days: tuple[SpecialDays, ...] = ()
    workday: int
    origin: Origin
