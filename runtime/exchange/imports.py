"""An import carried out: files in order, rows in batches, through the write door.

A row is read cell by cell, its references are found, and its key says whether it is new. Bad rows
are told with all their faults; the good ones are saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from compiler.bundle import Bundle
from compiler.field_type import Invalid, Library
from compiler.model.base import EntityId
from dsl.diagnostic import Message
from runtime.access.actor import Actor
from runtime.clock import Clock
from runtime.db import Database, Nested
from runtime.exchange.files import SourceRow
from runtime.exchange.lookups import Lookups, chunks, plain
from runtime.exchange.plan import ColumnPlan, FilePlan, LinksPlan, RecordsPlan
from runtime.schema.catalog import Catalog
from runtime.store.batches import Outcome
from runtime.store.problems import Problem
from runtime.store.query import ListQuery
from runtime.store.records import Store

BATCH = 200
"""Rows that are saved in one act."""
MANY = 100_000
"""More than a record is ever joined with."""

NOT_FOUND = Message("nothing is found under `{text}`", "找不到 `{text}`")
REPEATED = Message("another row of this file has the same key", "本文件中另一行有相同的键")
ANOTHER_LINE = Message("another line of the same record was refused", "同一记录的另一条明细被拒绝")


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row was refused: its column and cell, if the reason lies in one."""

    file: str
    row: int
    column: str
    value: str
    message: Message


@dataclass(slots=True)
class FileResult:
    """What became of a file's rows."""

    name: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[RowFault] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return len({fault.row for fault in self.faults})


@dataclass(slots=True)
class ImportResult:
    """What became of an import; `notices` were due, and sent if that was asked."""

    files: list[FileResult] = field(default_factory=list)
    notices: int = 0

    @property
    def faults(self) -> list[RowFault]:
        return [fault for file in self.files for fault in file.faults]


@dataclass(frozen=True, slots=True)
class Manner:
    """How an import is carried out; see docs/import.md."""

    as_history: bool = False
    all_or_nothing: bool = False
    dry_run: bool = False
    tell: bool = False


class _Undone(Exception):
    """Takes back everything, and keeps what would have become of it."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__()
        self.result = result


@dataclass(frozen=True, slots=True)
class Importer:
    """Carries out imports into the database of a Bundle."""

    bundle: Bundle
    catalog: Catalog
    database: Database
    library: Library
    clock: Clock

    def run(self, plans: Sequence[FilePlan], actor: Actor, manner: Manner) -> ImportResult:
        """Import the files; with `all_or_nothing` one fault undoes all, `dry_run` undoes it
        always. The actor has the app's authority."""
        if not (manner.all_or_nothing or manner.dry_run):
            return self._into(self.database, plans, actor, manner)
        dialect = self.database.dialect
        try:
            return self.database.write(
                lambda connection: _kept(
                    self._into(Nested(connection, dialect), plans, actor, manner), manner
                )
            )
        except _Undone as undone:
            return undone.result

    def _into(
        self, database: Database, plans: Sequence[FilePlan], actor: Actor, manner: Manner
    ) -> ImportResult:
        store = Store(self.bundle, self.catalog, database, self.library, self.clock)
        result = ImportResult()
        for plan in plans:
            work = _Work(store, actor, manner, result)
            result.files.append(
                _Links(work, plan).run()
                if isinstance(plan, LinksPlan)
                else _Records(work, plan).run()
            )
        return result


def _kept(result: ImportResult, manner: Manner) -> ImportResult:
    if manner.dry_run or result.faults:
        raise _Undone(result)
    return result


@dataclass(frozen=True, slots=True)
class _Work:
    """What all files of an import share."""

    store: Store
    actor: Actor
    manner: Manner
    result: ImportResult


@dataclass(slots=True)
class _Read:
    """A row with its values; `later` are references to rows of the same file that come after."""

    row: SourceRow
    values: dict[str, object] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    later: dict[str, object] = field(default_factory=dict)


