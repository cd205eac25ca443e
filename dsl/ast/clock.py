"""Clocks: how long a record may take."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.approval import PercentAt
from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import Expr
from dsl.ast.rule import Event
from dsl.ast.statement import Statement


@dataclass(frozen=True, slots=True)
class RunsDecl(Node):
    """`from entered new until entered fixed`."""

    start: tuple[Event, ...]
    end: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class PauseDecl(Node):
    """`pause in waiting` or `pause when on_hold`."""

    states: tuple[Name, ...]
    when: Expr | None


@dataclass(frozen=True, slots=True)
class ClockAtDecl(Node):
    """`at 50%, 90% notify …` or `at 100% do …`."""

    percents: tuple[PercentAt, ...]
    do: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ClockDecl(Decl):
    """`clock repair on Ticket`."""

    entity: Path
    runs: RunsDecl | None
    pauses: tuple[PauseDecl, ...]
    limit: Expr | None
    marks: tuple[ClockAtDecl, ...]
