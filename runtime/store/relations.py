"""The rows and values that stand beside a record: inverses, lines, many-to-many, set-valued fields.

What the act itself has changed counts: a collection is read after everything was written, and read
again when something was written since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from compiler.model.base import EntityId
from compiler.model.entity import Collection
from runtime.prepared import Values
from runtime.store.shape import PairShape

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Before, Row

Set = frozenset[Any]


class Relations:
    """The collections and sets of the records of one act."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._members: dict[tuple[Row, str], tuple[int, list[Row]]] = {}
        self._arrivals: defaultdict[tuple[EntityId, str, int], dict[Row, None]] = defaultdict(dict)
        self._sets: dict[tuple[Row, str], Set] = {}
        self._added: defaultdict[PairShape, list[Values]] = defaultdict(list)
        self._removed: defaultdict[PairShape, list[Values]] = defaultdict(list)

    # --- collections ----------------------------------------------------------------------------

    def members(self, row: Row, name: str) -> list[Row]:
        """The rows of a collection, in the order of their ids."""
        collection = row.shape.entity.collections[name]
        if collection.kind == "link":
            return self._act.fetch(collection.target, self.set_of(row, name))
        if row.made:
            return self._arrived(row, collection)
        known = self._members.get((row, name))
        if known is None or known[0] != self._act.epoch:
            known = self._act.epoch, self._read(row, collection)
            self._members[row, name] = known
        return known[1]

    def _read(self, row: Row, collection: Collection) -> list[Row]:
        act = self._act
        act.flush()
        shape = act.domain.shapes[collection.target]
        found = shape.referring(collection.via).run(act.connection, {"ids": [row.id]})
        return [each for each in act.adopt(shape, found) if not each.gone]

    def _arrived(self, row: Row, collection: Collection) -> list[Row]:
        """The members of a record that the act made: only the act can have given it some."""
        arrivals = self._arrivals.get((collection.target, collection.via, row.id), {})
        here = (each for each in arrivals if not each.gone)
        return [each for each in here if each.values[collection.via] == row.id]

    def arrived(self, row: Row, names: Iterable[str]) -> None:
        """References of the record, which is new or was changed, lead where they lead now."""
        for name in names:
            target, id = row.shape.references.get(name), row.values[name]
            if target is not None and id is not None:
                self._arrivals[row.shape.id, name, id][row] = None

    def members_before(self, row: Row, name: str) -> list[Before]:
        """The rows of a collection before the act, as they were."""
        collection = row.shape.entity.collections[name]
        if collection.kind == "link":
            ids = self.set_before(row, name)
            rows = (self._act.row_or_gone(collection.target, id) for id in sorted(ids))
            return [each.old for each in rows if each is not None and each.old is not None]
        via, found = collection.via, {each.id: each for each in self.members(row, name)}
        found.update({each.id: each for each in self._act.changed[collection.target]})
        olds = (each.old for _, each in sorted(found.items()))
        return [old for old in olds if old is not None and old[via] == row.id]

    # --- sets -----------------------------------------------------------------------------------

    def set_of(self, row: Row, name: str) -> Set:
        """The values of a set-valued field, or the ids of a many-to-many."""
        if name not in row.values:
            row.values[name] = self._read_set(row, name)
        found: Set = row.values[name]
        return found

    def set_before(self, row: Row, name: str) -> Set:
        if row.before is not None and name in row.before:
            before: Set = row.before[name]
            return before
        return self.set_of(row, name)

    def _read_set(self, row: Row, name: str) -> Set:
        if row.made:
            return frozenset()
        self._act.flush()
        pairs = self._act.domain.pairs(row.shape.id, name)
        return frozenset(
            value for _, value in pairs.fetch.run(self._act.connection, {"ids": [row.id]})
        )

    def changed_set(self, row: Row, name: str, old: Set, new: Set) -> None:
        """Note what is to be written of a set that has changed."""
        pairs = self._act.domain.pairs(row.shape.id, name)
        self._added[pairs] += [{"one": row.id, "other": value} for value in new - old]
        self._removed[pairs] += [{"of_one": row.id, "of_other": value} for value in old - new]

    def clear_sets(self, row: Row) -> None:
        """Take the record out of all its sets."""
        for name in row.shape.sets:
            pairs = self._act.domain.pairs(row.shape.id, name)
            pairs.clear.run(self._act.connection, {"ids": [row.id]})

    def flush(self) -> None:
        for pairs, gone in self._removed.items():
            if gone:
                pairs.remove.run_many(self._act.connection, gone)
        for pairs, come in self._added.items():
            if come:
                pairs.insert.run_many(self._act.connection, come)
        self._removed.clear()
        self._added.clear()
