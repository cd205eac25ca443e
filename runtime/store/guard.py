"""What the actor may do with the records of an act, tested on the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from compiler.model.app import ADMIN
from compiler.model.entity import Action, Subject
from runtime.access.permission import EVERYTHING, Right, Standing, applies

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Before, Row

ALWAYS_READABLE = frozenset({"id"})


class Guard:
    """The rights of an act's actor."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self.standing = Standing.of(act.actor)

    def may(self, action: Action, row: Row | Before) -> bool:
        """Whether some right lets the actor do this with the record."""
        return any(self._holding(action, row))

    def may_read(self, row: Row | Before) -> bool:
        return self.may("read", row)

    def reads(self, row: Row | Before, field: str) -> bool:
        """Whether the actor may know the field of the record."""
        rights = self._holding("read", row)
        return any(field in ALWAYS_READABLE or right.covers(field) for right in rights)

    def fields(self, action: Action, row: Row | Before) -> frozenset[str] | None:
        """The fields that the actor may read or write; None is all, empty that there is no right
        to the record."""
        return _covered(self._holding(action, row))

    def fields_of_new_line(self, row: Row) -> frozenset[str] | None:
        """The fields that the actor may give to a line of a new record: all, but for what grants
        of the line itself narrow."""
        if self.standing.app or ADMIN in self.standing.roles or not row.shape.entity.grants:
            return None
        rights = self._act.domain.narrowing(self.standing, row.shape.id)
        return _covered(right for right in rights if self._holds(right, row))

    def is_one_of(self, subjects: Iterable[Subject], row: Row | Before) -> bool:
        """Whether the actor is one of those who may press a transition."""
        return self.standing.app or any(
            applies(subject, self.standing) and self._holds(self._act.domain.right_of(subject), row)
            for subject in subjects
        )

    def _holding(self, action: Action, row: Row | Before) -> Iterable[Right]:
        rights = self._act.domain.permissions.rights(self.standing, row.shape.id, action)
        if rights is EVERYTHING:
            return rights
        return (right for right in rights if self._holds(right, row))

    def _holds(self, right: Right, row: Row | Before) -> bool:
        condition = right.condition
        if condition is None:
            return True
        return self._act.domain.function(condition)(self._act, row) is True


def _covered(rights: Iterable[Right]) -> frozenset[str] | None:
    covered: frozenset[str] = frozenset()
    for right in rights:
        if right.fields is None:
            return None
        covered |= right.fields
    return covered
