"""Arithmetic of dates, times and instants: its meaning for Python and for SQLite."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from compiler.values.numbers import seconds, span

MONTHS = 12


def date_plus(day: date, period: timedelta) -> date:
    """The day that many whole days on; what is less than a day does not count."""
    return day + timedelta(days=period.days)


def date_minus(day: date, period: timedelta) -> date:
    return day - timedelta(days=period.days)


def instant_difference(a: datetime, b: datetime) -> timedelta:
    """From `b` to `a` in whole seconds, rounded down."""
    return span(seconds(a - b))


def time_difference(a: time, b: time) -> timedelta:
    return timedelta(hours=a.hour - b.hour, minutes=a.minute - b.minute)


def add_months(day: date, count: int) -> date:
    """The same day of a month that many months on, or that month's last day."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + count, MONTHS)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"the year {year} is not a year of the calendar")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def start_of_month(day: date) -> date:
    return day.replace(day=1)


def end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def start_of_quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def start_of_year(day: date) -> date:
    return date(day.year, 1, 1)


def start_of_week(day: date) -> date:
    """The Monday on or before the day."""
    return day - timedelta(days=day.weekday())


def date_of(moment: datetime, zone: tzinfo) -> date:
    """The day that a moment falls on in a zone."""
    return moment.astimezone(zone).date()


def time_of(moment: datetime, zone: tzinfo) -> time:
    """The time of day, to the minute, that a clock in the zone shows."""
    return moment.astimezone(zone).time().replace(second=0, microsecond=0)


# --- the stored text of instants on SQLite


def encode_instant(moment: datetime) -> str:
    """`YYYY-MM-DD HH:MM:SS.ffffff` in UTC, which sorts as time does."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def decode_instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
