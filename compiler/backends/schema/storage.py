"""How each value type is stored on both databases: the one conversion between Python and SQL.

| kind | SQLite | PostgreSQL |
|---|---|---|
| text, enum | TEXT | TEXT |
| int, ref, worktime (minutes), duration (seconds) | INTEGER | BIGINT |
| decimal | INTEGER, scaled by 10 ** scale | NUMERIC(18, scale) |
| bool | INTEGER 0/1 | BOOLEAN |
| date, month (its first day) | TEXT `YYYY-MM-DD` | DATE |
| time | TEXT `HH:MM` | TIME |
| instant | TEXT `YYYY-MM-DD HH:MM:SS.ffffff`, UTC | TIMESTAMPTZ |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Integer,
    Numeric,
    Text,
    Time,
    TypeDecorator,
)
from sqlalchemy.types import NullType, TypeEngine

from compiler.model.types import MAX_DIGITS, Type
from compiler.values.dates import decode_instant, encode_instant
from compiler.values.numbers import rescale, seconds, span, whole

SQLITE = "sqlite"


def sql_type(type: Type) -> TypeEngine[Any]:
    """The SQLAlchemy type of a value type; it takes and gives Python values."""
    if type.kind == "decimal":
        return ScaledDecimal(type.scale)
    return _TYPES[type.kind]


class WholeNumber(TypeDecorator[int]):
    """An int, also where PostgreSQL computed it as a NUMERIC."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == SQLITE else BigInteger())

    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


class ScaledDecimal(TypeDecorator[Decimal]):
    """An exact decimal with a fixed scale; what is written is rounded half up to it."""

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__(MAX_DIGITS, scale)
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == SQLITE:
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(Numeric(MAX_DIGITS, self.scale))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        scaled = rescale(value, self.scale)
        return whole(scaled.scaleb(self.scale)) if dialect.name == SQLITE else scaled

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], Decimal | None]:
        """Made once for a statement: tables show more decimals than anything that is converted."""
        scale = self.scale
        if dialect.name == SQLITE:
            return lambda value: None if value is None else Decimal(value).scaleb(-scale)
        return lambda value: None if value is None else rescale(value, scale)


class Instant(TypeDecorator[datetime]):
    """An aware time; comes back in UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == SQLITE:
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return encode_instant(value) if value and dialect.name == SQLITE else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return decode_instant(value) if dialect.name == SQLITE else value.astimezone(UTC)


class MinuteOfDay(TypeDecorator[time]):
    """A time of day, to the minute."""

    impl = Time
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == SQLITE else Time())

    def process_bind_param(self, value: time | None, dialect: Dialect) -> Any:
        return value.isoformat("minutes") if value and dialect.name == SQLITE else value

    def process_result_value(self, value: Any, dialect: Dialect) -> time | None:
        return time.fromisoformat(value) if dialect.name == SQLITE and value else value


class Seconds(TypeDecorator[timedelta]):
    """A duration in whole seconds."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == SQLITE else BigInteger())

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else seconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> timedelta | None:
        return None if value is None else span(int(value))


_TYPES: dict[str, TypeEngine[Any]] = {
    "text": Text(),
    "enum": Text(),
    "int": WholeNumber(),
    "ref": WholeNumber(),
    "worktime": WholeNumber(),
    "duration": Seconds(),
    "bool": Boolean(),
    "date": Date(),
    "month": Date(),
    "time": MinuteOfDay(),
    "instant": Instant(),
    "null": NullType(),
}
