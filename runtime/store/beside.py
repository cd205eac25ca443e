"""Measures of groups beside those of other groups: shares, running and moving figures, the bucket
before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from operator import add
from typing import Any

from compiler.model.report import Across
from compiler.model.types import Type

Keys = tuple[object, ...]
OF_TIME = frozenset({"running", "moving", "previous"})
"""Functions that go from bucket to bucket."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Works out one function across groups.

    `values` are the measure it is of, one for each of `keys`, and `whole` that over all rows.
    `time` is the place of the dimension that has an order in time.
    """

    across: Across
    keys: Sequence[Keys]
    values: Sequence[Any]
    whole: Any
    time: int | None

    def of_groups(self) -> list[Any]:
        """What comes of it for each group."""
        function = self.across.function
        if function == "share":
            return [_ratio(value, self.whole, self.across.type) for value in self.values]
        if function == "total":
            return [self.whole] * len(self.keys)
        found: list[Any] = [None] * len(self.keys)
        for run in self._runs():
            for place, value in zip(run, self._along([self.values[p] for p in run]), strict=True):
                found[place] = value
        return found

    def of_whole(self) -> Any:
        """What comes of it for all rows: what goes from bucket to bucket has nothing to say."""
        function = self.across.function
        if function == "share":
            return _ratio(self.whole, self.whole, self.across.type)
        return self.whole if function == "total" else None

    def _runs(self) -> Iterator[list[int]]:
        """The places of groups that differ in time alone, from early to late."""
        if self.time is None:
            return
        runs: dict[Keys, list[tuple[date, int]]] = {}
        for place, keys in enumerate(self.keys):
            bucket = keys[self.time]
            if isinstance(bucket, date):
                rest = (*keys[: self.time], *keys[self.time + 1 :])
                runs.setdefault(rest, []).append((bucket, place))
        for run in runs.values():
            yield [place for _, place in sorted(run)]

    def _along(self, values: Sequence[Any]) -> Iterator[Any]:
        count = self.across.count
        for place, _ in enumerate(values):
            if self.across.function == "previous":
                yield values[place - 1] if place else None
            elif self.across.function == "running":
                yield _sum(values[: place + 1])
            elif place + 1 < count:
                yield None
            else:
                last = values[place + 1 - count : place + 1]
                yield _part(_sum(last), count, self.across.type)


def _sum(values: Sequence[Any]) -> Any:
    """What is there added up; nothing adds nothing."""
    there = [value for value in values if value is not None]
    return reduce(add, there) if there else None


def _part(value: Any, count: int, type: Type) -> Any:
    if value is None or isinstance(value, timedelta):
        return value and value / count
    return _scaled(Decimal(value) / count, type)


def _ratio(value: Any, whole: Any, type: Type) -> Decimal | None:
    if value is None or not whole:
        return None
    parts = [
        Decimal(each // timedelta(microseconds=1)) if isinstance(each, timedelta) else Decimal(each)
        for each in (value, whole)
    ]
    return _rounded(parts[0] / parts[1], type)


def _scaled(value: Decimal, type: Type) -> Any:
    if type.kind == "worktime":
        return int(value.to_integral_value(ROUND_HALF_UP))
    return _rounded(value, type)


def _rounded(value: Decimal, type: Type) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-type.scale), ROUND_HALF_UP)