class _Cells:
    """Reads rows of a file: cells to values, references to ids."""

    def __init__(self, work: _Work, file: str, columns: Sequence[ColumnPlan]) -> None:
        self.file = file
        self.columns = columns
        self.lookups = Lookups(work.store.reader(work.actor))

    def read(
        self,
        rows: Iterable[SourceRow],
        later: Mapping[str, frozenset[object]] = {},
    ) -> list[_Read]:
        """The rows with values and faults; `later` are values that rows of the file will have,
        by the columns that may refer to them."""
        found = [_Read(row) for row in rows]
        for column in self.columns:
            self._column(found, column, later.get(column.field.name, frozenset()))
        return found

    def _column(self, rows: Sequence[_Read], column: ColumnPlan, later: frozenset[object]) -> None:
        name = column.field.name
        for each in rows:
            try:
                each.values[name] = column.reader.value(column.cell(each.row))
            except Invalid as invalid:
                each.faults.append(self.fault(each.row, column, invalid.message))
        if column.target is None or column.find is None:
            return
        values = {value for each in rows if (value := each.values.get(name)) is not None}
        ids = self.lookups.find(column.target, column.find, values)
        for each in rows:
            value = each.values.get(name)
            if value is None:
                continue
            each.values[name] = ids.get(value)
            if value in ids:
                continue
            if value in later:
                each.later[name] = value
            else:
                message = NOT_FOUND.filled({"text": value})
                each.faults.append(self.fault(each.row, column, message))

    def fault(self, row: SourceRow, column: ColumnPlan | None, message: Message) -> RowFault:
        """A fault at a column of the row, or of the row as a whole."""
        if column is None:
            return RowFault(self.file, row.number, "", "", message)
        name = column.source.column or column.field.name
        return RowFault(self.file, row.number, name, column.cell(row), message)


