"""What is said of states that cannot be reached or left, held against walking every way."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.pipeline import compile_app
from dsl.diagnostic import Diagnostic
from dsl.source import Sources
from stdlib.library import STANDARD
from tests.support.apps import HEAD, Texts

ENTITY = """
entity Thing
  number: int
  owner -> User required
  access
    everyone read, update

role Manager

"""
GRAPH_CODES = ("CW0508", "CW0509", "CW0510")


@dataclass(frozen=True)
class Graph:
    """States 0 to n-1, the first of them initial; moves by transitions, timers and approvals."""

    states: int
    final: frozenset[int]
    pressed: frozenset[tuple[int, int]]
    timed: frozenset[tuple[int, int]]
    approved: frozenset[tuple[int, int, int]]

    @property
    def moves(self) -> set[tuple[int, int]]:
        decided = {(a, b) for a, yes, no in self.approved for b in (yes, no)}
        return {*self.pressed, *self.timed, *decided}

    def text(self) -> str:
        lines = [HEAD, ENTITY, "flow Thing.status\n"]
        for state in range(self.states):
            marks = " initial" * (state == 0) + " final" * (state in self.final)
            lines.append(f"  state s{state}{marks}\n")
            lines += [f"    after 3 days -> s{b}\n" for a, b in sorted(self.timed) if a == state]
            for a, yes, no in sorted(self.approved):
                if a == state:
                    lines.append("    approve it\n      by Manager\n      nobody -> Admin\n")
                    lines.append(f"    approved -> s{yes}\n    refused -> s{no}\n")
        for number, (a, b) in enumerate(sorted(self.pressed)):
            lines.append(f"  go{number}: s{a} -> s{b}\n    by owner\n")
        return "".join(lines)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(1, 5))
    state = st.integers(0, count - 1)
    pair = st.tuples(state, state)
    timed = draw(st.lists(pair, max_size=1))
    approved = draw(st.lists(st.tuples(state, state, state), max_size=1))
    final = draw(st.frozensets(state, max_size=2))
    return Graph(
        states=count,
        final=final,
        pressed=draw(st.frozensets(pair, max_size=5)),
        timed=frozenset(each for each in timed if each[0] not in final),
        approved=frozenset(approved),
    )


def walks(graph: Graph, start: int) -> set[int]:
    """All states on ways from one, by taking every way of every length that can matter."""
    ways = [[start]]
    for _ in range(graph.states):
        ways += [[*way, b] for way in ways for a, b in graph.moves if a == way[-1] and b not in way]
        ways = [list(way) for way in {tuple(way) for way in ways}]
    return {state for way in ways for state in way}


def expected(graph: Graph) -> set[tuple[str, str]]:
    ends = {a for a in range(graph.states) if all(b == a for s, b in graph.moves if s == a)}
    found = set()
    for state in range(graph.states):
        ahead = walks(graph, state)
        if state not in walks(graph, 0):
            found.add(("CW0508", f"s{state}"))
        if state in ends and state not in graph.final:
            found.add(("CW0509", f"s{state}"))
        if not ahead & graph.final and not ahead & ends:
            found.add(("CW0510", f"s{state}"))
    return found


def said(text: str) -> set[tuple[str, str]]:
    compiled = compile_app(Texts((("shop/app.case", text),)), STANDARD)
    return {
        (each.code, _state(each, text, compiled.sources))
        for each in compiled.diagnostics
        if each.code in GRAPH_CODES
    }


def _state(found: Diagnostic, text: str, sources: Sources) -> str:
    at = sources.locate(found.primary.place)
    line = text.split("\n")[at.line - 1]
    return line.split()[1]


@settings(max_examples=150)
@given(graph=graphs())
def test_reachability_is_that_of_every_walk(graph: Graph) -> None:
    assert said(graph.text()) == expected(graph)


def test_the_way_that_is_told_is_a_shortest_one() -> None:
    graph = Graph(
        states=5,
        final=frozenset({4}),
        pressed=frozenset({(0, 1), (1, 2), (2, 3), (0, 3), (0, 4)}),
        timed=frozenset(),
        approved=frozenset(),
    )
    compiled = compile_app(Texts((("shop/app.case", graph.text()),)), STANDARD)
    (dead_end,) = (each for each in compiled.diagnostics if each.code == "CW0509")
    assert dead_end.primary.text is not None
    assert "s0, go1 -> s3" in dead_end.primary.text.en
