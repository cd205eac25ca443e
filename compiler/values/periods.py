"""Periods of time that are named from today: `this_month`, `last_30_days`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compiler.values.dates import add_months

DAY = timedelta(days=1)
NAMES = (
    "today", "yesterday", "tomorrow", "this_week", "last_week", "next_week", "this_month",
    "last_month", "next_month", "this_quarter", "last_quarter", "next_quarter", "this_year",
    "last_year", "next_year", "last_7_days", "last_30_days", "last_90_days", "next_7_days",
    "next_30_days", "past", "future",
)  # fmt: skip
"""The periods to offer; `last_N_days` and `next_N_days` hold for any number. The last N days
include today, the next N days begin tomorrow."""
UNITS = ("day", "week", "month", "quarter", "year")
_WEEKS = {"day": 1, "week": 1, "month": 4, "quarter": 13, "year": 52}
_STEP = {"last": -1, "this": 0, "next": 1}


def period(name: str, today: date) -> tuple[date | None, date | None]:
    """The first day of a period and the first day after it; None is without end.

    Raises ValueError for a name that is none.
    """
    if match := re.fullmatch(r"(last|next)_(\d{1,4})_days", name):
        count = timedelta(days=int(match[2]))
        after = today + DAY
        return (after - count, after) if match[1] == "last" else (after, after + count)
    if name in ("past", "future"):
        return (None, today) if name == "past" else (today + DAY, None)
    if name in ("yesterday", "today", "tomorrow"):
        start = today + DAY * (("yesterday", "today", "tomorrow").index(name) - 1)
        return start, start + DAY
    which, _, unit = name.partition("_")
    if which in _STEP and unit in ("week", "month", "quarter", "year"):
        return start_of(unit, today, _STEP[which]), start_of(unit, today, _STEP[which] + 1)
    raise ValueError(name)


def is_period(name: str) -> bool:
    """Whether a period has that name."""
    try:
        period(name, date(2000, 1, 1))
    except ValueError:
        return False
    return True


def start_of(unit: str, day: date, step: int = 0) -> date:
    """The first day of the unit that `day` is in, `step` units later (or earlier)."""
    if unit == "day":
        return day + DAY * step
    if unit == "week":
        return day - DAY * day.weekday() + 7 * DAY * step
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    months = day.year * 12 + day.month - 1
    year, month = divmod((months // length + step) * length, 12)
    return date(year, month + 1, 1)


def earlier(day: date, unit: str, same_weekday: bool = False) -> date:
    """The same day one unit earlier: by its date (in a shorter month its last day), or by the day
    of the week, so many whole weeks earlier."""
    if same_weekday:
        return day - 7 * DAY * _WEEKS[unit]
    if unit in ("day", "week"):
        return day - DAY * {"day": 1, "week": 7}[unit]
    return add_months(day, -{"month": 1, "quarter": 3, "year": 12}[unit])


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in a zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
