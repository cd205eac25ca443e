"""Flows: states and transitions of one state field."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.base import Doc, Name, Node, Path, String
from dsl.ast.entity import Modifier, TypeRef
from dsl.ast.expr import Expr
from dsl.ast.statement import Statement


@dataclass(frozen=True, slots=True)
class StateDecl(Node):
    """`state lead "New lead" initial color blue`; `readonly all except comment` and `required a`
    hold while the record is in it."""

    name: Name
    label: String | None
    doc: Doc | None
    initial: bool
    final: bool
    color: Name | None
    readonly: tuple[Name, ...]
    readonly_all: bool
    readonly_except: tuple[Name, ...]
    required: tuple[Name, ...]
    enter: tuple[Statement, ...]
    leave: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class AskDecl(Node):
    """`ask budget required` (a field) or `ask reason: text required` (input that is no field)."""

    name: Name
    label: String | None
    type: TypeRef | None
    modifiers: tuple[Modifier, ...]


@dataclass(frozen=True, slots=True)
class RequireDecl(Node):
    condition: Expr
    message: Expr | None


@dataclass(frozen=True, slots=True)
class TransitionDecl(Node):
    """`qualify "Qualify": lead, new -> qualified` with its clauses.

    `sources` is empty for `*` (every state that is not final); `target` is None for `stay`.
    `when` makes it automatic.
    """

    name: Name
    label: String | None
    doc: Doc | None
    sources: tuple[Name, ...]
    target: Name | None
    by: tuple[Path, ...]
    when: Expr | None
    asks: tuple[AskDecl, ...]
    requires: tuple[RequireDecl, ...]
    confirm: Expr | None
    do: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class FlowDecl(Decl):
    """`flow Deal.stage "Pipeline"`; `name` is the state field, `entity` what it belongs to."""

    entity: Path
    states: tuple[StateDecl, ...]
    transitions: tuple[TransitionDecl, ...]
