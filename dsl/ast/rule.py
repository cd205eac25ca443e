"""Rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import Expr
from dsl.ast.statement import Statement


@dataclass(frozen=True, slots=True)
class Event(Node):
    """`created`, `changed a, b`, `deleted`, `entered s`; `names` are the fields or states."""

    kind: Literal["created", "changed", "deleted", "entered"]
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Refusal(Node):
    """`reject "text" at field` or `warn "text" at field`."""

    kind: Literal["reject", "warn"]
    text: Expr
    fields: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class RuleDecl(Decl):
    """`rule silent_lead "Silent lead" on Deal created or changed discount`.

    Without events it fires when its condition becomes true.
    """

    entity: Path
    events: tuple[Event, ...]
    when: Expr | None
    refusal: Refusal | None
    after: tuple[Path, ...]
    do: tuple[Statement, ...]
