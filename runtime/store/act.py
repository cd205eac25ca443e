"""An act: one transaction of one actor, in which time stands still.

It knows each record once, notes every change with what caused it, and writes what has changed in as
few statements as it can: one for each table and set of columns, just before somebody reads what
they bear on, and at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from compiler.model.app import USER
from compiler.model.base import EntityId, Origin, RoleId
from dsl.diagnostic import Message
from runtime.access.actor import Actor
from runtime.clock import ActTime
from runtime.prepared import Prepared, Values
from runtime.store import wording
from runtime.store.domain import Domain
from runtime.store.guard import Guard
from runtime.store.notices import Notice
from runtime.store.problems import Problem, said
from runtime.store.relations import Relations
from runtime.store.row import BUILT_IN, Deferred, Row
from runtime.store.scope import Truths
from runtime.store.shape import PARENT, VERSION, Shape
from runtime.store.upkeep import Upkeep
from runtime.store.wording import Reader

BATCH = 500
"""How many records are read at once because one of them was asked for."""


Key = tuple[EntityId, int]
"""Which record."""


class Stale(Exception):
    """A record changed after the act had read it and before the act locked it: the act is to be
    done again, and to lock that record first."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


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


class Act:
    """See the module. Its records are `Row`s; everything written goes through its methods."""

    def __init__(self, domain: Domain, connection: Connection, actor: Actor, time: ActTime) -> None:
        self.domain = domain
        self.connection = connection
        self.actor = actor
        self.time = time
        self.cause = actor.cause
        self.guard = Guard(self)
        self.truths = Truths(self)
        self.journal: list[Entry] = []
        self.notices: list[Notice] = []
        self.warnings: list[Problem] = []
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
        self._rows: defaultdict[EntityId, dict[int, Row | None]] = defaultdict(dict)
        self._unsaved: dict[Row, None] = {}
        self._ids: dict[EntityId, list[int]] = {}
        self._upkeep = Upkeep(self)

    def lock(self, keys: Iterable[Key]) -> None:
        """Lock records before anything else, in an order that all acts keep."""
        for entity, group in groupby(sorted(keys), lambda key: key[0]):
            self.fetch(entity, [id for _, id in group], lock=True)

    # --- reading --------------------------------------------------------------------------------

    @property
    def me(self) -> Deferred | None:
        """The user who acts."""
        user = self.actor.user_id
        return None if user is None else Deferred(self, USER, user)

    def row(
        self, entity: EntityId, id: int, beside: Row | None = None, field: str = ""
    ) -> Row | None:
        """A record, read if it is not known yet; None if there is none.

        If the reference `field` of the record `beside` led here, the records to which those that
        were read with it refer are read as well.
        """
        known = self._rows[entity]
        if id not in known:
            wanted = {id}
            if beside is not None:
                wanted |= {each.values[field] for each in beside.batch[:BATCH]}
                wanted -= known.keys() | {None}
            self.fetch(entity, wanted)
        found = known[id]
        return None if found is None or found.gone else found

    def fetch(self, entity: EntityId, ids: Iterable[int], lock: bool = False) -> list[Row]:
        """The records of some ids that exist; each is read once, and locked if that is asked."""
        known, shape = self._rows[entity], self.domain.shapes[entity]
        wanted = sorted(set(ids))
        lock = lock and not self.domain.one_writer
        missing = [id for id in wanted if id not in known or (lock and _unlocked(known[id]))]
        if missing:
            statement = shape.lock if lock else shape.fetch
            found = self.adopt(shape, statement.run(self.connection, {"ids": missing}), lock)
            for id in missing:
                known.setdefault(id, None)
            for row in found:
                row.locked = row.locked or lock
        rows = (known[id] for id in wanted)
        return [row for row in rows if row is not None and not row.gone]

    def adopt(
        self, shape: Shape, found: Sequence[tuple[object, ...]], fresh: bool = False
    ) -> list[Row]:
        """The records of rows as they were read; one that is known stays as it is.

        Raises Stale if `fresh` and a known one has changed meanwhile.
        """
        known, columns = self._rows[shape.id], shape.columns
        rows = []
        for values in found:
            id = values[0]
            assert isinstance(id, int)
            row = known.get(id)
            if row is None:
                row = known[id] = Row(self, shape, id, dict(zip(columns, values, strict=True)))
            elif fresh and not row.dirty and [row.values[key] for key in columns] != list(values):
                raise Stale((shape.id, id))
            rows.append(row)
        for row in rows:
            if len(row.batch) == 1:
                row.batch = rows
        return rows

    def row_or_gone(self, entity: EntityId, id: int) -> Row | None:
        """A record that is there, or was when the act began."""
        return self.row(entity, id) or self._rows[entity][id]

    # The environment of expressions (`compiler.backends.expr.rows.Env`).

    @property
    def now(self) -> datetime:
        return self.time.now

    @property
    def today(self) -> date:
        return self.time.today

    @property
    def zone(self) -> tzinfo:
        return self.time.zone

    def extent(self, entity: str) -> Sequence[Row]:
        self.flush()
        shape = self.domain.shapes[EntityId(entity)]
        return self.adopt(shape, shape.all_rows.run(self.connection))

    def holders(self, role: str) -> Sequence[Row]:
        users = self.domain.shapes[USER]
        return self.adopt(users, self.domain.holders.run(self.connection, {"of_role": role}))

    def data(self, entity: str, key: str) -> Row:
        found = self.row(EntityId(entity), self.domain.catalog.data_id(entity, key))
        assert found is not None  # it belongs to the text; nobody can delete it
        return found

    def tree(self, entity: str) -> str:
        return self.domain.shapes[EntityId(entity)].tree

    @cached_property
    def reader(self) -> Reader:
        """The actor as the reader of what the app says to them."""
        return Reader(self.guard.standing, self.me)

    def name_of(self, row: Row) -> str:
        """The text that names a record, as the actor may know it."""
        return wording.name_of(row, self.reader)

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
        row = Row(self, shape, id, dict.fromkeys(shape.columns), made=True)
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
        self._unsaved[row] = None
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
            self._unsaved[row] = None
            row.dirty.add(name)
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
            row.values[field] = state
            self.epoch += 1
            row.dirty.add(field)
            self._unsaved[row] = None
            self._upkeep.changed(row, field)

    def derive(self, row: Row, name: str, value: object, saved: bool = False) -> None:
        """Keep a computed field right; nobody changed the record, so its version stays."""
        if row.values[name] == value:
            return
        self._note(row)
        row.values[name] = value
        if not saved:
            self._unsaved[row] = None
            row.dirty.add(name)
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
        row.dirty |= BUILT_IN
        self._unsaved[row] = None
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
        self._unsaved.pop(row, None)
        row.shape.delete.run(self.connection, {"ids": [row.id]})

    def settle(self) -> None:
        """Make all kept computed fields right."""
        self._upkeep.settle()

    def flush(self) -> None:
        """Write what has changed, so that the next statement sees it."""
        if not self._unsaved:
            self.relations.flush()
            return
        rows, self._unsaved = list(self._unsaved), {}
        self.domain.uniques.hold(self, rows)
        new = sorted((row for row in rows if not row.saved), key=lambda row: row.shape.rank)
        for _, group in groupby(new, lambda row: row.shape.rank):
            self._insert(list(group))
        old = sorted((row for row in rows if row.dirty), key=lambda row: row.shape.rank)
        for _, group in groupby(old, lambda row: row.shape.rank):
            self._update(list(group))
        self.relations.flush()

    def _insert(self, rows: list[Row]) -> None:
        for row in rows:
            row.dirty.clear()
        _run(self, rows[0].shape.insert, [self._without_forward(row) for row in rows])
        for row in rows:
            row.saved = True

    def _without_forward(self, row: Row) -> Values:
        """The record's values but for references to records that are not written yet: these are
        set when all are there, for two new records may refer to each other."""
        later = [name for name in row.shape.forward if self._is_unsaved(row, name)]
        row.dirty.update(later)
        return {**row.values, **dict.fromkeys(later)} if later else row.values

    def _is_unsaved(self, row: Row, name: str) -> bool:
        other = self._rows[row.shape.references[name]].get(row.values[name])
        return other is not None and not other.saved

    def _update(self, rows: list[Row]) -> None:
        by_columns: defaultdict[tuple[str, ...], list[Values]] = defaultdict(list)
        for row in rows:
            names = tuple(sorted(row.dirty))
            by_columns[names].append({**{n: row.values[n] for n in names}, "of_id": row.id})
            row.dirty.clear()
        for names, values in by_columns.items():
            _run(self, rows[0].shape.update(names), values)

    def _next_id(self, shape: Shape) -> int:
        """An id that no record ever had. On SQLite the ids of an act go on from the last one given,
        which only the one writer moves."""
        pool = self._ids.setdefault(shape.id, [])
        if not pool:
            found = shape.next_ids.run(self.connection, {"count": 1})
            pool.extend(id for (id,) in found or [(0,)])
        if self.domain.one_writer:
            pool[0] += 1
            return pool[0]
        return pool.pop()

    def reserve(self, entity: EntityId, count: int) -> None:
        """Get ids for so many new records at once."""
        if not self.domain.one_writer:
            found = self.domain.shapes[entity].next_ids.run(self.connection, {"count": count})
            self._ids[entity] = sorted((id for (id,) in found), reverse=True)

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


def _unlocked(row: Row | None) -> bool:
    return row is not None and not row.locked


def _run(act: Act, statement: Prepared, values: Sequence[Values]) -> None:
    if len(values) == 1:
        statement.run(act.connection, values[0])
    else:
        statement.run_many(act.connection, values)
