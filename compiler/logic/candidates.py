"""Values that stand for all others: whatever a condition can come to, it comes to with these.

Terms that are compared, with each other or with the same constants, form a cluster. Of a number
or a date only its place among the constants and the other terms counts, so that the constants, and
as many steps beside each as there are terms, are enough (the solutions of difference constraints).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from compiler.logic.evaluation import Value
from compiler.logic.knowledge import Knowledge, Limits
from compiler.logic.points import (
    NUMERIC,
    Point,
    capacity,
    point,
    step,
    stride,
)  # fmt: skip
from compiler.logic.terms import (
    COMPARED,
    Key,
    Term,
    compared,
    constant,
    key_of,
    plain,
    shifted,
    terms,
)  # fmt: skip
from compiler.model.base import EntityId
from compiler.model.expr import Case, Const, DataRow, Expr, FieldOf, Func, Op
from compiler.model.rewrite import walk

MOST_POINTS = 48
"""Places to look around in one cluster."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a term is tried with. Not `complete`: that none of them fits proves nothing."""

    values: tuple[Value, ...]
    complete: bool


@dataclass(slots=True)
class _Cluster:
    """Terms that are compared, what their values are moved by, and the constants beside them."""

    terms: dict[Key, Term] = field(default_factory=dict)
    constants: dict[Point, None] = field(default_factory=dict)
    moves: set[Fraction] = field(default_factory=lambda: {Fraction(0)})
    ordered: bool = False

    def join(self, other: _Cluster) -> None:
        self.terms |= other.terms
        self.constants |= other.constants
        self.moves |= other.moves
        self.ordered |= other.ordered


def candidates(conditions: Sequence[Expr], knowledge: Knowledge) -> dict[Key, Candidates]:
    """The candidates of each term of the conditions."""
    return {
        term.key: _of_term(term, cluster, knowledge)
        for cluster in _clusters(conditions, knowledge)
        for term in cluster.terms.values()
    }


# ---------------------------------------------------------------- clusters


def _clusters(conditions: Sequence[Expr], knowledge: Knowledge) -> list[_Cluster]:
    of_term: dict[Key, _Cluster] = {}
    for condition in conditions:
        for term in terms(condition):
            cluster = of_term.setdefault(term.key, _Cluster())
            if term.key not in cluster.terms or term.nullable:
                cluster.terms[term.key] = term
    for condition in conditions:
        for part in walk(condition):
            if isinstance(part, Op) and part.op in COMPARED | {"in"}:
                _join(part, of_term)
    for cluster in of_term.values():
        for term in cluster.terms.values():
            for limit in _limits(term, knowledge):
                _note(cluster, limit)
    return list({id(each): each for each in of_term.values()}.values())


def _note(cluster: _Cluster, constant_: Const) -> None:
    value = point(constant_)
    if value is not None:
        cluster.constants[value] = None


def _join(test: Op, of_term: dict[Key, _Cluster]) -> None:
    """Everything that a comparison sees side by side comes into one cluster."""
    whole = _Cluster(ordered=test.op not in ("==", "!=", "in"))
    sides = compared(test) if test.op in COMPARED else test.args
    for side in sides:
        for leaf in _leaves(side):
            _seen(leaf, whole, of_term)
    for key in whole.terms:
        of_term[key] = whole


def _seen(leaf: Expr, whole: _Cluster, of_term: Mapping[Key, _Cluster]) -> None:
    known = constant(leaf)
    if known is not None:
        _note(whole, known)
        return
    moved = shifted(leaf)
    whole.moves.add(moved.by)
    if moved.expr is not leaf:
        for inner in _leaves(moved.expr):
            _seen(inner, whole, of_term)
        return
    cluster = of_term.get(key_of(leaf))
    if cluster is not None:
        whole.join(cluster)


def _leaves(expr: Expr) -> Iterator[Expr]:
    """The expressions of which one gives a side of a comparison its value."""
    expr = plain(expr)
    if isinstance(expr, Case):
        for _, then in expr.branches:
            yield from _leaves(then)
        yield from _leaves(expr.otherwise)
    elif isinstance(expr, Op) and expr.op == "??":
        for arg in expr.args:
            yield from _leaves(arg)
    elif not isinstance(expr, DataRow):
        yield expr


def _limits(term: Term, knowledge: Knowledge) -> Iterator[Const]:
    found = _limits_of(term, knowledge)
    if found is not None:
        yield from (each for each in (found.lowest, found.highest) if each is not None)


def _limits_of(term: Term, knowledge: Knowledge) -> Limits | None:
    expr = term.expr
    if not isinstance(expr, FieldOf) or expr.of.type.kind != "ref":
        return None
    return knowledge.limits_of(EntityId(expr.of.type.of), expr.field)


# ---------------------------------------------------------------- values


