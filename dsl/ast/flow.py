"""Flows: states and transitions of one state field, and actions, which are steps without states."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.approval import AfterReturnDecl, AskDecl, OutcomeDecl, TogetherDecl
from dsl.ast.base import Doc, Name, Node, Path, String
from dsl.ast.change import Intent
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
    timers: tuple[TimerDecl, ...]
    steps: tuple[TogetherDecl, ...]
    outcomes: tuple[OutcomeDecl, ...]
    after_return: AfterReturnDecl | None
    regions: tuple[RegionDecl, ...]
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class TimerDecl(Node):
    """`after 30 days -> lost`, `after closes_on -> closed`."""

    after: Expr
    target: Name


@dataclass(frozen=True, slots=True)
class RegionDecl(Node):
    """`region goods "Goods"` of a `parallel` state, with states and transitions of its own."""

    name: Name
    label: String | None
    doc: Doc | None
    states: tuple[StateDecl, ...]
    transitions: tuple[TransitionDecl, ...]


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
class ActionDecl(Decl):
    """`action merge "Merge" on Customer` with the clauses of a transition."""

    entity: Path
    by: tuple[Path, ...]
    when: Expr | None
    asks: tuple[AskDecl, ...]
    requires: tuple[RequireDecl, ...]
    confirm: Expr | None
    do: tuple[Statement, ...]


StepDecl = TransitionDecl | ActionDecl
"""What a person presses."""


@dataclass(frozen=True, slots=True)
class FlowDecl(Decl):
    """`flow Deal.stage "Pipeline" pinned`; `name` is the state field, `entity` what it belongs
    to. Pinned: a record finishes on the text it began under."""

    entity: Path
    states: tuple[StateDecl, ...]
    transitions: tuple[TransitionDecl, ...]
    pinned: bool
