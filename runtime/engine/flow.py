"""Flows and actions: which transitions a record can take, and what taking a step does."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any

from compiler.model.flow import Action, Flow, State, Transition
from compiler.model.step import Require, Step
from runtime.engine.commands import (
    Command,
    Enter,
    Perform,
    Record,
    Refuse,
    Scope,
    Steps,
    Write,
)
from runtime.engine.statement import run


class Impossible(Exception):
    """The record is not in a state from which the transition leads on."""

    def __init__(self, transition: Transition, state: State) -> None:
        super().__init__(f"{transition.name} does not start from {state.name}")
        self.transition = transition
        self.state = state


def possible(flow: Flow, record: Record) -> Iterable[Transition]:
    """The transitions that lead on from the record's state, in written order."""
    state = record[flow.field]
    return (each for each in flow.transitions.values() if state in each.sources)


def unmet(step: Step, scope: Scope) -> Iterable[Require]:
    """The conditions of a step that do not hold, in written order."""
    return (each for each in step.requires if not scope.value(each.condition))


def due(flow: Flow, record: Record, scope: Scope) -> Transition | None:
    """The automatic transition that the record is to take now."""
    for transition in possible(flow, record):
        automatic = transition.automatic or transition.when is not None
        if automatic and (transition.when is None or scope.value(transition.when)):
            return transition
    return None


def take(
    flow: Flow, transition: Transition, record: Record, scope: Scope, inputs: Mapping[str, object]
) -> Steps:
    """The steps of a transition: what was asked is written, then the conditions are tested.

    `scope` is that of the record with `inputs` bound. Raises Impossible.
    """
    state = flow.states[record[flow.field]]
    if state.name not in transition.sources:
        raise Impossible(transition, state)
    kept = yield from _answered(transition, record, scope, inputs)
    moves = transition.target is not None and transition.target != state.name
    if moves:
        yield from run(state.leave, scope)
    yield Enter(record, transition, kept)
    yield from run(transition.do, scope)
    if transition.target is not None and moves:
        yield from run(flow.states[transition.target].enter, scope)
    return None


def perform(action: Action, record: Record, scope: Scope, inputs: Mapping[str, object]) -> Steps:
    """The steps of an action, which are those of a transition that moves nothing."""
    kept = yield from _answered(action, record, scope, inputs)
    yield Perform(record, action, kept)
    yield from run(action.do, scope)
    return None


def _answered(
    step: Step, record: Record, scope: Scope, inputs: Mapping[str, object]
) -> Generator[Command, Any, dict[str, object]]:
    """Write what was asked, then test the conditions; what is kept in no field is answered."""
    fields = {each.field.name for each in step.asks if each.is_field}
    written = {name: value for name, value in inputs.items() if name in fields}
    if written:
        yield Write(record, written, step.origin)
    for require in unmet(step, scope):
        yield Refuse(record, require.message, scope, require.origin)
    return {name: value for name, value in inputs.items() if name not in fields}
