"""Records that nobody writes: neither as they were before an act, nor as they would be after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from compiler.model.base import Origin
from compiler.model.entity import Frozen
from compiler.model.expr import THIS
from dsl.diagnostic import Message
from runtime.store import wording
from runtime.store.problems import Problem
from runtime.store.row import Before, Row
from runtime.store.scope import Scope
from runtime.store.shape import PARENT

if TYPE_CHECKING:
    from runtime.store.act import Act


def writes_to_frozen(act: Act, row: Row) -> Iterator[Problem]:
    """That the act writes a record which is frozen, or would be. Computed fields follow what they
    are computed from, which is no write of the record."""
    changes = row.changes()
    if changes and not row.made and not row.gone and changes <= row.shape.kept:
        return
    found = why_frozen(row)
    if found is not None:
        message, origin = found
        yield act.problem(row, message, None, origin)


def why_frozen(row: Row) -> tuple[Message, Origin] | None:
    """What freezes a record, as it was before the act or as it is; a line is as its record is."""
    before = row.old
    found = _holds(before) if before is not None else None
    if found is None and not row.gone:
        found = _holds(row)
    if found is None:
        return None
    frozen, seen = found
    at = seen if isinstance(seen, Row) else seen.row
    return wording.message(frozen.message, Scope.of(at), row.act.reader), frozen.origin


def _holds(row: Row | Before) -> tuple[Frozen, Row | Before] | None:
    entity = row.shape.entity
    act = row.act if isinstance(row, Row) else row.row.act
    for each in entity.frozen:
        if Scope(act, {THIS: row}, partial=True).value(each.condition) is True:
            return each, row
    parent = row.ref(PARENT) if entity.owner is not None else None
    return None if parent is None else _holds(parent)
