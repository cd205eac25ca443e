"""Views, complete: what the text says, and the defaults where it is silent."""

from __future__ import annotations

from msgspec import field

from compiler.model.base import EntityId, Labels, Model, RoleId
from compiler.model.expr import Expr


class Column(Model):
    """A field of the record or of a record it refers to: a path of names, to-one steps first."""

    path: tuple[str, ...]
    label: Labels


class Sort(Model):
    path: tuple[str, ...]
    descending: bool


class ListView(Model):
    columns: tuple[Column, ...]
    sort: tuple[Sort, ...]
    filters: tuple[tuple[str, ...], ...]


class Section(Model):
    """`label` is empty for the fields that stand before the first section."""

    label: Labels = field(default_factory=dict)
    when: Expr | None = None
    fields: tuple[str, ...]


class Tab(Model):
    """Related rows: names of collections."""

    label: Labels
    collections: tuple[str, ...]


class View(Model):
    """The view of an entity, for a role (or for all where `role` is None)."""

    entity: EntityId
    role: RoleId | None = None
    list: ListView
    form: tuple[Section, ...]
    header: tuple[str, ...]
    detail: tuple[Section, ...]
    tabs: tuple[Tab, ...]
