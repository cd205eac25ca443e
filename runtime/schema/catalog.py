"""The tables of a model, by the physical names that this database gave them at birth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    func,
    select,
)
from sqlalchemy.types import TypeEngine

from compiler.backends.schema.storage import sql_type
from compiler.bundle import Bundle
from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.entity import Field
from compiler.plan.schema import ColumnPlan, IndexPlan, TablePlan
from runtime.tables import ROLE_HOLDER

Names = Mapping[str, str]
"""Physical names of tables, columns and indexes, by path (see `element_path`)."""

BIG = BigInteger().with_variant(Integer, "sqlite")
KEYS = {"link": ("near", "far"), "values": ("record", "value")}
"""What the two columns of a link or values table are called in code."""


class Catalog:
    """The tables of a workspace. Columns of an entity's table are keyed by field name
    (`table.c["name"]`), with `id` and `version` first; those of a link table are `near` and
    `far`, of a values table `record` and `value`.
    """

    def __init__(self, bundle: Bundle, names: Names) -> None:
        self.bundle = bundle
        self.workspace = bundle.workspace
        self.metadata = MetaData()
        self._names = names
        self._tables: dict[str, Table] = {}
        self._data_ids: dict[tuple[EntityId, str], int] = {}
        for plan in bundle.schema_plan.tables:
            self._tables[plan.path] = _table(self.metadata, plan, names)
        for plan in bundle.schema_plan.tables:
            for index in plan.indexes:
                _index(self._tables[plan.path], plan, index, names)

    def following(self, bundle: Bundle) -> Catalog:
        """The catalog of another model with the same tables and rows of data."""
        other = copy(self)
        other.bundle = bundle
        other.workspace = bundle.workspace
        return other

    def table(self, entity: str) -> Table:
        """The table of an entity."""
        return self._tables[entity]

    def column(self, entity: str, field: str) -> Column[Any]:
        """The column of a stored field; raises KeyError for one that is computed when read."""
        return self._tables[entity].c[field]

    def link(self, path: str) -> Table:
        """The table of a many-to-many: `Collection.link`, from the declaring side `near`."""
        return self._tables[path]

    def values(self, entity: str, field: str) -> Table:
        """The table of a set-valued field."""
        return self._tables[f"{entity}.{field}"]

    def field(self, entity: str, name: str) -> Field:
        """What the model says of a field."""
        return self.workspace.entities[EntityId(entity)].fields[name]

    def data_id(self, entity: str, key: str) -> int:
        """The id of a row of reference data that belongs to the text."""
        return self._data_ids[EntityId(entity), key]

    def holders(self, role: str) -> Select[int]:
        """The ids of the active users who hold a role directly."""
        users = self.table(USER)
        return select(users.c.id).where(
            users.c.active,
            users.c.id.in_(select(ROLE_HOLDER.c.user_id).where(ROLE_HOLDER.c.role == role)),
        )

    def know_data(self, entity: EntityId, ids: Mapping[str, int]) -> None:
        """Learn the ids that this database gave to the rows of a data table, by key."""
        self._data_ids.update({(entity, key): id for key, id in ids.items()})

    def stored(self) -> Iterator[tuple[ColumnPlan, Column[Any]]]:
        """Every planned column with what it is in this database."""
        for plan in self.bundle.schema_plan.tables:
            for column in plan.columns:
                yield column, self._tables[plan.path].c[column_key(plan, column)]

    def planned(self, path: str) -> Column[Any]:
        """The column of a planned one, by its path."""
        return next(column for plan, column in self.stored() if plan.path == path)

    def index(self, table: str, name: str) -> Index:
        """An index of a table by the name it has in the plan."""
        physical = self._names[f"{table}#{name}"]
        return next(each for each in self._tables[table].indexes if each.name == physical)

    @property
    def tables(self) -> Mapping[str, Table]:
        """All tables by the path of their plan."""
        return self._tables


def column_key(plan: TablePlan, column: ColumnPlan) -> str:
    """What a column is called in code."""
    if plan.kind == "entity":
        return column.path.rpartition(".")[2]
    return KEYS[plan.kind][plan.columns.index(column)]


def index_path(plan: TablePlan, index: IndexPlan) -> str:
    """The identity of an index: the name it has in its table's plan."""
    return f"{plan.path}#{index.name}"


def constraint_name(*parts: str) -> str:
    """A name of at most 63 bytes, which is what PostgreSQL keeps, that differs if a part does."""
    name = "_".join(parts)
    if len(name.encode()) <= 63:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name.encode()[:54].decode(errors='ignore')}_{digest}"


def _table(metadata: MetaData, plan: TablePlan, names: Names) -> Table:
    physical = names[plan.path]
    columns = [_column(plan, column, names) for column in plan.columns]
    if plan.kind != "entity":
        key = PrimaryKeyConstraint(*(c.key for c in columns), name=constraint_name("pk", physical))
        return Table(physical, metadata, *columns, key)
    system = [
        Column("id", BIG, Identity(), nullable=False),
        Column("version", Integer, nullable=False),
    ]
    own = [column for column in columns if column.key not in ("id", "version")]
    key = PrimaryKeyConstraint("id", name=constraint_name("pk", physical))
    return Table(physical, metadata, *system, *own, key, sqlite_autoincrement=True)


def _column(plan: TablePlan, column: ColumnPlan, names: Names) -> Column[Any]:
    """`required` is the write door's to keep: a column may be null, so that a field can become
    required, or not, without a new table. Only what the database itself lives by is NOT NULL."""
    physical = names[column.path]
    foreign = [_foreign_key(plan, column, names)] if column.references else []
    return Column(
        physical,
        _column_type(column),
        *foreign,
        key=column_key(plan, column),
        nullable=plan.kind == "entity",
    )


def _column_type(column: ColumnPlan) -> TypeEngine[Any]:
    """Text is in the order of code points on both databases, whatever the server was set up for."""
    if column.type.kind in ("text", "enum"):
        return Text().with_variant(Text(collation="C"), "postgresql")
    return sql_type(column.type)


def _foreign_key(plan: TablePlan, column: ColumnPlan, names: Names) -> ForeignKey:
    """Without an action: what goes with a deleted record is the write door's act, with history."""
    assert column.references is not None
    return ForeignKey(
        f"{names[column.references]}.id",
        name=constraint_name("fk", names[plan.path], names[column.path]),
    )


def _index(table: Table, plan: TablePlan, index: IndexPlan, names: Names) -> None:
    keys = {column.path: column_key(plan, column) for column in plan.columns}
    columns = [table.c[keys[path]] for path in index.columns]
    parts = [func.lower(each) if index.ignoring_case else each for each in columns]
    Index(names[index_path(plan, index)], *parts, unique=index.unique)
