"""Kept computed fields: which of them a write moves, and how they are made right again.

A write notes where it can be felt: the record at the near end of the last step of each dependency,
before and after. When somebody asks for a kept value, and before the act ends, the fields are
recomputed in the plan's order: those local to their row in Python, aggregates whole, by one UPDATE
for each field and all records concerned. For a record that the act made, both are Python: only the
act can have related anything to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import DecimalException
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from compiler.backends.expr.sql import is_out_of_range
from compiler.field_type import Invalid
from compiler.model.entity import Field
from dsl.diagnostic import Message
from runtime.store.problems import Problem, Rejected, said
from runtime.store.triggers import Step, Trigger, UpkeepIndex

NOT_FITTING = (OverflowError, DecimalException)
"""What expressions raise for a number that does not fit; any other fault is ours."""
TOO_LARGE = Message("this number is too large to be kept", "数值过大，无法保存")

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Row


class Upkeep:
    """The kept fields of one act that are not right at the moment."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._due: dict[int, dict[tuple[Step, ...], set[int]]] = {}
        """By place in the order and path still to walk back: where the walk begins."""
        self._settling = False

    @property
    def _index(self) -> UpkeepIndex:
        return self._act.domain.upkeep

    def made(self, row: Row) -> None:
        for place in self._index.own[row.shape.id]:
            self._add(place, (), row.id)
        self._felt(row, self._index.by_entity[row.shape.id])

    def gone(self, row: Row) -> None:
        """The record is about to go."""
        self._felt(row, (each for each in self._index.by_entity[row.shape.id] if each.path))

    def leaving(self, row: Row, name: str) -> None:
        """A field is about to change: who felt the record so far is told, if it may not feel it
        any more."""
        triggers = self._index.by_field.get((row.shape.id, name))
        if not triggers:
            return
        leads = name in row.shape.references or name in row.shape.sets
        self._felt(row, (each for each in triggers if leads or each.counts is not None))

    def changed(self, row: Row, name: str) -> None:
        """A field has changed."""
        self._felt(row, self._index.by_field.get((row.shape.id, name), ()))

    def _felt(self, row: Row, triggers: Iterable[Trigger]) -> None:
        for trigger in triggers:
            if trigger.counts is not None and trigger.counts(self._act, row) is not True:
                continue
            via = trigger.via
            if via:
                id = row.values[via]
                if id is not None:
                    self._add(trigger.place, trigger.path[:-1], id)
            else:
                self._add(trigger.place, trigger.path, row.id)

    def _add(self, place: int, path: tuple[Step, ...], id: int) -> None:
        self._due.setdefault(place, {}).setdefault(path, set()).add(id)

    def settle(self) -> None:
        if self._settling or not self._due:
            return
        self._settling = True
        try:
            while self._due:
                place = min(self._due)
                self._recompute(place, self._ids(self._due.pop(place)))
        finally:
            self._settling = False

    def _ids(self, starts: Mapping[tuple[Step, ...], set[int]]) -> set[int]:
        """The records whose field is not right: from where it was felt back to the near end."""
        found: set[int] = set()
        for path, ids in starts.items():
            for step in reversed(path):
                self._act.flush()
                rows = self._index.back(step).run(self._act.connection, {"ids": sorted(ids)})
                ids = {id for (id,) in rows if id is not None}
            found |= ids
        return found

    def _recompute(self, place: int, ids: set[int]) -> None:
        if place >= len(self._index.order):
            watched = self._index.watched[place - len(self._index.order)]
            self._act.concern(self._act.fetch(watched.entity, ids))
            return
        entity, field = self._index.field(place)
        rows = self._act.fetch(entity, ids, lock=field.upkeep == "aggregate")
        for row in rows:
            if field.upkeep == "row" or row.made:
                self._compute(row, field)
        stored = [row.id for row in rows if field.upkeep == "aggregate" and not row.made]
        if stored:
            self._act.flush()
            for id, value in self._aggregated(place, stored):
                row_now = self._act.row(entity, id)
                assert row_now is not None
                self._act.derive(row_now, field.name, value, saved=True)

    def _aggregated(self, place: int, ids: list[int]) -> Sequence[tuple[int, Any]]:
        """Recompute the field of these records; their ids and its values."""
        try:
            return self._index.aggregate(place).run(self._act.connection, {"ids": ids})
        except DBAPIError as error:
            if error.orig is None or not is_out_of_range(error.orig):
                raise
            _, field = self._index.field(place)
            at = said(field.label)
            message = Message(f"{at.en}: {TOO_LARGE.en}", f"{at.zh}：{TOO_LARGE.zh}")
            raise Rejected(Problem(message, origin=field.origin)) from error

    def _compute(self, row: Row, field: Field) -> None:
        try:
            value = self._act.domain.compute(self._act, row, row.shape.id, field.name)
            kept = self._act.domain.checked(field, value)
        except NOT_FITTING as error:
            problem = self._act.problem(row, TOO_LARGE, field.name, field.origin)
            raise Rejected(problem) from error
        except Invalid as invalid:
            problem = self._act.problem(row, invalid.message, field.name, field.origin)
            raise Rejected(problem) from invalid
        self._act.derive(row, field.name, kept)
