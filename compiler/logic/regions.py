"""The values of one variable for which a condition on it alone holds.

A number, a date or a span is counted in whole steps of its type, so that a region of them is a
list of ranges of ints; of anything else it is a set of values, or all but a set.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from math import ceil, floor

from compiler.logic.points import NUMERIC, Point, point, step
from compiler.logic.terms import ORDER, constant, plain
from compiler.model.expr import Const, DataRow, Expr, Op, Operator, Var
from compiler.model.types import Type

Range = tuple[int | None, int | None]
"""From the first to the last step, both in it; None has no end."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Ranges in rising order, with steps between them."""

    ranges: tuple[Range, ...]

    def __invert__(self) -> Steps:
        found: list[Range] = []
        low: int | None = None
        for first, last in self.ranges:
            if first is not None and (low is None or low < first):
                found.append((low, first - 1))
            if last is None:
                return Steps(tuple(found))
            low = last + 1
        return Steps((*found, (low, None)))

    def __and__(self, other: Steps) -> Steps:
        found = (_common(one, another) for one in self.ranges for another in other.ranges)
        return Steps(tuple(each for each in found if each is not None))

    def __or__(self, other: Steps) -> Steps:
        return (
            ~(~self & ~other) if self.ranges and other.ranges else Steps(self.ranges + other.ranges)
        )


def _common(one: Range, other: Range) -> Range | None:
    lows = [each for each in (one[0], other[0]) if each is not None]
    highs = [each for each in (one[1], other[1]) if each is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return None if low is not None and high is not None and low > high else (low, high)


@dataclass(frozen=True, slots=True)
class Chosen:
    """These values, or all but these."""

    values: frozenset[Point]
    others: bool = False

    def __invert__(self) -> Chosen:
        return Chosen(self.values, not self.others)

    def __and__(self, other: Chosen) -> Chosen:
        if self.others and other.others:
            return Chosen(self.values | other.values, others=True)
        if self.others:
            return Chosen(other.values - self.values)
        return Chosen(self.values - other.values if other.others else self.values & other.values)

    def __or__(self, other: Chosen) -> Chosen:
        if self.others or other.others:
            return ~(~self & ~other)
        return Chosen(self.values | other.values)


Present = Steps | Chosen


@dataclass(frozen=True, slots=True)
class Region:
    """Which values a condition admits, null among them or not."""

    present: Present
    null: bool

    def __invert__(self) -> Region:
        return Region(~self.present, not self.null)

    def __and__(self, other: Region) -> Region:
        return Region(_both(self.present, other.present), self.null and other.null)

    def __or__(self, other: Region) -> Region:
        return Region(_either(self.present, other.present), self.null or other.null)


def _both(one: Present, other: Present) -> Present:
    if isinstance(one, Steps) and isinstance(other, Steps):
        return one & other
    assert isinstance(one, Chosen) and isinstance(other, Chosen)
    return one & other


def _either(one: Present, other: Present) -> Present:
    if isinstance(one, Steps) and isinstance(other, Steps):
        return one | other
    assert isinstance(one, Chosen) and isinstance(other, Chosen)
    return one | other


def everything(type: Type) -> Region:
    """All values of a type."""
    return Region(_all(type), null=True)


def _all(type: Type) -> Present:
    return Steps(((None, None),)) if type.kind in NUMERIC else Chosen(frozenset(), others=True)


def _none(type: Type) -> Present:
    return Steps(()) if type.kind in NUMERIC else Chosen(frozenset())


def region(test: Expr | None, variable: Var) -> Region | None:
    """The values of a variable for which a condition holds; None where that cannot be told."""
    if test is None:
        return everything(variable.type)
    if plain(test) == variable:
        return Region(Chosen(frozenset({True})), null=False)
    if not isinstance(test, Op):
        return None
    match test.op:
        case "and" | "or":
            return _joined(test, variable)
        case "not":
            found = region(test.args[0], variable)
            return None if found is None else ~found
        case "is null" if plain(test.args[0]) == variable:
            return Region(_none(variable.type), null=True)
        case "in" if plain(test.args[0]) == variable:
            return _among(test.args[1:], variable.type)
        case "==" | "!=":
            return _equal(test, variable)
        case op if op in ORDER:
            return _ordered(test, variable)
    return None


def _joined(test: Op, variable: Var) -> Region | None:
    parts = [region(arg, variable) for arg in test.args]
    found: Region | None = None
    for part in parts:
        if part is None:
            return None
        found = part if found is None else found & part if test.op == "and" else found | part
    return found


def _among(members: Iterable[Expr], type: Type) -> Region | None:
    found = Region(_none(type), null=False)
    for member in members:
        one = _value(member, type)
        if one is None:
            return None
        found |= one
    return found


def _equal(test: Op, variable: Var) -> Region | None:
    for side, other in (test.args, reversed(test.args)):
        if plain(side) == variable:
            found = _value(other, variable.type)
            return found if found is None or test.op == "==" else ~found
    return None


def _value(expr: Expr, type: Type) -> Region | None:
    """The region of one value."""
    if isinstance(expr, DataRow):
        row = ("row", f"{expr.entity.split('.')[-1]}.{expr.key}")
        return Region(Chosen(frozenset({row})), null=False)
    known = constant(expr)
    if known is None:
        return None
    if known.value is None:
        return Region(_none(type), null=True)
    if type.kind not in NUMERIC:
        at = point(known)
        return None if at is None else Region(Chosen(frozenset({at})), null=False)
    below, above = _steps(known, type)
    return Region(Steps(((below, above),) if below == above else ()), null=False)


def _steps(known: Const, type: Type) -> tuple[int, int]:
    """A constant in steps of a type: the last one not above it and the first not below."""
    if type.is_number:
        exact = Decimal(str(known.value)).scaleb(type.scale)
        below = int(exact.to_integral_value(ROUND_FLOOR))
        return below, below if below == exact else below + 1
    at = point(known)
    assert isinstance(at, Fraction)
    steps = at / step(type)
    return floor(steps), ceil(steps)


_TURNED: dict[str, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _ordered(test: Op, variable: Var) -> Region | None:
    if variable.type.kind not in NUMERIC:
        return None
    left, right = test.args
    if plain(left) == variable:
        op, known = test.op, constant(right)
    else:
        op, known = _TURNED[test.op], constant(left) if plain(right) == variable else None
    if known is None:
        return None
    if known.value is None:
        return Region(Steps(()), null=False)
    below, above = _steps(known, variable.type)
    ends: dict[str, Range] = {
        "<": (None, above - 1),
        "<=": (None, below),
        ">": (below + 1, None),
        ">=": (above, None),
    }
    return Region(Steps((ends[op],)), null=False)
