"""Reports: groups and totals, each computed by the database at its own level.

Aggregates are the database's; a measure combines them exactly, here, on the grouped rows: a ratio
is never added up. The rows behind a group are found by the very condition that grouped them, so
they add up to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement

from compiler.model.base import EntityId
from compiler.model.expr import Aggregate, Expr, Extent, Op, Var
from compiler.model.report import Dimension, Report
from compiler.model.rewrite import rebuilt
from compiler.model.types import BOOL, ref, set_of
from runtime.prepared import Prepared
from runtime.store.beside import OF_TIME
from runtime.store.domain import Domain
from runtime.store.marks import is_among
from runtime.store.moves import column
from runtime.store.parameters import names
from runtime.store.selection import Selection, Shape

STATEMENTS = 500


@dataclass(frozen=True, slots=True)
class ReportShape:
    """All of a report that decides a statement: `by` are the dimensions it groups by; rows whose
    `without` is one of so many values (or null, if the flag says so) are left out."""

    report: str
    rows: Shape
    by: tuple[int, ...]
    without: tuple[int, int, bool] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A report with its measures taken apart: aggregates, and what is made of their values.

    All functions take the values of the aggregates and of the report's `moves`, of `names` (what
    the reader set), and, but those of `across`, what came of each of `report.across`.
    """

    report: Report
    names: tuple[str, ...]
    aggregates: tuple[Aggregate, ...]
    across: tuple[Callable[..., object], ...]
    """The measures that are looked at across groups."""
    measures: tuple[Callable[..., object], ...]
    having: Callable[..., object] | None
    nothing: tuple[object, ...]
    """The aggregates of no rows."""
    time: int | None
    """The place of the first dimension of time."""

    @property
    def goes_on(self) -> bool:
        """Whether something goes from one bucket of time to the next, empty ones too."""
        return any(each.function in OF_TIME for each in self.report.across)


class Reports:
    """The plans and statements of all reports, each made when it is first asked for."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.plan = lru_cache(maxsize=STATEMENTS)(self._plan)
        self.statement = lru_cache(maxsize=STATEMENTS)(self._statement)

    def _plan(self, name: str) -> Plan:
        report = self.domain.workspace.reports[name]
        found: dict[Aggregate, None] = {}
        across = [_split(each.value, report.entity, found) for each in report.across]
        values = [_split(measure.value, report.entity, found) for measure in report.measures]
        having = _split(report.having, report.entity, found) if report.having else None
        counted = (_argument(place) for place in range(len(found)))
        params = (*counted, *(each.name for each in report.moves), *names(report))
        beside = (*params, *(each.name for each in report.across))
        grains = [place for place, each in enumerate(report.dimensions) if each.grain]
        function = self.domain.function
        return Plan(
            report,
            names(report),
            tuple(found),
            tuple(function(value, params) for value in across),
            tuple(function(value, beside) for value in values),
            function(having, beside) if having else None,
            (*(_of_nothing(each) for each in found), *(0 for _ in report.moves)),
            grains[0] if grains else None,
        )

    def _statement(self, shape: ReportShape) -> Prepared:
        """The SELECT of the groups: for each dimension its value and name, then the aggregates
        and the moves."""
        plan = self.plan(shape.report)
        rows = Selection(self.domain, shape.rows)
        dimensions = [plan.report.dimensions[place] for place in shape.by]
        keys = [column for each in dimensions for column in _key_columns(rows, each)]
        inner = replace(rows.mask, readable=rows.mask.readable | {a.row for a in plan.aggregates})
        totals = [
            rows.query.aggregate(
                each.but(
                    value=each.value and inner.apply(each.value),
                    where=each.where and inner.apply(each.where),
                )
            )
            for each in plan.aggregates
        ]
        conditions = rows.conditions()
        if shape.without is not None:
            place, count, null = shape.without
            listed = is_among(plan.report.dimensions[place], place, count, null)
            left = Op(type=BOOL, op="not", args=(listed,))
            conditions.append(rows.query.condition(rows.mask.apply(left)))
        moves = [column(rows, self.domain, each) for each in plan.report.moves]
        found = rows.select([*keys, *totals, *moves], conditions)
        return Prepared(found.group_by(*keys), rows.dialect)


def _argument(place: int) -> str:
    return f"a{place}"


def _split(expr: Expr, entity: EntityId, found: dict[Aggregate, None]) -> Expr:
    """The expression with a variable for each aggregate over the report's rows."""
    if isinstance(expr, Aggregate) and expr.source == _all(entity):
        found.setdefault(expr)
        return Var(type=expr.type, name=_argument(list(found).index(expr)))
    return rebuilt(expr, lambda part: _split(part, entity, found))


def _all(entity: EntityId) -> Extent:
    return Extent(type=set_of(ref(entity)), entity=entity)


def _of_nothing(aggregate: Aggregate) -> object:
    if aggregate.function not in ("sum", "count"):
        return None
    kind = aggregate.type.kind
    if kind == "decimal":
        return Decimal(0).scaleb(-aggregate.type.scale)
    return timedelta(0) if kind == "duration" else 0


def _key_columns(rows: Selection, dimension: Dimension) -> list[ColumnElement[Any]]:
    value = rows.value(dimension.value)
    if dimension.value.type.kind != "ref":
        return [value]
    return [value, rows.name_of(dimension.value)]