def _of_term(term: Term, cluster: _Cluster, knowledge: Knowledge) -> Candidates:
    found = _present(term, cluster, knowledge)
    return Candidates((*found.values, None), found.complete) if term.nullable else found


def _present(term: Term, cluster: _Cluster, knowledge: Knowledge) -> Candidates:
    kind = term.type.kind
    if kind == "bool":
        return Candidates((True, False), True)
    if kind == "enum":
        return Candidates(tuple(knowledge.values_of(term.type.of)), True)
    if kind in NUMERIC:
        return _numbers(term, cluster, knowledge)
    if kind == "ref":
        return Candidates((*_records(cluster), *_others(cluster, term)), True)
    texts = [each for each in cluster.constants if isinstance(each, str)]
    return Candidates((*texts, *_new_texts(cluster, texts)), not cluster.ordered)


def _records(cluster: _Cluster) -> Iterator[Point]:
    return (each for each in cluster.constants if isinstance(each, tuple))


def _others(cluster: _Cluster, term: Term) -> Iterator[Point]:
    """As many other records as there are terms: each may be one of its own."""
    name = term.type.of.split(".")[-1]
    return (("other", f"{name} {place}") for place in range(1, len(cluster.terms) + 1))


def _new_texts(cluster: _Cluster, known: Sequence[str]) -> Iterator[str]:
    places = range(len(cluster.terms))
    if cluster.ordered:
        yield ""
        yield from (f"{text}a" for text in known)
    yield from (f"{max(known, default='')}{chr(ord('a') + place % 26) * (place // 26 + 1)}"
                for place in places)  # fmt: skip


def _numbers(term: Term, cluster: _Cluster, knowledge: Knowledge) -> Candidates:
    if _is_origin(term, cluster):
        return Candidates((_usual(term),), True)
    places, complete = _places(term, cluster)
    own, finest = step(term.type), min(step(each.type) for each in cluster.terms.values())
    count = len(cluster.terms)
    found: dict[Fraction, None] = dict.fromkeys(_readable(term, places))
    for place in places:
        found |= dict.fromkeys(_around(place, own, finest, count))
    low, high = _bounds(term, knowledge)
    values = tuple(
        each for each in found if (low is None or low <= each) and (high is None or each <= high)
    )
    return Candidates(values, complete and own == finest)


def _is_origin(term: Term, cluster: _Cluster) -> bool:
    """Where nothing but differences counts, one term may have any value: the present moment, or
    the first of them."""
    if cluster.constants:
        return False
    moments = [key for key, each in cluster.terms.items() if isinstance(each.expr, Func)]
    return term.key == next(iter(moments or cluster.terms))


def _places(term: Term, cluster: _Cluster) -> tuple[list[Fraction], bool]:
    """Where values matter: the constants, seen from every term through what moves them."""
    start = [each for each in cluster.constants if isinstance(each, Fraction)] or [_usual(term)]
    moves = {a - b for a in cluster.moves for b in cluster.moves}
    found = dict.fromkeys(start)
    for _ in range(len(cluster.terms) if len(moves) > 1 else 0):
        found |= dict.fromkeys(place + move for place in tuple(found) for move in moves)
        if len(found) > MOST_POINTS:
            return list(found)[:MOST_POINTS], False
    return list(found), True


def _usual(term: Term) -> Fraction:
    usual = point(Const(type=term.type, value=_USUAL.get(term.type.kind, 0)))
    assert isinstance(usual, Fraction)
    return usual


_USUAL: Mapping[str, str] = {
    "date": "2026-01-01",
    "month": "2026-01-01",
    "time": "09:00:00",
    "instant": "2026-01-01T00:00:00+00:00",
}


def _readable(term: Term, places: Iterable[Fraction]) -> Iterator[Fraction]:
    """The constants and values a plain stride beside them: first, so that examples show them."""
    size, own = stride(term.type), step(term.type)
    for place in places:
        if place % own == 0:
            yield from (place, place + size, place - size)


def _around(place: Fraction, own: Fraction, finest: Fraction, count: int) -> Iterator[Fraction]:
    below = place // own * own
    for base in dict.fromkeys((below, below if place == below else below + own)):
        for far in range(count + 1):
            yield base + far * own
            yield base - far * own
    for far in range(1, count + 1) if finest != own else ():
        yield (place + far * finest) // own * own
        yield (place - far * finest) // own * own


def _bounds(term: Term, knowledge: Knowledge) -> tuple[Fraction | None, Fraction | None]:
    """What the value cannot pass: the field's limits, and what its digits can say."""
    most = capacity(term.type)
    limits = _limits_of(term, knowledge) or Limits()
    lowest, highest = (
        found if each is not None and isinstance(found := point(each), Fraction) else None
        for each in (limits.lowest, limits.highest)
    )
    if most is None:
        return lowest, highest
    return (
        -most if lowest is None else max(-most, lowest),
        most if highest is None else min(most, highest),
    )
