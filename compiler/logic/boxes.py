"""Rows of conditions on several variables: what no row covers, which rows have values in common.

Each column is cut into classes of values that no row tells apart; a set of classes of every column
is a box, and so is what a row admits. A set of rows is an int with a bit for each. A row with a
condition that cannot be told is a box that may be smaller: it covers nothing for certain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from compiler.logic.points import NUMERIC, Point, shown, step
from compiler.logic.regions import Chosen, Region, Steps, everything, region
from compiler.model.expr import Expr, Var
from compiler.model.types import Type

Rows = int
Place = tuple[int, ...]
"""A class of each column, in the order in which they are searched; the rest may be any."""
EFFORT = 200_000
"""Classes looked at, before a question is given up."""


class TooMuch(Exception):
    """The question is not worth more effort."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column cut into classes: of each a value and the rows that admit it."""

    name: str
    type: Type
    samples: tuple[Point | None, ...]
    rows: tuple[Rows, ...]
    turns: tuple[tuple[int, ...], ...]
    """For each row the classes at which it starts or stops to fit."""
    classes: tuple[tuple[tuple[int, int], ...], ...]
    """For each row its classes: from the first to the last of a run."""

    @cached_property
    def runs(self) -> list[list[Rows]]:
        """For each power of two the rows of as many classes from each one on."""
        found = [list(self.rows)]
        width = 1
        while 2 * width <= len(self.rows):
            last = found[-1]
            found.append([last[at] | last[at + width] for at in range(len(last) - width)])
            width *= 2
        return found

    def within(self, first: int, last: int) -> Rows:
        """The rows that fit some class of a run."""
        power = (last - first + 1).bit_length() - 1
        run = self.runs[power]
        return run[first] | run[last + 1 - (1 << power)]

    def meeting(self, row: int) -> Rows:
        """The rows that have a class in common with a row."""
        found = 0
        for first, last in self.classes[row]:
            found |= self.within(first, last)
        return found


def column(
    variable: Var, name: str, tests: Sequence[Expr | None], values: Collection[str]
) -> tuple[Column, Rows]:
    """The column of a variable, and the rows whose condition cannot be told; `values` are those of
    an enum."""
    regions, unknown = [], 0
    told: dict[Expr | None, Region | None] = {}
    for row, test in enumerate(tests):
        if test not in told:
            told[test] = region(test, variable)
        known = told[test]
        unknown |= (known is None) << row
        regions.append(everything(variable.type) if known is None else known)
    type = variable.type
    cut = _in_steps(type, regions) if type.kind in NUMERIC else _chosen(type, regions, values)
    samples, runs = cut
    if type.nullable:
        at = len(samples)
        samples = [*samples, None]
        runs = [
            [*found, (at, at)] if known.null else found
            for found, known in zip(runs, regions, strict=True)
        ]
    return Column(name, type, tuple(samples), *_by_class(runs, len(samples))), unknown


Runs = list[list[tuple[int, int]]]


def _in_steps(type: Type, regions: Sequence[Region]) -> tuple[list[Point | None], Runs]:
    ends: set[int] = set()
    for known in regions:
        assert isinstance(known.present, Steps)
        for first, last in known.present.ranges:
            ends |= {first} if first is not None else set()
            ends |= {last + 1} if last is not None else set()
    starts = sorted(ends)
    at = {start: place + 1 for place, start in enumerate(starts)}
    samples: list[Point | None] = [
        each * step(type) for each in map(Fraction, [*_below(starts), *starts])
    ]
    runs = [
        [
            (0 if first is None else at[first], len(starts) if last is None else at[last + 1] - 1)
            for first, last in known.present.ranges
        ]
        for known in regions
        if isinstance(known.present, Steps)
    ]
    return samples, runs


def _below(starts: Sequence[int]) -> Iterator[int]:
    yield starts[0] - 1 if starts else 0


