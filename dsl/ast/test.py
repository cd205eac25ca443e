"""Tests: a situation, what people do in it, and what is then expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.base import Name, Path
from dsl.ast.expr import Call, Expr, Text
from dsl.ast.statement import Statement


@dataclass(frozen=True, slots=True)
class GivenRecord(Statement):
    """`pen = Product(name: "Pen")`; the call's callee names the entity."""

    name: Name
    call: Call


@dataclass(frozen=True, slots=True)
class GivenRoles(Statement):
    """`ann is Sales, Finance in north`."""

    name: Name
    roles: tuple[Path, ...]
    team: Expr | None


@dataclass(frozen=True, slots=True)
class Given(Statement):
    """The situation, made with the app's authority.

    `Product(name: "Pen")` without a name is a Do, like `deal.qualify(budget: 100)`.
    """

    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class As(Statement):
    """`as ann` with what she does."""

    who: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class SetClock(Statement):
    """`at 2026-02-13 17:00`: what the clock is set to."""

    moment: Expr


@dataclass(frozen=True, slots=True)
class Wait(Statement):
    """`wait 3 days`."""

    length: Expr


@dataclass(frozen=True, slots=True)
class See(Statement):
    """`see deal` or `see deal.amount`."""

    what: Expr


@dataclass(frozen=True, slots=True)
class Cannot(Statement):
    """`cannot deal.approve() "text"`: the statement is refused, with this text if it is given."""

    attempt: Statement
    text: Text | None


@dataclass(frozen=True, slots=True)
class Expect(Statement):
    """`expect deal.stage == won`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class ExpectReport(Statement):
    """`expect Revenue where month == 2026-01 has revenue == 120_000.00`."""

    report: Expr
    where: Expr | None
    has: Expr


Told = Literal["notice", "mail", "warning"]


@dataclass(frozen=True, slots=True)
class ExpectTold(Statement):
    """`expect notice to ann "text"`, `expect no mail to lead`, `expect warning "text"`."""

    kind: Told
    none: bool
    people: tuple[Expr, ...]
    text: Text | None


@dataclass(frozen=True, slots=True)
class TestDecl(Decl):
    """`test "a rep cannot approve her own discount"`; the name is the text."""

    steps: tuple[Statement, ...]
