"""Commands: what the engine asks the store to do, and the world as it sees it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from compiler.model.base import EntityId, Origin
from compiler.model.entity import Phrase
from compiler.model.expr import Expr
from compiler.model.flow import Action, Transition


class Record(Protocol):
    """A record of the act."""

    @property
    def id(self) -> int: ...

    @property
    def entity_id(self) -> EntityId: ...

    def __getitem__(self, field: str) -> Any: ...


class Scope(Protocol):
    """The variables at a place of the text, and the rows they lead to, as they are now."""

    def value(self, expr: Expr) -> Any:
        """The value of an expression; a reference as an id, a set as a frozenset."""
        ...

    def record(self, expr: Expr) -> Record | None:
        """The record that a reference leads to."""
        ...

    def records(self, expr: Expr) -> Sequence[Record]:
        """The records of a set, in the order of their ids."""
        ...

    def bind(self, name: str, value: object) -> Self:
        """The same with one more variable."""
        ...


FUSE = 8
"""How often rules may set off rules, and transitions transitions, in one act. The compiler proves
that they come to an end; this holds if that proof has a hole."""


class RunAway(Exception):
    """Rules or transitions set each other off without end."""


@dataclass(frozen=True, slots=True)
class Write:
    """Set fields of a record; done by a line of the app."""

    record: Record
    values: Mapping[str, object]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Make:
    """Create a record and answer it; fields of `like` are copied first."""

    entity: EntityId
    values: Mapping[str, object]
    like: Record | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Remove:
    record: Record
    origin: Origin


@dataclass(frozen=True, slots=True)
class Move:
    """Take a transition of the record's flow, or an action."""

    record: Record
    transition: str
    inputs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Enter:
    """Put a record into a state of its flow (None: it stays), and note the transition and what
    was asked for it that is no field."""

    record: Record
    transition: Transition
    inputs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Perform:
    """Note that an action was taken with a record, and what was asked for it that is no field."""

    record: Record
    action: Action
    inputs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Stop the whole act: a condition of the app does not hold."""

    record: Record
    message: Phrase
    scope: Scope
    origin: Origin


@dataclass(frozen=True, slots=True)
class Tell:
    """Put a text into the inboxes of some users (ids), about the record `this`."""

    people: frozenset[int]
    text: Phrase
    scope: Scope


@dataclass(frozen=True, slots=True)
class Note:
    """Write a line into the history of the record `this`."""

    text: Phrase
    scope: Scope


Command = Write | Make | Remove | Move | Enter | Perform | Refuse | Tell | Note
Steps = Generator[Command, Any, object]
"""Commands one after the other; `Make` is answered with the new record."""
