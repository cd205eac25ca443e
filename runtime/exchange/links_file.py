"""A file whose rows join two records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compiler.field_type import Invalid
from runtime.exchange.files import SourceRow
from runtime.exchange.lookups import chunks
from runtime.exchange.plan import ColumnPlan, LinksPlan
from runtime.exchange.reading import NOT_FOUND, Cells, Work
from runtime.exchange.results import FileResult
from runtime.store.query import ListQuery

BATCH = 200
MANY = 100_000
"""More than a record is ever joined with."""


class LinksFile:
    """A file whose rows join two records."""

    def __init__(self, work: Work, plan: LinksPlan) -> None:
        self.work = work
        self.plan = plan
        self.cells = Cells(work, plan.file.path.name, (plan.near, plan.far))
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
