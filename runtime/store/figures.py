"""A report's figures put together: groups in order, the first ones and the others, axes, totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import repeat
from typing import Any

from sqlalchemy import Connection

from compiler.model.base import EntityId, EnumId
from compiler.model.report import Dimension, Report
from compiler.values import periods
from runtime.store.beside import Beside
from runtime.store.fetch import Fetch
from runtime.store.marks import Mark, Others, given
from runtime.store.parameters import Parameters
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
class Rows:
    """The rows that count: those of the report, or of the time that it is compared with."""

    within: Within | None
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class First:
    """The first values of the dimension at a place, and whether the others are shown as one."""

    place: int
    values: tuple[object, ...]
    others: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Computes one report for one reader, on one connection."""

    fetch: Fetch
    reports: Reports
    connection: Connection
    plan: Plan
    filters: tuple[Filter, ...]
    parameters: Parameters

    def result(self) -> ReportResult:
        report, places = self.report, range(len(self.report.dimensions))
        rows = self._rows()
        whole = self._whole(rows)
        first = self._first(rows, whole) if report.top else None
        groups = [
            self._group(keys, measures)
            for keys, measures in self._shown(rows, whole, self._cells(rows, first), self.plan.time)
        ]
        groups = self._sorted(groups)
        axes = tuple(self._axis(place, groups) for place in places)
        mark = Mark(self.parameters, {})
        return ReportResult(report, tuple(groups), self._of_whole(rows, whole), axes, mark.drill())

    @property
    def report(self) -> Report:
        return self.plan.report

    # --- from the database

    def _rows(self) -> Rows:
        report = self.report
        within = Within(f"report {report.id}", report.where) if report.where else None
        return Rows(within, self.parameters.variables(self.parameters.ranges()))

    def _measured(
        self,
        rows: Rows,
        by: tuple[int, ...],
        without: tuple[int, Sequence[object]] | None = None,
    ) -> list[Measured]:
        """The groups by some dimensions with their aggregates, without some values of one."""
        report = self.report
        query = ListQuery(columns=(), filters=self.filters)
        shape, values = self.fetch.shape(report.entity, query, rows.within)
        asked = ReportShape(report.id, shape, by)
        values |= rows.values
        if without is not None:
            place, left = without
            count = sum(value is not None for value in left)
            asked = replace(asked, without=(place, count, None in left))
            values |= given(place, left)
        statement = self.reports.statement(asked)
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

    def _whole(self, rows: Rows) -> tuple[object, ...]:
        """The aggregates over all rows."""
        return next((found for _, found in self._measured(rows, ())), self.plan.nothing)

    def _cells(self, rows: Rows, first: First | None) -> list[Measured]:
        """The groups of all dimensions; of the first values of one and the others, if it has
        them; with empty buckets of time where something is said of them."""
        everything = self._measured(rows, tuple(range(len(self.report.dimensions))))
        if first is not None:
            place = first.place
            everything = [each for each in everything if _raw(each[0][place]) in first.values]
            everything += self._others(rows, first)
        if self.plan.time is None or not self._shows_empty(first):
            return everything
        return [*everything, *self._empty(everything, self.plan.time)]

    def _shows_empty(self, first: First | None) -> bool:
        return self.plan.goes_on or (len(self.report.dimensions) == 1 and first is None)

    def _empty(self, cells: Sequence[Measured], time: int) -> Iterator[Measured]:
        """Buckets of time in which nothing was, for all that differs in time alone."""
        there = {keys for keys, _ in cells}
        axis = _buckets(self.report.dimensions[time], [keys[time] for keys, _ in cells])
        rests = dict.fromkeys((*keys[:time], *keys[time + 1 :]) for keys, _ in cells)
        for rest in rests:
            for bucket in axis:
                keys = (*rest[:time], bucket, *rest[time:])
                if keys not in there and isinstance(bucket, date):
                    yield keys, self.plan.nothing

    # --- measures

    def _shown(
        self,
        rows: Rows,
        whole: tuple[object, ...],
        cells: Sequence[Measured],
        time: int | None,
    ) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
        """The groups that the report shows, with their measures; `time` is the place of the
        dimension along which something goes on."""
        given = tuple(rows.values[name] for name in self.plan.names)
        beside = [each.of_groups() for each in self._beside(rows, whole, cells, time)]
        across: Iterable[tuple[Any, ...]] = zip(*beside, strict=True) if beside else repeat(())
        having = self.plan.having if time is not None or not self.plan.goes_on else None
        for (keys, aggregates), found in zip(cells, across, strict=False):
            values = (*aggregates, *given, *found)
            if having is None or having(self.fetch.time, *values):
                yield keys, self._measures(values)

    def _of_whole(self, rows: Rows, whole: tuple[object, ...]) -> tuple[object, ...]:
        given = tuple(rows.values[name] for name in self.plan.names)
        across = (each.of_whole() for each in self._beside(rows, whole, (), None))
        return self._measures((*whole, *given, *across))

    def _beside(
        self,
        rows: Rows,
        whole: tuple[object, ...],
        cells: Sequence[Measured],
        time: int | None,
    ) -> Iterator[Beside]:
        given = tuple(rows.values[name] for name in self.plan.names)
        keys = [keys for keys, _ in cells]
        for across, function in zip(self.report.across, self.plan.across, strict=True):
            of = partial(function, self.fetch.time)
            values = [of(*aggregates, *given) for _, aggregates in cells]
            yield Beside(across, keys, values, of(*whole, *given), time)

    def _measures(self, values: Sequence[object]) -> tuple[object, ...]:
        return tuple(measure(self.fetch.time, *values) for measure in self.plan.measures)

    def _group(self, keys: tuple[object, ...], measures: tuple[object, ...]) -> Group:
        mark = Mark(self.parameters, {place: _raw(key) for place, key in enumerate(keys)})
        return Group(keys, measures, mark.drill())

    # --- the first ones and the others

    def _first(self, rows: Rows, whole: tuple[object, ...]) -> First:
        """The first values of a dimension, the largest measure first, measured at its own
        level."""
        top = self.report.top
        assert top is not None
        place = [each.name for each in self.report.dimensions].index(top.dimension)
        by = self._measure_place(top.by)
        cells = self._measured(rows, (place,))
        ranks = [(keys[0], found[by]) for keys, found in self._shown(rows, whole, cells, None)]
        ranks.sort(key=lambda each: self._shown_order(place, each[0]))
        ranks.sort(key=lambda each: _size(each[1]), reverse=True)
        values = tuple(_raw(key) for key, _ in ranks[: top.count])
        return First(place, values, others=top.others and len(cells) > len(values))

    def _others(self, rows: Rows, first: First) -> Iterator[Measured]:
        """All that is not among the first ones, as one."""
        place = first.place
        rest = tuple(each for each in range(len(self.report.dimensions)) if each != place)
        for keys, aggregates in (
            self._measured(rows, rest, (place, first.values)) if first.others else ()
        ):
            yield (*keys[:place], Others(first.values), *keys[place:]), aggregates

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
