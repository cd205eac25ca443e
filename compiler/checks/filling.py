"""Who can fill a field: people who may write it, steps that ask for it, statements that set it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.analyse.action import actions
from compiler.analyse.clock import clocks
from compiler.analyse.entity import entity
from compiler.analyse.flow import flow
from compiler.analyse.order import Written, writes, written_by
from compiler.build import Build, query
from compiler.checks.graph import Machine, following, initial, machines, reached, way_to
from compiler.checks.places import at
from compiler.model.app import ADMIN
from compiler.model.base import EntityId
from compiler.model.entity import Entity, Field, Grant, RoleSubject
from compiler.model.flow import Flow, State
from compiler.model.statement import Statement
from compiler.resolve.declared import of_kind
from compiler.resolve.members import entities
from dsl.diagnostic import Message, Problem, Severity


class RequiredButClosed(Problem, code="CW0537", name="required-but-closed"):
    field: str
    state: str
    way: str
    message = Message(
        "`{state}` requires `{field}`, and nobody can fill it in",
        "`{state}` 要求填写 `{field}`，但没有人能够填写",
    )
    label = Message("the way here: {way}", "到达路径：{way}")
    help = Message(
        "let a step on the way `ask {field} required`, or leave it out of `readonly`",
        "请在途经的流转中写 `ask {field} required`，或将其移出 `readonly`",
    )


class OnlyAdminFills(Problem, code="CW0543", name="only-admin-fills", severity=Severity.WARNING):
    field: str
    state: str
    message = Message(
        "`{state}` requires `{field}`, and nobody but an administrator may fill it in",
        "`{state}` 要求填写 `{field}`，但只有管理员可以填写",
    )
    help = Message(
        "let a step on the way `ask {field} required`, or give somebody the right to `update` it",
        "请在途经的流转中写 `ask {field} required`，或授予某人 `update` 权限",
    )


@query
def required_fields_are_open(build: Build, id: EntityId) -> None:
    """What a state requires can be filled in before, or there."""
    for made in machines(_flow(build, id)):
        for state in made.states.values():
            for name in state.required:
                _is_open(build, id, made, state, name)


def _flow(build: Build, id: EntityId) -> Flow:
    made = flow(build, id)
    assert made is not None
    return made


def _is_open(build: Build, id: EntityId, made: Machine, state: State, name: str) -> None:
    field = entity(build, id).fields.get(name)
    if field is None or _has_a_value(build, id, field):
        return
    if isinstance(made, Flow) and not _is_editable(build, id, made, state, name):
        way = way_to(made, state.name)
        problem = RequiredButClosed(at=at(state.origin), field=name, state=state.name, way=way)
        build.report(problem)
    elif all(_is_admins(grant) for grant in _writing(entity(build, id), name)):
        build.report(OnlyAdminFills(at=at(state.origin), field=name, state=state.name))


def is_ever_filled(build: Build, id: EntityId, name: str) -> bool:
    """Whether anybody or anything can give a field a value."""
    made = entity(build, id)
    field = made.fields.get(name)
    if field is None or _has_a_value(build, id, field):
        return True
    return not field.readonly and any(True for _ in _writing(made, name))


def _has_a_value(build: Build, id: EntityId, field: Field) -> bool:
    """Whether the field is never null, or something of the text sets or asks for it."""
    if not field.type.nullable or field.computed is not None or field.system:
        return True
    return field.default is not None or (id, field.name) in _set_or_asked(build)


def _is_editable(build: Build, id: EntityId, made: Flow, state: State, name: str) -> bool:
    """Whether somebody may write the field when the record is made, or in a state on its way."""
    known = entity(build, id)
    field = known.fields[name]
    if field.readonly:
        return False
    actions_ = {action for grant in _writing(known, name) for action in grant.actions}
    if "create" in actions_:
        return True
    steps = following(made)
    before = [
        each for each in reached(initial(made), steps) if state.name in reached([each], steps)
    ]
    open_states = (each for each in before if name not in made.states[each].readonly)
    return "update" in actions_ and not known.append_only and any(True for _ in open_states)


def _writing(made: Entity, name: str) -> Iterator[Grant]:
    """The grants by which somebody may write a field."""
    for grant in made.grants:
        writes_ = {"create", "update"} & set(grant.actions)
        if writes_ and (grant.fields is None or name in grant.fields):
            yield grant


def _is_admins(grant: Grant) -> bool:
    return grant.subject == RoleSubject(role=ADMIN)


@query
def _set_or_asked(build: Build) -> frozenset[Written]:
    """All fields that statements of the workspace set, and that steps ask for."""
    found: set[Written] = set()
    for rule in of_kind(build, "rule"):
        found |= writes(build, rule)
    for id in entities(build):
        found |= set(written_by(_statements(build, id)))
        found |= {(id, name) for name in _asked(build, id)}
    return frozenset(found)


def _statements(build: Build, id: EntityId) -> Iterator[Statement]:
    for action in actions(build, id).values():
        yield from action.do
    for clock in clocks(build, id).values():
        yield from (each for mark in clock.marks for each in mark.do)
    for made in _machines(build, id):
        for transition in made.transitions.values():
            yield from transition.do
        for state in made.states.values():
            yield from (*state.enter, *state.leave)
            if state.approvals is not None:
                outcomes = (
                    state.approvals.approved, state.approvals.refused, state.approvals.revoked,
                )  # fmt: skip
                yield from (each for outcome in outcomes if outcome for each in outcome.do)


def _asked(build: Build, id: EntityId) -> Iterator[str]:
    steps = [*actions(build, id).values()]
    asks = [ask for step in steps for ask in step.asks]
    for made in _machines(build, id):
        asks += [ask for each in made.transitions.values() for ask in each.asks]
        for state in made.states.values():
            approvals = state.approvals.steps() if state.approvals else ()
            asks += [ask for step in approvals for ask in step.asks]
    return (ask.field.name for ask in asks if ask.is_field)


def _machines(build: Build, id: EntityId) -> Iterable[Machine]:
    made = flow(build, id)
    return machines(made) if made is not None else ()
