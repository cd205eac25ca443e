"""The functions that SQLite lacks, given to its connections: exact arithmetic, calendar, text.

SQLite's own `+` and `*` turn into floats when they overflow, and it divides as C does. Values come
as they are stored (see `backends.schema.storage`): a decimal as a scaled int, a duration in
seconds, a date as its ISO text. Every function but `cw_same` is null if an argument is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from compiler.values import dates, texts
from compiler.values.numbers import fit, seconds, span

Value = Any


class Connection(Protocol):
    """A connection of the `sqlite3` module."""

    def create_function(
        self, name: str, narg: int, func: Callable[..., Any], /, *, deterministic: bool = False
    ) -> None: ...


def register(connection: Connection) -> None:
    """Give a connection of SQLite all functions that lowered expressions call."""
    for name, function in FUNCTIONS.items():
        connection.create_function(name, -1, function, deterministic=True)


_SQL_STATES = frozenset({"22003", "22008"})
_SQLITE_TEXTS = frozenset(
    {
        "user-defined function raised exception",
        "string or blob too big",  # what the driver makes of an OverflowError
        "integer overflow",
    }
)


def is_out_of_range(error: BaseException) -> bool:
    """Whether a driver's error says that a number or date does not fit."""
    state = getattr(error, "sqlstate", None)
    return state in _SQL_STATES if state else str(error) in _SQLITE_TEXTS


def _strict(function: Any) -> Callable[..., Value]:
    def call(*args: Value) -> Value:
        return None if None in args else function(*args)

    return call


# --- numbers


def _divided(a: int, b: int) -> int:
    """A quotient rounded half up, away from zero."""
    quotient, rest = divmod(abs(a), abs(b))
    if 2 * rest >= abs(b):
        quotient += 1
    return quotient if (a < 0) == (b < 0) else -quotient


def fit_digits(value: int, digits: int) -> int:
    """The value; an error if it has more digits."""
    if abs(value) < _power(digits):
        return value
    raise OverflowError(f"{value} has more than {digits} digits")


def _power(places: int) -> int:
    return int(10**places)


def scale(value: int, places: int) -> int:
    """`places` more decimal places, or fewer if negative."""
    return fit(value * _power(places) if places >= 0 else _divided(value, _power(-places)))


def multiply(a: int, b: int, drop: int) -> int:
    """A product without its last `drop` digits."""
    return fit(_divided(a * b, _power(drop)) if drop else a * b)


def divide(a: int, b: int, places: int) -> int | None:
    """A quotient with `places` more digits; null for a division by zero."""
    return fit(_divided(a * _power(places), b)) if b else None


def compare(a: int, a_scale: int, b: int, b_scale: int) -> int:
    """-1, 0 or 1 as `a` is less than, equal to or greater than `b`."""
    left, right = a * _power(b_scale), b * _power(a_scale)
    return int(left > right) - int(left < right)


def same(a: int | None, a_scale: int, b: int | None, b_scale: int) -> bool:
    """Whether two numbers are equal; null equals null."""
    if a is None or b is None:
        return a is b
    return not compare(a, a_scale, b, b_scale)


def remainder(a: int, b: int) -> int | None:
    """Of two numbers of one scale, with the sign of `b`; null for a division by zero."""
    return a % b if b else None


def round_digits(value: int, drop: int, widen: int) -> int:
    """Rounded half up by `drop` digits, then given `widen` zeros."""
    return fit(_divided(value, _power(drop)) * _power(widen))


def whole(value: int, unit: int) -> int:
    """How many whole units a count holds, rounded down."""
    return value // unit


def floor(value: int, digits: int) -> int:
    return int(value // 10**digits)


def ceil(value: int, digits: int) -> int:
    return int(-(-value // 10**digits))


# --- dates


def _on_dates(function: Callable[..., date]) -> Callable[..., str]:
    """A function of a date (and more) to a date, on ISO texts."""

    def call(day: str, *args: Value) -> str:
        return function(date.fromisoformat(day), *args).isoformat()

    return call


def _date_plus(day: date, count: int) -> date:
    return dates.date_plus(day, timedelta(seconds=count))


def _date_minus(day: date, count: int) -> date:
    return dates.date_minus(day, timedelta(seconds=count))


def instant_plus(moment: str, count: int) -> str:
    return dates.encode_instant(dates.decode_instant(moment) + span(count))


def instant_difference(a: str, b: str) -> int:
    return seconds(dates.decode_instant(a) - dates.decode_instant(b))


def time_difference(a: str, b: str) -> int:
    return seconds(dates.time_difference(time.fromisoformat(a), time.fromisoformat(b)))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def date_of(moment: str, zone: str) -> str:
    return dates.date_of(dates.decode_instant(moment), _zone(zone)).isoformat()


def time_of(moment: str, zone: str) -> str:
    return dates.time_of(dates.decode_instant(moment), _zone(zone)).isoformat("minutes")


# --- texts


def decimal_text(value: int, places: int) -> str:
    if not places:
        return str(value)
    digits = f"{abs(value):0{places + 1}}"
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def instant_text(moment: str, zone: str) -> str:
    return texts.text_of_instant(dates.decode_instant(moment), _zone(zone))


def lower(text: str) -> str:
    return text.lower()


def upper(text: str) -> str:
    return text.upper()


def weekday(day: str) -> int:
    return date.fromisoformat(day).isoweekday()


def week(day: str) -> int:
    return date.fromisoformat(day).isocalendar().week


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "cw_same": same,
    **{
        f"cw_{name}": _strict(function)
        for name, function in {
            "fit": fit_digits,
            "scale": scale,
            "multiply": multiply,
            "divide": divide,
            "compare": compare,
            "remainder": remainder,
            "round": round_digits,
            "whole": whole,
            "floor": floor,
            "ceil": ceil,
            "date_plus": _on_dates(_date_plus),
            "date_minus": _on_dates(_date_minus),
            "add_months": _on_dates(dates.add_months),
            "start_of_week": _on_dates(dates.start_of_week),
            "start_of_quarter": _on_dates(dates.start_of_quarter),
            "end_of_month": _on_dates(dates.end_of_month),
            "weekday": weekday,
            "week": week,
            "instant_plus": instant_plus,
            "instant_difference": instant_difference,
            "time_difference": time_difference,
            "date_of": date_of,
            "time_of": time_of,
            "decimal_text": decimal_text,
            "instant_text": instant_text,
            "duration_text": texts.text_of_seconds,
            "worktime_text": texts.text_of_worktime,
            "lower": lower,
            "upper": upper,
        }.items()
    },
}
