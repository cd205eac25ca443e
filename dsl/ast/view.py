"""Views: what a list, form or record page says that its default does not."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node, Path, String
from dsl.ast.expr import Expr, SortKey


@dataclass(frozen=True, slots=True)
class ListView(Node):
    columns: tuple[Path, ...]
    sort: tuple[SortKey, ...]
    filters: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Board(Node):
    """`board by stage` with the fields of a card."""

    by: Name
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Calendar(Node):
    """`calendar by starts until ends` with the fields of an entry."""

    by: Name
    until: Name | None
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class TreeView(Node):
    """`tree` with the fields of a line."""

    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Section(Node):
    label: String
    when: Expr | None
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FormView(Node):
    """Sections in order; fields outside a section come first, in a section without a label."""

    fields: tuple[Path, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Tab(Node):
    """`tab "Orders" orders when active`: collections of the record, or reports about it."""

    label: String
    fields: tuple[Path, ...]
    when: Expr | None


@dataclass(frozen=True, slots=True)
class DetailView(Node):
    header: tuple[Path, ...]
    sections: tuple[Section, ...]
    tabs: tuple[Tab, ...]


@dataclass(frozen=True, slots=True)
class ViewDecl(Decl):
    """`view Customer for Finance`; the name is the entity's (its last part)."""

    entity: Path
    role: Path | None
    list: ListView | None
    board: Board | None
    calendar: Calendar | None
    tree: TreeView | None
    form: FormView | None
    detail: DetailView | None
