"""A database brought to a model: made if it is empty, changed where that is safe, else refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, text

from compiler.backends.schema.diff import diff
from compiler.backends.schema.operations import (
    AddColumn,
    AddIndex,
    AddTable,
    Compute,
    Difference,
    DropColumn,
    DropIndex,
    DropTable,
    Duplicates,
    Fill,
    Operation,
    Rescale,
)
from compiler.backends.schema.renames import in_new_names
from compiler.bundle import Bundle, canonical
from compiler.field_type import Library
from compiler.model.base import from_json, to_json
from dsl.diagnostic import Message
from runtime.clock import ActTime, Clock
from runtime.db import Database
from runtime.schema import ddl
from runtime.schema.catalog import Catalog
from runtime.schema.data import know_data, write_data
from runtime.schema.elements import Elements, elements_of
from runtime.schema.fill import Filler
from runtime.schema.means import insist_on_means
from runtime.schema.probe import objections
from runtime.schema.refusal import Change, Refused
from runtime.schema.releases import FORMAT, METADATA, RELEASE
from runtime.schema.rename import rename_values
from runtime.tables import SYSTEM

LOCK = 0x63617365
"""One process at a time brings a PostgreSQL database to a model."""

NEWER = Message(
    "the database was written by a newer Casework: update the program",
    "数据库由更新版本的 Casework 写入：请升级程序",
)


def prepare(database: Database, bundle: Bundle, library: Library, clock: Clock) -> Catalog:
    """The catalog of a database that holds exactly this model, and remembers since when.

    In one transaction. Raises Refused, with the database as it was, if rows that exist stand
    against the change, the database knows more than this program, or the model asks for what
    this program cannot do.
    """
    insist_on_means(bundle, library)
    time = clock.act(bundle.workspace.timezone)
    return database.write(lambda connection: _Preparation(connection, bundle, library, time).run())


def unchanged(catalog: Catalog, bundle: Bundle, library: Library) -> Catalog | None:
    """The catalog of another model that keeps the same in the database as the one it was made
    for; None if the database has to be brought to it. Raises Refused as `prepare` does.

    What the two differ in (labels, views, rules) is recorded with the next change that needs the
    database, or at the next start: a release for every save of a text would tell nothing.
    """
    held = catalog.bundle
    if held.workspace.data != bundle.workspace.data:
        return None
    insist_on_means(bundle, library)
    if set(elements_of(held)) != set(elements_of(bundle)):
        return None
    difference = diff(held, bundle)
    if difference.operations or difference.doubts:
        return None
    return catalog.following(bundle)


@dataclass(frozen=True, slots=True)
class _Release:
    """What was applied last; `model` is its Bundle as text."""

    seq: int
    model_hash: str
    schema_hash: str
    model: str


@dataclass(frozen=True, slots=True)
class _Preparation:
    connection: Connection
    bundle: Bundle
    library: Library
    time: ActTime

    def run(self) -> Catalog:
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(text(f"pg_advisory_xact_lock({LOCK})")))
        METADATA.create_all(self.connection)
        SYSTEM.create_all(self.connection)
        last = self._last_release()
        elements = Elements.load(self.connection)
        if last is not None and self._is_held(last):
            catalog = Catalog(self.bundle, elements.names)
            know_data(self.connection, catalog)
            return catalog
        if last is None:
            return self._create(elements)
        return self._change(elements, last)

    def _last_release(self) -> _Release | None:
        """The newest release. Raises Refused for one in a format that is not known yet."""
        known = RELEASE.c
        columns = (known.format, known.seq, known.model_hash, known.schema_hash, known.model)
        newest = select(*columns).order_by(known.seq.desc()).limit(1)
        found = self.connection.execute(newest).one_or_none()
        if found is None:
            return None
        if found.format > FORMAT:
            raise Refused((Change("refused", "", 0, NEWER),))
        return _Release(*found[1:])

    def _is_held(self, last: _Release) -> bool:
        return (last.model_hash, last.schema_hash) == (self.bundle.hash, schema_hash(self.bundle))

    def _create(self, elements: Elements) -> Catalog:
        elements.follow(self.connection, self.bundle, release=1)
        catalog = Catalog(self.bundle, elements.names)
        ddl.create_tables(self.connection, catalog.tables.values())
        write_data(self.connection, catalog, self.time.now)
        tables = self.bundle.schema_plan.tables
        made = Difference(operations=tuple(AddTable(table=table) for table in tables), doubts=())
        self._record(1, "", made)
        return catalog

    def _change(self, elements: Elements, last: _Release) -> Catalog:
        held, renames = in_new_names(from_json(Bundle, last.model), self.bundle)
        for each in renames:
            elements.rename(self.connection, each.path, each.was)
        before = Catalog(held, elements.names)
        for each in renames:
            rename_values(self.connection, before, each)
        know_data(self.connection, before)
        difference = diff(held, self.bundle)
        difference = difference.but(operations=(*renames, *difference.operations))
        against = objections(self.connection, before, difference.doubts)
        if against:
            raise Refused(against)
        elements.follow(self.connection, self.bundle, release=last.seq + 1)
        after = Catalog(self.bundle, elements.names)
        self._execute(difference, before, after)
        write_data(self.connection, after, self.time.now)
        self._record(last.seq + 1, last.model_hash, difference)
        return after

    def _execute(self, difference: Difference, before: Catalog, after: Catalog) -> None:
        new_tables = [each for each in difference.operations if isinstance(each, AddTable)]
        filler = Filler(self.connection, after, self.library, self.time)
        for operation in difference.operations:
            if operation in new_tables[:1]:
                ddl.create_tables(
                    self.connection, [after.tables[each.table.path] for each in new_tables]
                )
            self._carry_out(operation, before, after, filler)

    def _carry_out(
        self, operation: Operation, before: Catalog, after: Catalog, filler: Filler
    ) -> None:
        connection = self.connection
        match operation:
            case DropIndex(table=table, index=index):
                ddl.drop_index(connection, before.index(table, index.name))
            case DropColumn(column=column):
                ddl.drop_column(connection, before.planned(column.path))
            case DropTable(table=plan):
                ddl.drop_table(connection, before.tables[plan.path])
            case AddColumn(column=column):
                ddl.add_column(connection, after.planned(column.path))
            case Rescale(column=column, places=places):
                ddl.rescale(connection, after.planned(column.path), places)
            case Fill(entity=entity, field=field):
                filler.fill(entity, field)
            case Compute(entity=entity, field=field):
                filler.compute(entity, field)
            case AddIndex(table=table, index=index):
                if index.unique:
                    self._insist_on_difference(after, Duplicates(table=table, index=index))
                ddl.create_index(connection, after.index(table, index.name))

    def _insist_on_difference(self, catalog: Catalog, doubt: Duplicates) -> None:
        """Ask again now that new columns have their values."""
        against = objections(self.connection, catalog, (doubt,))
        if against:
            raise Refused(against)

    def _record(self, seq: int, parent: str, difference: Difference) -> None:
        plan = to_json(difference)
        now = self.time.now.isoformat()
        self.connection.execute(
            insert(RELEASE).values(
                seq=seq,
                model_hash=self.bundle.hash,
                parent_hash=parent,
                format=FORMAT,
                model=to_json(self.bundle),
                schema_hash=schema_hash(self.bundle),
                git_commit="",
                plan=plan,
                plan_hash=hashlib.sha256(plan.encode()).hexdigest(),
                approved_by="",
                started=now,
                finished=now,
                status="applied",
            )
        )
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql(f"PRAGMA user_version = {seq}")


def schema_hash(bundle: Bundle) -> str:
    """A hash over the tables alone, which a new compiler may lay out differently."""
    data = canonical(bundle.schema_plan)
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
