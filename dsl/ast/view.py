"""Views: what a list, form or record page says that its default does not."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.base import Node, Path, String
from dsl.ast.expr import Expr, SortKey


@dataclass(frozen=True, slots=True)
class ListView(Node):
    columns: tuple[Path, ...]
    sort: tuple[SortKey, ...]
    filters: tuple[Path, ...]


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
    label: String
    fields: tuple[Path, ...]


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
    form: FormView | None
    detail: DetailView | None
