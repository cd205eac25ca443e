"""Marks of a report: some of its rows, by the values of its dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.model.expr import Const, Expr, Op, Var
from compiler.model.report import Dimension, Report
from compiler.model.types import BOOL
from runtime.access.permission import all_of
from runtime.clock import ActTime
from runtime.store import cursor
from runtime.store.domain import Domain
from runtime.store.parameters import Parameters, read
from runtime.store.query import BadQuery
from runtime.store.selection import Within


@dataclass(frozen=True, slots=True)
class Others:
    """The bucket of all that is not among the first ones, which are kept to tell them apart."""

    first: tuple[object, ...]


def is_among(dimension: Dimension, place: int, count: int, null: bool) -> Expr:
    """That a dimension is one of the values `t<place>_0` …, or null."""
    value = dimension.value
    type = value.type.present()
    members = [Var(type=type, name=f"t{place}_{number}") for number in range(count)]
    tests: list[Expr] = [Op(type=BOOL, op="in", args=(value, *members))] if members else []
    if null:
        tests.append(Op(type=BOOL, op="is null", args=(value,)))
    return tests[0] if len(tests) == 1 else Op(type=BOOL, op="or", args=tuple(tests))


def given(place: int, values: Sequence[object]) -> dict[str, object]:
    """The parameters of `is_among`."""
    present = [value for value in values if value is not None]
    return {f"t{place}_{number}": value for number, value in enumerate(present)}


@dataclass(frozen=True, slots=True)
class Mark:
    """Some rows of a report, by what its dimensions are for them; a dimension that is not in
    `keys` may be anything."""

    parameters: Parameters
    keys: Mapping[int, object]

    @property
    def report(self) -> Report:
        return self.parameters.report

    def drill(self) -> str:
        """The mark as a text for a URL, what the reader set last."""
        said: list[object] = [self._said(place) for place in range(len(self.report.dimensions))]
        return cursor.packed([*said, *([self.parameters.written()] if self.report.params else [])])

    def _said(self, place: int) -> list[object]:
        if place not in self.keys:
            return []
        key = self.keys[place]
        if isinstance(key, Others):
            return [
                "others",
                *(None if each is None else cursor.written(each) for each in key.first),
            ]
        return ["is", None if key is None else cursor.written(key)]

    @classmethod
    def of(cls, report: Report, drill: str, domain: Domain, time: ActTime) -> Mark:
        """The mark that a text names. Raises BadQuery."""
        try:
            parts = cursor.unpacked(drill)
            chosen = read(report, parts.pop()) if report.params else {}
            said = zip(parts, report.dimensions, strict=True)
            keys = {place: _key(*each) for place, each in enumerate(said) if each[0]}
        except (*cursor.UNREADABLE, IndexError) as error:
            raise BadQuery(cursor.BROKEN) from error
        return cls(Parameters(report, chosen, domain, time), keys)

    def condition(self) -> Within:
        """The rows of the mark, for a list of them."""
        tests = [self.report.where, *(self._test(place) for place in self.keys)]
        condition = all_of(*tests) or Const(type=BOOL, value=True)
        signature = [(place, _size(key)) for place, key in self.keys.items()]
        return Within(f"report {self.report.id} {signature}", condition)

    def values(self) -> dict[str, object]:
        """The parameters of the condition."""
        found = self.parameters.variables(self.parameters.ranges())
        for place, key in self.keys.items():
            found.update(given(place, key.first if isinstance(key, Others) else (key,)))
        return found

    def _test(self, place: int) -> Expr:
        key, dimension = self.keys[place], self.report.dimensions[place]
        values = key.first if isinstance(key, Others) else (key,)
        count = sum(value is not None for value in values)
        test = is_among(dimension, place, count, None in values)
        return Op(type=BOOL, op="not", args=(test,)) if isinstance(key, Others) else test


def _key(said: Sequence[Any], dimension: Dimension) -> object:
    values = tuple(cursor.read(text, dimension.value.type) for text in said[1:])
    if said[0] == "others" and values:
        return Others(values)
    (value,) = values
    return value


def _size(key: object) -> object:
    """What of a key decides the condition: how many values, and whether null is one."""
    values = key.first if isinstance(key, Others) else (key,)
    return isinstance(key, Others), len(values), None in values
