"""`date`, `month`, `time`, `datetime`.

A field type knows no time zone. A `datetime` is parsed as written, without a zone unless the text
has one: the caller puts the workspace's zone to it. It is shown as it is given: the caller brings
it to that zone. `check` wants a moment with its zone and keeps it in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from compiler.model.types import DATE as DATE_TYPE
from compiler.model.types import INSTANT, Type
from compiler.model.types import MONTH as MONTH_TYPE
from compiler.model.types import TIME as TIME_TYPE
from stdlib.fields.base import Kind, Parameters, half_width, refuse

_DATE = re.compile(
    r"(\d{4})(?:[-/.年 ]\s*)(\d{1,2})(?:[-/.月 ]\s*)(\d{1,2})[日号]?|(\d{4})(\d\d)(\d\d)"
)
_MONTH = re.compile(r"(\d{4})(?:[-/.年 ]\s*)(\d{1,2})月?|(\d{4})(\d\d)")
_TIME = re.compile(
    r"(上午|早上|凌晨|中午|下午|晚上)?\s*(\d{1,2})(?:[:.时点]\s*(\d{1,2})?)?分?"
    r"(?:\s*:\s*(\d{1,2})(?:\.\d+)?)?\s*(am|pm|a\.m\.|p\.m\.)?"
)
_ZONE = re.compile(r"(.+?)\s*(Z|[+-]\d{2}:?\d{2})")
_AFTERNOON = frozenset({"下午", "晚上", "pm", "p.m."})
_NOON_IS_12 = frozenset({"中午"})


def read_date(text: str) -> date:
    """The day that `2026-11-21`, `2026/11/21`, `2026年11月21日` or `20261121` says."""
    found = _DATE.fullmatch(half_width(text))
    try:
        if found is not None:
            year, month, day = (int(part) for part in found.groups() if part)
            return date(year, month, day)
    except ValueError:
        refuse("there is no such day: `{text}`", "没有这一天：`{text}`", text=text)
    refuse(
        "`{text}` is not a date; write it as 2026-11-21",
        "`{text}` 不是日期；请写作 2026-11-21",
        text=text,
    )


def read_time(text: str) -> time:
    """The time of day that `9:00`, `09:00`, `下午3点`, `3 pm` or `15:30` says, to the minute."""
    found = _TIME.fullmatch(half_width(text).casefold())
    if found is not None:
        half = found[1] or found[5] or ""
        hour, minute = int(found[2]), int(found[3] or 0)
        if half and hour == 12:
            hour = 12 if half in _AFTERNOON or half in _NOON_IS_12 else 0
        elif half in _AFTERNOON and hour < 12:
            hour += 12
        if hour < 24 and minute < 60:
            return time(hour, minute)
    refuse(
        "`{text}` is not a time of day; write it as 09:00",
        "`{text}` 不是时刻；请写作 09:00",
        text=text,
    )


def read_datetime(text: str) -> datetime:
    """The moment as written; a day alone is its beginning."""
    written = half_width(text)
    zoned = _ZONE.fullmatch(written)
    if zoned is not None and ":" in zoned[1]:
        offset = datetime.strptime(zoned[2], "%z").tzinfo
        return read_datetime(zoned[1]).replace(tzinfo=offset)
    day, clock = _split(written)
    return datetime.combine(read_date(day), read_time(clock) if clock else time())


def _split(text: str) -> tuple[str, str]:
    """Day and time of day, parted by a `T`, by 日 or by a space."""
    if "T" in text:
        day, _, clock = text.partition("T")
        return day, clock
    found = _DATE.match(text)
    if found is None:
        return text, ""
    return found[0], text[found.end() :].strip()


@dataclass(frozen=True)
class _Date(Kind):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return DATE_TYPE

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        return read_date(text)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if isinstance(value, datetime) or not isinstance(value, date):
            refuse("`{value}` is not a date", "`{value}` 不是日期", value=value)
        return value

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, date)
        if language == "zh":
            return f"{value.year:04}年{value.month}月{value.day}日"
        return value.isoformat()


@dataclass(frozen=True)
class _Month(_Date):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return MONTH_TYPE

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        found = _MONTH.fullmatch(half_width(text))
        parts = [int(part) for part in found.groups() if part] if found else []
        if not parts or not (1 <= parts[1] <= 12 and parts[0]):
            refuse(
                "`{text}` is not a month; write it as 2026-11",
                "`{text}` 不是月份；请写作 2026-11",
                text=text,
            )
        return date(parts[0], parts[1], 1)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        day = super().check(value, type, parameters)
        assert isinstance(day, date)
        return day.replace(day=1)

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, date)
        return f"{value.year:04}年{value.month}月" if language == "zh" else value.isoformat()[:7]


@dataclass(frozen=True)
class _Time(Kind):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return TIME_TYPE

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        return read_time(text)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if not isinstance(value, time):
            refuse("`{value}` is not a time of day", "`{value}` 不是时刻", value=value)
        return value.replace(second=0, microsecond=0, tzinfo=None)

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, time)
        return value.isoformat("minutes")


@dataclass(frozen=True)
class _Datetime(Kind):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return INSTANT

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        return read_datetime(text)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if not isinstance(value, datetime):
            refuse("`{value}` is not a moment", "`{value}` 不是日期时间", value=value)
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone: put that of the workspace to it")
        return value.astimezone(UTC)

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, datetime)
        return f"{DATE.shown(value.date(), type, language)} {value:%H:%M}"


DATE = _Date("date", "date")
MONTH = _Month("month", "month")
TIME = _Time("time", "time")
DATETIME = _Datetime("datetime", "datetime")
