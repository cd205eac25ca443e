"""Flows: which transitions a record can take, and what taking one does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.model.flow import Flow, State, Transition
from compiler.model.step import Require
from runtime.engine.commands import Enter, Record, Refuse, Scope, Steps, Write
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


def unmet(transition: Transition, scope: Scope) -> Iterable[Require]:
    """The conditions of the transition that do not hold, in written order."""
    return (each for each in transition.requires if not scope.value(each.condition))


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
    fields = {each.field.name for each in transition.asks if each.is_field}
    written = {name: value for name, value in inputs.items() if name in fields}
    if written:
        yield Write(record, written, transition.origin)
    for require in unmet(transition, scope):
        yield Refuse(record, require.message, scope, require.origin)
    kept = {name: value for name, value in inputs.items() if name not in fields}
    moves = transition.target is not None and transition.target != state.name
    if moves:
        yield from run(state.leave, scope)
    yield Enter(record, transition, kept)
    yield from run(transition.do, scope)
    if transition.target is not None and moves:
        yield from run(flow.states[transition.target].enter, scope)
    return None
