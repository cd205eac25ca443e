"""The write door: every change of data passes here, from a form, the API, an import or a test.

One call is one act: one transaction, one actor, one moment. It is done whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from compiler.bundle import Bundle
from compiler.field_type import Library
from compiler.model.base import EntityId
from runtime.access.actor import Actor
from runtime.clock import Clock
from runtime.db import Database
from runtime.schema.catalog import Catalog
from runtime.store import changing, moving
from runtime.store.act import Act, Stale
from runtime.store.conclusion import conclude
from runtime.store.domain import Domain
from runtime.store.problems import Problem
from runtime.store.row import Row
from runtime.store.values import Line, Lines

T = TypeVar("T")
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Saved:
    """What an act saved: `warnings` are told and stop nothing, `notified` are the users (ids) who
    got a notice."""

    id: int
    version: int
    warnings: tuple[Problem, ...] = ()
    notified: frozenset[int] = frozenset()


class Store:
    """The doors to the data of one Bundle; may be used from many threads."""

    def __init__(
        self, bundle: Bundle, catalog: Catalog, database: Database, library: Library, clock: Clock
    ) -> None:
        self.domain = Domain(bundle, catalog, library, database.dialect)
        self.database = database
        self.clock = clock

    # --- writing --------------------------------------------------------------------------------

    def create(
        self,
        actor: Actor,
        entity: EntityId,
        values: Mapping[str, object],
        lines: Lines = {},  # noqa: B006
    ) -> Saved:
        """Create a record, and its owned lines with it.

        `values` are by field name in their Python form (`compiler.model.types.Type`); what is left
        out gets its default. `lines` are by the name of the collection. Raises Forbidden and
        Rejected.
        """
        return self._save(actor, lambda act: changing.create(act, entity, values, lines))

    def update(
        self,
        actor: Actor,
        entity: EntityId,
        id: int,
        version: int,
        values: Mapping[str, object],
        lines: Lines = {},  # noqa: B006
    ) -> Saved:
        """Change fields of the record as it was at `version`; `lines` are complete where they are
        given: a line that is left out is deleted.

        Raises NotFound, Conflict (somebody saved since), Forbidden and Rejected.
        """
        return self._save(
            actor, lambda act: changing.update(act, entity, id, version, values, lines)
        )

    def delete(self, actor: Actor, entity: EntityId, id: int, version: int) -> Saved:
        """Delete the record as it was at `version`, its lines, and what cascades.

        Raises NotFound, Conflict, Forbidden, and Rejected where something refers to it.
        """
        return self._save(actor, lambda act: changing.delete(act, entity, id, version))

    def transition(
        self,
        actor: Actor,
        entity: EntityId,
        id: int,
        version: int,
        name: str,
        inputs: Mapping[str, object] = {},
    ) -> Saved:
        """Take a transition of the record's flow; `inputs` are what it asks for, by name.

        Raises NotFound, Conflict, Forbidden (not theirs to press), and Rejected (a condition does
        not hold, an input is missing, or the record is in another state by now).
        """
        return self._save(
            actor, lambda act: moving.transition(act, entity, id, version, name, inputs)
        )

    def act(self, actor: Actor, work: Callable[[Act], T]) -> T:
        """Do several things as one act, with the steps of `changing` and `moving`; returns what
        `work` does, which may be done again if another act was faster."""

        def done(act: Act) -> T:
            result = work(act)
            conclude(act)
            return result

        return self._written(actor, done)

    def _save(self, actor: Actor, work: Callable[[Act], Row]) -> Saved:
        def done(act: Act) -> Saved:
            row = work(act)
            conclude(act)
            notified = frozenset(notice.recipient for notice in act.notices)
            return Saved(row.id, row.version, tuple(act.warnings), notified)

        return self._written(actor, done)

    def _written(self, actor: Actor, work: Callable[[Act], T]) -> T:
        """One transaction; begun again where another act came between reading and locking, or
        won the race for a unique value (the second time that is told in words)."""
        time = self.clock.act(self.domain.workspace.timezone)

        def run(connection: Connection) -> T:
            return work(Act(self.domain, connection, actor, time))

        for _ in range(REPEATS - 1):
            try:
                return self.database.write(run)
            except (Stale, IntegrityError):
                continue
        return self.database.write(run)


__all__ = ["Line", "Lines", "Saved", "Sequence", "Store"]
