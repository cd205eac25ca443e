"""Arithmetic on lowered operands: native where nothing can overflow, exact where it could.

On SQLite a decimal is a scaled integer and the registered functions of `exact` watch its 18
digits; on PostgreSQL a cast to NUMERIC(18, scale) does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Function,
    Integer,
    Numeric,
    cast,
    extract,
    func,
    literal,
    type_coerce,
)

from compiler.backends.expr.sql.tables import Dialect
from compiler.backends.schema.storage import sql_type
from compiler.model.types import MAX_DIGITS, Type
from compiler.operators import digits
from compiler.values.numbers import SPAN_DIGITS

Column = ColumnElement[Any]
Operand = tuple[Column, Type]

DAY = 86_400
_CLOSE = Numeric(60, 30)
"""A quotient of two numbers lies on a half of its last place or at least 10**-27 away from it, so
rounding one that has 30 places is rounding the quotient itself."""


def whole_number(value: int) -> Column:
    """A constant of our own writing, a scale or a count."""
    return literal(value, BigInteger())


def fitted(value: Column, type: Type, dialect: Dialect) -> Column:
    """The number or span; an error if it has more digits than one may have."""
    most = SPAN_DIGITS if type.kind == "duration" else MAX_DIGITS
    if dialect == "sqlite":
        return func.cw_fit(value, whole_number(most), type_=sql_type(type))
    exact = cast(value, Numeric(most, type.scale))
    return exact if type.kind == "decimal" else cast(exact, sql_type(type))


def scaled(value: Column, old: Type, new: Type, dialect: Dialect) -> Column:
    """A number with the scale of another type, rounded half up where that is smaller."""
    if old.kind == new.kind and old.scale == new.scale:
        return value
    if dialect == "postgresql":
        return fitted(value, new, dialect)
    more = new.scale - old.scale
    if more >= 0 and digits(old) + more <= MAX_DIGITS:
        return times(value, 10**more, new)
    return func.cw_scale(value, whole_number(more), type_=sql_type(new))


def times(value: Column, factor: int, type: Type) -> Column:
    if factor == 1:
        return type_coerce(value, sql_type(type))
    return _op(value, "*", whole_number(factor), type)


def _op(left: Column, symbol: str, right: Column, type: Type) -> Column:
    return left.op(symbol, return_type=sql_type(type))(right)


def add(symbol: str, left: Operand, right: Operand, type: Type, dialect: Dialect) -> Column:
    """`+` and `-` of numbers and of like spans."""
    a, b = (_addend(operand, type, dialect) for operand in (left, right))
    if digits(type) < MAX_DIGITS:
        return _op(a, symbol, b, type)
    if type.kind != "decimal" and dialect == "postgresql":
        a = cast(a, Numeric)
    return fitted(_op(a, symbol, b, type), type, dialect)


def _addend(operand: Operand, type: Type, dialect: Dialect) -> Column:
    column, own = operand
    if not type.is_number or dialect == "postgresql":
        return column
    return scaled(column, own, type, dialect)


def multiply(left: Operand, right: Operand, type: Type, dialect: Dialect) -> Column:
    """A product of two numbers, or of a span and a number."""
    (a, a_type), (b, b_type) = left, right
    if dialect == "postgresql":
        product = _op(cast(a, Numeric), "*", cast(b, Numeric), type)
        return fitted(product, type, dialect)
    drop = a_type.scale + b_type.scale - type.scale
    found = func.cw_multiply(a, b, whole_number(drop), type_=sql_type(type))
    return fitted(found, type, dialect) if type.kind == "duration" else found


def divide(left: Operand, right: Operand, type: Type, dialect: Dialect) -> Column:
    """A quotient of two numbers, of a span and a number, or of two like spans."""
    (a, a_type), (b, b_type) = left, right
    if dialect == "postgresql":
        divisor = func.nullif(cast(b, Numeric), whole_number(0))
        return fitted(_op(cast(a, _CLOSE), "/", divisor, type), type, dialect)
    places = type.scale + b_type.scale - a_type.scale
    found = func.cw_divide(a, b, whole_number(places), type_=sql_type(type))
    return fitted(found, type, dialect) if type.kind == "duration" else found


def negate(value: Column, type: Type) -> Column:
    return _op(whole_number(0), "-", value, type)


# --- dates and instants


def _days_of(span: Column) -> Column:
    """The whole days of a duration, rounded down."""
    return cast(func.floor(_op(cast(span, Numeric), "/", whole_number(DAY), _NUMBER)), Integer)


_NUMBER = Type(kind="decimal", digits=MAX_DIGITS)


def move(symbol: str, point: Operand, span: Column, dialect: Dialect) -> Column:
    """A date or instant some duration later (`+`) or earlier (`-`)."""
    column, type = point
    if dialect == "sqlite" and type.kind == "instant":
        moved = span if symbol == "+" else negate(span, _NUMBER)
        return func.cw_instant_plus(column, moved, type_=sql_type(type))
    if dialect == "sqlite":
        name = "cw_date_plus" if symbol == "+" else "cw_date_minus"
        return Function(name, column, span, type_=sql_type(type))
    if type.kind == "date":
        moved = cast(_op(column, symbol, _days_of(span), type), sql_type(type))
        return _op(moved, "+", _no_days(moved), type)
    moved = _op(column, symbol, _seconds(span), type)
    return _op(moved, "+", _seconds(_no_days(func.timezone("UTC", moved))), type)


def _seconds(count: Column) -> Column:
    return func.make_interval(0, 0, 0, 0, 0, 0, count)


def _no_days(moved: Column) -> Column:
    """Zero, or an error outside the years 1 to 9999, which PostgreSQL goes beyond: for these
    years and no others `2 * year - 10000` has four digits."""
    twice = _op(extract("year", moved), "*", whole_number(2), _NUMBER)
    checked = cast(_op(twice, "-", whole_number(10_000), _NUMBER), Numeric(4, 0))
    return cast(_op(checked, "*", whole_number(0), _NUMBER), Integer)


def difference(left: Operand, right: Operand, type: Type, dialect: Dialect) -> Column:
    """The duration between two dates, instants or times."""
    (a, a_type), (b, _) = left, right
    if a_type.kind == "date":
        return _days_between(a, b, type, dialect)
    if dialect == "sqlite":
        return Function(f"cw_{a_type.kind}_difference", a, b, type_=sql_type(type))
    seconds = _op(extract("epoch", a), "-", extract("epoch", b), _NUMBER)
    return cast(func.floor(seconds), sql_type(type))


def _days_between(a: Column, b: Column, type: Type, dialect: Dialect) -> Column:
    if dialect == "sqlite":
        days = _op(func.julianday(a), "-", func.julianday(b), _NUMBER)
        return _op(cast(days, Integer), "*", whole_number(DAY), type)
    return _op(cast(_op(a, "-", b, _NUMBER), BigInteger), "*", whole_number(DAY), type)
