"""Views, complete: what the text says, and the defaults where it is silent."""

from __future__ import annotations

from msgspec import field

from compiler.model.base import EntityId, Labels, Model, Origin, RoleId
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


class Board(Model):
    """Cards in columns, one for each value of a field."""

    field: str
    cards: tuple[Column, ...]


class Calendar(Model):
    """Entries by a date or instant, up to that of `until` if it is named."""

    field: str
    until: str = ""
    entries: tuple[Column, ...]


class Tree(Model):
    """Records below each other, by the entity's tree."""

    lines: tuple[Column, ...]


class Section(Model):
    """`label` is empty for the fields that stand before the first section."""

    label: Labels = field(default_factory=dict)
    when: Expr | None = None
    fields: tuple[str, ...]


class TabReport(Model):
    """A report about the record: of its rows, those whose `field` is the record."""

    report: str
    field: str


class Tab(Model):
    """Related rows, by the names of collections, and reports."""

    label: Labels
    when: Expr | None = None
    collections: tuple[str, ...]
    reports: tuple[TabReport, ...] = ()


class View(Model):
    """The view of an entity, for a role (or for all where `role` is None)."""

    entity: EntityId
    role: RoleId | None = None
    list: ListView
    board: Board | None = None
    calendar: Calendar | None = None
    tree: Tree | None = None
    form: tuple[Section, ...]
    header: tuple[str, ...]
    detail: tuple[Section, ...]
    tabs: tuple[Tab, ...]
    origin: Origin | None = None
