"""A file whose rows become records: new ones, changed ones, lines with their owners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compiler.field_type import Invalid
from compiler.model.base import EntityId
from dsl.diagnostic import Message
from runtime.exchange.files import SourceRow
from runtime.exchange.lookups import chunks, plain
from runtime.exchange.plan import ColumnPlan, RecordsPlan
from runtime.exchange.reading import NOT_FOUND, Cells, ReadRow, Work
from runtime.exchange.results import FileResult, RowFault
from runtime.store.batches import Outcome
from runtime.store.problems import Problem
from runtime.store.shape import PARENT

BATCH = 200
"""Rows that are saved in one act."""
REPEATED = Message("another row of this file has the same key", "本文件中另一行有相同的键")
ANOTHER_LINE = Message("another line of the same record was refused", "同一记录的另一条明细被拒绝")

Known = Mapping[object, tuple[int, Mapping[str, object]]]
"""Records by key: the id and the values that it has now."""


class RecordsFile:
    """A file whose rows become records."""

    def __init__(self, work: Work, plan: RecordsPlan) -> None:
        self.work = work
        self.plan = plan
        self.entity: EntityId = plan.entity.id
        self.cells = Cells(work, plan.file.path.name, plan.columns)
        self.result = FileResult(plan.file.path.name)
        self.seen: set[tuple[object, ...]] = set()
        self.waiting: list[tuple[ReadRow, int]] = []
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
        parent = self.plan.column(PARENT) if self.plan.entity.owner else None
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

    def _is_good(self, read: ReadRow) -> bool:
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

    def _save(self, read: Sequence[ReadRow]) -> None:
        known = self._known(read)
        new = [each for each in read if self._key(each.values) not in known]
        if self.plan.entity.owner:
            self._create_lines(new)
        else:
            self._create(new)
        self._update(known, [each for each in read if self._key(each.values) in known])

    def _differing(self, each: ReadRow, old: Mapping[str, object]) -> dict[str, object]:
        """The values of a row that its record does not have yet."""
        names = (column.field.name for column in self.plan.columns if not column.past)
        return {
            name: each.values[name]
            for name in names
            if name not in each.later and each.values[name] != old[name]
        }

    def _known(self, read: Sequence[ReadRow]) -> Known:
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

    def _create(self, new: Sequence[ReadRow]) -> None:
        outcome = self._created(new, whole=False)
        self._count(outcome)
        self._note(outcome, new)
        self.waiting += [(new[at], id) for at, id in outcome.saved.items() if new[at].later]

    def _created(self, new: Sequence[ReadRow], whole: bool) -> Outcome:
        if not new:
            return Outcome()
        work = self.work
        return work.store.create_many(
            work.actor,
            self.entity,
            [each.values for each in new],
            as_history=work.manner.as_history,
            tell=work.manner.tell,
            whole=whole,
        )

    def _create_lines(self, new: Sequence[ReadRow]) -> None:
        """Save the lines of each record all or not at all."""
        outcome = self._created(new, whole=True)
        if not outcome.problems:
            self._count(outcome)
            return
        groups: dict[object, list[ReadRow]] = {}
        for each in new:
            groups.setdefault(each.values[PARENT], []).append(each)
        for group in groups.values():
            outcome = self._created(group, whole=True)
            self._count(outcome)
            self._note(outcome, group)
            beside = [each for at, each in enumerate(group) if at not in outcome.problems]
            if outcome.problems:
                self.result.faults += [
                    self.cells.fault(each.row, None, ANOTHER_LINE) for each in beside
                ]

    def _count(self, outcome: Outcome) -> None:
        self.result.new += len(outcome.saved)
        self.work.result.notices += outcome.notices

    def _update(self, known: Known, read: Sequence[ReadRow]) -> None:
        changed: list[tuple[ReadRow, int, dict[str, object]]] = []
        for each in read:
            id, old = known[self._key(each.values)]
            values = self._differing(each, old)
            self.result.same += not values
            if values:
                changed.append((each, id, values))
            if each.later:
                self.waiting.append((each, id))
        outcome = self._changed([(id, values) for _, id, values in changed])
        self.result.changed += len(outcome.saved)
        self.work.result.notices += outcome.notices
        self._note(outcome, [each for each, _, _ in changed])

    def _changed(self, rows: Sequence[tuple[int, Mapping[str, object]]]) -> Outcome:
        if not rows:
            return Outcome()
        work = self.work
        return work.store.update_many(work.actor, self.entity, rows, tell=work.manner.tell)

    def _point(self, batch: Sequence[tuple[ReadRow, int]]) -> None:
        """References to rows of the same file, now that these are there."""
        pointed = [(each, id, self._found(each)) for each, id in batch]
        rows = [(each, id, values) for each, id, values in pointed if values]
        outcome = self._changed([(id, values) for _, id, values in rows])
        self._note(outcome, [each for each, _, _ in rows])

    def _found(self, each: ReadRow) -> dict[str, object]:
        """The ids that the row waited for; what is not there by now was refused."""
        found: dict[str, object] = {}
        for name, value in each.later.items():
            column = self.plan.column(name)
            assert column is not None and column.target is not None and column.find is not None
            id = self.cells.lookups.find(column.target, column.find, [value]).get(value)
            if id is None:
                message = NOT_FOUND.filled({"text": value})
                self.result.faults.append(self.cells.fault(each.row, column, message))
            else:
                found[name] = id
        return found

    def _note(self, outcome: Outcome, rows: Sequence[ReadRow]) -> None:
        for at, problems in outcome.problems.items():
            row = rows[at].row
            self.result.faults += [self._fault(row, problem) for problem in problems]

    def _fault(self, row: SourceRow, problem: Problem) -> RowFault:
        column = self.plan.column(problem.field) if problem.field else None
        return self.cells.fault(row, column, problem.message)
