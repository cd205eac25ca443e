"""The figures of a report as a table: a line for each group, or a column for each value of a
dimension; beside them what they were before, and totals, each measured at its own level."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from markupsafe import Markup, escape

from compiler.model.report import Dimension, Measure, Report
from compiler.model.types import Type
from runtime.store.figures import Group, ReportResult
from runtime.web.contexts import Heading, Table
from runtime.web.looks import labelled
from runtime.web.marks import category, measure_show
from runtime.web.visit import Visit

Href = Callable[[Visit, Report, str], str]
CHANGE = Type(kind="decimal", digits=18, scale=4, unit="%", nullable=True)


def table(visit: Visit, report: Report, result: ReportResult, href: Href) -> Table:
    """All figures of a report."""
    writer = _Writer(visit, report, result, href)
    return writer.pivoted() if writer.pivot is not None else writer.plain()


@dataclass(frozen=True, slots=True)
class _Writer:
    visit: Visit
    report: Report
    result: ReportResult
    href: Href

    # --- a line for each group

    def plain(self) -> Table:
        headings = [*self._dimensions(self.report.dimensions), *self._measures()]
        total = self._numbers(self.result.total, self.result.before)
        if not self.report.dimensions:
            return self._table(headings, Markup("<tr>{}</tr>").format(total), Markup())
        span = len(self.report.dimensions)
        label = Markup('<th scope="row" colspan="{}">{}</th>').format(span, self._total)
        foot = Markup("<tr>{}{}</tr>").format(label, total)
        return self._table(headings, Markup().join(self._lines()), foot)

    def _lines(self) -> Iterator[Markup]:
        """The groups, and behind the last one of each total the total."""
        groups = self.result.groups
        levels = {
            len(by): {group.keys: group for group in level}
            for by, level in self.result.levels.items()
            if by == tuple(range(len(by)))
            and self.report.dimensions[len(by) - 1].name in self.report.totals
        }
        for place, group in enumerate(groups):
            yield self._line(group)
            following = groups[place + 1].keys if place + 1 < len(groups) else ()
            for size in sorted(levels, reverse=True):
                keys = group.keys[:size]
                if following[:size] != keys and keys in levels[size]:
                    yield self._subtotal(levels[size][keys], size)

    def _line(self, group: Group) -> Markup:
        """A mark: its first cell is the link to the rows."""
        texts = self._texts(self.report.dimensions, group.keys)
        numbers = self._numbers(group.measures, group.before)
        return Markup("<tr>{}{}{}</tr>").format(
            self._lead(group, texts[0]), _plain(texts[1:]), numbers
        )

    def _subtotal(self, group: Group, size: int) -> Markup:
        texts = self._texts(self.report.dimensions, group.keys)
        rest = Markup("<td></td>") * (len(self.report.dimensions) - size - 1)
        words = _plain([*texts[1:], self._total]) + rest
        numbers = self._numbers(group.measures, group.before)
        return Markup('<tr class="subtotal">{}{}{}</tr>').format(
            self._lead(group, texts[0]), words, numbers
        )

    # --- a column for each value of a dimension

    @property
    def pivot(self) -> int | None:
        """The place of the dimension that is laid across."""
        names = [each.name for each in self.report.dimensions]
        return names.index(self.report.pivot) if self.report.pivot and len(names) > 1 else None

    def pivoted(self) -> Table:
        across = self.pivot
        assert across is not None
        rest = tuple(place for place in range(len(self.report.dimensions)) if place != across)
        down = [self.report.dimensions[place] for place in rest]
        values = self.result.axes[across]
        cells = {group.keys: group for group in self.result.groups}
        lines = dict.fromkeys(_without(group.keys, across) for group in self.result.groups)
        totals = {group.keys: group for group in self.result.levels.get(rest, ())}
        rows = Markup().join(
            Markup("<tr>{}</tr>").format(
                self._across(keys, across, values, cells, totals.get(keys), down)
            )
            for keys in lines
        )
        headings = [*self._dimensions(down), *self._columns(across, values)]
        return self._table(headings, rows, self._bottom(across, values, len(down)))

    def _columns(self, across: int, values: Sequence[object]) -> Iterator[Heading]:
        dimension = self.report.dimensions[across]
        for value in values:
            yield from self._under(self._category(dimension, value))
        yield from self._under(self._total)

    def _under(self, title: str) -> Iterator[Heading]:
        """The measures of one value; alone, a measure goes without saying."""
        several = len(self.report.measures) > 1
        for measure in self.report.measures:
            label = labelled(measure.label, self.visit.language)
            yield Heading(f"{title}: {label}" if several else title, numeric=True)

    def _across(
        self,
        keys: tuple[object, ...],
        across: int,
        values: Sequence[object],
        cells: Mapping[tuple[object, ...], Group],
        total: Group | None,
        down: Sequence[Dimension],
    ) -> Markup:
        texts = self._texts(down, keys)
        lead = self._lead(total, texts[0])
        found = (cells.get((*keys[:across], value, *keys[across:])) for value in values)
        numbers = (self._linked(group) for group in (*found, total))
        return lead + _plain(texts[1:]) + Markup().join(numbers)

    def _bottom(self, across: int, values: Sequence[object], span: int) -> Markup:
        totals = {group.keys: group for group in self.result.levels.get((across,), ())}
        label = Markup('<th scope="row" colspan="{}">{}</th>').format(span, self._total)
        numbers = Markup().join(self._linked(totals.get((value,))) for value in values)
        whole = self._cells(self.result.total)
        return Markup("<tr>{}{}{}</tr>").format(label, numbers, whole)

    def _linked(self, group: Group | None) -> Markup:
        """The measures of a group, each the way to its rows."""
        if group is None:
            return Markup('<td class="n"></td>') * len(self.report.measures)
        to = self.href(self.visit, self.report, group.drill)
        return Markup().join(
            Markup('<td class="n"><a href="{}">{}</a></td>').format(to, shown)
            for shown in self._shown(group.measures)
        )

    # --- parts

    @property
    def _total(self) -> str:
        return self.visit.t("report.total")

    def _table(self, headings: Sequence[Heading], rows: Markup, foot: Markup) -> Table:
        title = labelled(self.report.label, self.visit.language)
        return Table(title, tuple(headings), rows, foot, cards=False)

    def _dimensions(self, dimensions: Sequence[Dimension]) -> Iterator[Heading]:
        return (Heading(labelled(each.label, self.visit.language)) for each in dimensions)

    def _measures(self) -> Iterator[Heading]:
        compare, t = self.report.compare, self.visit.t
        for each in self.report.measures:
            yield Heading(labelled(each.label, self.visit.language), numeric=True)
            if compare is not None:
                yield Heading(t(f"report.before_{compare.step}"), numeric=True)
                yield Heading(t("report.change"), numeric=True)

    def _texts(self, dimensions: Sequence[Dimension], keys: Sequence[object]) -> list[str]:
        return [self._category(*each) for each in zip(dimensions, keys, strict=False)]

    def _category(self, dimension: Dimension, key: object) -> str:
        return category(self.visit.serving, dimension, key, self.visit.language)

    def _lead(self, group: Group | None, text: str) -> Markup:
        if group is None:
            return Markup('<th scope="row">{}</th>').format(text)
        to = self.href(self.visit, self.report, group.drill)
        return Markup('<th scope="row"><a href="{}">{}</a></th>').format(to, text)

    def _numbers(self, values: Sequence[object], before: Sequence[object]) -> Markup:
        """The measures, each with what it was before and how it changed if they are compared."""
        if self.report.compare is None:
            return self._cells(values)
        earlier = before or [None] * len(values)
        return Markup().join(
            self._cell(measure.value.type, now)
            + self._cell(measure.value.type, then)
            + self._cell(CHANGE, _change(now, then))
            for measure, now, then in zip(self.report.measures, values, earlier, strict=True)
        )

    def _cells(self, values: Sequence[object]) -> Markup:
        return Markup().join(
            Markup('<td class="n">{}</td>').format(shown) for shown in self._shown(values)
        )

    def _shown(self, values: Sequence[object]) -> Iterator[Markup]:
        measures: Sequence[Measure] = self.report.measures
        for measure, value in zip(measures, values, strict=True):
            yield self._text(measure.value.type, value)

    def _cell(self, type: Type, value: object) -> Markup:
        return Markup('<td class="n">{}</td>').format(self._text(type, value))

    def _text(self, type: Type, value: object) -> Markup:
        return escape(measure_show(self.visit.serving, type, self.visit.language)(value))


def _plain(texts: Sequence[str]) -> Markup:
    return Markup().join(Markup("<td>{}</td>").format(text) for text in texts)


def _without(keys: tuple[object, ...], place: int) -> tuple[object, ...]:
    return (*keys[:place], *keys[place + 1 :])


def _change(now: object, then: object) -> Decimal | None:
    """By which part of what it was something grew; nothing where there was nothing."""
    first, second = _number(now), _number(then)
    return (first - second) / second if first is not None and second else None


def _number(value: object) -> Decimal | None:
    if isinstance(value, timedelta):
        return Decimal(value // timedelta(seconds=1))
    return Decimal(value) if isinstance(value, int | Decimal) else None
