"""An import carried out: files in order, rows in batches, through the write door.

A row is read cell by cell, its references are found, and its key says whether it is new. Bad rows
are told with all their faults; the good ones are saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.bundle import Bundle
from compiler.field_type import Library
from runtime.access.actor import Actor
from runtime.clock import Clock
from runtime.db import Database, Nested
from runtime.exchange.links_file import LinksFile
from runtime.exchange.plan import FilePlan, LinksPlan
from runtime.exchange.reading import Work
from runtime.exchange.records_file import RecordsFile
from runtime.exchange.results import ImportResult, Manner
from runtime.schema.catalog import Catalog
from runtime.store.records import Store


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
            work = Work(store, actor, manner, result)
            if isinstance(plan, LinksPlan):
                result.files.append(LinksFile(work, plan).run())
            else:
                result.files.append(RecordsFile(work, plan).run())
        return result


def _kept(result: ImportResult, manner: Manner) -> ImportResult:
    if manner.dry_run or result.faults:
        raise _Undone(result)
    return result
