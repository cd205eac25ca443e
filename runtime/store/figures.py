"""A report's figures put together: groups in order, the first ones and the others, axes, totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from compiler.model.base import EntityId, EnumId
from compiler.model.report import Dimension, Report
from compiler.values import periods
from runtime.store.fetch import Fetch
from runtime.store.marks import Mark, Others, given
from runtime.store.query import Filter, ListQuery, Reference
from runtime.store.reports import Plan, Reports, ReportShape
from runtime.store.selection import Within

LONGEST_AXIS = 1_000
"""Empty buckets of time are shown on axes up to this long."""


@dataclass(frozen=True, slots=True)
class Group:
    """A mark of a report: a value for each dimension (a Reference, None for null, Others) and for
    each measure. `drill` names the rows behind it (see `Reader.rows_behind`)."""

    keys: tuple[object, ...]
    measures: tuple[object, ...]
    drill: str


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What a report says to its reader.

    `total` has the measures over all rows, of their own level. `axes` are the values of each
    dimension in the order in which they are shown, empty buckets of time among them.
    """

    report: Report
    groups: tuple[Group, ...]
    total: tuple[object, ...]
    axes: tuple[tuple[object, ...], ...]
    drill: str


Measured = tuple[tuple[object, ...], tuple[object, ...]]
"""The keys of a group and the values of its aggregates."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Computes one report for one reader, on one connection."""

    fetch: Fetch
    reports: Reports
    connection: Connection
    plan: Plan
    filters: tuple[Filter, ...]

    def result(self) -> ReportResult:
        report, places = self.report, range(len(self.report.dimensions))
        groups = self._sorted(self._first() if report.top else self._groups(tuple(places)))
        axes = tuple(self._axis(place, groups) for place in places)
        if len(axes) == 1 and report.dimensions[0].grain and report.top is None:
            groups = self._sorted([*groups, *self._empty(axes[0], groups)])
        total = next((aggregates for _, aggregates in self._measured(())), self.plan.nothing)
        mark = Mark(report, {})
        return ReportResult(report, tuple(groups), self._measures(total), axes, mark.drill())

    @property
    def report(self) -> Report:
        return self.plan.report

    # --- from the database

    def _measured(
        self, by: tuple[int, ...], without: tuple[int, Sequence[object]] | None = None
    ) -> list[Measured]:
        """The groups by some dimensions with their aggregates, without some values of one."""
        report = self.report
        within = report.where and Within(f"report {report.id}", report.where)
        query = ListQuery(columns=(), filters=self.filters)
        rows, values = self.fetch.shape(report.entity, query, within or None)
        shape = ReportShape(report.id, rows, by)
        if without is not None:
            place, left = without
            count = sum(value is not None for value in left)
            shape = replace(shape, without=(place, count, None in left))
            values |= given(place, left)
        statement = self.reports.statement(shape)
        found = statement.run(self.connection, self.fetch.values(values))
        return [self._taken_apart(by, row) for row in found]

    def _taken_apart(self, by: tuple[int, ...], row: Sequence[Any]) -> Measured:
        cells, keys = iter(row), []
        for place in by:
            value, type = next(cells), self.report.dimensions[place].value.type
            if type.kind == "ref":
                name = next(cells)
                value = None if value is None else Reference(EntityId(type.of), value, name or None)
            keys.append(value)
        return tuple(keys), tuple(cells)

    def _measures(self, aggregates: Sequence[object]) -> tuple[object, ...]:
        return tuple(measure(self.fetch.time, *aggregates) for measure in self.plan.measures)

    def _group(self, keys: tuple[object, ...], aggregates: Sequence[object]) -> Group:
        mark = Mark(self.report, {place: _raw(key) for place, key in enumerate(keys)})
        return Group(keys, self._measures(aggregates), mark.drill())

    def _groups(self, by: tuple[int, ...]) -> list[Group]:
        return [self._group(*each) for each in self._measured(by)]

    # --- the first ones and the others

    def _first(self) -> list[Group]:
        """The groups of the first values of a dimension; the others as one, if they are shown."""
        top = self.report.top
        assert top is not None
        names = [each.name for each in self.report.dimensions]
        place = names.index(top.dimension)
        ranked = self._ranked(place)
        first = [_raw(key) for key in ranked[: top.count]]
        everything = self._groups(tuple(range(len(names))))
        groups = [group for group in everything if _raw(group.keys[place]) in first]
        if top.others and len(ranked) > top.count:
            groups += self._others(place, tuple(first))
        return groups

    def _ranked(self, place: int) -> list[object]:
        """The values of one dimension, the largest measure first, measured at its own level."""
        top = self.report.top
        assert top is not None
        by = self._measure_place(top.by)
        ranks = [(keys[0], self._measures(values)[by]) for keys, values in self._measured((place,))]
        ranks.sort(key=lambda each: self._shown_order(place, each[0]))
        ranks.sort(key=lambda each: _size(each[1]), reverse=True)
        return [key for key, _ in ranks]

    def _others(self, place: int, first: tuple[object, ...]) -> Iterator[Group]:
        rest = tuple(each for each in range(len(self.report.dimensions)) if each != place)
        for keys, aggregates in self._measured(rest, (place, first)):
            yield self._group((*keys[:place], Others(first), *keys[place:]), aggregates)

    # --- order

    def _sorted(self, groups: list[Group]) -> list[Group]:
        """As the report says; else its first ones by their size, others by their dimensions."""
        found = sorted(groups, key=self._natural)
        top = self.report.top
        if top is not None and not self.report.sort:
            by = self._measure_place(top.by)
            found.sort(key=lambda group: _size(group.measures[by]), reverse=True)
        for sort in reversed(self.report.sort):
            self._sort_by(found, sort.name, sort.descending)
        found.sort(key=lambda group: any(isinstance(key, Others) for key in group.keys))
        return found

    def _sort_by(self, groups: list[Group], name: str, descending: bool) -> None:
        names = [each.name for each in self.report.dimensions]
        if name in names:
            place = names.index(name)
            groups.sort(key=lambda g: self._shown_order(place, g.keys[place]), reverse=descending)
        else:
            by = self._measure_place(name)
            groups.sort(key=lambda group: _size(group.measures[by]), reverse=descending)

    def _natural(self, group: Group) -> list[Any]:
        return [self._shown_order(place, key) for place, key in enumerate(group.keys)]

    def _measure_place(self, name: str) -> int:
        return [each.name for each in self.report.measures].index(name)

    def _shown_order(self, place: int, key: object) -> tuple[Any, ...]:
        """Time and numbers in their order, choices as they are listed, records by name; what has
        no value comes last."""
        if key is None or isinstance(key, Others):
            return (2 if key is None else 3, "")
        type = self.report.dimensions[place].value.type
        if isinstance(key, Reference):
            return (0, key.display or "") if key.display else (1, key.id)
        if type.kind == "enum":
            return (0, self._listed(type.of).index(key))
        return (0, key)

    def _listed(self, name: str) -> list[object]:
        enums = self.fetch.domain.workspace.enums
        return [value.name for value in enums[EnumId(name)].values]

    # --- axes

    def _axis(self, place: int, groups: Sequence[Group]) -> tuple[object, ...]:
        """The values of a dimension: in time without a gap, else as the groups come."""
        values = list(dict.fromkeys(group.keys[place] for group in groups))
        dimension = self.report.dimensions[place]
        if dimension.grain:
            return _buckets(dimension, values)
        if place:
            values.sort(key=lambda value: self._shown_order(place, value))
        return tuple(values)

    def _empty(self, axis: Sequence[object], groups: Sequence[Group]) -> Iterator[Group]:
        """Buckets of time in which nothing was."""
        there = {group.keys[0] for group in groups}
        return (self._group((key,), self.plan.nothing) for key in axis if key not in there)


def _raw(key: object) -> object:
    """A key as the database has it."""
    return key.id if isinstance(key, Reference) else key


def _size(measure: Any) -> tuple[bool, Any]:
    """In the order of a measure, null being the least."""
    return (measure is not None, 0 if measure is None else measure)


def _buckets(dimension: Dimension, values: Sequence[object]) -> tuple[object, ...]:
    """All buckets from the first to the last; null and others after them."""
    days = [value for value in values if isinstance(value, date)]
    rest = [value for value in values if not isinstance(value, date)]
    if not days:
        return tuple(rest)
    found, last = [min(days)], max(days)
    while found[-1] < last and len(found) <= LONGEST_AXIS:
        found.append(periods.start_of(dimension.grain, found[-1], 1))
    return (*(found if found[-1] >= last else sorted(days)), *rest)
