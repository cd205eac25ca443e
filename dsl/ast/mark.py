"""Declarations that mark the records of an entity: each gives it a field."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.base import Node, Path
from dsl.ast.expr import Expr
from dsl.ast.statement import Statement


@dataclass(frozen=True, slots=True)
class MarkDecl(Decl):
    """`<kind> <name> "label" on Entity`; the name is that of the field."""

    entity: Path


@dataclass(frozen=True, slots=True)
class Points(Node):
    """`20 when industry == internet "right industry"`."""

    value: Expr
    when: Expr | None
    reason: Expr | None


@dataclass(frozen=True, slots=True)
class Bound(Node):
    value: int


@dataclass(frozen=True, slots=True)
class ScoreDecl(MarkDecl):
    """`score heat "Heat" on Lead 0..100` with its points."""

    low: Bound
    high: Bound
    points: tuple[Points, ...]


@dataclass(frozen=True, slots=True)
class SegmentDecl(MarkDecl):
    """`segment active_vip on Customer`: a condition, and the set of the records that meet it."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class TagDecl(MarkDecl):
    """`tag high_value on Customer`: on as soon as `condition` holds, off as soon as `leave_when`
    does; without that, as soon as the condition no longer holds. `enter` and `leave` are what is
    done then."""

    condition: Expr | None
    leave_when: Expr | None
    enter: tuple[Statement, ...]
    leave: tuple[Statement, ...]