class _Records:
    """A file whose rows become records."""

    def __init__(self, work: _Work, plan: RecordsPlan) -> None:
        self.work = work
        self.plan = plan
        self.entity: EntityId = plan.entity.id
        self.cells = _Cells(work, plan.file.path.name, plan.columns)
        self.result = FileResult(plan.file.path.name)
        self.seen: set[tuple[object, ...]] = set()
        self.waiting: list[tuple[_Read, int]] = []
        """Rows that are saved and refer to rows that were not there yet."""

    def run(self) -> FileResult:
        later = self._own_values()
        for rows in self._batches():
            read = self.cells.read(rows, later)
            self.result.rows += len(read)
            self._save([each for each in read if self._is_good(each)])
        for batch in chunks(self.waiting, BATCH):
            self._point(batch)
        return self.result

    def _batches(self) -> Iterator[list[SourceRow]]:
        """Rows to be saved together: of owned lines, all those of a record."""
        parent = self.plan.column("parent") if self.plan.entity.owner else None
        if parent is None:
            yield from chunks(self.plan.file.rows(), BATCH)
            return
        groups: dict[str, list[SourceRow]] = {}
        for row in self.plan.file.rows():
            groups.setdefault(parent.cell(row).strip(), []).append(row)
        batch: list[SourceRow] = []
        for group in groups.values():
            if batch and len(batch) + len(group) > BATCH:
                yield batch
                batch = []
            batch += group
        if batch:
            yield batch

    def _own_values(self) -> dict[str, frozenset[object]]:
        """The values by which rows of this file can be found by references of others of it."""
        found: dict[str, frozenset[object]] = {}
        for column in self.plan.columns:
            if column.target == self.entity and column.find is not None:
                by = self.plan.column(column.find.name)
                found[column.field.name] = self._values_of(by) if by else frozenset()
        return found

    def _values_of(self, column: ColumnPlan) -> frozenset[object]:
        values = set()
        for row in self.plan.file.rows():
            try:
                values.add(column.reader.value(column.cell(row)))
            except Invalid:
                continue  # told when the row itself is read
        return frozenset(values)

    def _is_good(self, read: _Read) -> bool:
        key = self._key(read.values)
        if not read.faults and key is not None:
            if key in self.seen:
                read.faults.append(self.cells.fault(read.row, None, REPEATED))
            self.seen.add(key)
        self.result.faults += read.faults
        return not read.faults

    def _key(self, values: Mapping[str, object]) -> tuple[object, ...] | None:
        """What says which record it is; None if a part is empty or there is no key."""
        key = tuple(values[name] for name in self.plan.key)
        return key if key and None not in key else None

    # --- saving

    def _save(self, read: Sequence[_Read]) -> None:
        known = self._known(read)
        new = [each for each in read if self._key(each.values) not in known]
        if self.plan.entity.owner:
            new = self._whole(new)
        self._create(new)
        changed = []
        for each in read:
            key = self._key(each.values)
            if key in known:
                id, old = known[key]
                values = {
                    column.field.name: each.values[column.field.name]
                    for column in self.plan.columns
                    if not column.past
                    and column.field.name not in each.later
                    and each.values[column.field.name] != old[column.field.name]
                }
                self.result.same += not values
                if values:
                    changed.append((each, id, values))
                if each.later:
                    self.waiting.append((each, id))
        self._update(changed)

    def _known(self, read: Sequence[_Read]) -> dict[object, tuple[int, dict[str, object]]]:
        """The records that the rows are, by key, with the values that they have now."""
        if not self.plan.key:
            return {}
        names = [column.field.name for column in self.plan.columns]
        first = self.plan.key[0]
        values = sorted({each.values[first] for each in read} - {None}, key=str)
        columns = tuple((name,) for name in names)
        found: dict[object, tuple[int, dict[str, object]]] = {}
        for row in self.cells.lookups.rows(self.entity, first, values, columns):
            old = dict(zip(names, map(plain, row.cells), strict=True))
            found[tuple(old[name] for name in self.plan.key)] = (row.id, old)
        return found

    def _create(self, new: Sequence[_Read]) -> None:
        outcome = self._created(new, whole=False)
        self.result.new += len(outcome.saved)
        self._note(outcome, new)
        self.waiting += [(new[at], id) for at, id in outcome.saved.items() if new[at].later]

    def _created(self, new: Sequence[_Read], whole: bool) -> Outcome:
        work = self.work
        return work.store.create_many(
            work.actor,
            self.entity,
            [each.values for each in new],
            as_history=work.manner.as_history,
            tell=work.manner.tell,
            whole=whole,
        )

    def _whole(self, new: Sequence[_Read]) -> list[_Read]:
        """Save the lines of each record all or not at all; returns those left to be saved."""
        if not new:
            return []
        outcome = self._created(new, whole=True)
        if not outcome.problems:
            self.result.new += len(outcome.saved)
            self.work.result.notices += outcome.notices
            return []
        groups: dict[object, list[_Read]] = {}
        for each in new:
            groups.setdefault(each.values["parent"], []).append(each)
        for group in groups.values():
            outcome = self._created(group, whole=True)
            self.result.new += len(outcome.saved)
            self._note(outcome, group)
            if outcome.problems:
                bad = [group[at].row.number for at in outcome.problems]
                self.result.faults += [
                    self.cells.fault(each.row, None, ANOTHER_LINE)
                    for each in group
                    if each.row.number not in bad
                ]
        return []

    def _update(self, changed: Sequence[tuple[_Read, int, dict[str, object]]]) -> None:
        if not changed:
            return
        work = self.work
        outcome = work.store.update_many(
            work.actor,
            self.entity,
            [(id, values) for _, id, values in changed],
            tell=work.manner.tell,
        )
        self.result.changed += len(outcome.saved)
        self._note(outcome, [each for each, _, _ in changed])

    def _point(self, batch: Sequence[tuple[_Read, int]]) -> None:
        """References to rows of the same file, now that these are there."""
        columns = {column.field.name: column for column in self.plan.columns}
        values: list[tuple[int, dict[str, object]]] = []
        rows = []
        for each, id in batch:
            given: dict[str, object] = {}
            for name, value in each.later.items():
                column = columns[name]
                assert column.target is not None and column.find is not None
                found = self.cells.lookups.find(column.target, column.find, [value]).get(value)
                if found is None:
                    message = NOT_FOUND.filled({"text": value})
                    self.result.faults.append(self.cells.fault(each.row, column, message))
                else:
                    given[name] = found
            if given:
                values.append((id, given))
                rows.append(each)
        if values:
            work = self.work
            outcome = work.store.update_many(work.actor, self.entity, values, tell=work.manner.tell)
            self._note(outcome, rows)

    def _note(self, outcome: Outcome, rows: Sequence[_Read]) -> None:
        self.work.result.notices += outcome.notices
        for at, problems in outcome.problems.items():
            row = rows[at].row
            self.result.faults += [self._fault(row, problem) for problem in problems]

    def _fault(self, row: SourceRow, problem: Problem) -> RowFault:
        column = self.plan.column(problem.field) if problem.field else None
        return self.cells.fault(row, column, problem.message)


