"""Exact arithmetic: the meaning of `+ - * /` and rounding for Python and for SQLite.

Numbers are int or Decimal with at most 18 digits in all; a result that needs more raises
ArithmeticError. Rounding is half up, away from zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Rounded,
)

from compiler.model.types import MAX_DIGITS

Number = int | Decimal
LIMIT = 10**MAX_DIGITS

_FAULTS = [InvalidOperation, DivisionByZero, Overflow]
_EXACT = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_UP, traps=[*_FAULTS, Rounded])
_FITTED = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_UP, traps=_FAULTS)
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP, traps=_FAULTS)
"""Holds a product of two numbers exactly, and a quotient closely enough that rounding it again
is rounding it once: it lies on a half or at least 10**-27 away from it."""
_UNITS = tuple(Decimal(1).scaleb(-scale) for scale in range(MAX_DIGITS + 1))

add = _EXACT.add
subtract = _EXACT.subtract
multiply = _EXACT.multiply


def fit(value: int) -> int:
    """The value; ArithmeticError if it has more than 18 digits."""
    if -LIMIT < value < LIMIT:
        return value
    raise OverflowError(f"{value} has more than {MAX_DIGITS} digits")


def rescale(value: Number, scale: int) -> Decimal:
    """The number with `scale` decimal places, rounded half up."""
    return Decimal(value).quantize(_UNITS[scale], context=_FITTED)


def whole(value: Number) -> int:
    """The number rounded half up to an int."""
    return fit(int(Decimal(value).quantize(_UNITS[0], context=_WIDE)))


def multiply_to(a: Number, b: Number, scale: int) -> Decimal:
    """A product that keeps fewer places than its factors have together."""
    return _WIDE.multiply(Decimal(a), Decimal(b)).quantize(_UNITS[scale], context=_FITTED)


def divide(a: Number, b: Number, scale: int) -> Decimal | None:
    """The quotient with `scale` places; None for a division by zero."""
    if not b:
        return None
    return _WIDE.divide(Decimal(a), Decimal(b)).quantize(_UNITS[scale], context=_FITTED)


def divide_whole(a: int, b: Number) -> int | None:
    """A quotient rounded half up to an int; None for a division by zero."""
    return whole(_WIDE.divide(Decimal(a), Decimal(b))) if b else None


def remainder(a: Number, b: Number, scale: int) -> Decimal | None:
    """What is left of `a` by the whole divisor `b`, with the sign of `b`; None if `b` is zero."""
    if not b:
        return None
    quotient = _WIDE.divide_int(Decimal(a), Decimal(b))
    left = _WIDE.subtract(Decimal(a), _WIDE.multiply(quotient, Decimal(b)))
    if left and (left < 0) != (b < 0):
        left = _WIDE.add(left, Decimal(b))
    return left.quantize(_UNITS[scale], context=_FITTED)


def floor(value: Number) -> int:
    return fit(int(Decimal(value).quantize(_UNITS[0], rounding=ROUND_FLOOR, context=_WIDE)))


def ceil(value: Number) -> int:
    return fit(int(Decimal(value).quantize(_UNITS[0], rounding=ROUND_CEILING, context=_WIDE)))


def total_int(values: Iterable[int]) -> int:
    return fit(sum(values))


def total(values: Iterable[Number], scale: int) -> Decimal:
    return rescale(_sum(values), scale)


def average(values: Iterable[Number], scale: int) -> Decimal | None:
    """The mean with `scale` places; None for no values."""
    numbers = list(values)
    return divide(_sum(numbers), len(numbers), scale)


def _sum(values: Iterable[Number]) -> Decimal:
    result = Decimal(0)
    for value in values:
        result = _WIDE.add(result, value)
    return result


# --- durations, in whole seconds

SPAN_DIGITS = 13
"""A duration has at most so many seconds: some 300,000 years."""
_SECOND = timedelta(seconds=1)
_MOST = timedelta(seconds=10**SPAN_DIGITS)


def seconds(span: timedelta) -> int:
    """The whole seconds of a duration, rounded down."""
    return span // _SECOND


def fit_span(value: timedelta) -> timedelta:
    """The duration; ArithmeticError if it is too long."""
    if -_MOST < value < _MOST:
        return value
    raise OverflowError(f"{value} is too long")


def span(count: int) -> timedelta:
    return fit_span(timedelta(seconds=count))


def multiply_span(a: timedelta, b: Number) -> timedelta:
    return span(multiply_whole(seconds(a), b))


def multiply_whole(a: int, b: Number) -> int:
    """A product rounded half up to an int."""
    return whole(_WIDE.multiply(Decimal(a), Decimal(b)))


def divide_span(a: timedelta, b: Number) -> timedelta | None:
    count = divide_whole(seconds(a), b)
    return None if count is None else span(count)


def total_span(values: Iterable[timedelta]) -> timedelta:
    return span(sum(seconds(value) for value in values))


def average_whole(values: Iterable[int]) -> int | None:
    """The mean rounded half up to an int; None for no values."""
    numbers = list(values)
    return divide_whole(sum(numbers), len(numbers))


def average_span(values: Iterable[timedelta]) -> timedelta | None:
    mean = average_whole(seconds(value) for value in values)
    return None if mean is None else span(mean)
