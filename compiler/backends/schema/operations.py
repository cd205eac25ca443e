"""What can be done to a database, and what may stand in the way, as plain data."""

from __future__ import annotations

from typing import Literal, Union

from compiler.model.base import EntityId, Model, RoleId
from compiler.plan.schema import ColumnPlan, IndexPlan, TablePlan


class _Operation(Model, tag_field="op"):
    pass


class Rename(_Operation, tag="rename"):
    """Something that goes on under another name; the database calls it as it did at its birth."""

    kind: Literal["entity", "field", "link", "value", "role", "report", "index"]
    path: str
    was: str


class AddTable(_Operation, tag="add_table"):
    table: TablePlan


class DropTable(_Operation, tag="drop_table"):
    table: TablePlan


class AddColumn(_Operation, tag="add_column"):
    table: str
    column: ColumnPlan


class DropColumn(_Operation, tag="drop_column"):
    table: str
    column: ColumnPlan


class Rescale(_Operation, tag="rescale"):
    """Keep the values of a decimal with this many more digits after the point."""

    table: str
    column: ColumnPlan
    places: int


class AddIndex(_Operation, tag="add_index"):
    table: str
    index: IndexPlan


class DropIndex(_Operation, tag="drop_index"):
    table: str
    index: IndexPlan


class Fill(_Operation, tag="fill"):
    """Give the rows that exist the value that a new record would begin with."""

    entity: EntityId
    field: str


class Compute(_Operation, tag="compute"):
    """Compute a stored field for all rows."""

    entity: EntityId
    field: str


Operation = Union[  # noqa: UP007 (one discriminated type)
    Rename, AddTable, DropTable, AddColumn, DropColumn, Rescale, AddIndex, DropIndex, Fill, Compute
]


class VanishedEntity(Model):
    """A name that is no longer in the text, while there are rows."""

    entity: EntityId


class VanishedField(Model):
    entity: EntityId
    field: str


class VanishedValue(Model):
    enum: str
    value: str


class VanishedRole(Model):
    role: RoleId


class VanishedRow(Model):
    """A row of reference data that is no longer in the text, while something refers to it."""

    entity: EntityId
    key: str


class MissingValue(Model):
    """A field that becomes required, or comes so (`new`), while rows have no value for it."""

    entity: EntityId
    field: str
    new: bool


class ChangedType(Model):
    """A field whose values cannot be taken over into its new type."""

    entity: EntityId
    field: str
    old: str
    new: str


class TooLong(Model):
    """A text that becomes shorter than some of its values."""

    entity: EntityId
    field: str
    size: int


class TooLarge(Model):
    """A number that gets more digits after the point than some of its values leave room for."""

    entity: EntityId
    field: str
    places: int


class Duplicates(Model):
    """Fields that become unique while rows are alike in them."""

    table: str
    index: IndexPlan


Doubt = (
    VanishedEntity
    | VanishedField
    | VanishedValue
    | VanishedRole
    | VanishedRow
    | MissingValue
    | ChangedType
    | TooLong
    | TooLarge
    | Duplicates
)
"""A change that is safe only if no row stands against it; the database is asked."""


class Difference(Model):
    """How to come from one model to another: `operations` in order, if no doubt is confirmed."""

    operations: tuple[Operation, ...]
    doubts: tuple[Doubt, ...]
