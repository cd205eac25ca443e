"""Rules: which of them an act sets off, for which records, and in what order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from compiler.model.entity import Entity
from compiler.model.expr import Expr
from compiler.model.rule import Event, Rule
from runtime.engine.commands import Record


class Written(Record, Protocol):
    """A record that the act has made, changed or deleted."""

    @property
    def made(self) -> bool: ...

    @property
    def gone(self) -> bool: ...

    def changes(self) -> frozenset[str]:
        """The fields that differ from before the act; all of them for a new record."""
        ...


R = TypeVar("R", bound=Written)
Of = TypeVar("Of", bound=Written, contravariant=True)


class Truth(Protocol[Of]):
    """Whether conditions of a record hold."""

    def now(self, condition: Expr, record: Of) -> bool: ...

    def before(self, condition: Expr, record: Of) -> bool:
        """As it was before the act; false for a record that was not there."""
        ...


def occurred(event: Event, entity: Entity, record: Written) -> bool:
    """Whether the act is this event for the record."""
    match event.kind:
        case "created":
            return record.made and not record.gone
        case "deleted":
            return record.gone and not record.made
        case "entered":
            moved = not record.gone and entity.flow in record.changes()
            return moved and record[entity.flow] in event.names
        case "changed":
            changes = frozenset() if record.made or record.gone else record.changes()
            return bool(changes.intersection(event.names) if event.names else changes)


def fires(rule: Rule, entity: Entity, record: R, truth: Truth[R]) -> bool:
    """Whether the `do` of the rule is to run: an event of it occurred and its condition holds, or
    without events, its condition holds and did not before the act."""
    if rule.events:
        return _any(rule, entity, record) and _holds(rule, record, truth)
    if record.gone or rule.when is None:
        return False
    if rule.standing:
        return truth.now(rule.when, record)
    return truth.now(rule.when, record) and not truth.before(rule.when, record)


def refuses(rule: Rule, entity: Entity, record: R, truth: Truth[R]) -> bool:
    """Whether the rule's `reject` or `warn` applies: to acts that write what it reads."""
    if not _any(rule, entity, record):
        return False
    written = record.made or record.gone or not rule.reads
    if not written and record.changes().isdisjoint(rule.reads):
        return False
    return _holds(rule, record, truth)


def _any(rule: Rule, entity: Entity, record: Written) -> bool:
    events: Iterable[Event] = rule.events
    return any(occurred(event, entity, record) for event in events)


def _holds(rule: Rule, record: R, truth: Truth[R]) -> bool:
    return rule.when is None or truth.now(rule.when, record)
