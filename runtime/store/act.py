"""An act: one transaction of one actor, in which time stands still.

It knows each record once (`memory`), notes every change with what caused it, and writes what has
changed (`saving`) in as few statements as it can, just before somebody reads what they bear on, and
at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from compiler.model.app import USER
from compiler.model.base import EntityId, Origin, RoleId
from compiler.model.expr import Pick
from dsl.diagnostic import Message
from runtime.access.actor import Actor
from runtime.clock import ActTime
from runtime.store import picks, wording
from runtime.store.domain import Domain
from runtime.store.guard import Guard
from runtime.store.memory import Memory
from runtime.store.notices import Notice
from runtime.store.problems import Problem, said
from runtime.store.relations import Relations
from runtime.store.row import BUILT_IN, Deferred, Row
from runtime.store.saving import Unsaved
from runtime.store.scope import Truths
from runtime.store.shape import PARENT, VERSION, Shape
from runtime.store.upkeep import Upkeep
from runtime.store.wording import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of history: `cause` names the rule or flow that did it, empty for the person."""

    row: Row
    action: str
    cause: str
    name: str = ""
    old: object = None
    new: object = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in what a person gave: the record itself, or a line of it."""

    collection: str | None = None
    line: int | None = None


class Act(Memory):
    """See the module. Its records are `Row`s; everything written goes through its methods."""

    def __init__(self, domain: Domain, connection: Connection, actor: Actor, time: ActTime) -> None:
        super().__init__(domain, connection, actor, time)
        self.cause = actor.cause
        self.guard = Guard(self)
        self.truths = Truths(self)
        self.journal: list[Entry] = []
        self.notices: list[Notice] = []
        self.warnings: list[Problem] = []
        self.fired: set[str] = set()
        """The rules that did something in the act."""
        self.roles: dict[int, frozenset[RoleId]] = {}
        self.places: dict[Row, Place] = {}
        self.going: set[Row] = set()
        self.depth = 0
        self.sets_off = True
        """Whether rules and automatic transitions follow: not from an import of history."""
        self.changed: defaultdict[EntityId, dict[Row, None]] = defaultdict(dict)
        self.concerned: defaultdict[EntityId, dict[Row, None]] = defaultdict(dict)
        self.epoch = 0
        self.relations = Relations(self)
        self._unsaved = Unsaved(self)
        self._upkeep = Upkeep(self)

    def concern(self, rows: Iterable[Row]) -> None:
        """Something that conditions of these records read has changed."""
        for row in rows:
            if row not in self.concerned[row.shape.id]:
                self.concerned[row.shape.id][row] = None
                self.epoch += 1

    def to_watch(self, entity: EntityId) -> list[Row]:
        """The records of an entity whose conditions may have become true in the act."""
        return [*{**self.changed.get(entity, {}), **self.concerned.get(entity, {})}]

    def all_changed(self) -> list[Row]:
        """The records that the act made, changed or deleted."""
        return [row for rows in self.changed.values() for row in rows]

    @property
    def me(self) -> Deferred | None:
        """The user who acts."""
        user = self.actor.user_id
        return None if user is None else Deferred(self, USER, user)

    def row_of(self, shape: Shape, id: int, values: dict[str, Any], made: bool = False) -> Row:
        return Row(self, shape, id, values, made)

    def pick(self, pick: Pick, given: Mapping[str, Any]) -> Row | None:
        """The record that a `pick` of a statement chooses."""
        return picks.pick(self, pick, given)

    # --- telling --------------------------------------------------------------------------------

    @cached_property
    def reader(self) -> Reader:
        """The actor as the reader of what the app says to them."""
        return Reader(self.guard.standing, self.me)

    def name_of(self, row: Row) -> str:
        """The text that names a record, as the actor may know it."""
        return wording.name_of(row, self.reader)

    def problem(
        self, row: Row, message: Message, field: str | None, origin: Origin | None = None
    ) -> Problem:
        """What is wrong with a record, told at its place in what the person gave. A record that
        they did not give is named in the message, if they may read it."""
        place = self.places.get(row)
        if place is None:
            return Problem(self._about(row, message, field), origin=origin)
        return Problem(message, field, place.collection, place.line, origin)

    def _about(self, row: Row, message: Message, field: str | None) -> Message:
        entity = row.shape.entity
        named = f" “{self.name_of(row)}”" if not row.made and self.guard.may_read(row) else ""
        member = entity.fields.get(field or "")
        at = member.label if member else {}
        return Message(
            f"{said(entity.label).en}{named}{_then(said(at).en)}: {message.en}",
            f"{said(entity.label).zh}{named}{_then(said(at).zh)}：{message.zh}",
        )

    # --- writing --------------------------------------------------------------------------------

    def blank(self, entity: EntityId) -> Row:
        """A new record with its id and built-in fields alone; `made` says that it is filled."""
        shape = self.domain.shapes[entity]
        id, user = self._next_id(shape), self.actor.user_id
        row = self.row_of(shape, id, dict.fromkeys(shape.columns), made=True)
        row.values.update(
            id=id,
            version=1,
            created_at=self.time.now,
            created_by=user,
            changed_at=self.time.now,
            changed_by=user,
        )
        self._rows[entity][id] = row
        return row

    def made(self, row: Row, action: str = "create") -> None:
        """The new record is complete: from here it is saved, and others can see it."""
        self._unsaved.add(row)
        self._note(row)
        self.journal.append(Entry(row, action, self.cause))
        self._touch_owner(row)
        self.relations.arrived(row, row.shape.references)
        self._upkeep.made(row)

    def assign(self, row: Row, name: str, value: Any) -> None:
        """Give a field, a set or a many-to-many another value, already checked."""
        old = row[name] if name in row.shape.sets else row.values[name]
        if old == value and type(old) is type(value):
            return
        self.touch(row)
        self._upkeep.leaving(row, name)
        assert row.before is not None or row.made
        if row.before is not None:
            row.before.setdefault(name, old)
        row.values[name] = value
        self.epoch += 1
        self.journal.append(Entry(row, "change", self.cause, name, old, value))
        if name in row.shape.sets:
            self.relations.changed_set(row, name, old, value)
            self._other_side(row, name, old ^ value)
        else:
            self._unsaved.add(row, name)
            self.relations.arrived(row, (name,))
        self._upkeep.changed(row, name)

    def put(self, row: Row, name: str, value: frozenset[Any]) -> None:
        """Give a set or a many-to-many of a new record its first value."""
        row.values[name] = value
        self.relations.changed_set(row, name, frozenset(), value)
        self._other_side(row, name, value)

    def _other_side(self, row: Row, name: str, ids: Iterable[int]) -> None:
        """A many-to-many of the record changed, and so the inverse of these others did."""
        collection = row.shape.entity.collections.get(name)
        if collection is not None:
            for other in self.fetch(collection.target, ids):
                other.values.pop(collection.via, None)
                self._upkeep.changed(other, collection.via)

    def enter(self, row: Row, field: str, state: str) -> None:
        """Put the record into a state; the transition stands in history already."""
        if row.values[field] != state:
            self._upkeep.leaving(row, field)
            row.values[field] = state
            self.epoch += 1
            self._unsaved.add(row, field)
            self._upkeep.changed(row, field)

    def derive(self, row: Row, name: str, value: object, saved: bool = False) -> None:
        """Keep a computed field right; nobody changed the record, so its version stays."""
        if row.values[name] == value:
            return
        self._note(row)
        row.values[name] = value
        if not saved:
            self._unsaved.add(row, name)
        self._upkeep.changed(row, name)

    def touch(self, row: Row) -> None:
        """Somebody changes the record: it gets its next version, and so does the one it is a line
        of. Raises Stale if it is no longer what was read."""
        if row.made or (row.before is not None and row.version != row.before[VERSION]):
            return
        if not row.locked:
            self.fetch(row.shape.id, [row.id], lock=True)
        self._note(row)
        row.values.update(
            version=row.version + 1, changed_at=self.time.now, changed_by=self.actor.user_id
        )
        self._unsaved.add(row, *BUILT_IN)
        self._touch_owner(row)

    def gone(self, row: Row) -> None:
        """Delete the record; what refers to it was seen to before."""
        self.flush()
        self._note(row)
        self._touch_owner(row)
        self.journal.append(Entry(row, "delete", self.cause))
        for name in row.shape.given:
            if row[name] not in (None, frozenset()):
                self.journal.append(Entry(row, "delete", self.cause, name, row[name]))
        self._upkeep.gone(row)
        self.relations.clear_sets(row)
        row.gone = True
        self._unsaved.drop(row)
        row.shape.delete.run(self.connection, {"ids": [row.id]})

    def settle(self) -> None:
        """Make all kept computed fields right."""
        self._upkeep.settle()

    def flush(self) -> None:
        self._unsaved.write()
        self.relations.flush()

    def _note(self, row: Row) -> None:
        """The record changes now: keep what it was, if the act has not changed it before."""
        if row.before is None and not row.made:
            row.before = dict(row.values)
        self.changed[row.shape.id][row] = None
        self.epoch += 1

    def _touch_owner(self, row: Row) -> None:
        if row.shape.entity.owner is not None:
            owner = self.row(row.shape.entity.owner, row.values[PARENT])
            if owner is not None:
                self.touch(owner)


def _then(text: str) -> str:
    return f", {text}" if text else ""
