"""Rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import DurationLit, Expr, Number, TimeLit
from dsl.ast.statement import Statement


@dataclass(frozen=True, slots=True)
class Event(Node):
    """`created`, `changed a, b`, `deleted`, `entered s`; `names` are the fields or states."""

    kind: Literal["created", "changed", "deleted", "entered"]
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class At(Node):
    """`at 90 days, 30 days before ends_on yearly 09:00`: moments that a date of the record gives;
    `spans` are empty where it is the date itself."""

    spans: tuple[DurationLit, ...]
    after: bool
    of: Expr
    yearly: bool
    time: TimeLit | None


@dataclass(frozen=True, slots=True)
class Every(Node):
    """`every monday, friday 08:00`, `every month on workday 3`: moments of the calendar; `on` and
    `nth` are the words behind `on`."""

    days: tuple[Name, ...]
    on: Name | None
    nth: Name | Number | None
    time: TimeLit | None


@dataclass(frozen=True, slots=True)
class EverySpan(Node):
    """`every 7 days 09:00`: again and again from when the record was made."""

    length: DurationLit
    time: TimeLit | None


Missed = Literal["once", "skip", "each"]


@dataclass(frozen=True, slots=True)
class Refusal(Node):
    """`reject "text" at field` or `warn "text" at field`."""

    kind: Literal["reject", "warn"]
    text: Expr
    fields: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class RuleDecl(Decl):
    """`rule silent_lead "Silent lead" on Deal created or changed discount`.

    Without events and `moments` it fires when its condition becomes true. `missed` says what
    becomes of moments that passed while nothing ran (None where nothing is said), `existing`
    whether records that meet the condition already count.
    """

    entity: Path
    events: tuple[Event, ...]
    moments: tuple[At | Every | EverySpan, ...]
    missed: Missed | None
    existing: bool
    when: Expr | None
    refusal: Refusal | None
    after: tuple[Path, ...]
    do: tuple[Statement, ...]
