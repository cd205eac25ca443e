"""Reports."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import EntityId, Labels, Model, Origin, RoleId
from compiler.model.expr import Expr
from compiler.model.types import Type
from compiler.model.view import Column

Grain = Literal["", "day", "week", "month", "quarter", "year"]

Additivity = Literal["additive", "semi", "distinct", "extreme", "ratio"]
"""What may be done with the values of several groups: an `additive` measure of their union is
their sum; a `semi` additive one adds up except over time; the others do not add up."""


class Param(Model):
    """What a reader may set. `variable` stands for it in expressions; a `range` is there as its
    first day and the day after its last (see `bounds`), and its default is the name of a period."""

    name: str
    label: Labels
    variable: str
    type: Type
    default: Expr | None = None
    period: str = ""


def bounds(variable: str, kind: str) -> tuple[str, str]:
    """The variables of a range beside values of a kind: instants are bound as midnights."""
    end = "_at" if kind == "instant" else ""
    return f"{variable}_first{end}", f"{variable}_after{end}"


class Band(Model):
    """A stretch of numbers: from `low` on, below `high`; None is without end. Canonical text."""

    low: str | None
    high: str | None


class Dimension(Model):
    """What rows are grouped by; `grain` is set for time (the value is then the first day). With
    `bands` the value is the number of one of them, and `banded` is the type of their limits."""

    name: str
    label: Labels
    value: Expr
    grain: Grain = ""
    bands: tuple[Band, ...] = ()
    banded: Type | None = None


class Measure(Model):
    """A number of each group. `value` is an expression whose aggregates (over the report's rows,
    with Extent of its entity as source) are computed by the database and combined exactly; its
    other variables are those of the report's `across`, `moves` and `snapshots`."""

    name: str
    label: Labels
    value: Expr
    additivity: Additivity = "additive"


AcrossFunction = Literal["share", "total", "running", "moving", "previous"]


class Across(Model):
    """A measure seen beside those of other groups: its part of the whole (`share`) or the whole
    itself (`total`); summed up to here (`running`), averaged over `count` buckets of time
    (`moving`), or that of the bucket before (`previous`). `type` is that of what comes of it."""

    name: str
    function: AcrossFunction
    type: Type
    value: Expr
    count: int = 0


MovedFunction = Literal["entered", "left", "returned", "in", "time_in"]


class Moved(Model):
    """How many rows ever `entered`, `left` or `returned` to a state, are `in` it (at a moment, or
    now), or how long they were in it (`time_in`)."""

    name: str
    function: MovedFunction
    subject: str
    at: Expr | None = None


class Snapshot(Model):
    """`last(quantity by day)`: the sum over the rows of the last (or first) day of a group."""

    name: str
    function: Literal["first", "last"]
    value: Expr
    by: Grain


class Top(Model):
    count: int
    dimension: str
    by: str
    others: bool


Step = Literal["day", "week", "month", "quarter", "year"]


class Compare(Model):
    """With the same time one `step` earlier, by date or by weekday."""

    step: Step
    same: Literal["date", "weekday"] = "date"


class Funnel(Model):
    """How many rows came to each of the steps, in this order; `within` seconds of the first."""

    steps: tuple[str, ...]
    within: int | None = None


class Cohort(Model):
    """Subjects grouped by when they first did something (`first`, of a row, at its grain `by`),
    and how many of them come back in each `returning` span of time after it."""

    subject: Expr
    by: Grain
    first: Expr
    returning: Grain


class Age(Model):
    """How long rows have been in their present state, in bands that end at these seconds."""

    limits: tuple[int, ...]


ChartKind = Literal[
    "number", "bar", "line", "area", "combo", "pie", "funnel", "cohort", "heat", "table"
]


class Chart(Model):
    kind: ChartKind
    stacked: bool = False
    measures: tuple[str, ...]


class Sort(Model):
    """By a dimension or measure."""

    name: str
    descending: bool


class Fact(Model):
    """Rows counted beside others, by a date of their own; `dimensions` are the report's, as
    values of these rows."""

    entity: EntityId
    at: Expr
    where: Expr | None = None
    dimensions: tuple[Expr, ...]


SendFormat = Literal["html", "xlsx", "csv", "pdf"]


class Send(Model):
    """Sent to each recipient as he or she may read it; `day` is a weekday (monday is 1) or a day
    of the month, 0 where there is none."""

    every: Literal["day", "workday", "week", "month"]
    day: int = 0
    at: str
    roles: tuple[RoleId, ...]
    formats: tuple[SendFormat, ...]
    unless_empty: bool = False


class Report(Model):
    """`drill` lists the rows behind a mark: the entity whose list opens with the mark's filter,
    with the columns `rows` if they are said; `levels` are what a mark can be split by, in order.

    `anchor` is the date or instant by which rows belong to a time (there is one, but in releases
    that an earlier Casework stored). `facts` are there if a report
    is of several; the first is then that of `entity`, and `dimensions` are told for it.
    """

    id: str
    module: str
    name: str
    slug: str
    label: Labels
    doc: str = ""
    entity: EntityId
    facts: tuple[Fact, ...] = ()
    params: tuple[Param, ...] = ()
    where: Expr | None = None
    anchor: Expr | None = None
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...]
    across: tuple[Across, ...] = ()
    moves: tuple[Moved, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    having: Expr | None = None
    totals: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    top: Top | None = None
    pivot: str = ""
    compare: Compare | None = None
    funnel: Funnel | None = None
    cohort: Cohort | None = None
    age: Age | None = None
    chart: Chart
    drill: EntityId
    levels: tuple[Dimension, ...] = ()
    rows: tuple[Column, ...] = ()
    send: tuple[Send, ...] = ()
    kept: bool = False
    origin: Origin
