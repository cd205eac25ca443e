"""Rules."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import EntityId, Labels, Model, Origin
from compiler.model.entity import Phrase
from compiler.model.expr import Expr
from compiler.model.statement import Statement


class Event(Model):
    """`changed` with no names is any field; `entered` has the states."""

    kind: Literal["created", "changed", "deleted", "entered"]
    names: tuple[str, ...] = ()


class Refusal(Model):
    kind: Literal["reject", "warn"]
    message: Phrase
    fields: tuple[str, ...] = ()


class Rule(Model):
    """Without events, `do` runs when `when` becomes true by a write (false before the act, or the
    record new, and true after it).

    `reads` are the fields of the record that `when` reads: a refusal blocks only acts that write
    one of them. `order` is its place in the order the compiler derived.
    """

    id: str
    name: str
    label: Labels
    doc: str = ""
    entity: EntityId
    events: tuple[Event, ...] = ()
    when: Expr | None = None
    refusal: Refusal | None = None
    do: tuple[Statement, ...] = ()
    reads: tuple[str, ...] = ()
    order: int = 0
    origin: Origin
