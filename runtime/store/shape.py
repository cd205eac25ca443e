"""An entity as the write door works with it: its statements, built once, and its references."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Dialect,
    Integer,
    Select,
    Table,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.sql.dml import UpdateBase

from compiler.model.base import EntityId
from compiler.model.entity import Entity, Field
from compiler.model.expr import THIS, Var
from compiler.model.types import ref
from runtime.prepared import Prepared, among
from runtime.schema.catalog import Catalog

VERSION = "version"
PARENT = "parent"
NAMED = 3
"""How many of the records that keep one from being deleted are named."""
BUILT_IN = frozenset({"id", "created_at", "created_by", "changed_at", "changed_by"})


@dataclass(frozen=True, slots=True)
class Referrer:
    """A reference that leads to an entity: what becomes of it when the record goes."""

    entity: EntityId
    field: Field


class Shape:
    """What the store knows of an entity.

    `columns` are the keys of its table, `id` first, and `physical` their names in the database;
    `given` are the fields that people and rules give values to; `itself` is the expression of a
    row. `rank` is its place among the tables, referred ones first; `referrers` are the references
    of any entity that lead here, `forward` its own to tables that come later, or to itself, and
    `dependent` those that only lead to what fits the rest of the record.
    """

    def __init__(self, entity: Entity, catalog: Catalog, dialect: Dialect, rank: int) -> None:
        self.entity = entity
        self.id = entity.id
        self.rank = rank
        self.table = catalog.table(entity.id)
        # Plain texts: the driver asks others, as SQLAlchemy's names are, how they are to be stored.
        self.subject = str(self.table.name)
        self.columns: tuple[str, ...] = tuple(column.key for column in self.table.c)
        stored = frozenset(self.columns)
        fields = entity.fields.values()
        self.references: dict[str, EntityId] = {
            field.name: EntityId(field.type.of)
            for field in fields
            if field.type.kind == "ref" and field.name in stored
        }
        self.physical: dict[str, str] = {column.key: str(column.name) for column in self.table.c}
        self.sets: frozenset[str] = frozenset(
            field.name for field in fields if field.type.kind == "set" and not field.computed
        ) | {each.name for each in entity.collections.values() if each.kind == "link"}
        self.given: tuple[str, ...] = (
            *(
                field.name
                for field in fields
                if not field.computed and field.name in stored and field.name not in BUILT_IN
            ),
            *self.sets,
        )
        self.dependent: tuple[str, ...] = tuple(
            field.name for field in fields if field.among is not None
        )
        self.tree = next((field.name for field in fields if field.tree), "")
        self.kept: frozenset[str] = frozenset(
            field.name for field in fields if field.upkeep in ("row", "aggregate")
        )
        self.read: frozenset[str] = frozenset(f.name for f in fields if f.upkeep == "read")
        self.itself = Var(type=ref(entity.id), name=THIS)
        self.referrers: tuple[Referrer, ...] = ()
        self.forward: tuple[str, ...] = ()
        self.dialect = dialect
        self._updates: dict[tuple[str, ...], Prepared] = {}
        self._some: dict[str, Prepared] = {}
        self._referring: dict[str, Prepared] = {}

    @cached_property
    def fetch(self) -> Prepared:
        """The rows of some `ids`, all columns."""
        return self._prepared(self._by_id())

    @cached_property
    def fetch_one(self) -> Prepared:
        """The row of one `id`, all columns."""
        return self._prepared(select(self.table).where(self.table.c.id == bindparam("id")))

    @cached_property
    def lock(self) -> Prepared:
        """The rows of some `ids`, in their order and locked until the act ends."""
        return self._prepared(self._by_id().order_by(self.table.c.id).with_for_update())

    @cached_property
    def all_rows(self) -> Prepared:
        return self._prepared(select(self.table).order_by(self.table.c.id))

    @cached_property
    def insert(self) -> Prepared:
        return self._prepared(
            insert(self.table).values({key: bindparam(key) for key in self.columns})
        )

    @cached_property
    def delete(self) -> Prepared:
        """Delete the rows of some `ids`."""
        return self._prepared(delete(self.table).where(among(self.table.c.id, self.dialect)))

    @cached_property
    def next_ids(self) -> Prepared:
        """New ids: `count` of them on PostgreSQL; on SQLite, which has one writer, the last one
        that was given."""
        if self.dialect.name == "sqlite":
            given = table("sqlite_sequence", column("name"), column("seq"))
            return self._prepared(select(given.c.seq).where(given.c.name == self.subject))
        sequence = func.pg_get_serial_sequence(f'"{self.subject}"', "id")
        numbers = func.generate_series(1, bindparam("count", type_=Integer)).table_valued("n")
        return self._prepared(select(func.nextval(sequence)).select_from(numbers))

    def update(self, names: tuple[str, ...]) -> Prepared:
        """Set the named columns of the row whose id is `of_id`."""
        if names not in self._updates:
            changes: dict[str, Any] = {name: bindparam(name) for name in names}
            statement = update(self.table).where(self.table.c.id == bindparam("of_id"))
            self._updates[names] = self._prepared(statement.values(changes))
        return self._updates[names]

    def some_referring(self, field: str) -> Prepared:
        """As many of `referring` as a refusal names, and one more."""
        if field not in self._some:
            condition = among(self.table.c[field], self.dialect)
            statement = select(self.table).where(condition).order_by(self.table.c.id)
            self._some[field] = self._prepared(statement.limit(NAMED + 2))
        return self._some[field]

    def referring(self, field: str) -> Prepared:
        """The rows whose reference `field` leads to one of some `ids`, all columns, in order."""
        if field not in self._referring:
            condition = among(self.table.c[field], self.dialect)
            statement = select(self.table).where(condition).order_by(self.table.c.id)
            self._referring[field] = self._prepared(statement)
        return self._referring[field]

    def _by_id(self) -> Select[Any]:
        return select(self.table).where(among(self.table.c.id, self.dialect))

    def _prepared(self, statement: Select[Any] | UpdateBase) -> Prepared:
        return Prepared(statement, self.dialect)


class PairShape:
    """A table of pairs: a many-to-many (`near`, `far`) or a set-valued field (`record`, `value`).

    `one` and `other` are the keys of its columns, seen from the side that asks.
    """

    def __init__(self, pairs: Table, one: str, other: str, dialect: Dialect) -> None:
        here, there = pairs.c[one], pairs.c[other]
        found = select(here, there).where(among(here, dialect)).order_by(here, there)
        exact = (here == bindparam("of_one"), there == bindparam("of_other"))
        self.fetch = Prepared(found, dialect)
        self.insert = Prepared(
            insert(pairs).values({one: bindparam("one"), other: bindparam("other")}), dialect
        )
        self.remove = Prepared(delete(pairs).where(*exact), dialect)
        self.clear = Prepared(delete(pairs).where(among(here, dialect)), dialect)
