"""Carrying out what the engine asks for, with the app's authority, one command after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from compiler.model.base import EntityId
from compiler.model.flow import Action, Flow, Transition
from compiler.model.step import Step
from dsl.diagnostic import Message
from runtime.engine import flow as flows
from runtime.engine.commands import (
    FUSE,
    Command,
    Enter,
    Make,
    Move,
    Note,
    Perform,
    Refuse,
    Remove,
    RunAway,
    Steps,
    Tell,
    Write,
)
from runtime.store import deletion, notices, wording
from runtime.store.act import Entry
from runtime.store.changing import closed
from runtime.store.filling import fill
from runtime.store.history import to_text
from runtime.store.problems import Rejected, said
from runtime.store.row import Row
from runtime.store.scope import Inputs, Scope
from runtime.store.values import Given, from_app

if TYPE_CHECKING:
    from runtime.store.act import Act

STUCK = Message(
    "“{label}” is not possible while this is “{state}”", "当前状态为“{state}”，无法“{label}”"
)


def carry_out(act: Act, steps: Steps, cause: str) -> None:
    """Do all commands of some steps; history names `cause` for what they change."""
    before, act.cause = act.cause, cause
    answer: Any = None
    try:
        while True:
            command: Command = steps.send(answer)
            answer = _DO[type(command)](act, command)
    except StopIteration:
        pass
    finally:
        act.cause = before


def move(act: Act, row: Row, step: Transition | Action, inputs: Mapping[str, Any]) -> None:
    """Take a transition of the record's flow, or an action. Raises engine.flow.Impossible and
    Rejected."""
    scope = Scope.of(row, inputs_of(act, step, inputs))
    if isinstance(step, Action):
        steps = flows.perform(step, row, scope, inputs)
        cause = f"action {step.entity}.{step.name}"
    else:
        flow = act.domain.workspace.flows[row.shape.id]
        steps = flows.take(flow, step, row, scope, inputs)
        cause = cause_of(flow, step)
    act.depth += 1
    if act.depth > FUSE:
        raise RunAway
    carry_out(act, steps, cause)
    act.depth -= 1


def inputs_of(act: Act, step: Step, values: Mapping[str, Any]) -> Inputs:
    """What was asked for a step, as expressions see it."""
    entities = {
        ask.field.name: EntityId(ask.field.type.of)
        for ask in step.asks
        if ask.field.type.kind == "ref"
    }
    return Inputs(act, values, entities)


def cause_of(flow: Flow, transition: Transition) -> str:
    """What history calls a transition."""
    return f"transition {flow.entity}.{flow.field}.{transition.name}"


def _write(act: Act, command: Write) -> None:
    row = _open(act, command.record)
    given = _sound(from_app(act, row, command.values))
    for name, value in given.values.items():
        act.assign(row, name, value)


def _make(act: Act, command: Make) -> Row:
    row = _open(act, act.blank(command.entity))
    copied = _copied(_row(command.like)) if command.like is not None else {}
    given = _sound(from_app(act, row, {**copied, **command.values}))
    problems = fill(act, row, given.values)
    if problems:
        raise Rejected(*problems)
    return row


def _copied(row: Row) -> dict[str, Any]:
    """What `create … like` takes over: what a person could have typed."""
    return {
        field.name: row[field.name]
        for field in row.shape.entity.fields.values()
        if not field.system and not field.computed
    }


def _remove(act: Act, command: Remove) -> None:
    deletion.remove(act, _open(act, command.record))


def _move(act: Act, command: Move) -> None:
    row = _row(command.record)
    step = act.domain.workspace.step(row.shape.id, command.transition)
    assert step is not None
    try:
        move(act, row, step, command.inputs)
    except flows.Impossible as stuck:
        state, label = said(stuck.state.label), said(stuck.transition.label)
        message = Message(
            STUCK.en.format(label=label.en, state=state.en),
            STUCK.zh.format(label=label.zh, state=state.zh),
        )
        raise Rejected(act.problem(row, message, None, stuck.transition.origin)) from stuck


def _enter(act: Act, command: Enter) -> None:
    row, transition = _row(command.record), command.transition
    flow = act.domain.workspace.flows[row.shape.id]
    old = row.values[flow.field]
    new = transition.target or old
    act.touch(row)
    act.journal.append(Entry(row, "transition", act.cause, transition.name, old, new))
    _note_answers(act, row, transition, command.inputs)
    act.enter(row, flow.field, new)


def _perform(act: Act, command: Perform) -> None:
    row, action = _open(act, command.record), command.action
    act.touch(row)
    act.journal.append(Entry(row, "action", act.cause, action.name, None, None))
    _note_answers(act, row, action, command.inputs)


def _note_answers(act: Act, row: Row, step: Step, inputs: Mapping[str, object]) -> None:
    asked = {ask.field.name: ask.field.type for ask in step.asks}
    for name, value in inputs.items():
        if value is not None:
            act.journal.append(
                Entry(row, "input", act.cause, name, None, to_text(value, asked[name]))
            )


def _refuse(act: Act, command: Refuse) -> None:
    message = wording.message(command.message, _scope(command.scope), act.reader)
    raise Rejected(act.problem(_row(command.record), message, None, command.origin))


def _tell(act: Act, command: Tell) -> None:
    notices.tell(act, command.people, command.text, _scope(command.scope))


def _note(act: Act, command: Note) -> None:
    scope = _scope(command.scope)
    language = act.domain.workspace.languages[0]
    text, fields = wording.logged(command.text, scope, language)
    act.journal.append(Entry(scope.this, "log", act.cause, ",".join(sorted(fields)), None, text))


def _sound(given: Given) -> Given:
    if given.problems:
        raise Rejected(*given.problems)
    return given


def _open(act: Act, record: object) -> Row:
    row = _row(record)
    message = closed(row)
    if message is not None:
        raise Rejected(act.problem(row, message, None))
    return row


def _row(record: object) -> Row:
    assert isinstance(record, Row)
    return record


def _scope(scope: object) -> Scope:
    assert isinstance(scope, Scope)
    return scope


_DO: Mapping[type, Callable[[Act, Any], Any]] = {
    Write: _write,
    Make: _make,
    Remove: _remove,
    Move: _move,
    Enter: _enter,
    Perform: _perform,
    Refuse: _refuse,
    Tell: _tell,
    Note: _note,
}
