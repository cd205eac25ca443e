"""What a build promises: a query runs again exactly when something that it used has changed."""

from __future__ import annotations

import pytest

from compiler.analyse.names import NotHere
from compiler.build import MEMORY, Build, Cycle, query
from dsl.source import Place, Span
from stdlib.library import STANDARD

RAN: list[str] = []


@query
def number(build: Build, name: str) -> int:
    RAN.append(f"number {name}")
    value = build.given(name)
    assert isinstance(value, int)
    if value % 2:
        build.report(NotHere(at=Place(name, Span(0, 1)), word=name))
    return value


@query
def parity(build: Build, name: str) -> int:
    RAN.append(f"parity {name}")
    return number(build, name) % 2


@query
def total(build: Build) -> int:
    RAN.append("total")
    return parity(build, "a") + parity(build, "b")


@query
def round_about(build: Build, name: str) -> int:
    other = build.given(name)
    assert isinstance(other, str)
    try:
        return round_about(build, other) + 1 if other else 0
    except Cycle:
        return -100


@pytest.fixture
def build() -> Build:
    RAN.clear()
    build = Build(STANDARD)
    build.begin({"a": 1, "b": 2})
    return build


def test_a_query_runs_once_in_a_build(build: Build) -> None:
    assert total(build) == total(build) == 1
    assert sorted(RAN) == ["number a", "number b", "parity a", "parity b", "total"]


def test_nothing_runs_again_for_equal_inputs(build: Build) -> None:
    total(build)
    RAN.clear()
    build.begin({"a": 1, "b": 2})
    assert total(build) == 1
    assert RAN == []


def test_an_equal_value_stops_the_wave(build: Build) -> None:
    total(build)
    RAN.clear()
    build.begin({"a": 3, "b": 2})
    assert total(build) == 1
    assert RAN == ["number a", "parity a"]


def test_a_new_value_reaches_whoever_used_it(build: Build) -> None:
    total(build)
    RAN.clear()
    build.begin({"a": 2, "b": 2})
    assert total(build) == 0
    assert RAN == ["number a", "parity a", "total"]


def test_a_problem_lives_as_long_as_the_value(build: Build) -> None:
    total(build)
    assert [item.primary.place.block for item in build.diagnostics()] == ["a"]
    build.begin({"a": 1, "b": 4})
    total(build)
    assert [item.primary.place.block for item in build.diagnostics()] == ["a"]
    build.begin({"a": 2, "b": 4})
    total(build)
    assert list(build.diagnostics()) == []


def test_what_is_not_asked_says_nothing(build: Build) -> None:
    total(build)
    build.begin({"a": 1, "b": 2})
    parity(build, "b")
    assert list(build.diagnostics()) == []
    assert build.was_asked(parity, "b")
    assert not build.was_asked(parity, "a")


def test_a_value_that_was_skipped_for_a_build_is_still_brought_up_to_date(build: Build) -> None:
    assert total(build) == 1
    build.begin({"a": 2, "b": 2})
    parity(build, "b")
    build.begin({"a": 2, "b": 3})
    assert total(build) == 1


def test_a_circle_is_told_where_it_closes_and_can_be_broken_later(build: Build) -> None:
    build.begin({"a": "b", "b": "a"})
    assert round_about(build, "a") == -99
    build.begin({"a": "b", "b": ""})
    assert round_about(build, "a") == 1
    build.begin({"a": "b", "b": "a"})
    assert round_about(build, "b") == -99


def test_an_input_that_is_gone_is_none(build: Build) -> None:
    build.begin({"b": 2})
    assert build.given("a") is None


def test_what_nobody_asks_for_is_forgotten(build: Build) -> None:
    total(build)
    for _ in range(3 * MEMORY):
        build.begin({"a": 1, "b": 2})
        parity(build, "b")
    RAN.clear()
    assert total(build) == 1
    assert sorted(RAN) == ["number a", "parity a", "total"]
