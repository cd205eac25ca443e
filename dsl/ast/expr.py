"""Expressions as written; nothing is resolved or typed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from dsl.ast.base import Name, Node


@dataclass(frozen=True, slots=True)
class Expr(Node):
    """Base of all expressions."""


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """`12`, `1_000_000`, `12.50`; the scale is that of the text."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Percent(Expr):
    """`20%`; the value is the fraction 0.20."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Text(Expr):
    """`"text {expression}"`: parts in order, each a constant text or an expression.

    `raw` is what stands between the quotes, as written: the key of its translation.
    """

    raw: str
    parts: tuple[str | Expr, ...]


@dataclass(frozen=True, slots=True)
class Bool(Expr):
    value: bool


@dataclass(frozen=True, slots=True)
class Null(Expr):
    pass


@dataclass(frozen=True, slots=True)
class DateLit(Expr):
    value: date


@dataclass(frozen=True, slots=True)
class MonthLit(Expr):
    """`2026-11`, kept as the first day of the month."""

    value: date


@dataclass(frozen=True, slots=True)
class TimeLit(Expr):
    value: time


@dataclass(frozen=True, slots=True)
class DateTimeLit(Expr):
    """`2026-11-21 09:00` in the app's zone."""

    value: datetime


Unit = Literal[
    "years", "months", "weeks", "days", "hours", "minutes", "seconds", "workdays", "workhours"
]


@dataclass(frozen=True, slots=True)
class DurationLit(Expr):
    """`3 days`; the unit in its plural form."""

    amount: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class NameRef(Expr):
    """A bare name: a field, a value of an enum, a state, an entity, a role, a variable."""

    name: Name


@dataclass(frozen=True, slots=True)
class This(Expr):
    """`this`: the record of the declaration, at any depth."""


@dataclass(frozen=True, slots=True)
class Old(Expr):
    """`old`: the record before the act."""


@dataclass(frozen=True, slots=True)
class Me(Expr):
    """`me`: the person who acts."""


@dataclass(frozen=True, slots=True)
class Attr(Expr):
    """`of.name`."""

    of: Expr
    name: Name


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """A call's argument; `name` is None for a positional one."""

    name: Name | None
    value: Expr


@dataclass(frozen=True, slots=True)
class NewLine(Node):
    """The values of one line in `NewLines`."""

    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class NewLines(Expr):
    """`[(product: pen, quantity: 6), …]`: the owned lines that a new record comes with."""

    items: tuple[NewLine, ...]


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """`today()`, `least(a, b)`, `deal.lose(lost_reason: "…")`; `callee` is a NameRef or Attr."""

    callee: Expr
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class SortKey(Node):
    value: Expr
    descending: bool


Function = Literal["sum", "count", "min", "max", "avg", "exists", "all", "first", "last", "one"]


@dataclass(frozen=True, slots=True)
class Aggregate(Expr):
    """`sum(value of source as alias where condition)`.

    Without `of`, `value` is None and `source` is all of the path: `sum(lines.amount)`,
    `count(lines)`; `count()` has neither. `exists(s where e)` and `all(e of s)` likewise.
    `by` is of `last(quantity by day)`, a measure of reports.
    """

    function: Function
    distinct: bool
    value: Expr | None
    source: Expr | None
    by: Name | None
    alias: Name | None
    where: Expr | None
    sort: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Pick(Expr):
    """`pick(source as alias where condition, lowest a, b, random)`: one row, chosen fairly."""

    source: Expr
    alias: Name | None
    where: Expr | None
    lowest: tuple[Expr, ...]
    random: bool


@dataclass(frozen=True, slots=True)
class InState(Expr):
    """`in(won)`, `in(won, 2026-12-31)`: a measure of reports on an entity with a flow."""

    state: Name
    at: Expr | None


UnaryOp = Literal["-", "not"]
BinaryOp = Literal[
    "or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "starts with",
    "under", "??", "+", "-", "*", "/",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unary(Expr):
    op: UnaryOp
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    op: BinaryOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class IsNull(Expr):
    """`x is null`; negated for `x is not null`."""

    operand: Expr
    negated: bool


@dataclass(frozen=True, slots=True)
class Range(Expr):
    """`a..b`, both ends in; `a..<b` leaves the end out."""

    low: Expr
    high: Expr
    open_end: bool


@dataclass(frozen=True, slots=True)
class ListLit(Expr):
    """`(a, b, c)` after `in`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """One line of a `case`; `condition` is None for `else`."""

    condition: Expr | None
    value: Expr


@dataclass(frozen=True, slots=True)
class Case(Expr):
    """A `case` block as a whole right side."""

    branches: tuple[Branch, ...]
