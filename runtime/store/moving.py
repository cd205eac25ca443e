"""Taking a transition or an action as somebody presses it, and which ones they can press."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compiler.field_type import Invalid
from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.entity import Field
from compiler.model.expr import INPUT, FieldOf, Var
from compiler.model.flow import Action, Flow, Transition
from compiler.model.inline import walk_through
from compiler.model.step import Require, Step
from dsl.diagnostic import Message
from runtime.engine import flow as flows
from runtime.store import conflict, history, truths, wording
from runtime.store.act import Place
from runtime.store.changing import existing
from runtime.store.execution import inputs_of, move
from runtime.store.problems import Forbidden, NotFound, Problem, Rejected, said
from runtime.store.row import Row
from runtime.store.scope import Scope
from runtime.store.values import UNKNOWN, missing_record

if TYPE_CHECKING:
    from runtime.store.act import Act

Pressed = Transition | Action
"""What has a button."""

NOT_YOURS = Message("“{label}” is not yours to press", "你无权执行“{label}”")
MOVED_ON = Message(
    "“{label}” is not possible any more: this is “{state}” now",
    "已无法“{label}”：当前状态为“{state}”",
)
MOVED_ON_BY = Message(
    "“{label}” is not possible any more: {who} did “{done}”, and this is “{state}” now",
    "已无法“{label}”：{who}已执行“{done}”，当前状态为“{state}”",
)


@dataclass(frozen=True, slots=True)
class TransitionState:
    """A transition or an action that the reader could press: `why_not` says which conditions do
    not hold."""

    transition: Pressed
    why_not: tuple[Message, ...]
    confirm: Message | None

    @property
    def allowed(self) -> bool:
        return not self.why_not


def transition(
    act: Act,
    entity: EntityId,
    id: int,
    version: int,
    name: str,
    inputs: Mapping[str, object],
) -> Row:
    """See `records.Store.transition`."""
    row = existing(act, entity, id)
    pressed = act.domain.workspace.step(entity, name)
    if pressed is None or _is_automatic(pressed):
        raise NotFound
    act.places[row] = Place()
    if not act.guard.is_one_of(pressed.by, row):
        raise Forbidden(_filled(NOT_YOURS, label=said(pressed.label)))
    flow = act.domain.workspace.flows.get(entity)
    if flow and isinstance(pressed, Transition) and row[flow.field] not in pressed.sources:
        raise Rejected(_moved_on(act, row, flow, pressed))
    conflict.insist(act, row, version, inputs)
    values = _asked(act, row, pressed, inputs)
    move(act, row, pressed, values)
    problems = [] if row.gone else list(truths.faults_of_fields(act, row))
    if problems:
        raise Rejected(*problems)
    return row


def states(act: Act, row: Row) -> tuple[TransitionState, ...]:
    """The transitions that lead on from the record's state, then the actions, which the actor may
    press."""
    return tuple(
        _state(act, row, each)
        for each in _pressed(act, row)
        if not _is_automatic(each) and act.guard.is_one_of(each.by, row)
    )


def _pressed(act: Act, row: Row) -> Iterator[Pressed]:
    flow = act.domain.workspace.flows.get(row.shape.id)
    yield from flows.possible(flow, row) if flow is not None else ()
    yield from (each for each in act.domain.workspace.actions if each.entity == row.shape.id)


def _state(act: Act, row: Row, each: Pressed) -> TransitionState:
    scope = Scope.of(row, inputs_of(act, each, {}))
    unmet = (require for require in flows.unmet(each, scope) if not _is_asked(act, each, require))
    return TransitionState(
        each,
        tuple(wording.message(require.message, scope, act.reader) for require in unmet),
        None if each.confirm is None else wording.message(each.confirm, scope, act.reader),
    )


def _is_asked(act: Act, each: Step, require: Require) -> bool:
    """Whether the answer to what the step asks can still make the condition true."""
    asked = {ask.field.name for ask in each.asks}
    definition = act.domain.workspace.called.get
    return any(
        isinstance(part, FieldOf)
        and isinstance(part.of, Var)
        and (part.of.name == INPUT or part.field in asked)
        for part in walk_through(require.condition, definition)
    )


def _is_automatic(each: Pressed) -> bool:
    return isinstance(each, Transition) and (each.automatic or each.when is not None)


def _asked(act: Act, row: Row, pressed: Step, inputs: Mapping[str, object]) -> dict[str, Any]:
    """What was answered, as it is kept; raises Rejected for what is missing or does not fit."""
    asks = {ask.field.name: ask for ask in pressed.asks}
    problems = [
        act.problem(row, UNKNOWN.filled({"name": name}), name) for name in inputs.keys() - asks
    ]
    values: dict[str, Any] = {}
    for name, ask in asks.items():
        before = row[name] if ask.is_field else _default(row, ask.field)
        try:
            value = act.domain.checked(ask.field, inputs[name]) if name in inputs else before
        except Invalid as invalid:
            problems.append(act.problem(row, invalid.message, name))
            continue
        fault = _fault(act, row, ask.field, value, changed=value != before)
        if fault is not None:
            problems.append(act.problem(row, fault, name, ask.field.origin))
        values[name] = value
    if problems:
        raise Rejected(*problems)
    return values


def _default(row: Row, field: Field) -> Any:
    return None if field.default is None else Scope.of(row).value(field.default)


def _fault(act: Act, row: Row, field: Field, value: Any, changed: bool) -> Message | None:
    if value is not None and changed and field.type.kind == "ref":
        target = EntityId(field.type.of)
        found = act.row(target, value)
        if found is None or not act.guard.may_read(found):
            return missing_record(act, target)
    return truths.fault(act, row, field, value)


def _moved_on(act: Act, row: Row, flow: Flow, pressed: Transition) -> Problem:
    """Why the transition is not possible, and who was faster, if that may be told."""
    state = said(flow.states[row[flow.field]].label)
    known = {"label": said(pressed.label), "state": state}
    for actor, name in history.last_transition(act, row):
        who = _who(act, actor)
        if who and name in flow.transitions:
            done = said(flow.transitions[name].label)
            return act.problem(
                row, _filled(MOVED_ON_BY, **known, done=done, who=Message(who, who)), None
            )
    return act.problem(row, _filled(MOVED_ON, **known), None)


def _who(act: Act, user: int | None) -> str:
    found = act.row(USER, user) if user is not None else None
    return act.name_of(found) if found is not None and act.guard.may_read(found) else ""


def _filled(message: Message, **values: Message) -> Message:
    return Message(
        message.en.format(**{name: value.en for name, value in values.items()}),
        message.zh.format(**{name: value.zh for name, value in values.items()}),
    )
