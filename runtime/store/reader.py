"""The read door: whatever is read is read by somebody, who gets what grants show and no more.

Statements are made once for a shape and a standing (see `lists`) and run with the reader's values.
Everything a page needs costs a fixed number of statements, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection

from compiler.model.base import EntityId
from compiler.model.entity import Action
from compiler.model.report import Dimension, Report
from runtime.access.actor import Actor
from runtime.access.permission import Right, Standing
from runtime.clock import ActTime
from runtime.db import Database
from runtime.store import inbox
from runtime.store.domain import Domain
from runtime.store.fetch import NOTHING, Fetch
from runtime.store.figures import Figures, ReportResult
from runtime.store.histories import Event, NamesInHistory, Touched, events, touched
from runtime.store.lists import Lists
from runtime.store.marks import Mark
from runtime.store.narrowing import Narrowing
from runtime.store.parameters import NOTHING_CHOSEN, Chosen, Parameters
from runtime.store.problems import NotFound
from runtime.store.query import (
    Count,
    Filter,
    ListQuery,
    Page,
    Record,
    Reference,
    Sort,
    unknown_field,
)
from runtime.store.reports import Reports
from runtime.store.rights import Names, RowRights

T = TypeVar("T")

NO_FIELDS: frozenset[str] = frozenset()
OPTIONS = 20
"""As many as a picker shows."""


class ReadDoor:
    """What all readers of a Bundle share: the statements."""

    def __init__(self, domain: Domain, database: Database) -> None:
        self.domain = domain
        self.database = database
        self.lists = Lists(domain)
        self.row_rights = RowRights(domain)
        self.reports = Reports(domain)

    def reader(self, actor: Actor, time: ActTime) -> Reader:
        """The reader of one actor at one time."""
        fetch = Fetch(self.domain, self.lists, actor, Standing.of(actor), time)
        return Reader(self.domain, self.database, fetch, self.row_rights, self.reports)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one actor at one time."""

    domain: Domain
    database: Database
    fetch: Fetch
    row_rights: RowRights
    reports: Reports

    # --- records

    def get(self, entity: EntityId, id: int, names: Names = None) -> Record:
        """A record with all fields that may be shown, or those of them that are named. Raises
        NotFound, also where it may not be read."""
        return self._read(lambda connection: self._get(connection, entity, id, names))

    def list(self, entity: EntityId, query: ListQuery) -> Page:
        """A page of a list. Raises NotFound if no row may be read, BadQuery for a query that names
        what is not there or not shown."""
        return self._read(lambda connection: self.fetch.page(connection, entity, query))

    def count(self, entity: EntityId, query: ListQuery) -> Count:
        """How many rows the filters and the search of a query leave, counted up to 1,000."""
        return self._read(lambda connection: self.fetch.counted(connection, entity, query))

    def is_empty(self, entity: EntityId) -> bool:
        """Whether there is no row that may be read."""
        return not self.list(entity, ListQuery(columns=(), size=1)).rows

    def related(self, entity: EntityId, id: int, collection: str, query: ListQuery) -> Page:
        """A page of the rows of a to-many field of a record; sorted as asked, or as entered."""
        return self.related_to(self.get(entity, id, NO_FIELDS), collection, query)

    def related_to(self, record: Record, collection: str, query: ListQuery) -> Page:
        """Likewise, of a record that was read at this moment."""
        return self._read(lambda connection: self._related(connection, record, collection, query))

    def options(
        self,
        entity: EntityId,
        text: str = "",
        size: int = OPTIONS,
        narrowing: Narrowing | None = None,
    ) -> tuple[Reference, ...]:
        """Records whose search fields have the words of a text, by name, for a picker; those that
        fit the record it stands in."""
        query = ListQuery(columns=(), search=text, sort=(Sort(()),), size=size)
        within, more = (narrowing.within, narrowing.values) if narrowing else (None, NOTHING)
        page = self._read(lambda c: self.fetch.page(c, entity, query, within, more))
        return tuple(Reference(entity, row.id, row.display) for row in page.rows)

    def reference(self, entity: EntityId, id: int) -> Reference:
        """A record as another one names it; without its name if it may not be read."""
        query = ListQuery(columns=(), filters=(Filter(("id",), "eq", (id,)),), size=1)
        try:
            rows = self.list(entity, query).rows
        except NotFound:
            rows = ()
        return Reference(entity, id, rows[0].display or None if rows else None)

    def history(self, entity: EntityId, id: int, size: int) -> tuple[Event, ...]:
        """What happened to a record, newest first, told in at most `size` rows of history: changes
        of fields that the reader may read. Raises NotFound."""
        return self.history_of(self.get(entity, id, NO_FIELDS), size)

    def history_of(self, record: Record, size: int) -> tuple[Event, ...]:
        """Likewise, of a record that was read at this moment."""
        named = NamesInHistory(self.reference)
        return self._read(lambda connection: events(self.domain, connection, record, named, size))

    def recent(self, size: int) -> tuple[Touched, ...]:
        """The records that the reader changed last; they may have gone out of sight since."""
        user = self.fetch.actor.user_id
        if user is None:
            return ()
        return self._read(lambda c: touched(self.domain, c, user, size))

    # --- the inbox

    def unread(self) -> int:
        """How many notices wait for the reader, counted up to 100."""
        user = self.fetch.actor.user_id
        return 0 if user is None else self._read(lambda c: inbox.unread(c, user))

    def notices(
        self, size: int, only_unread: bool = False, before: int | None = None
    ) -> tuple[inbox.Received, ...]:
        """The reader's notices, newest first."""
        user = self.fetch.actor.user_id
        if user is None:
            return ()
        return self._read(lambda c: inbox.messages(self.domain, c, user, size, only_unread, before))

    # --- reports

    def report(
        self, report: str, filters: tuple[Filter, ...] = (), chosen: Chosen = NOTHING_CHOSEN
    ) -> ReportResult:
        """A report over the rows that may be read, with its parameters as chosen. Raises NotFound
        for one that there is not, or whose rows nobody like the reader may read, and BadQuery for
        a choice that makes no sense."""
        known = self._known_report(report)
        plan, given = self.reports.plan(known.id), self.parameters(known, chosen)
        return self._read(
            lambda connection: Figures(
                self.fetch, self.reports, connection, plan, filters, given
            ).result()
        )

    def parameters(self, report: Report, chosen: Chosen) -> Parameters:
        """What is set of a report. Raises BadQuery."""
        return Parameters(report, chosen, self.domain, self.time)

    def rows_behind(self, report: str, drill: str, query: ListQuery) -> Page:
        """A page of the rows behind a mark, `Group.drill` or `ReportResult.drill`."""
        mark = self._mark(report, drill)
        entity, within = mark.report.entity, mark.condition()
        return self._read(lambda c: self.fetch.page(c, entity, query, within, mark.values()))

    def count_behind(self, report: str, drill: str, query: ListQuery) -> Count:
        """How many rows are behind a mark, counted up to 1,000."""
        mark = self._mark(report, drill)
        entity, within = mark.report.entity, mark.condition()
        return self._read(lambda c: self.fetch.counted(c, entity, query, within, mark.values()))

    def mark(self, report: str, drill: str) -> tuple[tuple[Dimension, object], ...]:
        """What a mark says: a value for each of its dimensions, as in `Group.keys`."""
        mark = self._mark(report, drill)
        said = ((mark.report.dimensions[place], key) for place, key in mark.keys.items())
        return tuple((dimension, self._named(dimension, key)) for dimension, key in said)

    def _mark(self, report: str, drill: str) -> Mark:
        return Mark.of(self._known_report(report), drill, self.domain, self.time)

    def _known_report(self, name: str) -> Report:
        report = self.domain.workspace.reports.get(name)
        if report is None:
            raise NotFound
        return report

    def _named(self, dimension: Dimension, key: object) -> object:
        if dimension.value.type.kind != "ref" or not isinstance(key, int):
            return key
        target = EntityId(dimension.value.type.of)
        return self.reference(target, key)

    # --- what the reader may do

    def can(self, action: Action, entity: EntityId, id: int | None = None) -> bool:
        """Whether the reader may do this with a record, or (without one) with some record."""
        return bool(self._rights(action, entity, id))

    def fields(self, action: Action, entity: EntityId, id: int | None = None) -> frozenset[str]:
        """The fields and collections that the reader may read or write in a record, or (without
        one) in some record."""
        rights = None if id is None else self._rights(action, entity, id)
        return self.domain.permissions.fields(self.standing, entity, action, rights)

    def _rights(self, action: Action, entity: EntityId, id: int | None) -> Sequence[Right]:
        rights = self.row_rights.of(self.standing, entity, action)
        if id is None:
            return rights
        statement = self.row_rights.prepared(self.standing, entity, action)
        if statement is None:
            return rights
        tests = self._read(
            lambda connection: statement.run(connection, self.fetch.values({"id": id}))
        )
        holding = iter(tests[0] if tests else ())
        return [right for right in rights if right.condition is None or bool(next(holding, False))]

    # --- how it is done

    @property
    def time(self) -> ActTime:
        """The moment at which all is read."""
        return self.fetch.time

    @property
    def standing(self) -> Standing:
        return self.fetch.standing

    def _read(self, work: Callable[[Connection], T]) -> T:
        return self.database.read(work)

    def _get(self, connection: Connection, entity: EntityId, id: int, names: Names) -> Record:
        asked = self.row_rights.record(self.standing, entity, names)
        rows, flags = self.fetch.tested(connection, asked.shape, {"record": id, "size": 1})
        if not rows:
            raise NotFound
        (row,) = rows
        values = {name: cell for (name,), cell in zip(asked.shape.columns, row.cells, strict=True)}
        rights = self.row_rights.held(asked, flags[0])
        return Record(entity, row.id, row.version, row.display, values, rights)

    def _related(self, connection: Connection, record: Record, name: str, query: ListQuery) -> Page:
        collection = self.domain.workspace.entities[record.entity].collections.get(name)
        if collection is None:
            raise unknown_field((name,))
        if name not in record.rights.readable:
            raise NotFound
        within = self.row_rights.members(record.entity, name)
        ordered = query if query.sort else replace(query, sort=(Sort(("id",)),))
        more = {"record": record.id}
        return self.fetch.page(connection, collection.target, ordered, within, more)
