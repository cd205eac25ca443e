"""Entities and mixins with their members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.base import Doc, Name, Node, Path, String
from dsl.ast.change import Intent
from dsl.ast.expr import Expr


@dataclass(frozen=True, slots=True)
class TypeRef(Node):
    """`text(120)`, `money(USD)`, `Skill many`, `photo many max 9`, `int?`.

    `arguments` are the numbers and names in brackets as written.
    """

    name: Path
    arguments: tuple[str, ...]
    many: bool
    optional: bool


ModifierKind = Literal[
    "required", "unique", "search", "default", "min", "max", "matches", "readonly", "help",
    "visible", "secret", "on delete", "color",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Modifier(Node):
    """One modifier: `default e`, `min e`, `matches "re"`, `help "…"`, `required when e`,
    `on delete cascade` (`word` is `restrict`, `clear` or `cascade`)."""

    kind: ModifierKind
    value: Expr | None
    text: String | None
    word: str | None
    when: Expr | None


@dataclass(frozen=True, slots=True)
class Member(Node):
    """Base of an entity's members."""


@dataclass(frozen=True, slots=True)
class NamedMember(Member):
    name: Name
    label: String | None
    doc: Doc | None


@dataclass(frozen=True, slots=True)
class FieldDecl(NamedMember):
    """`name "Company": text(120) required search`."""

    type: TypeRef
    modifiers: tuple[Modifier, ...]
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class SerialDecl(NamedMember):
    """`code: serial "C-{year}-{0000}"`; `pattern` as written."""

    pattern: String
    modifiers: tuple[Modifier, ...]
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class ReferenceDecl(NamedMember):
    """`owner -> User default me`; `tree` for `parent -> Team tree`; `where` for
    `city -> City where parent == this.region`."""

    target: Path
    tree: bool
    where: Expr | None
    modifiers: tuple[Modifier, ...]
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class ManyToManyDecl(NamedMember):
    """`campaigns <-> Campaign as customers`."""

    target: Path
    inverse: Name
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class InverseDecl(NamedMember):
    """`orders <- Order.customer`."""

    target: Path


@dataclass(frozen=True, slots=True)
class LinesDecl(NamedMember):
    """`lines: [OrderLine]`."""

    target: Path


@dataclass(frozen=True, slots=True)
class ComputedDecl(NamedMember):
    """`name = e` or `name: type = e`."""

    type: TypeRef | None
    value: Expr
    modifiers: tuple[Modifier, ...]
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class DisplayDecl(Member):
    """`display "{code} {name}"`."""

    text: Expr


@dataclass(frozen=True, slots=True)
class UniqueDecl(Member):
    fields: tuple[Path, ...]
    when: Expr | None
    ignoring_case: bool


@dataclass(frozen=True, slots=True)
class IndexDecl(Member):
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class CheckDecl(Member):
    condition: Expr
    message: Expr | None


@dataclass(frozen=True, slots=True)
class FrozenDecl(Member):
    """`frozen when month.state == closed "The month is closed"`."""

    condition: Expr
    message: Expr | None


@dataclass(frozen=True, slots=True)
class NoOverlapDecl(Member):
    """`no overlap engineer, starts..ends`; with `..<` the end is left out."""

    fields: tuple[Path, ...]
    start: Path
    end: Path
    open_end: bool


@dataclass(frozen=True, slots=True)
class AppendOnlyDecl(Member):
    """`append only`: no update, no delete."""


@dataclass(frozen=True, slots=True)
class Grant(Node):
    """`Sales, owner.manager read, update when e except phone`.

    Subjects are paths: a role, `everyone`, `public`, or people of the row.
    Actions are `create read update delete export import all`.
    """

    subjects: tuple[Path, ...]
    actions: tuple[Name, ...]
    when: Expr | None
    excepting: tuple[Name, ...]
    only: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class AccessDecl(Member):
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class EntityDecl(Decl):
    """`entity 客户 "Customer" as customer with Tracked`."""

    as_name: Name | None
    mixins: tuple[Path, ...]
    members: tuple[Member, ...]
    intents: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class MixinDecl(Decl):
    members: tuple[Member, ...]
