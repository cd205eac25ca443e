"""The tables a model needs, by name only: physical names are given at birth by the database."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import EntityId, Model
from compiler.model.types import Type


class ColumnPlan(Model):
    """A stored field. `path` is its identity (`crm.Customer.name`), `physical` the name proposed
    for a new database; `references` is the entity a `ref` points to."""

    path: str
    physical: str
    type: Type
    nullable: bool
    references: EntityId | None = None
    on_delete: Literal["restrict", "clear", "cascade"] = "restrict"


class IndexPlan(Model):
    """An index over column paths; `reason` says which declaration asked for it. A unique one with
    `when` is enforced by the store, not by the database, unless its condition is row-local."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    ignoring_case: bool = False
    reason: str


class TablePlan(Model):
    """Of an entity, of a many-to-many (`link`), or of a set-valued field (`values`)."""

    path: str
    kind: Literal["entity", "link", "values"]
    physical: str
    columns: tuple[ColumnPlan, ...]
    indexes: tuple[IndexPlan, ...] = ()


class SchemaPlan(Model):
    """Tables in an order in which referenced ones come first where that is possible."""

    tables: tuple[TablePlan, ...]