class _Links:
    """A file whose rows join two records."""

    def __init__(self, work: _Work, plan: LinksPlan) -> None:
        self.work = work
        self.plan = plan
        self.cells = _Cells(work, plan.file.path.name, (plan.near, plan.far))
        self.result = FileResult(plan.file.path.name)

    def run(self) -> FileResult:
        wanted: dict[int, dict[int, SourceRow]] = {}
        for rows in chunks(self.plan.file.rows(), BATCH):
            for row, near, far in self._pairs(rows):
                pairs = wanted.setdefault(near, {})
                self.result.same += far in pairs
                pairs.setdefault(far, row)
        for near, pairs in wanted.items():
            self._join(near, pairs)
        return self.result

    def _pairs(self, rows: Sequence[SourceRow]) -> Iterator[tuple[SourceRow, int, int]]:
        """The ids that each row joins; faults are noted."""
        plan = self.plan
        self.result.rows += len(rows)
        ends = [self._ends(rows, column) for column in (plan.near, plan.far)]
        for row, near, far in zip(rows, *ends, strict=True):
            if near is not None and far is not None:
                yield row, near, far

    def _ends(self, rows: Sequence[SourceRow], column: ColumnPlan) -> list[int | None]:
        assert column.target is not None and column.find is not None
        values = []
        for row in rows:
            try:
                values.append(column.reader.value(column.cell(row)))
            except Invalid as invalid:
                self.result.faults.append(self.cells.fault(row, column, invalid.message))
                values.append(None)
        asked = {value for value in values if value is not None}
        ids = self.cells.lookups.find(column.target, column.find, asked)
        for row, value in zip(rows, values, strict=True):
            if value not in ids and not any(f.row == row.number for f in self.result.faults):
                message = NOT_FOUND.filled({"text": column.cell(row)})
                self.result.faults.append(self.cells.fault(row, column, message))
        return [ids.get(value) for value in values]

    def _join(self, near: int, pairs: Mapping[int, SourceRow]) -> None:
        work, plan = self.work, self.plan
        name, entity = plan.collection.name, plan.entity.id
        page = work.store.reader(work.actor).related(entity, near, name, ListQuery((), size=MANY))
        joined = {row.id for row in page.rows}
        new = pairs.keys() - joined
        self.result.same += len(pairs) - len(new)
        if not new:
            return
        values = [(near, {name: joined | pairs.keys()})]
        outcome = work.store.update_many(work.actor, entity, values, tell=work.manner.tell)
        work.result.notices += outcome.notices
        if outcome.problems:
            (problems,) = outcome.problems.values()
            self.result.faults += [
                self.cells.fault(pairs[far], None, problem.message)
                for far in sorted(new)
                for problem in problems
            ]
        else:
            self.result.new += len(new)
