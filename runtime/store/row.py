"""Rows inside an act: each record once, read when first asked for, with its state before the act.

Expressions see rows through the protocol of `compiler.backends.expr.rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from compiler.model.base import EntityId

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.shape import Shape

BUILT_IN = frozenset({"version", "changed_at", "changed_by"})
"""What changes with every write of a record."""


class Row:
    """A record in an act. `values` are those of its columns now, by field name.

    `before` are its values before the act, None while nothing of it has changed and for a record
    that the act `made`. `gone` says that the act deleted it. `dirty` are the columns that are not
    written yet. `batch` are the rows that were read together with it: what one of them leads to is
    read for all. `sound` is the act's epoch in which the fields met all demands.
    """

    __slots__ = (
        "act", "batch", "before", "dirty", "gone", "id", "locked", "made", "saved", "shape",
        "sound", "values",
    )  # fmt: skip

    def __init__(
        self, act: Act, shape: Shape, id: int, values: dict[str, Any], made: bool = False
    ) -> None:
        self.act = act
        self.shape = shape
        self.id = id
        self.values = values
        self.before: dict[str, Any] | None = None
        self.dirty: set[str] = set()
        self.made = made
        self.saved = not made
        self.locked = made
        self.gone = False
        self.sound = -1
        self.batch: Sequence[Row] = (self,)

    def __repr__(self) -> str:
        return f"<{self.shape.id} {self.id}>"

    @property
    def version(self) -> int:
        version = self.values["version"]
        assert isinstance(version, int)
        return version

    @property
    def entity_id(self) -> EntityId:
        return self.shape.id

    def changes(self) -> frozenset[str]:
        """The fields that differ from before the act; all of them for a new record."""
        if self.before is None:
            return frozenset(self.values) if self.made else frozenset()
        before, values = self.before, self.values
        return frozenset(
            name for name, old in before.items() if values[name] != old and name not in BUILT_IN
        )

    def __getitem__(self, field: str) -> Any:
        """The value of a field that has one; a reference as an id."""
        shape = self.shape
        if field in shape.kept:
            self.act.settle()
        elif field in shape.read:
            return self.act.domain.compute(self.act, self, shape.id, field)
        elif field in shape.sets:
            return self.act.relations.set_of(self, field)
        return self.values[field]

    def ref(self, field: str) -> Row | None:
        """The row that a reference leads to."""
        id = self.values[field]
        return None if id is None else self.act.row(self.shape.references[field], id, self, field)

    @property
    def display(self) -> str:
        """The text that names the record."""
        return self.act.domain.display(self.act, self, self.shape.id)

    def many(self, field: str) -> Sequence[Row]:
        """The rows of a collection, in the order of their ids."""
        return self.act.relations.members(self, field)

    @property
    def old(self) -> Before | None:
        """The record before the act; None if there was none."""
        return None if self.made else Before(self)


class Before:
    """A record as it was before the act, and what it leads to likewise."""

    __slots__ = ("row",)

    def __init__(self, row: Row) -> None:
        self.row = row

    @property
    def id(self) -> int:
        return self.row.id

    @property
    def shape(self) -> Shape:
        return self.row.shape

    @property
    def display(self) -> str:
        return self.row.act.domain.display(self.row.act, self, self.row.shape.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Before) and other.row is self.row

    def __hash__(self) -> int:
        return hash(self.row)

    def __getitem__(self, field: str) -> Any:
        row = self.row
        if field in row.shape.read:
            return row.act.domain.compute(row.act, self, row.shape.id, field)
        if field in row.shape.sets:
            return row.act.relations.set_before(row, field)
        return (row.before or row.values)[field]

    def ref(self, field: str) -> Before | None:
        row = self.row
        id = (row.before or row.values)[field]
        if id is None:
            return None
        found = row.act.row_or_gone(row.shape.references[field], id)
        return None if found is None else found.old

    def many(self, field: str) -> Sequence[Before]:
        return self.row.act.relations.members_before(self.row, field)


class Deferred:
    """A record that is there, read when more than its id is asked: who acts, mostly."""

    __slots__ = ("_act", "_entity", "id")

    def __init__(self, act: Act, entity: EntityId, id: int) -> None:
        self._act = act
        self._entity = entity
        self.id = id

    @property
    def row(self) -> Row:
        found = self._act.row(self._entity, self.id)
        assert found is not None
        return found

    @property
    def display(self) -> str:
        return self.row.display

    def __getitem__(self, field: str) -> Any:
        return self.row[field]

    def ref(self, field: str) -> Row | None:
        return self.row.ref(field)

    def many(self, field: str) -> Sequence[Row]:
        return self.row.many(field)
