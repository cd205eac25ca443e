"""Rows of an import read: cells to values, references to ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from compiler.field_type import Invalid
from dsl.diagnostic import Message
from runtime.access.actor import Actor
from runtime.exchange.files import SourceRow
from runtime.exchange.lookups import Lookups
from runtime.exchange.plan import ColumnPlan
from runtime.exchange.results import ImportResult, Manner, RowFault
from runtime.store.records import Store

NOT_FOUND = Message("nothing is found under `{text}`", "找不到 `{text}`")
NOTHING: Mapping[str, frozenset[object]] = {}


@dataclass(frozen=True, slots=True)
class Work:
    """What all files of an import share."""

    store: Store
    actor: Actor
    manner: Manner
    result: ImportResult


@dataclass(slots=True)
class ReadRow:
    """A row with its values; `later` are references to rows of the same file that come after."""

    row: SourceRow
    values: dict[str, object] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    later: dict[str, object] = field(default_factory=dict)


class Cells:
    """Reads rows of a file: cells to values, references to ids."""

    def __init__(self, work: Work, file: str, columns: Sequence[ColumnPlan]) -> None:
        self.file = file
        self.columns = columns
        self.lookups = Lookups(work.store.reader(work.actor))

    def read(
        self,
        rows: Iterable[SourceRow],
        later: Mapping[str, frozenset[object]] = NOTHING,
    ) -> list[ReadRow]:
        """The rows with values and faults; `later` are values that rows of the file will have,
        by the columns that may refer to them."""
        found = [ReadRow(row) for row in rows]
        for column in self.columns:
            self._column(found, column, later.get(column.field.name, frozenset()))
        return found

    def _column(
        self, rows: Sequence[ReadRow], column: ColumnPlan, later: frozenset[object]
    ) -> None:
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
