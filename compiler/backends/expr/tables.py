"""Decision tables as Python functions: every column is an index from its values to the rows.

A set of rows is an int with a bit for each, the first row lowest, so that the rows that fit are
what the columns have in common, however many there are. What a cell compares with something that
is no constant is asked of the rows that are left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from compiler.logic.points import MONTHS
from compiler.logic.regions import Chosen, Region, Steps, region
from compiler.model.expr import Expr, Var
from compiler.model.inline import in_order, place_of
from compiler.model.types import Type
from compiler.model.value import COLLECTING, Row, Table
from compiler.values import numbers

Function = Callable[..., Any]
Compile = Callable[[Expr], Function]
Rows = int
"""A set of rows."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a table as they are asked: what is left to test of each, and what it gives."""

    columns: tuple[Callable[[Any], Rows], ...]
    left: tuple[tuple[Function, ...], ...]
    values: tuple[Function, ...]
    every: Rows

    def fitting(self, args: tuple[Any, ...]) -> Iterator[Function]:
        """What the rows that fit give, in order; `args` begin with the act."""
        found = self.every
        for column, value in zip(self.columns, args[1:], strict=True):
            found &= column(value)
        while found:
            lowest = found & -found
            row = lowest.bit_length() - 1
            if all(test(*args) for test in self.left[row]):
                yield self.values[row]
            found ^= lowest


def function_of(table: Table, result: str, compiled: Compile) -> Function:
    """The function `(env, *arguments)` of a result of a table; `compiled` makes one of a cell.

    It takes no null for a parameter that may not be.
    """
    if table.policy in COLLECTING:
        return _collected(table, result, compiled)
    rows = _rows(table, in_order(table), result, compiled)

    def first(*args: Any) -> Any:
        for value in rows.fitting(args):
            return value(*args)
        return None

    return first


def _collected(table: Table, result: str, compiled: Compile) -> Function:
    plain = [row for row in table.rows if not row.otherwise]
    rest = [row for row in table.rows if row.otherwise]
    stages = [_rows(table, rows, result, compiled) for rows in (plain, rest) if rows]
    collect = _COLLECT[table.policy](table, result)

    def collected(*args: Any) -> Any:
        for rows in stages:
            found = [value(*args) for value in rows.fitting(args)]
            if found:
                return collect([each for each in found if each is not None])
        return collect([])

    return collected


def _sum(table: Table, result: str) -> Function:
    type = table.results[place_of(table, result)].type
    if type.kind == "duration":
        return numbers.total_span
    if type.kind in ("int", "worktime"):
        return numbers.total_int
    return lambda found: numbers.total(found, type.scale)


_COLLECT: dict[str, Callable[[Table, str], Function]] = {
    "sum": _sum,
    "min": lambda table, result: lambda found: min(found, default=None),
    "max": lambda table, result: lambda found: max(found, default=None),
    "count": lambda table, result: len,
}


def _rows(table: Table, rows: Sequence[Row], result: str, compiled: Compile) -> _Rows:
    variables = [Var(type=each.type, name=each.variable) for each in table.parameters]
    counts = table.policy == "count"
    place = 0 if counts else place_of(table, result)
    columns, left = [], [list[Function]() for _ in rows]
    for index, variable in enumerate(variables):
        tests = [row.tests[index] for row in rows]
        regions = [_indexed(test, variable) for test in tests]
        for row, (test, known) in enumerate(zip(tests, regions, strict=True)):
            if known is None and test is not None:
                left[row].append(compiled(test))
        columns.append(_column(variable.type, regions))
    return _Rows(
        tuple(columns),
        tuple(map(tuple, left)),
        tuple(_one if counts else compiled(row.values[place]) for row in rows),
        every=(1 << len(rows)) - 1,
    )


def _one(*args: object) -> int:
    return 1


def _indexed(test: Expr | None, variable: Var) -> Region | None:
    """The region of a test; of a record none, for its id is known at run time alone."""
    return None if test is not None and variable.type.kind == "ref" else region(test, variable)


def _column(type: Type, regions: Sequence[Region | None]) -> Callable[[Any], Rows]:
    """The rows that may fit a value of a column."""
    null = _bits(known is None or known.null for known in regions)
    if type.kind in _NATIVE:
        return _of_steps(type, regions, null)
    named = {
        value
        for known in regions
        if known is not None and isinstance(known.present, Chosen)
        for value in known.present.values
    }
    of_value: dict[Any, Rows] = {
        value: _bits(known is None or _has(known, value) for known in regions) for value in named
    }
    of_value[None] = null
    others = _bits(
        known is None or (isinstance(known.present, Chosen) and known.present.others)
        for known in regions
    )
    return lambda value: of_value.get(value, others)


def _bits(rows: Iterator[bool] | Any) -> Rows:
    found = 0
    for row, fits in enumerate(rows):
        found |= fits << row
    return found


def _has(known: Region, value: object) -> bool:
    assert isinstance(known.present, Chosen)
    return (value in known.present.values) != known.present.others


def _of_steps(type: Type, regions: Sequence[Region | None], null: Rows) -> Callable[[Any], Rows]:
    """The rows by the stretch between two ends of ranges in which a value lies."""
    begin, turns = 0, dict[int, Rows]()
    for row, known in enumerate(regions):
        for first, last in (
            known.present.ranges if known and isinstance(known.present, Steps) else ((None, None),)
        ):
            if first is None:
                begin |= 1 << row
            else:
                turns[first] = turns.get(first, 0) ^ (1 << row)
            if last is not None:
                turns[last + 1] = turns.get(last + 1, 0) ^ (1 << row)
    starts: list[Any] = []
    rows = [begin]
    for step in sorted(turns):
        begin ^= turns[step]
        native = _native(type, step)
        if native is not None:
            starts.append(native)
            rows.append(begin)
        elif not starts:
            rows[0] = begin

    def found(value: Any) -> Rows:
        return null if value is None else rows[bisect_right(starts, value)]

    return found


def _native(type: Type, step: int) -> Any:
    """The value that many steps are; None beyond the last one there is."""
    try:
        return _NATIVE[type.kind](type, step)
    except (ValueError, OverflowError):
        return None


_NATIVE: dict[str, Callable[[Type, int], Any]] = {
    "int": lambda type, step: step,
    "worktime": lambda type, step: step,
    "decimal": lambda type, step: Decimal(step).scaleb(-type.scale),
    "date": lambda type, step: date.fromordinal(step),
    "month": lambda type, step: date(step // MONTHS, step % MONTHS + 1, 1),
    "time": lambda type, step: time(step // 60, step % 60),
    "instant": lambda type, step: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=step),
    "duration": lambda type, step: timedelta(microseconds=step),
}
