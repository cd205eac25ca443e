"""Reports."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import EntityId, Labels, Model, Origin
from compiler.model.expr import Expr

Grain = Literal["", "day", "month", "quarter", "year"]


class Dimension(Model):
    """What rows are grouped by; `grain` is set for time (the value is then the first day)."""

    name: str
    label: Labels
    value: Expr
    grain: Grain = ""


class Measure(Model):
    """A number of each group. `value` is an expression whose aggregates (over the report's rows,
    with Extent of its entity as source) are computed by the database and combined exactly."""

    name: str
    label: Labels
    value: Expr


class Top(Model):
    count: int
    dimension: str
    by: str
    others: bool


class Chart(Model):
    kind: Literal["number", "bar", "line"]
    stacked: bool = False
    measures: tuple[str, ...]


class Sort(Model):
    """By a dimension or measure."""

    name: str
    descending: bool


class Report(Model):
    """`drill` lists the rows behind a mark: the entity whose list opens with the mark's filter."""

    id: str
    module: str
    name: str
    slug: str
    label: Labels
    doc: str = ""
    entity: EntityId
    where: Expr | None = None
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...]
    sort: tuple[Sort, ...] = ()
    top: Top | None = None
    chart: Chart
    drill: EntityId
    origin: Origin
