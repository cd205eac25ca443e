"""`duration`: a length of time. `worktime`: a length of working time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from compiler.model.types import DURATION as DURATION_TYPE
from compiler.model.types import WORKTIME as WORKTIME_TYPE
from compiler.model.types import Type
from compiler.values.numbers import SPAN_DIGITS, seconds, span, whole
from compiler.values.texts import text_of_worktime
from stdlib.fields.base import Kind, Parameters, half_width, refuse
from stdlib.fields.number import read_number

MOST = 10 ** (SPAN_DIGITS - 1)
"""Seconds: a tenth of what fits, which leaves room for sums."""
_UNITS = {
    **dict.fromkeys(["w", "week", "weeks", "周", "星期"], 604_800),
    **dict.fromkeys(["d", "day", "days", "天", "日"], 86_400),
    **dict.fromkeys(["h", "hour", "hours", "小时", "时", "钟头"], 3_600),
    **dict.fromkeys(["m", "min", "minute", "minutes", "分", "分钟"], 60),
    **dict.fromkeys(["s", "sec", "second", "seconds", "秒", "秒钟"], 1),
}
_PART = re.compile(r"\s*([\d.,]+)\s*([^\W\d]+)\s*")
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d))?")
_SHOWN = {
    "en": ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")),
    "zh": ((86_400, "天"), (3_600, "小时"), (60, "分"), (1, "秒")),
}


def read_seconds(text: str) -> int:
    """The seconds in `3 days`, `1d 2h`, `90 minutes`, `2小时30分`, `1:30`, each after a `-` too."""
    written = half_width(text).casefold()
    if written.startswith("-"):
        return -read_seconds(written[1:])
    clock = _CLOCK.fullmatch(written)
    if clock is not None:
        return int(clock[1]) * 3_600 + int(clock[2]) * 60 + int(clock[3] or 0)
    parts = list(_PART.finditer(written))
    complete = "".join(part[0] for part in parts) == written
    if not parts or not complete or any(part[2] not in _UNITS for part in parts):
        refuse(
            "`{text}` is not a length of time; write it as 2 days or 1:30",
            "`{text}` 不是时长；请写作 2天 或 1:30",
            text=text,
        )
    return whole(sum(read_number(part[1]) * _UNITS[part[2]] for part in parts))


def _limited(count: int) -> int:
    if abs(count) > MOST:
        refuse("the length of time is too large", "时长过大")
    return count


@dataclass(frozen=True)
class _Duration(Kind):
    """In text in days, hours, minutes and seconds."""

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return DURATION_TYPE

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        return span(_limited(read_seconds(text)))

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if not isinstance(value, timedelta):
            refuse("`{value}` is not a length of time", "`{value}` 不是时长", value=value)
        return span(_limited(seconds(value)))

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, timedelta)
        return in_units(seconds(value), language)


def in_units(count: int, language: str) -> str:
    """`1d 2h`, `1天2小时`."""
    sign, left = ("-", -count) if count < 0 else ("", count)
    words = []
    for size, unit in _SHOWN["zh" if language == "zh" else "en"]:
        amount, left = divmod(left, size)
        if amount:
            words.append(f"{amount}{unit}")
    none = "0分" if language == "zh" else "0min"
    return sign + ("" if language == "zh" else " ").join(words) if words else none


@dataclass(frozen=True)
class _Worktime(Kind):
    """Minutes of working time; shown as `H:MM`, because the calendar says how long a workday is."""

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return WORKTIME_TYPE

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        return self.check(whole(read_seconds(text) // 60), type, parameters)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if isinstance(value, bool) or not isinstance(value, int):
            refuse("`{value}` is not a working time", "`{value}` 不是工作时长", value=value)
        return _limited(value)

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, int)
        return text_of_worktime(value)


DURATION = _Duration("duration", "duration")
WORKTIME = _Worktime("worktime", "duration")
