"""The canonical text of lowered values (see `compiler.values.texts`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnClause,
    ColumnElement,
    FunctionElement,
    Numeric,
    Text,
    bindparam,
    case,
    cast,
    collate,
    false,
    func,
    literal,
    true,
)
from sqlalchemy.sql.elements import Grouping

from compiler.backends.expr.sql.tables import Dialect
from compiler.model.types import MAX_DIGITS, Type

Column = ColumnElement[Any]
ZONE = bindparam("zone", type_=Text())
"""The name of the workspace's time zone."""


def constant(text: str) -> Column:
    return literal(text, Text())


def collated(value: Column, collation: str) -> Column:
    """A text with a collation; SQLAlchemy itself puts no brackets around a concatenation."""
    plain = isinstance(value, BindParameter | ColumnClause | FunctionElement)
    return collate(value if plain else Grouping(value), collation)


def text_of(value: Column, type: Type, dialect: Dialect) -> Column:
    """The text; NULL for NULL."""
    if type.kind in ("text", "enum", "null"):
        return value
    if type.kind == "bool":
        texts = ((value.is_(true()), "true"), (value.is_(false()), "false"))
        return case(*((test, constant(text)) for test, text in texts), else_=None)
    return (_SQLITE if dialect == "sqlite" else _POSTGRES)[type.kind](value, type)


def _percent_sqlite(value: Column, type: Type) -> Column:
    return func.cw_decimal_text(value, type.scale - 2, type_=Text()).concat(constant("%"))


def _decimal_sqlite(value: Column, type: Type) -> Column:
    if type.unit == "%":
        return _percent_sqlite(value, type)
    return func.cw_decimal_text(value, type.scale, type_=Text())


_SQLITE: dict[str, Callable[[Column, Type], Column]] = {
    "int": lambda value, type: cast(value, Text),
    "decimal": _decimal_sqlite,
    "date": lambda value, type: _plain(value),
    "month": lambda value, type: func.substr(value, 1, 7, type_=Text()),
    "time": lambda value, type: _plain(value),
    "instant": lambda value, type: func.cw_instant_text(value, ZONE, type_=Text()),
    "duration": lambda value, type: func.cw_duration_text(value, type_=Text()),
    "worktime": lambda value, type: func.cw_worktime_text(value, type_=Text()),
}


def _plain(value: Column) -> Column:
    """The text that it is stored as."""
    return cast(value, Text)


def _decimal_postgres(value: Column, type: Type) -> Column:
    if type.unit != "%":
        return cast(cast(value, Numeric(MAX_DIGITS, type.scale)), Text)
    shown = cast(value, Numeric) * literal(100, BigInteger())
    return cast(cast(shown, Numeric(MAX_DIGITS + 2, type.scale - 2)), Text).concat(constant("%"))


def _as(pattern: str) -> Callable[[Column, Type], Column]:
    return lambda value, type: func.to_char(value, constant(pattern), type_=Text())


def _clock(*units: int) -> Callable[[Column, Type], Column]:
    """`H:MM` or `H:MM:SS` from a count of the smallest unit."""

    def clock(value: Column, type: Type) -> Column:
        count = func.abs(cast(value, BigInteger), type_=BigInteger())
        parts: list[Column] = [cast(_whole(count, units[0]), Text)]
        for unit in units[1:]:
            rest = _whole(count, unit).op("%")(literal(60, BigInteger()))
            parts += [constant(":"), func.lpad(cast(rest, Text), 2, constant("0"), type_=Text())]
        zero = literal(0, BigInteger())
        text: Column = case(
            (value < zero, constant("-")), (value >= zero, constant("")), else_=None
        )
        for part in parts:
            text = text.concat(part)
        return text

    return clock


def _whole(count: Column, unit: int) -> Column:
    return count.op("/", return_type=BigInteger())(literal(unit, BigInteger()))


_POSTGRES: dict[str, Callable[[Column, Type], Column]] = {
    "int": lambda value, type: cast(value, Text),
    "decimal": _decimal_postgres,
    "date": _as("YYYY-MM-DD"),
    "month": _as("YYYY-MM"),
    "time": lambda value, type: func.substr(cast(value, Text), 1, 5, type_=Text()),
    "instant": lambda value, type: func.to_char(
        func.timezone(ZONE, value), constant("YYYY-MM-DD HH24:MI"), type_=Text()
    ),
    "duration": _clock(3600, 60, 1),
    "worktime": _clock(60, 1),
}
