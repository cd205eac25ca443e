"""A report's figures put together: groups in order, the first ones and the others, axes, totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import repeat
from typing import Any

from sqlalchemy import Connection

from compiler.model.base import EntityId, EnumId
from compiler.model.expr import Op, Var
from compiler.model.report import Compare, Dimension, Report
from compiler.model.types import BOOL
from compiler.values import periods
from runtime.access.permission import all_of
from runtime.store import moves
from runtime.store.beside import Beside, Keys
from runtime.store.fetch import Fetch
from runtime.store.marks import Mark, Others, given
from runtime.store.parameters import EARLIEST, LATEST, Days, Parameters
from runtime.store.query import Filter, ListQuery, Reference
from runtime.store.reports import Plan, Reports, ReportShape
from runtime.store.selection import Within

CUT = "before"
"""The variable of the moment up to which an earlier time counts."""
LONGEST_AXIS = 1_000
"""Empty buckets of time are shown on axes up to this long."""


@dataclass(frozen=True, slots=True)
class Group:
    """A mark of a report: a value for each dimension (a Reference, None for null, Others) and for
    each measure. `drill` names the rows behind it (see `Reader.rows_behind`); `before` are the
    measures of the time that it is compared with, or nothing."""

    keys: tuple[object, ...]
    measures: tuple[object, ...]
    drill: str
    before: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What a report says to its reader.

    `total` has the measures over all rows, of their own level, and `before` those of the time that
    they are compared with. `levels` are groups by some of the dimensions (their places): for lines
    and columns of totals, each measured at its own level. `axes` are the values of each
    dimension in the order in which they are shown, empty buckets of time among them.
    """

    report: Report
    groups: tuple[Group, ...]
    total: tuple[object, ...]
    axes: tuple[tuple[object, ...], ...]
    drill: str
    before: tuple[object, ...] = ()
    levels: Mapping[tuple[int, ...], tuple[Group, ...]] = field(default_factory=dict)


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
        report, places = self.report, tuple(range(len(self.report.dimensions)))
        rows = self._rows()
        whole = self._whole(rows)
        first = self._first(rows, whole) if report.top else None
        groups = self._grouped(rows, whole, first, places)
        before: tuple[object, ...] = ()
        if report.compare is not None:
            groups, before = self._compared(groups, report.compare, first)
        groups = self._sorted(groups)
        axes = tuple(self._axis(place, groups) for place in places)
        levels = {by: tuple(self._grouped(rows, whole, first, by)) for by in self._levels()}
        mark, total = Mark(self.parameters, {}), self._of_whole(rows, whole)
        return ReportResult(report, tuple(groups), total, axes, mark.drill(), before, levels)

    def _grouped(
        self, rows: Rows, whole: tuple[object, ...], first: First | None, by: tuple[int, ...]
    ) -> list[Group]:
        time = self.plan.time if len(by) == len(self.report.dimensions) else None
        cells = self._cells(rows, first, by)
        return [self._group(by, *each) for each in self._shown(rows, whole, cells, time)]

    def _levels(self) -> Iterator[tuple[int, ...]]:
        """The dimensions of each level at which something is totalled."""
        names = [each.name for each in self.report.dimensions]
        for name in self.report.totals:
            if name != names[-1]:
                yield tuple(range(names.index(name) + 1))
        if self.report.pivot and len(names) > 1:
            place = names.index(self.report.pivot)
            yield from ((place,), tuple(each for each in range(len(names)) if each != place))

    @property
    def report(self) -> Report:
        return self.plan.report

    # --- from the database

    def _rows(self) -> Rows:
        report = self.report
        within = Within(f"report {report.id}", report.where) if report.where else None
        return Rows(within, self._given(self.parameters.ranges()))

    def _given(self, ranges: Mapping[str, Days]) -> dict[str, object]:
        """What expressions are given."""
        moments = moves.moments(self.report, self.fetch.domain, self.fetch.time)
        return {**self.parameters.variables(ranges), **moments}

    def _rows_before(self, compare: Compare) -> Rows:
        """The rows of the same time earlier: ranges are moved, and what is still to come of a time
        that runs is left out."""
        back = partial(periods.earlier, unit=compare.step, same_weekday=compare.same == "weekday")
        moved = {name: _moved(span, back) for name, span in self.parameters.ranges().items()}
        anchor = self.report.anchor
        assert anchor is not None
        end = back(self.fetch.time.today) + periods.DAY
        is_moment = anchor.type.kind == "instant"
        cut = periods.midnight(end, self.fetch.time.zone) if is_moment else end
        past = Op(type=BOOL, op="<", args=(anchor, Var(type=anchor.type.present(), name=CUT)))
        within = Within(f"report {self.report.id} before", all_of(self.report.where, past) or past)
        return Rows(within, {**self._given(moved), CUT: cut})

    def _compared(
        self, groups: list[Group], compare: Compare, first: First | None
    ) -> tuple[list[Group], tuple[object, ...]]:
        """The groups with what they were before, and the measures over all rows then."""
        rows = self._rows_before(compare)
        whole = self._whole(rows)
        by = tuple(range(len(self.report.dimensions)))
        then = {
            tuple(map(_raw, keys)): measures
            for keys, measures in self._shown(
                rows, whole, self._cells(rows, first, by), self.plan.time, all_groups=True
            )
        }
        found = [replace(each, before=self._before(each.keys, then, compare)) for each in groups]
        return found, self._of_whole(rows, whole)

    def _before(
        self, keys: tuple[object, ...], then: Mapping[Keys, tuple[object, ...]], compare: Compare
    ) -> tuple[object, ...]:
        """The measures of a group as it was, empty where it was not."""
        raw, time = [_raw(key) for key in keys], self.plan.time
        if time is not None:
            bucket = raw[time]
            if not isinstance(bucket, date):
                return ()
            raw[time] = _bucket_before(bucket, self.report.dimensions[time].grain, compare)
        return then.get(tuple(raw), ())

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

    def _cells(self, rows: Rows, first: First | None, by: tuple[int, ...]) -> list[Measured]:
        """The groups by dimensions; of the first values of one and the others, if it has them;
        with empty buckets of time where something is said of them."""
        found = self._measured(rows, by)
        if first is not None and first.place in by:
            at = by.index(first.place)
            found = [each for each in found if _raw(each[0][at]) in first.values]
            found += self._others(rows, first, by)
        whole = len(by) == len(self.report.dimensions)
        if self.plan.time is None or not whole or not self._shows_empty(first):
            return found
        return [*found, *self._empty(found, self.plan.time)]

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
        all_groups: bool = False,
    ) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
        """The groups that the report shows, with their measures; `time` is the place of the
        dimension along which something goes on."""
        given = tuple(rows.values[name] for name in self.plan.names)
        beside = [each.of_groups() for each in self._beside(rows, whole, cells, time)]
        across: Iterable[tuple[Any, ...]] = zip(*beside, strict=True) if beside else repeat(())
        knows = not all_groups and (time is not None or not self.plan.goes_on)
        having = self.plan.having if knows else None
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

    def _group(
        self, by: tuple[int, ...], keys: tuple[object, ...], measures: tuple[object, ...]
    ) -> Group:
        places = zip(by, keys, strict=True)
        mark = Mark(self.parameters, {place: _raw(key) for place, key in places})
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

    def _others(self, rows: Rows, first: First, by: tuple[int, ...]) -> Iterator[Measured]:
        """All that is not among the first ones, as one."""
        if not first.others:
            return
        at, rest = by.index(first.place), tuple(each for each in by if each != first.place)
        for keys, aggregates in self._measured(rows, rest, (first.place, first.values)):
            yield (*keys[:at], Others(first.values), *keys[at:]), aggregates

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
        return self._together(found) if self.report.totals else found

    def _together(self, groups: list[Group]) -> list[Group]:
        """What is totalled together stands together, in the order of what comes first."""
        depth = max((len(by) for by in self._levels()), default=0)
        for size in range(depth, 0, -1):
            starts = [group.keys[:size] for group in groups]
            order = {keys: place for place, keys in reversed(list(enumerate(starts)))}
            groups = sorted(groups, key=lambda group: order[group.keys[:size]])
        return groups

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


def _moved(span: Days, back: Callable[[date], date]) -> Days:
    """The days of the same range earlier; what is without end stays so."""
    first = span.first if span.first <= EARLIEST else back(span.first)
    return Days(first, span.after if span.after >= LATEST else back(span.after))


def _bucket_before(bucket: date, grain: str, compare: Compare) -> date:
    """The bucket that one is compared with: weeks with weeks, and none with a part of one."""
    units = periods.UNITS
    step = max(compare.step, grain, key=units.index)
    weekly = grain == "week" or (grain == "day" and compare.same == "weekday")
    return periods.earlier(bucket, step, weekly)


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
