"""Proofs of decision tables against brute force, and the index against asking row by row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.backends.expr.python import compile_function
from compiler.model.expr import Lookup, Var
from compiler.pipeline import compile_app
from stdlib.library import STANDARD
from tests.support.apps import HEAD, Texts

NUMBERS = range(-2, 9)
"""Every number that a cell names, and one beside each end."""
KINDS = ("a", "b", "c")
SOME = range(7)
POLICIES = ("first", "unique", "any")
INPUT = re.compile(r"(\w) = (-?\w+)")


@dataclass(frozen=True)
class Cell:
    """A cell as it is written, and the values that it admits."""

    text: str
    admits: frozenset[object]


def number_cells() -> st.SearchStrategy[Cell]:
    every = frozenset[object](NUMBERS)
    return st.one_of(
        st.just(Cell("-", every | {None})),
        st.just(Cell("null", frozenset({None}))),
        st.builds(
            lambda sign, n: Cell(
                f"{sign} {n}", frozenset(x for x in NUMBERS if _holds(sign, x, n))
            ),
            st.sampled_from(("<", "<=", ">", ">=")),
            st.sampled_from(SOME),
        ),
        st.builds(lambda n: Cell(f"!= {n}", (every | {None}) - {n}), st.sampled_from(SOME)),
        st.builds(
            lambda n, m: Cell(f"{n}..{m}", frozenset(x for x in NUMBERS if n <= x <= m)),
            st.sampled_from(SOME),
            st.sampled_from(SOME),
        ),
        st.builds(
            lambda n, m: Cell(f"{n}, > {m}", frozenset(x for x in NUMBERS if x == n or x > m)),
            st.sampled_from(SOME),
            st.sampled_from(SOME),
        ),
    )


def _holds(sign: str, x: int, n: int) -> bool:
    return {"<": x < n, "<=": x <= n, ">": x > n, ">=": x >= n}[sign]


def kind_cells() -> st.SearchStrategy[Cell]:
    values = st.lists(st.sampled_from((*KINDS, "null")), min_size=1, max_size=3, unique=True)
    return st.one_of(
        st.just(Cell("-", frozenset({*KINDS, None}))),
        st.just(Cell("!= b", frozenset({"a", "c", None}))),
        values.map(
            lambda found: Cell(
                ", ".join(found), frozenset(None if each == "null" else each for each in found)
            )
        ),
    )


@dataclass(frozen=True)
class Spec:
    """A table of two numbers and a kind; any input may be null."""

    policy: str
    rows: tuple[tuple[Cell, Cell, Cell, int], ...]

    def text(self) -> str:
        lines = [f"table T(n: int?, m: int?, k: Kind?) -> int hit {self.policy}"]
        lines += ["  n | m | k | result"]
        lines += [f"  {n.text} | {m.text} | {k.text} | {value}" for n, m, k, value in self.rows]
        return "enum Kind\n  a\n  b\n  c\n\n" + "\n".join(lines) + "\n"

    def fitting(self, place: tuple[object, ...]) -> list[int]:
        return [
            index
            for index, (*cells, _) in enumerate(self.rows)
            if all(value in cell.admits for cell, value in zip(cells, place, strict=True))
        ]

    def value(self, row: int) -> int:
        return self.rows[row][3]


PLACES = list(product((*NUMBERS, None), (*NUMBERS, None), (*KINDS, None)))

specs = st.builds(
    Spec,
    st.sampled_from(POLICIES),
    st.lists(
        st.tuples(number_cells(), number_cells(), kind_cells(), st.integers(0, 2)),
        min_size=1,
        max_size=6,
    ).map(tuple),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs)
def test_what_is_proved_is_what_trying_all_inputs_shows(spec: Spec) -> None:
    compiled = compile_app(
        Texts((("shop/head.case", HEAD), ("shop/text.case", spec.text()))), STANDARD
    )
    found: dict[str, dict[int, str]] = {}
    for each in compiled.diagnostics:
        line = compiled.sources.locate(each.primary.place).line - 8
        found.setdefault(each.code, {})[line] = each.message.en
    assert found.keys() <= {"CW0647", "CW0649", "CW0650", "CW0651"}, spec.text()
    fitting = {place: spec.fitting(place) for place in PLACES}
    _gaps(spec, fitting, found.get("CW0647", {}))
    _reached(spec, fitting, found.get("CW0651", {}))
    _together(spec, fitting, {**found.get("CW0649", {}), **found.get("CW0650", {})})


def _gaps(spec: Spec, fitting: dict[Any, list[int]], told: dict[int, str]) -> None:
    assert bool(told) == any(not rows for rows in fitting.values()), spec.text()
    for message in told.values():
        assert all(not fitting[place] for place in _meant(message)), spec.text() + message


def _reached(spec: Spec, fitting: dict[Any, list[int]], told: dict[int, str]) -> None:
    for row in range(len(spec.rows)):
        first = spec.policy == "first"
        taken = any(row == rows[0] if first else row in rows for rows in fitting.values() if rows)
        assert (row in told) == (not taken), (row, spec.text())


def _together(spec: Spec, fitting: dict[Any, list[int]], told: dict[int, str]) -> None:
    clashes = {
        other
        for rows in fitting.values()
        for one in rows
        for other in rows
        if one < other and (spec.policy == "unique" or spec.value(one) != spec.value(other))
    }
    assert set(told) == (clashes if spec.policy != "first" else set()), spec.text()
    for row, message in told.items():
        for place in _meant(message):
            assert row in fitting[place], spec.text() + message
            assert len(fitting[place]) > 1, spec.text() + message


def _meant(message: str) -> list[tuple[object, ...]]:
    """The places that the inputs of a message leave open."""
    given = dict(INPUT.findall(message))

    def matches(place: tuple[object, ...]) -> bool:
        return all(
            str(value if value is not None else "null") == given.get(name, str(value or "null"))
            or name not in given
            for name, value in zip("nmk", place, strict=True)
        )

    return [place for place in PLACES if matches(place)]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs)
def test_the_index_finds_the_row_that_asking_one_by_one_does(spec: Spec) -> None:
    rows = [row for row in spec.rows if all(cell.admits for cell in row[:3])]
    whole = Spec("first", tuple(rows))
    text = whole.text().replace("-> int", "-> int?")
    compiled = compile_app(Texts((("shop/head.case", HEAD), ("shop/text.case", text))), STANDARD)
    if compiled.bundle is None:
        return  # a row is never reached
    workspace = compiled.bundle.workspace
    (table,) = workspace.tables
    args = tuple(Var(type=each.type, name=each.name) for each in table.parameters)
    asked = Lookup(type=table.results[0].type, table=table.id, result="result", args=args)
    function = compile_function(asked, ("n", "m", "k"), STANDARD.functions, False, workspace.called)
    for place in PLACES:
        fitting = whole.fitting(place)
        assert function(None, *place) == (whole.value(fitting[0]) if fitting else None), text