def _chosen(
    type: Type, regions: Sequence[Region], values: Collection[str]
) -> tuple[list[Point | None], Runs]:
    chosen = [known.present for known in regions if isinstance(known.present, Chosen)]
    named = dict.fromkeys(value for each in chosen for value in each.values)
    found: list[Point | None] = []
    if type.kind == "bool":
        found = [True, False]
    elif type.kind == "enum":
        found = list(values)
    else:
        found = [*named, _another(type, named)]
    runs = [
        [(at, at) for at, value in enumerate(found) if (value in each.values) != each.others]
        for each in chosen
    ]
    return found, runs


def _another(type: Type, named: Mapping[Point, None]) -> Point:
    """A value that no row names."""
    if type.kind == "ref":
        return ("other", f"another {type.of.split('.')[-1]}")
    text = "x"
    while text in named:
        text += "x"
    return text


def _by_class(
    runs: Runs, count: int
) -> tuple[tuple[Rows, ...], tuple[tuple[int, ...], ...], tuple[tuple[tuple[int, int], ...], ...]]:
    changes = [0] * (count + 1)
    for row, found in enumerate(runs):
        for first, last in found:
            changes[first] ^= 1 << row
            changes[last + 1] ^= 1 << row
    rows, now = [], 0
    for change in changes[:count]:
        now ^= change
        rows.append(now)
    turns = tuple(
        tuple(sorted({end for first, last in found for end in (first, last + 1) if end < count}))
        for found in runs
    )
    return tuple(rows), turns, tuple(map(tuple, runs))


@dataclass
class Boxes:
    """The rows of a table over all its columns; `unknown` are those that cover nothing for sure."""

    columns: Sequence[Column]
    count: int
    unknown: Rows
    effort: int = EFFORT
    _full: list[Rows] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = sorted(self.columns, key=lambda each: -len(each.samples))
        full = (1 << self.count) - 1
        self._full = [full]
        for each in reversed(self.columns):
            everywhere = full
            for rows in each.rows:
                everywhere &= rows
            self._full.insert(0, self._full[0] & everywhere)

    def uncovered(self, rows: Rows, inside: int | None = None) -> Place | None:
        """A place that none of the rows covers, of the box of a row or of all; None if there is
        none. Raises TooMuch."""
        left = self.effort
        seen: set[tuple[int, Rows]] = set()

        def search(depth: int, rows: Rows) -> Place | None:
            nonlocal left
            if rows & self._full[depth] or (depth, rows) in seen:
                return None
            if not rows:
                return ()
            column = self.columns[depth]
            for at in self._classes(column, rows, inside):
                left -= 1
                if left < 0:
                    raise TooMuch
                found = search(depth + 1, rows & column.rows[at])
                if found is not None:
                    return (at, *found)
            seen.add((depth, rows))
            return None

        return search(0, rows)

    def _classes(self, column: Column, rows: Rows, inside: int | None) -> Iterator[int]:
        """Classes of a column, one at least of every kind that these rows tell apart."""
        found = {0}
        for row in rows_in(rows):
            found.update(column.turns[row])
        if inside is None:
            yield from sorted(found)
            return
        for first, last in column.classes[inside]:
            yield first
            yield from sorted(at for at in found if first < at <= last)

    def meeting(self, row: int) -> Rows:
        """The rows that have a place in common with a row, itself included."""
        found = (1 << self.count) - 1
        for each in self.columns:
            found &= each.meeting(row)
        return found

    def common(self, one: int, other: int) -> Place:
        """A place that two rows have in common."""
        both = (1 << one) | (1 << other)
        return tuple(
            next(at for at, rows in enumerate(each.rows) if rows & both == both)
            for each in self.columns
        )

    def of(self, row: int) -> Place:
        """A place of a row."""
        return tuple(each.classes[row][0][0] for each in self.columns)

    def told(self, place: Place) -> str:
        """A place in words; columns that do not matter are left out."""
        pairs = zip(self.columns, place, strict=False)
        return ", ".join(
            f"{each.name} = {shown(each.samples[at], each.type)}" for each, at in pairs
        )


def rows_in(rows: Rows) -> Iterator[int]:
    """The rows of a set, in order."""
    while rows:
        lowest = rows & -rows
        yield lowest.bit_length() - 1
        rows ^= lowest
