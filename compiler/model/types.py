"""Value types: the closed set on which literals, operators, functions and storage are defined."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import Model

Kind = Literal[
    "text", "int", "decimal", "bool", "date", "month", "time", "instant", "duration", "worktime",
    "ref", "enum", "file", "geo", "set", "range", "null", "error",
]  # fmt: skip

MAX_DIGITS = 18


class Type(Model):
    """A value type with its nullability.

    `digits` and `scale` belong to `int` (scale 0) and `decimal`; `unit` is a currency code for
    money, `%` for a percent (kept as a fraction), else empty. `of` names the entity of a `ref` or
    the enum (or flow) of an `enum`. `item` is what a `set` holds. A `range` is a span of days that
    somebody chooses: it stands only after `in` and is never stored. `null` is the type of `null`;
    `error` that of what was not understood: it silences what follows, and is never in a Bundle.

    In Python a value is: str, int, Decimal (exponent = -scale), bool, date, date (first of the
    month), time, datetime (aware, UTC), timedelta (`duration`), int minutes (`worktime`), int id
    (`ref`), str name (`enum`), str key (`file`), a pair of Decimals (`geo`), and None where
    nullable.
    """

    kind: Kind
    nullable: bool = False
    digits: int = 0
    scale: int = 0
    unit: str = ""
    of: str = ""
    item: Type | None = None

    def optional(self) -> Type:
        """The same type with null allowed."""
        return self if self.nullable else self.but(nullable=True)

    def present(self) -> Type:
        """The same type without null."""
        return self.but(nullable=False) if self.nullable else self

    @property
    def is_number(self) -> bool:
        return self.kind in ("int", "decimal")


TEXT = Type(kind="text")
INT = Type(kind="int", digits=MAX_DIGITS)
BOOL = Type(kind="bool")
DATE = Type(kind="date")
MONTH = Type(kind="month")
TIME = Type(kind="time")
INSTANT = Type(kind="instant")
DURATION = Type(kind="duration")
WORKTIME = Type(kind="worktime")
FILE = Type(kind="file")
GEO = Type(kind="geo")
RANGE = Type(kind="range")
NULL = Type(kind="null", nullable=True)
ERROR = Type(kind="error")


def decimal(scale: int, digits: int = MAX_DIGITS, unit: str = "") -> Type:
    """An exact decimal."""
    return Type(kind="decimal", digits=digits, scale=scale, unit=unit)


def ref(entity: str, nullable: bool = False) -> Type:
    """A reference to a record of the entity."""
    return Type(kind="ref", of=entity, nullable=nullable)


def enum(name: str, nullable: bool = False) -> Type:
    """A value of an enum or a state of a flow."""
    return Type(kind="enum", of=name, nullable=nullable)


def set_of(item: Type) -> Type:
    """A set; never null, at most empty."""
    return Type(kind="set", item=item)
