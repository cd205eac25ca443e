"""Reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node, Path, String
from dsl.ast.expr import Expr, SortKey


@dataclass(frozen=True, slots=True)
class Dimension(Node):
    """`month = month(ordered_on)` or `customer.industry`; the name is None where not stated."""

    name: Name | None
    label: String | None
    value: Expr


@dataclass(frozen=True, slots=True)
class Measure(Node):
    """`revenue "Revenue" = sum(amount)`."""

    name: Name
    label: String | None
    value: Expr


@dataclass(frozen=True, slots=True)
class Top(Node):
    """`top 10 customer by revenue others`."""

    count: int
    dimension: Path
    by: Name
    others: bool


@dataclass(frozen=True, slots=True)
class Chart(Node):
    """`chart bar stacked revenue`."""

    kind: Literal["number", "bar", "line"]
    stacked: bool
    measures: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ReportDecl(Decl):
    """`report Revenue "Revenue" on Order` with its clauses; `drill` are the fields of the rows
    behind a mark, `drill to Order` names the entity listed."""

    entity: Path
    where: Expr | None
    by: tuple[Dimension, ...]
    show: tuple[Measure, ...]
    sort: tuple[SortKey, ...]
    top: Top | None
    chart: Chart | None
    drill: Path | None
