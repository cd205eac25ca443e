"""Flows as graphs: which states lead to which, and the shortest way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from compiler.model.flow import Flow, Region, State

Machine = Flow | Region
"""What has states and transitions of its own."""


@dataclass(frozen=True, slots=True)
class Move:
    """A way from a state to another: by a transition, by time, or by what an approval comes to."""

    source: str
    target: str
    how: str


def machines(flow: Flow) -> tuple[Machine, ...]:
    """A flow and its regions."""
    return (flow, *flow.regions)


def moves(made: Machine) -> Iterator[Move]:
    """All ways from state to state, in written order; to stay is none."""
    for name, state in made.states.items():
        yield from (Move(name, timer.target, "after") for timer in state.timers)
        yield from _decided(state)
    for transition in made.transitions.values():
        if transition.target is not None:
            for source in transition.sources:
                yield Move(source, transition.target, transition.name)


def _decided(state: State) -> Iterator[Move]:
    """What becomes of a record that is approved, refused, sent back or waited for too long."""
    made = state.approvals
    if made is None:
        return
    yield Move(state.name, made.approved.state, "approved")
    yield Move(state.name, made.refused.state, "refused")
    if made.revoked is not None:
        yield Move(made.approved.state, made.revoked.state, "revoked")
    for step in made.steps():
        yield from (Move(state.name, target, "return") for target in step.return_to)
        overdue = step.deadline.overdue if step.deadline else None
        if overdue is not None and overdue.kind == "move":
            yield Move(state.name, overdue.state, "else")


def following(made: Machine) -> dict[str, dict[str, str]]:
    """For each state, the states it leads to and the first way there."""
    found: dict[str, dict[str, str]] = {name: {} for name in made.states}
    for move in moves(made):
        if move.source in found and move.target in found:
            found[move.source].setdefault(move.target, move.how)
    return found


def reached(start: Iterable[str], steps: Mapping[str, Iterable[str]]) -> dict[str, str | None]:
    """The states that can be reached, with the one before on a shortest way; None at the start."""
    found: dict[str, str | None] = dict.fromkeys(start)
    left = deque(found)
    while left:
        state = left.popleft()
        for after in steps[state]:
            if after not in found:
                found[after] = state
                left.append(after)
    return found


def initial(made: Machine) -> list[str]:
    return [state.name for state in made.states.values() if state.initial]


def way_to(made: Machine, state: str) -> str:
    """The shortest way from the start to a state, in words: `lead, qualify -> qualified`."""
    steps = following(made)
    before = reached(initial(made), steps)
    path = [state]
    while (source := before.get(path[0])) is not None:
        path.insert(0, source)
    hops = (f"{steps[a][b]} -> {b}" for a, b in pairwise(path))
    return ", ".join((path[0], *hops))
