"""Declarations that give a value: functions and decision tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node
from dsl.ast.entity import TypeRef
from dsl.ast.expr import Expr

Policy = Literal["first", "unique", "any", "sum", "min", "max", "count"]
"""Which of the rows that fit count; the last four collect what all of them give."""
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """`gross: money`; without `?` an argument is never null."""

    name: Name
    type: TypeRef


@dataclass(frozen=True, slots=True)
class CallableDecl(Decl):
    """Base of what an expression calls by its name."""

    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class FunctionDecl(CallableDecl):
    """`function net(gross: money) -> money = gross / 1.13`."""

    result: TypeRef
    body: Expr


@dataclass(frozen=True, slots=True)
class ExternDecl(CallableDecl):
    """`extern function distance(a: text, b: text) -> decimal(1)`: written in Python."""

    result: TypeRef


@dataclass(frozen=True, slots=True)
class Compared(Node):
    """`>= 100_000`: a test of the column's value."""

    op: Comparison
    value: Expr


@dataclass(frozen=True, slots=True)
class TestCell(Node):
    """What a row asks of an input: one of some tests, each a comparison, a range or a value.

    Without a test any value will do; `otherwise` where no row without that word fits.
    """

    tests: tuple[Compared | Expr, ...]
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class ResultCell(Node):
    value: Expr


@dataclass(frozen=True, slots=True)
class EmptyCell(Node):
    """Nothing between two separators, which says nothing."""


TableCell = TestCell | ResultCell | EmptyCell


@dataclass(frozen=True, slots=True)
class TableRow(Node):
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class Hit(Node):
    """`hit first`, `hit collect sum`."""

    policy: Policy


@dataclass(frozen=True, slots=True)
class TableDecl(CallableDecl):
    """`table Tiering(paid: money) -> Tier hit first` with a header row and rows.

    `result` is the type of the one result without a name, else `results` has one or more.
    """

    result: TypeRef | None
    results: tuple[Parameter, ...]
    hit: Hit | None
    header: tuple[Name, ...]
    rows: tuple[TableRow, ...]


RESULT = "result"
"""The column of the one result without a name."""
