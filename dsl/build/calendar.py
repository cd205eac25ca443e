"""Calendars."""

from __future__ import annotations

import datetime as dt

from lark import Token

from dsl.ast import calendar as ast
from dsl.ast.base import Node
from dsl.build.base import of_type, over
from dsl.build.literal import LiteralBuilder

_MIDNIGHT = "24:00"


class CalendarBuilder(LiteralBuilder):
    def work_calendar(
        self, keyword: Token, name: Token, label: Token | None, *rest: Node
    ) -> ast.CalendarDecl:
        return ast.CalendarDecl(
            over(keyword, *rest),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            of_type(ast.HoursDecl, rest),
            of_type(ast.HolidaysDecl, rest),
            of_type(ast.SpecialDayDecl, rest),
        )

    def hours(
        self,
        keyword: Token,
        first: Token,
        _to: Token | None,
        last: Token | None,
        times: tuple[ast.OpenTime, ...],
    ) -> ast.HoursDecl:
        return ast.HoursDecl(
            over(keyword, *times), self.name(first), self.optional_name(last), times
        )

    def open_hours(self, *times: ast.OpenTime) -> tuple[ast.OpenTime, ...]:
        return times

    def open_time(self, start: Token, _to: Token, end: Token) -> ast.OpenTime:
        return ast.OpenTime(over(start, end), self._minutes(start), self._minutes(end))

    def _minutes(self, token: Token) -> int:
        """Minutes after midnight; the end of the day is written 24:00."""
        if token == _MIDNIGHT:
            return 24 * 60
        at = self.time(token).value
        return at.hour * 60 + at.minute

    def holidays(self, keyword: Token, country: Token) -> ast.HolidaysDecl:
        return ast.HolidaysDecl(over(keyword, country), self.name(country))

    def closed_day(
        self,
        keyword: Token,
        first: Token,
        to: Token | None,
        last: Token | None,
        label: Token | None,
    ) -> ast.SpecialDayDecl:
        return self._day(keyword, first, last, (), label)

    def open_day(
        self,
        keyword: Token,
        first: Token,
        to: Token | None,
        last: Token | None,
        times: tuple[ast.OpenTime, ...] | None,
        label: Token | None,
    ) -> ast.SpecialDayDecl:
        return self._day(keyword, first, last, times or (), label)

    def _day(
        self,
        keyword: Token,
        first: Token,
        last: Token | None,
        times: tuple[ast.OpenTime, ...],
        label: Token | None,
    ) -> ast.SpecialDayDecl:
        start = self.date(first).value
        end: dt.date = self.date(last).value if last is not None else start
        return ast.SpecialDayDecl(
            over(keyword, first, last, *times, label),
            keyword.type == "OPEN",
            start,
            end,
            times,
            self.label(label),
        )
