"""Flows: every state can be reached and left, and somebody can do it."""

from __future__ import annotations

from compiler.analyse.action import actions
from compiler.analyse.flow import flow
from compiler.build import Build, query
from compiler.checks.graph import following, initial, machines, reached, way_to
from compiler.checks.places import at
from compiler.model.base import EntityId
from compiler.model.flow import Flow
from dsl.diagnostic import Message, Problem, Severity


class NoInitialState(Problem, code="CW0506", name="no-initial-state"):
    message = Message("no state is `initial`", "没有 `initial` 状态")
    help = Message(
        "mark the state in which a record begins: `state draft initial`",
        "请标出记录的起始状态：`state draft initial`",
    )


class SeveralInitialStates(Problem, code="CW0507", name="several-initial-states"):
    state: str
    first: str
    message = Message(
        "`{state}` and `{first}` are both `initial`", "`{state}` 与 `{first}` 都是 `initial`"
    )
    help = Message("a record begins in one state", "记录只能从一个状态开始")


class UnreachableState(Problem, code="CW0508", name="unreachable-state"):
    state: str
    message = Message("no transition leads to `{state}`", "没有流转能到达 `{state}`")
    help = Message(
        "add a transition to it, or delete the state", "请增加到达它的流转，或删除该状态"
    )


class DeadEnd(Problem, code="CW0509", name="dead-end"):
    state: str
    way: str
    message = Message("nothing leads out of `{state}`", "`{state}` 没有出路")
    label = Message("a record stays here: {way}", "记录停在这里：{way}")
    help = Message("mark it `final`, or add a transition", "请标为 `final`，或增加流转")


class NoWayToEnd(Problem, code="CW0510", name="no-way-to-an-end"):
    state: str
    way: str
    message = Message(
        "no path leads from `{state}` to a final state", "`{state}` 无法到达任何终止状态"
    )
    label = Message("a record gets here: {way}", "记录会到达这里：{way}")
    help = Message(
        "add a transition out of the circle, or mark a state `final`",
        "请增加走出循环的流转，或标出 `final` 状态",
    )


class NobodyMayTake(Problem, code="CW0511", name="nobody-may-take", severity=Severity.WARNING):
    transition: str
    message = Message("nobody may take `{transition}`", "没有人可以执行 `{transition}`")
    help = Message(
        "say who: `by Sales, owner`; or when it happens by itself: `when …`",
        "请写明由谁执行：`by Sales, owner`；或何时自动发生：`when …`",
    )


def _flow(build: Build, id: EntityId) -> Flow:
    made = flow(build, id)
    assert made is not None
    return made


@query
def there_is_one_initial_state(build: Build, id: EntityId) -> None:
    """A record begins in one known state, of the flow and of each region."""
    for made in machines(_flow(build, id)):
        first, *others = initial(made) or [""]
        if not first:
            build.report(NoInitialState(at=at(made.origin)))
        for state in others:
            place = at(made.states[state].origin)
            build.report(SeveralInitialStates(at=place, state=state, first=first))


@query
def states_are_reachable(build: Build, id: EntityId) -> None:
    """Every state can be reached from the initial one."""
    for made in machines(_flow(build, id)):
        start = initial(made)
        found = reached(start, following(made))
        for state in made.states.values():
            if start and state.name not in found:
                build.report(UnreachableState(at=at(state.origin), state=state.name))


@query
def ends_are_final(build: Build, id: EntityId) -> None:
    """A state that nothing leads out of is final."""
    for made in machines(_flow(build, id)):
        for name, after in following(made).items():
            state = made.states[name]
            if not state.final and not after.keys() - {name}:
                way = way_to(made, name)
                build.report(DeadEnd(at=at(state.origin), state=name, way=way))


@query
def states_lead_to_an_end(build: Build, id: EntityId) -> None:
    """From every state there is a way to a final one; dead ends are told by themselves."""
    for made in machines(_flow(build, id)):
        steps = following(made)
        ends = {state.name for state in made.states.values() if state.final}
        for state in made.states.values():
            found = reached([state.name], steps)
            stuck = any(not steps[name].keys() - {name} for name in found)
            if not found.keys() & ends and not stuck:
                way = way_to(made, state.name)
                build.report(NoWayToEnd(at=at(state.origin), state=state.name, way=way))


@query
def somebody_may_take_it(build: Build, id: EntityId) -> None:
    """A transition that does not happen by itself has people who may take it."""
    steps = [each for made in machines(_flow(build, id)) for each in made.transitions.values()]
    for step in steps:
        if not step.by and not step.automatic:
            build.report(NobodyMayTake(at=at(step.origin), transition=step.name))


@query
def somebody_may_press_it(build: Build, id: EntityId) -> None:
    """An action has people who may press it."""
    for action in actions(build, id).values():
        if not action.by:
            build.report(NobodyMayTake(at=at(action.origin), transition=action.name))
