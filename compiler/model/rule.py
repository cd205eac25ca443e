"""Rules."""

from __future__ import annotations

from typing import Literal, Union

from compiler.model.base import EntityId, Labels, Model, Origin
from compiler.model.entity import Phrase
from compiler.model.expr import Expr, Operator
from compiler.model.statement import Statement


class Event(Model):
    """`changed` with no names is any field; `entered` has the states."""

    kind: Literal["created", "changed", "deleted", "entered"]
    names: tuple[str, ...] = ()


Unit = Literal["months", "seconds", "workdays", "workminutes"]


class Length(Model):
    """A length of time as calendars count it; negative for what lies before."""

    amount: int
    unit: Unit


class Timed(Model, tag_field="kind"):
    """A moment of a rule."""


class At(Timed, tag="at"):
    """Moments that a date of the record gives: `of` moved by each of `offsets`; with `yearly` the
    same day of every year. A date that is missing gives none. `time` is the time of day, by which
    a date without one begins its day.
    """

    of: Expr
    offsets: tuple[Length, ...]
    yearly: bool = False
    time: str = ""


Day = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "day", "workday"
]


class OnDays(Timed, tag="days"):
    """`every monday, friday 08:00`, `every workday`."""

    days: tuple[Day, ...]
    time: str


class OnDayOfMonth(Timed, tag="month"):
    """`every month on workday 3`: the `nth` of these days of each month, from its end if that is
    negative."""

    day: Literal["day", "workday"]
    nth: int
    time: str


class Again(Timed, tag="again"):
    """`every 7 days`: again and again, counted from when the record was made."""

    length: Length
    time: str = ""


Moment = Union[At, OnDays, OnDayOfMonth, Again]  # noqa: UP007


class Boundary(Model):
    """A comparison in a condition that time alone can turn: `value` of the record against
    `clock`, which is `today()` or `now()` moved by constants. Of all records it can have turned
    for those alone whose `value` the clock has passed meanwhile: a range of an index.
    """

    value: Expr
    op: Operator
    clock: Expr


class Refusal(Model):
    kind: Literal["reject", "warn"]
    message: Phrase
    fields: tuple[str, ...] = ()


class Rule(Model):
    """Without events and moments, `do` runs when `when` becomes true (false before, or the record
    new), by a write or by time passing. `boundaries` are the places where time turns it, and
    `rescanned` says that time turns it elsewhere too. At each of `moments`, `do` runs for the
    records for which `when` holds then; `missed` says what becomes of moments at which nothing
    ran. With `existing` it runs for records that meet `when` already when the rule is new. A
    `standing` one runs whenever `when` holds of a record that an act concerns, whatever was before:
    what it does ends that.

    `reads` are the fields of the record that `when` reads: a refusal blocks only acts that write
    one of them. `order` is its place in the order the compiler derived.
    """

    id: str
    name: str
    label: Labels
    doc: str = ""
    entity: EntityId
    events: tuple[Event, ...] = ()
    moments: tuple[Moment, ...] = ()
    missed: Literal["once", "skip", "each"] = "once"
    existing: bool = False
    standing: bool = False
    when: Expr | None = None
    boundaries: tuple[Boundary, ...] = ()
    rescanned: bool = False
    refusal: Refusal | None = None
    do: tuple[Statement, ...] = ()
    reads: tuple[str, ...] = ()
    order: int = 0
    origin: Origin
