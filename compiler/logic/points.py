"""Constants as points: numbers in whole steps, in the order of the values they stand for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from compiler.model.expr import Const
from compiler.model.types import Type

Point = Fraction | str | bool | tuple[str, str]
"""A number, date or span; a text or a value of an enum; a bool; a record by a name."""

MONTHS = 12
DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = Fraction(1, 1_000_000)
NUMERIC = frozenset({"int", "decimal", "date", "month", "time", "instant", "duration", "worktime"})
"""Kinds whose values are counted in steps."""


def step(type: Type) -> Fraction:
    """From a value of the type to the next one."""
    if type.kind == "decimal":
        return Fraction(1, 10**type.scale)
    if type.kind == "time":
        return Fraction(60)
    return _SECOND if type.kind in ("instant", "duration") else Fraction(1)


def stride(type: Type) -> Fraction:
    """A step that reads well in an example."""
    return {"instant": Fraction(DAY), "duration": Fraction(DAY), "time": Fraction(3_600)}.get(
        type.kind, max(step(type), Fraction(1, 100) if type.unit == "%" else Fraction(1))
    )


def capacity(type: Type) -> Fraction | None:
    """What no number of the type passes."""
    if not type.is_number or not type.digits:
        return None
    return Fraction(10**type.digits - 1, 10**type.scale)


def point(const: Const) -> Point | None:
    """The point of a constant; None of null."""
    value, kind = const.value, const.type.kind
    if value is None or isinstance(value, bool):
        return value
    match kind:
        case "int" | "decimal":
            return Fraction(Decimal(str(value)))
        case "duration" | "worktime":
            return Fraction(int(value))
        case "date":
            return Fraction(date.fromisoformat(str(value)).toordinal())
        case "month":
            day = date.fromisoformat(str(value))
            return Fraction(day.year * MONTHS + day.month - 1)
        case "time":
            at = time.fromisoformat(str(value))
            return Fraction(at.hour * 3_600 + at.minute * 60 + at.second)
        case "instant":
            passed = datetime.fromisoformat(str(value)) - _EPOCH
            return Fraction(passed // timedelta(microseconds=1)) * _SECOND
    return str(value)


def offset(value: Point, of: Type) -> Fraction | None:
    """What adding a constant of a kind moves values of `of` by; None if that is no plain step."""
    if not isinstance(value, Fraction):
        return None
    if of.kind != "date":
        return value
    return value / DAY if value % DAY == 0 else None


def shown(value: Point | None, type: Type) -> str:
    """A point as the language writes it."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, tuple):
        return value[1]
    if isinstance(value, str):
        return f'"{value}"' if type.kind == "text" else value
    return _number(value, type)


def _number(value: Fraction, type: Type) -> str:
    match type.kind:
        case "date":
            return date.fromordinal(int(value)).isoformat()
        case "month":
            return f"{int(value) // MONTHS:04}-{int(value) % MONTHS + 1:02}"
        case "time":
            return f"{int(value) // 3_600:02}:{int(value) % 3_600 // 60:02}"
        case "instant":
            moment = _EPOCH + timedelta(microseconds=int(value / _SECOND))
            return moment.replace(tzinfo=None).isoformat(" ", "auto")
        case "duration":
            return _span(value, ((DAY, "day"), (3_600, "hour"), (60, "minute"), (1, "second")))
        case "worktime":
            return _span(value, ((60, "workhour"), (1, "workminute")))
    if type.unit == "%":
        return f"{_plain(value * 100)}%"
    return _plain(value)


def _span(value: Fraction, units: tuple[tuple[int, str], ...]) -> str:
    size, unit = next((each for each in units if value % each[0] == 0), (1, units[-1][1]))
    count = value / size
    return f"{_plain(count)} {unit}{'' if count == 1 else 's'}"


def _plain(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact.normalize():f}" if exact else "0"
