"""Reports."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node, Path, String
from dsl.ast.change import Intent
from dsl.ast.entity import TypeRef
from dsl.ast.expr import DurationLit, Expr, SortKey, TimeLit


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """`Sales at sold_on`: rows counted beside others, and the date by which they are."""

    entity: Path
    at: Path


@dataclass(frozen=True, slots=True)
class Param(Node):
    """`period: range = this_year`, or `region -> Region`, whose type is None."""

    name: Name
    label: String | None
    type: TypeRef | None
    entity: Path | None
    default: Expr | None


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
class Compare(Node):
    """`compare previous year same weekday`."""

    step: Name
    same: Name | None


@dataclass(frozen=True, slots=True)
class Funnel(Node):
    """`funnel lead, qualified, won within 90 days`; `field` is written as `funnel of stage`."""

    field: Name | None
    steps: tuple[Name, ...]
    within: DurationLit | None


@dataclass(frozen=True, slots=True)
class Cohort(Node):
    """`cohort customer by month first(ordered_on) returning month`."""

    subject: Path
    by: Name
    first: Expr
    returning: Name


@dataclass(frozen=True, slots=True)
class Age(Node):
    """`age in stage 7 days, 30 days`: how long records have been in their state, in bands."""

    field: Name
    limits: tuple[DurationLit, ...]


@dataclass(frozen=True, slots=True)
class Chart(Node):
    """`chart bar stacked revenue`."""

    kind: Name
    stacked: bool
    measures: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Send(Node):
    """`send weekly monday 08:30 to SalesManager as html, xlsx when not empty`; `day` is the
    `monday` of it, or the day of the month. A recipient in quotes is an address."""

    every: Name
    day: Name | int | None
    at: TimeLit
    to: tuple[Path | String, ...]
    formats: tuple[Name, ...]
    unless_empty: bool


@dataclass(frozen=True, slots=True)
class ReportDecl(Decl):
    """`report Revenue "Revenue" on Order` with its clauses, or `from` several facts.

    `drill_to` is of `drill to Order`, which names the entity listed, `drill` of
    `drill region > city > owner`; `rows` are the fields of the rows behind a mark.
    """

    entity: Path
    facts: tuple[Fact, ...]
    where: Expr | None
    params: tuple[Param, ...]
    by: tuple[Dimension, ...]
    show: tuple[Measure, ...]
    having: Expr | None
    totals: tuple[Path, ...]
    sort: tuple[SortKey, ...]
    top: Top | None
    pivot: Path | None
    compare: Compare | None
    funnel: Funnel | None
    cohort: Cohort | None
    age: Age | None
    chart: Chart | None
    drill_to: Path | None
    drill: tuple[Path, ...]
    rows: tuple[Path, ...]
    send: tuple[Send, ...]
    kept: Node | None
    intents: tuple[Intent, ...]
