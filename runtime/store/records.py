"""The doors to the data. Every change passes the write door, from a form, the API, an import or a
test; every read a reader.

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
from compiler.model.expr import Expr
from dsl.diagnostic import Message
from runtime.access.actor import Actor
from runtime.clock import ActTime, Clock
from runtime.db import Database
from runtime.engine.commands import RunAway
from runtime.schema.catalog import Catalog
from runtime.store import batches, changing, drafts, inbox, moving, requests
from runtime.store.act import Act
from runtime.store.conclusion import conclude
from runtime.store.domain import Domain
from runtime.store.memory import Key, Stale
from runtime.store.problems import Forbidden, NotFound, Problem, Refusal, Rejected
from runtime.store.query import Record
from runtime.store.reader import ReadDoor, Reader
from runtime.store.reasons import Reason, reasons_of
from runtime.store.row import Row
from runtime.store.upkeep import NOT_FITTING, TOO_LARGE
from runtime.store.values import Line as Line
from runtime.store.values import Lines as Lines
from runtime.store.witness import NOBODY, Witness

T = TypeVar("T")
REPEATS = 10
CROWDED = Message(
    "these values clash with others that are being saved, or with each other: save one by one",
    "这些值与正在保存的其他值冲突，或彼此冲突：请逐条保存",
)
WITHOUT_END = Message(
    "rules of this app set each other off without end, so nothing was saved: tell its makers",
    "此应用的规则互相触发、没有终止，因此未保存任何内容：请告知应用的维护者",
)
NOT_ADMIN = Message("only an administrator may import history", "只有管理员可以导入历史数据")


@dataclass(frozen=True, slots=True)
class Saved:
    """What an act saved.

    `readable` says whether the actor may read the record as it is now, `state` is the one it is in,
    if they may know it. `warnings` are told and stop nothing, `notified` are the users (ids) who
    got a notice.
    """

    id: int
    version: int
    readable: bool = True
    state: str | None = None
    warnings: tuple[Problem, ...] = ()
    notified: frozenset[int] = frozenset()


class Store:
    """The doors to the data of one Bundle; may be used from many threads."""

    def __init__(
        self,
        bundle: Bundle,
        catalog: Catalog,
        database: Database,
        library: Library,
        clock: Clock,
        witness: Witness = NOBODY,
    ) -> None:
        self.domain = Domain(bundle, catalog, library, database.dialect, witness)
        self.database = database
        self.clock = clock
        self._read_door = ReadDoor(self.domain, database)

    # --- reading --------------------------------------------------------------------------------

    def reader(self, actor: Actor) -> Reader:
        """The read door, for one actor at this moment."""
        return self._read_door.reader(actor, self._time())

    def transitions(
        self, actor: Actor, entity: EntityId, id: int
    ) -> tuple[moving.TransitionState, ...]:
        """The transitions that the actor may press in the record's state, in written order, and
        why they cannot now. Raises NotFound."""

        def states(act: Act) -> tuple[moving.TransitionState, ...]:
            row = act.row(entity, id)
            if row is None or not act.guard.may_read(row):
                raise NotFound
            return moving.states(act, row)

        return self.look(actor, states)

    def draft(
        self,
        actor: Actor,
        entity: EntityId,
        record: Record | None,
        given: Mapping[str, object] = {},
    ) -> drafts.Draft:
        """What a form of the record begins with, as the actor got it at this moment; without one,
        of a new record that begins with the `given` values."""
        if record is None:
            return self.look(actor, lambda act: drafts.of_new(act, entity, given))
        return self.look(actor, lambda act: drafts.of_existing(act, record))

    def tests(
        self, actor: Actor, entity: EntityId, id: int, conditions: Sequence[Expr]
    ) -> tuple[bool, ...]:
        """Whether conditions of the app's text hold for a record, as far as the actor may know
        its fields. Raises NotFound."""

        def tested(act: Act) -> tuple[bool, ...]:
            row = act.row(entity, id)
            if row is None or not act.guard.may_read(row):
                raise NotFound
            known = (self.domain.known(act.guard.standing, each) for each in conditions)
            tests = (self.domain.function(each, partial=True) for each in known)
            return tuple(test(act, row) is True for test in tests)

        return self.look(actor, tested)

    def reasons(self, actor: Actor, entity: EntityId, id: int) -> dict[str, tuple[Reason, ...]]:
        """Why the scores of a record are what they are, by field. Raises NotFound."""

        def found(act: Act) -> dict[str, tuple[Reason, ...]]:
            row = act.row(entity, id)
            if row is None or not act.guard.may_read(row):
                raise NotFound
            return reasons_of(act, row)

        return self.look(actor, found)

    def mark_read(self, actor: Actor, id: int | None = None) -> None:
        """Mark one notice of the actor as read, or all."""
        user, now = actor.user_id, self.clock.now()
        if user is not None:
            self.database.write(lambda connection: inbox.mark_read(connection, user, now, id))

    def look(self, actor: Actor, work: Callable[[Act], T]) -> T:
        """What is worked out on the rows of an act that writes nothing."""
        time = self._time()
        return self.database.read(lambda c: work(Act(self.domain, c, actor, time)))

    def _time(self) -> ActTime:
        return self.clock.act(self.domain.workspace.timezone)

    # --- writing --------------------------------------------------------------------------------

    def create(
        self,
        actor: Actor,
        entity: EntityId,
        values: Mapping[str, object],
        lines: Lines = {},  # noqa: B006
        key: str = "",
    ) -> Saved:
        """Create a record, and its owned lines with it.

        `values` are by field name in their Python form (`compiler.model.types.Type`); what is left
        out gets its default. `lines` are by the name of the collection. With a `key` that the
        actor's act of the last day had, nothing is done and what that one saved is returned (so
        for all acts). Raises Forbidden and Rejected.
        """
        return self._save(
            actor, entity, lambda act: changing.create(act, entity, values, lines), key
        )

    def update(
        self,
        actor: Actor,
        entity: EntityId,
        id: int,
        version: int,
        values: Mapping[str, object],
        lines: Lines = {},  # noqa: B006
        key: str = "",
    ) -> Saved:
        """Change fields of the record as it was at `version`; `lines` are complete where they are
        given: a line that is left out is deleted.

        Raises NotFound, Conflict (somebody saved since), Forbidden and Rejected.
        """
        return self._save(
            actor, entity, lambda act: changing.update(act, entity, id, version, values, lines), key
        )

    def delete(self, actor: Actor, entity: EntityId, id: int, version: int, key: str = "") -> Saved:
        """Delete the record as it was at `version`, its lines, and what cascades.

        Raises NotFound, Conflict, Forbidden, and Rejected where something refers to it.
        """
        return self._save(actor, entity, lambda act: changing.delete(act, entity, id, version), key)

    def transition(
        self,
        actor: Actor,
        entity: EntityId,
        id: int,
        version: int,
        name: str,
        inputs: Mapping[str, object] = {},
        key: str = "",
    ) -> Saved:
        """Take a transition of the record's flow; `inputs` are what it asks for, by name.

        Raises NotFound, Conflict, Forbidden (not theirs to press), and Rejected (a condition does
        not hold, an input is missing, or the record is in another state by now).
        """
        return self._save(
            actor,
            entity,
            lambda act: moving.transition(act, entity, id, version, name, inputs),
            key,
        )

    def done(self, actor: Actor, entity: EntityId, key: str) -> Saved | None:
        """What the actor's act with this key saved of an entity, if it was done in the last day."""
        user = actor.user_id
        if self.database.read(lambda connection: requests.find(connection, user, key)) is None:
            return None
        return self.look(actor, lambda act: _done(act, entity, key))

    def create_many(
        self,
        actor: Actor,
        entity: EntityId,
        rows: Sequence[Mapping[str, object]],
        *,
        as_history: bool = False,
        tell: bool = True,
        whole: bool = False,
    ) -> batches.Outcome:
        """Create many records in one act: the good ones, with the problems of the others; `whole`
        saves all or none.

        `as_history` (the app and admins alone) takes states, numbers and times as given and sets
        off no rules. Without `tell` notices are counted and not sent. Raises Forbidden.
        """
        if as_history and actor.authority != "app" and not actor.is_admin:
            raise Forbidden(NOT_ADMIN)
        new = batches.NewRows(entity, rows, as_history)
        return self._save_batch(actor, new, tell, whole)

    def update_many(
        self,
        actor: Actor,
        entity: EntityId,
        rows: Sequence[tuple[int, Mapping[str, object]]],
        *,
        tell: bool = True,
        whole: bool = False,
    ) -> batches.Outcome:
        """Change many records in one act, each given by its id; as `create_many`."""
        return self._save_batch(actor, batches.Changes(entity, rows), tell, whole)

    def _save_batch(
        self, actor: Actor, batch: batches.Batch, tell: bool, whole: bool
    ) -> batches.Outcome:
        def save(places: Sequence[int]) -> batches.Outcome:
            def done(act: Act) -> batches.Outcome:
                rows = list(batch.write(act, places))
                conclude(act, tell)
                saved = {place: row.id for place, row in rows}
                return batches.Outcome(saved, notices=len(act.notices))

            return self._written(actor, done)

        places = range(len(batch.rows))
        if not whole:
            return batches.in_parts(places, save)
        try:
            return save(places) if places else batches.Outcome()
        except Rejected as refused:
            return batches.refused_whole(refused, places)

    def act(self, actor: Actor, work: Callable[[Act], T]) -> T:
        """Do several things as one act, with the steps of `changing` and `moving`; returns what
        `work` does, which may be done again if another act was faster."""

        def done(act: Act) -> T:
            result = work(act)
            conclude(act)
            return result

        return self._written(actor, done)

    def _save(
        self, actor: Actor, entity: EntityId, work: Callable[[Act], Row], key: str = ""
    ) -> Saved:
        def done(act: Act) -> Saved:
            before = _done(act, entity, key)
            if before is not None:
                return before
            row = work(act)
            conclude(act)
            requests.note(act, key, row)
            notified = frozenset(notice.recipient for notice in act.notices)
            return Saved(row.id, row.version, *_seen(act, row), tuple(act.warnings), notified)

        try:
            return self._written(actor, done)
        except Refusal:
            # The same request may have been under way already: what it did is no reason to refuse.
            before = self.done(actor, entity, key)
            if before is None:
                raise
            return before

    def _written(self, actor: Actor, work: Callable[[Act], T]) -> T:
        """One transaction; begun again where another act came between reading and locking, or
        won the race for a unique value (the second time that is told in words)."""
        time = self._time()
        locks: set[Key] = set()

        def run(connection: Connection) -> T:
            act = Act(self.domain, connection, actor, time)
            act.lock(locks)
            try:
                return work(act)
            except RunAway as stopped:
                raise Rejected(Problem(WITHOUT_END)) from stopped
            except NOT_FITTING as error:
                raise Rejected(Problem(TOO_LARGE)) from error

        for _ in range(REPEATS):
            try:
                return self.database.write(run)
            except Stale as stale:
                locks.add(stale.key)
            except IntegrityError:
                continue
        raise Rejected(Problem(CROWDED))


def _done(act: Act, entity: EntityId, key: str) -> Saved | None:
    """What the actor's act with this key saved, and what they may know of that now."""
    found = requests.find(act.connection, act.actor.user_id, key)
    return None if found is None else Saved(*found, *_seen(act, act.row(entity, found[0])))


def _seen(act: Act, row: Row | None) -> tuple[bool, str | None]:
    """Whether the actor may read a record, and the state it is in if they may know it."""
    if row is None or row.gone or not act.guard.may_read(row):
        return False, None
    flow = row.shape.entity.flow
    return True, row.values[flow] if flow and act.guard.reads(row, flow) else None
