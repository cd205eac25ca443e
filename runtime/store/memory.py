"""The records of an act: each is read once, when it is asked for, and locked before it changes.

They are also what expressions see (`compiler.backends.expr.rows.Env`): the act's time, and all
rows from there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from compiler.model.app import USER
from compiler.model.base import EntityId
from runtime.access.actor import Actor
from runtime.clock import ActTime
from runtime.store.domain import Domain
from runtime.store.row import Row
from runtime.store.shape import Shape

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


class Memory(ABC):
    """The records that one transaction knows."""

    def __init__(self, domain: Domain, connection: Connection, actor: Actor, time: ActTime) -> None:
        self.domain = domain
        self.connection = connection
        self.actor = actor
        self.time = time
        self._rows: defaultdict[EntityId, dict[int, Row | None]] = defaultdict(dict)
        self._ids: dict[EntityId, list[int]] = {}

    @abstractmethod
    def flush(self) -> None:
        """Write what has changed, so that the next statement sees it."""

    @abstractmethod
    def row_of(self, shape: Shape, id: int, values: dict[str, Any], made: bool = False) -> Row:
        """A record with these values."""

    # --- records --------------------------------------------------------------------------------

    def lock(self, keys: Iterable[Key]) -> None:
        """Lock records before anything else, in an order that all acts keep."""
        for entity, group in groupby(sorted(keys), lambda key: key[0]):
            self.fetch(entity, [id for _, id in group], lock=True)

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
            found = self.adopt(shape, self._read(shape, missing, lock), lock)
            for id in missing:
                known.setdefault(id, None)
            for row in found:
                row.locked = row.locked or lock
        rows = (known[id] for id in wanted)
        return [row for row in rows if row is not None and not row.gone]

    def _read(self, shape: Shape, ids: list[int], lock: bool) -> Sequence[tuple[object, ...]]:
        """The rows of some ids as they are in the database."""
        if len(ids) == 1 and not lock:
            return shape.fetch_one.run(self.connection, {"id": ids[0]})
        statement = shape.lock if lock else shape.fetch
        return statement.run(self.connection, {"ids": ids})

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
                row = known[id] = self.row_of(shape, id, dict(zip(columns, values, strict=True)))
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

    def is_unsaved(self, entity: EntityId, id: int | None) -> bool:
        """Whether a record is one that the act made and has not written yet."""
        row = None if id is None else self._rows[entity].get(id)
        return row is not None and not row.saved

    # --- the environment of expressions ---------------------------------------------------------

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

    # --- new ones -------------------------------------------------------------------------------

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


def _unlocked(row: Row | None) -> bool:
    return row is not None and not row.locked
