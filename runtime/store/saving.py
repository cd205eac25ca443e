"""What an act has changed and not written yet, and how it is written: one statement for each table
and set of columns, new records before changes, referred ones first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from runtime.prepared import Prepared, Values
from runtime.store.row import Row

if TYPE_CHECKING:
    from runtime.store.act import Act


class Unsaved:
    """The records of an act that are to be written."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._rows: dict[Row, None] = {}

    def add(self, row: Row, *names: str) -> None:
        """The record is new, or these columns of it have changed."""
        self._rows[row] = None
        row.dirty.update(names)

    def drop(self, row: Row) -> None:
        """The record is gone: there is nothing to write."""
        self._rows.pop(row, None)

    def write(self) -> None:
        """Write it all. Raises Rejected where a record is like another one."""
        if not self._rows:
            return
        rows, self._rows = list(self._rows), {}
        self._act.domain.uniques.hold(self._act, rows)
        new = sorted((row for row in rows if not row.saved), key=lambda row: row.shape.rank)
        for _, group in groupby(new, lambda row: row.shape.rank):
            self._insert(list(group))
        old = sorted((row for row in rows if row.dirty), key=lambda row: row.shape.rank)
        for _, group in groupby(old, lambda row: row.shape.rank):
            self._update(list(group))

    def _insert(self, rows: list[Row]) -> None:
        for row in rows:
            row.dirty.clear()
        self._run(rows[0].shape.insert, [self._without_forward(row) for row in rows])
        for row in rows:
            row.saved = True

    def _without_forward(self, row: Row) -> Values:
        """The record's values but for references to records that are not written yet: these are
        set when all are there, for two new records may refer to each other."""
        target, unsaved = row.shape.references, self._act.is_unsaved
        later = [name for name in row.shape.forward if unsaved(target[name], row.values[name])]
        row.dirty.update(later)
        return {**row.values, **dict.fromkeys(later)} if later else row.values

    def _update(self, rows: list[Row]) -> None:
        by_columns: defaultdict[tuple[str, ...], list[Values]] = defaultdict(list)
        for row in rows:
            names = tuple(sorted(row.dirty))
            by_columns[names].append({**{n: row.values[n] for n in names}, "of_id": row.id})
            row.dirty.clear()
        for names, values in by_columns.items():
            self._run(rows[0].shape.update(names), values)

    def _run(self, statement: Prepared, values: Sequence[Values]) -> None:
        statement.run_each(self._act.connection, values)
