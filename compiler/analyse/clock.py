"""Clocks of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from compiler.analyse.expr import Context, condition, is_broken, of_record
from compiler.analyse.flow import known_states
from compiler.analyse.rule import event
from compiler.analyse.span import length
from compiler.analyse.statement import statements
from compiler.analyse.texts import labels
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.model.clock import Clock, Mark
from compiler.model.expr import Expr, Op
from compiler.model.rule import Event
from compiler.model.types import BOOL
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import resolve_entity, shape
from compiler.resolve.steps import fields_of_states
from dsl.ast import clock as ast
from dsl.ast.rule import Event as EventDecl
from dsl.diagnostic import Message, Problem


class ClockIncomplete(Problem, code="CW0525", name="clock-incomplete"):
    clock: str
    missing: Message
    message = Message(
        "the clock `{clock}` does not say {missing}", "计时 `{clock}` 没有写明{missing}"
    )
    help = Message(
        "a clock has `from entered new until entered fixed` and `limit 8 workhours`",
        "计时须写 `from entered new until entered fixed` 和 `limit 8 workhours`",
    )


class MarkOutOfPlace(Problem, code="CW0542", name="mark-out-of-place"):
    message = Message(
        "a clock begins at 0%: nothing can be done then", "0% 是计时起点，无法安排动作"
    )
    help = Message(
        "write 1% or more; what is done at once stands in a rule",
        "请写 1% 或以上；立即要做的事请写在规则中",
    )


@query
def clocks(build: Build, entity: EntityId) -> Mapping[str, Clock]:
    """The clocks of an entity, by name."""
    found = {}
    blocks = {slot.block for slot in shape(build, entity).slots.values() if slot.source == "clock"}
    for declared in of_kind(build, "clock"):
        made = _clock(build, declared, entity) if declared.block in blocks else None
        if made is not None:
            found[made.name] = made
    return found


@query
def clocks_have_entities(build: Build) -> None:
    """Report clocks of entities that there are not."""
    for each in of_kind(build, "clock"):
        tree = decl(build, each.block, ast.ClockDecl)
        resolve_entity(build, each.module, each.block, tree.entity)


@query
def _clock(build: Build, declared: Declared, entity: EntityId) -> Clock | None:
    tree = decl(build, declared.block, ast.ClockDecl)
    context = of_record(build, declared.module, declared.block, entity)
    context = replace(context, has_me=False)
    limit = length(context, tree.limit) if tree.limit else None
    start, end = _runs(context, entity, tree)
    marks = tuple(_mark(context, each) for each in tree.marks)
    paused_in = _paused_in(context, entity, tree)
    paused_when = _paused_when(context, tree)
    _is_whole(context, tree)
    if limit is None or not start or not end:
        return None
    at, key = context.place(tree.name), f"{shape(build, entity).name}.{declared.name}"
    return Clock(
        entity=entity,
        name=declared.name,
        label=labels(build, declared.module, (key,), tree.label, tree.name, at),
        doc=tree.doc.text if tree.doc else "",
        start=start,
        end=end,
        paused_in=paused_in,
        paused_when=paused_when,
        limit=limit.value,
        calendar=limit.calendar,
        marks=marks,
        origin=context.origin(tree.name),
    )


def _is_whole(context: Context, tree: ast.ClockDecl) -> None:
    missing = []
    if tree.runs is None:
        missing.append(Message("when it runs", "何时开始与结束"))
    if tree.limit is None:
        missing.append(Message("how long it runs", "时限"))
    for each in missing:
        at = context.place(tree.name)
        context.report(ClockIncomplete(at=at, clock=tree.name.text, missing=each))


def _runs(
    context: Context, entity: EntityId, tree: ast.ClockDecl
) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    if tree.runs is None:
        return (), ()
    return _events(context, entity, tree.runs.start), _events(context, entity, tree.runs.end)


def _events(context: Context, entity: EntityId, events: tuple[EventDecl, ...]) -> tuple[Event, ...]:
    return tuple(event(context, entity, each) for each in events)


def _paused_in(context: Context, entity: EntityId, tree: ast.ClockDecl) -> tuple[str, ...]:
    names = [name for each in tree.pauses for name in each.states]
    return tuple(known_states(context, fields_of_states(context.build, entity), names))


def _paused_when(context: Context, tree: ast.ClockDecl) -> Expr | None:
    tests = [condition(context, each.when) for each in tree.pauses if each.when]
    whole = tuple(each for each in tests if not is_broken(each))
    if len(whole) < 2:
        return next(iter(whole), None)
    return Op(type=BOOL, op="or", args=whole)


def _mark(context: Context, tree: ast.ClockAtDecl) -> Mark:
    for each in tree.percents:
        if each.percent < 1:
            context.report(MarkOutOfPlace(at=context.place(each)))
    return Mark(
        percents=tuple(sorted({each.percent for each in tree.percents})),
        do=statements(context, tree.do),
        origin=context.origin(tree),
    )
