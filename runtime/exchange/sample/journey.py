"""How far a record came in its flow, and when: a state that it can have reached, with the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from compiler.model.expr import THIS, Expr, Func, Var
from compiler.model.flow import Flow, Transition
from compiler.model.statement import Assign

FINAL_WEIGHT = 2.0
LONGEST_DAYS = 14
"""Between two steps."""


@dataclass(frozen=True, slots=True)
class Step:
    """A transition taken, and when."""

    transition: Transition
    at: datetime


@dataclass(frozen=True, slots=True)
class Journey:
    """The state that a record is in, and the steps to it."""

    state: str
    steps: tuple[Step, ...]


def travel(
    flow: Flow, weights: Mapping[str, float], random: Random, start: datetime, now: datetime
) -> Journey:
    """A journey that begins at `start` and is not later than `now`."""
    ways = _ways(flow)
    states = list(ways)
    state = random.choices(states, [_weight(flow, weights, each) for each in states])[0]
    steps: list[Step] = []
    at = start
    for transition in ways[state]:
        at = min(now, at + timedelta(days=random.uniform(0.1, LONGEST_DAYS)))
        steps.append(Step(transition, at))
    return Journey(state, tuple(steps))


def _weight(flow: Flow, weights: Mapping[str, float], state: str) -> float:
    if weights:
        return weights.get(state, 0)
    return FINAL_WEIGHT if flow.states[state].final else 1.0


def _ways(flow: Flow) -> Mapping[str, Sequence[Transition]]:
    """The shortest way to every state that can be reached."""
    found: dict[str, tuple[Transition, ...]] = {flow.initial.name: ()}
    waiting = deque(found)
    while waiting:
        state = waiting.popleft()
        for transition in flow.transitions.values():
            target = transition.target
            if target is not None and state in transition.sources and target not in found:
                found[target] = (*found[state], transition)
                waiting.append(target)
    return found


def asked(journey: Journey) -> Mapping[str, datetime]:
    """The fields of the record that the steps asked for, and when."""
    return {
        ask.field.name: step.at
        for step in journey.steps
        for ask in step.transition.asks
        if ask.is_field
    }


def assigned(flow: Flow) -> frozenset[str]:
    """The fields that only a step of the flow fills."""
    return frozenset(name for each in flow.transitions.values() for name in _own_assignments(each))


def moments(journey: Journey) -> Mapping[str, datetime]:
    """The fields that the steps set to the day or time at which they were taken."""
    return {
        name: step.at
        for step in journey.steps
        for name, value in _own_assignments(step.transition).items()
        if isinstance(value, Func) and value.name in ("today", "now")
    }


def _own_assignments(transition: Transition) -> Mapping[str, Expr]:
    return {
        each.field: each.value
        for each in transition.do
        if isinstance(each, Assign) and isinstance(each.row, Var) and each.row.name == THIS
    }
