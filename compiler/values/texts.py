"""Texts: the canonical form of every value in an interpolated text, and text functions.

The canonical form is the same in every language, so that it can be stored: dates are ISO, decimals
have all their places, a percent is written as one, a moment is what a clock in the workspace's
zone shows, a duration is `H:MM:SS`, a worktime `H:MM`, an enum value its name.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from compiler.values.numbers import seconds

SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What `trim` takes away: every character that Unicode counts as white space."""


def join(*parts: str) -> str:
    return "".join(parts)


def text_of_int(value: int) -> str:
    return str(value)


def text_of_decimal(value: Decimal) -> str:
    return f"{value:f}" if value else f"{abs(value):f}"


def text_of_percent(value: Decimal) -> str:
    return text_of_decimal(value.scaleb(2)) + "%"


def text_of_bool(value: bool) -> str:
    return "true" if value else "false"


def text_of_date(value: date) -> str:
    return value.isoformat()


def text_of_month(value: date) -> str:
    return value.isoformat()[:7]


def text_of_time(value: time) -> str:
    return value.isoformat("minutes")


def text_of_instant(value: datetime, zone: tzinfo) -> str:
    return value.astimezone(zone).replace(tzinfo=None).isoformat(" ", "minutes")


def text_of_duration(value: timedelta) -> str:
    return text_of_seconds(seconds(value))


def text_of_seconds(count: int) -> str:
    sign, left = ("-", -count) if count < 0 else ("", count)
    return f"{sign}{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"


def text_of_worktime(count: int) -> str:
    sign, left = ("-", -count) if count < 0 else ("", count)
    return f"{sign}{left // 60}:{left % 60:02}"


def trim(text: str) -> str:
    return text.strip(SPACES)


def left(text: str, count: int) -> str:
    """The first characters; none if the count is negative."""
    return text[: max(count, 0)]


def right(text: str, count: int) -> str:
    return text[-count:] if count > 0 else ""


def replace(text: str, old: str, new: str) -> str:
    """Every `old` replaced; an empty `old` is found nowhere."""
    return text.replace(old, new) if old else text
