"""Calendars: when people work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node, String


@dataclass(frozen=True, slots=True)
class OpenTime(Node):
    """`09:00..12:00`, in minutes after midnight; `24:00` is the end of the day."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class HoursDecl(Node):
    """`hours mon..fri 09:00..12:00, 13:30..18:00`; `last` is None for a single day."""

    first: Name
    last: Name | None
    times: tuple[OpenTime, ...]


@dataclass(frozen=True, slots=True)
class HolidaysDecl(Node):
    """`holidays cn`."""

    country: Name


@dataclass(frozen=True, slots=True)
class SpecialDayDecl(Node):
    """`closed 2026-05-04 "…"`, `open 2026-05-09 "…"`; open days without times have the usual."""

    is_open: bool
    first: date
    last: date
    times: tuple[OpenTime, ...]
    label: String | None


@dataclass(frozen=True, slots=True)
class CalendarDecl(Decl):
    """`calendar office` with its lines in written order."""

    hours: tuple[HoursDecl, ...]
    holidays: tuple[HolidaysDecl, ...]
    days: tuple[SpecialDayDecl, ...]
