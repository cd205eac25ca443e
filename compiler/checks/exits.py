"""What happens by itself: at most one way out is open at a time, and each can be some day."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from compiler.analyse.flow import flow
from compiler.build import Build, query
from compiler.checks.graph import Machine, machines, way_to
from compiler.checks.knowledge import Known
from compiler.checks.places import at
from compiler.logic import Verdict, may_all_hold, may_hold
from compiler.model.base import EntityId
from compiler.model.expr import Const, Expr, Op
from compiler.model.flow import Flow, State, Timer, Transition
from compiler.model.types import BOOL
from dsl.diagnostic import Label, Message, Problem, Severity
from dsl.source import Place


class BothOpen(Problem, code="CW0530", name="both-exits-open"):
    exit: str
    other: str
    state: str
    example: str
    first: Place
    message = Message(
        "`{exit}` and `{other}` can both be open in `{state}`, as they are with {example}",
        "在 `{state}` 中 `{exit}` 与 `{other}` 可能同时成立，例如 {example}",
    )
    help = Message(
        "make their conditions exclude each other, so that the text says which way it goes",
        "请使两者的条件互斥，以明确走哪条路",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other one", "另一个"))


class MayBothBeOpen(Problem, code="CW0531", name="exits-not-decided", severity=Severity.NOTE):
    exit: str
    other: str
    state: str
    first: Place
    message = Message(
        "whether `{exit}` and `{other}` can both be open in `{state}` is not decided here",
        "无法判定在 `{state}` 中 `{exit}` 与 `{other}` 是否可能同时成立",
    )
    help = Message("if they are, the one written first is taken", "若同时成立，则执行先写的一个")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other one", "另一个"))


class NeverHolds(Problem, code="CW0538", name="never-holds"):
    what: str
    message = Message(
        "`{what}` can never happen: its condition holds for no record",
        "`{what}` 永远不会发生：没有记录能满足其条件",
    )
    help = Message(
        "two parts of the condition contradict each other, or a limit of a field",
        "条件的两部分相互矛盾，或与字段的限制矛盾",
    )


class NeverInTime(Problem, code="CW0536", name="timer-never-fires"):
    state: str
    why: Message
    way: str
    message = Message("this timer never fires: {why}", "此定时器永远不会触发：{why}")
    label = Message("the way here: {way}", "到达路径：{way}")


@query
def exits_exclude_each_other(build: Build, id: EntityId) -> None:
    """No two automatic ways out of a state are open at once."""
    for made in machines(_flow(build, id)):
        for state in made.states.values():
            for one, other in combinations(_exits(made, state), 2):
                _report_open(build, state, one, other)


def _flow(build: Build, id: EntityId) -> Flow:
    made = flow(build, id)
    assert made is not None
    return made


def _exits(made: Machine, state: State) -> list[Transition]:
    return [
        each
        for each in made.transitions.values()
        if each.automatic and state.name in each.sources and each.target != state.name
    ]


def _report_open(build: Build, state: State, one: Transition, other: Transition) -> None:
    conditions = [each.when for each in (one, other) if each.when is not None]
    verdict = _together(build, conditions)
    known = {"exit": other.name, "other": one.name, "state": state.name}
    if verdict.is_yes:
        example = str(verdict) or state.name
        place = at(other.origin)
        build.report(BothOpen(at=place, first=at(one.origin), example=example, **known))
    elif not verdict.is_no:
        build.report(MayBothBeOpen(at=at(other.origin), first=at(one.origin), **known))


def _together(build: Build, conditions: list[Expr]) -> Verdict:
    return may_all_hold(conditions, Known(build)) if conditions else Verdict("yes")


# ---------------------------------------------------------------- what never happens


@query
def conditions_can_hold(build: Build, id: EntityId) -> None:
    """What waits for a condition can happen: automatic exits, steps that require something,
    approvals that depend on something."""
    for made in machines(_flow(build, id)):
        for transition in made.transitions.values():
            wanted = [each.condition for each in transition.requires]
            wanted += [transition.when] if transition.when is not None else []
            if wanted and may_all_hold(wanted, Known(build)).is_no:
                build.report(NeverHolds(at=at(transition.origin), what=transition.name))
        for state in made.states.values():
            for step in state.approvals.steps() if state.approvals else ():
                if step.when is not None and may_hold(step.when, Known(build)).is_no:
                    build.report(NeverHolds(at=at(step.origin), what=step.name))


@query
def timers_can_fire(build: Build, id: EntityId) -> None:
    """A timer comes to its time while the record is still in the state."""
    for made in machines(_flow(build, id)):
        for state in made.states.values():
            for timer in state.timers:
                why = _why_never(build, made, state, timer)
                if why is not None:
                    way, place = way_to(made, state.name), at(timer.origin)
                    build.report(NeverInTime(at=place, state=state.name, why=why, way=way))


def _why_never(build: Build, made: Machine, state: State, timer: Timer) -> Message | None:
    if state.final:
        return Message("`{state}` is final", "`{state}` 是终止状态").filled({"state": state.name})
    passed = _passed_at_once(build, made, state)
    if passed is not None:
        said = Message("`{exit}` leaves the state at once", "`{exit}` 会立即离开该状态")
        return said.filled({"exit": passed.name})
    if any(_comes_before(other, timer, state) for other in state.timers if other is not timer):
        return Message("another one fires before it", "另一个定时器先触发")
    if isinstance(timer.after, Const) and timer.after.value is None:
        return Message("it waits for a date that is never there", "它等待的日期始终为空")
    return None


def _passed_at_once(build: Build, made: Machine, state: State) -> Transition | None:
    """The automatic exit whose condition always holds."""
    for each in _exits(made, state):
        if each.when is not None:
            denied = Op(type=BOOL, op="not", args=(each.when,))
            if may_hold(denied, Known(build)).is_no:
                return each
    return None


def _comes_before(other: Timer, timer: Timer, state: State) -> bool:
    """Whether one of two fixed lengths of time, counted alike, is over first; of equal ones that
    which is written first."""
    lengths = _fixed(other), _fixed(timer)
    if None in lengths or other.after.type.kind != timer.after.type.kind:
        return False
    first, second = (length for length in lengths if length is not None)
    order = state.timers.index(other) < state.timers.index(timer)
    return first < second or (first == second and order)


def _fixed(timer: Timer) -> int | None:
    value = timer.after
    spans = ("duration", "worktime")
    if isinstance(value, Const) and value.type.kind in spans and isinstance(value.value, int):
        return value.value
    return None
