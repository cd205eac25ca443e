"""What a reader sets of a report, and what its expressions are given for it.

A range is chosen by the name of a period (`this_year`), or by its days, `2026-01-01..2026-03-31`;
expressions are given its first day and the day after its last, for days and for moments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from compiler.model.report import Param, Report, bounds
from compiler.values import periods
from dsl.diagnostic import Message
from runtime.clock import ActTime
from runtime.store import cursor
from runtime.store.domain import Domain
from runtime.store.query import BadQuery

Chosen = Mapping[str, object]
"""By the name of a parameter: its value, or how its range is called. Those that are not there have
their default."""
NOTHING_CHOSEN: Chosen = {}
RANGE = "range"
EARLIEST, LATEST = date(1, 1, 2), date(9999, 12, 31)
"""The ends of a range without end, wherever the zone puts midnight."""

_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_NO_PARAMETER = Message("the report has no parameter `{name}`", "报表没有参数“{name}”")
_NO_RANGE = Message("`{name}` is no range of days", "“{name}”不是日期范围")


@dataclass(frozen=True, slots=True)
class Days:
    """From a day on, up to before another one."""

    first: date
    after: date


def days(name: str, today: date) -> Days:
    """The days of a range. Raises BadQuery."""
    try:
        if match := _DAYS.fullmatch(name):
            first, last = map(date.fromisoformat, match.groups())
            return Days(first, periods.start_of("day", last, 1))
        begin, after = periods.period(name, today)
    except (ValueError, OverflowError):
        raise BadQuery(_NO_RANGE.filled({"name": name})) from None
    return Days(begin or EARLIEST, after or LATEST)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a report, as somebody set them at a time."""

    report: Report
    chosen: Chosen
    domain: Domain
    time: ActTime

    def __post_init__(self) -> None:
        known = {each.name for each in self.report.params}
        for name in self.chosen:
            if name not in known:
                raise BadQuery(_NO_PARAMETER.filled({"name": name}))

    def value(self, param: Param) -> object:
        """What a parameter is set to: the name of its range, or its value."""
        if param.name in self.chosen:
            return self.chosen[param.name]
        if param.type.kind == RANGE:
            return param.period
        return self.domain.function(param.default, ())(self.time) if param.default else None

    def ranges(self) -> dict[str, Days]:
        """The days of each range, by its variable."""
        return {
            each.variable: days(str(self.value(each)), self.time.today)
            for each in self.report.params
            if each.type.kind == RANGE
        }

    def variables(self, ranges: Mapping[str, Days]) -> dict[str, object]:
        """What expressions are given; `ranges` may have been moved."""
        found: dict[str, object] = {}
        for each in self.report.params:
            if each.type.kind == RANGE:
                found |= self._range(each.variable, ranges[each.variable])
            else:
                found[each.variable] = self.value(each)
        return found

    def _range(self, variable: str, span: Days) -> dict[str, object]:
        ends = (span.first, span.after)
        moments = [periods.midnight(day, self.time.zone) for day in ends]
        names = (*bounds(variable, "date"), *bounds(variable, "instant"))
        return dict(zip(names, (*ends, *moments), strict=True))

    # --- in a link

    def written(self) -> list[str | None]:
        """What is set, for the text of a mark: in the order of the parameters."""
        values = (self.value(each) for each in self.report.params)
        return [None if value is None else cursor.written(value) for value in values]


def read(report: Report, texts: list[object]) -> Chosen:
    """What `Parameters.written` wrote. Raises ValueError and the like."""
    return dict(_read(report, texts))


def _read(report: Report, texts: list[object]) -> Iterator[tuple[str, object]]:
    for each, text in zip(report.params, texts, strict=True):
        if each.type.kind == RANGE:
            if not isinstance(text, str):
                raise ValueError(text)
            yield each.name, text
        else:
            yield each.name, cursor.read(text, each.type)


def names(report: Report) -> tuple[str, ...]:
    """All variables that expressions of a report may have of its parameters."""
    found: list[str] = []
    for each in report.params:
        ranged = each.type.kind == RANGE
        kinds = ("date", "instant") if ranged else ()
        found += [name for kind in kinds for name in bounds(each.variable, kind)]
        found += [] if ranged else [each.variable]
    return tuple(found)
