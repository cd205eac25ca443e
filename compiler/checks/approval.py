"""Approvals: somebody can give them, and they lead where a record can have been."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.analyse.decision import approvals_of
from compiler.analyse.flow import flow
from compiler.build import Build, query
from compiler.checks.filling import is_ever_filled
from compiler.checks.graph import Machine, following, initial, machines, reached, way_to
from compiler.checks.knowledge import Known
from compiler.checks.places import at
from compiler.logic import may_hold
from compiler.model.approval import Approval
from compiler.model.base import EntityId
from compiler.model.expr import THIS, Expr, FieldOf, Holders, Var
from compiler.model.flow import Flow, State
from compiler.resolve.members import shape
from dsl.ast.approval import ApproveDecl
from dsl.diagnostic import Message, Problem
from dsl.source import Place


class QuorumOutOfReach(Problem, code="CW0532", name="quorum-out-of-reach"):
    part: int
    whole: int
    message = Message(
        "{part} of {whole} is no quorum", "{whole} 人中 {part} 人不构成有效的通过条件"
    )
    help = Message(
        "at least one must, and at most all: `pass any`, `pass 2 of 3`, `pass 60%`, `pass all`",
        "至少一人，至多全体：`pass any`、`pass 2 of 3`、`pass 60%`、`pass all`",
    )


class NobodyAsked(Problem, code="CW0533", name="nobody-is-asked"):
    approval: str
    way: str
    message = Message("`{approval}` is never asked of anybody", "`{approval}` 永远没有审批人")
    label = Message("the way here: {way}", "到达路径：{way}")
    help = Message(
        "its condition holds for no person, or the people it names are never filled in",
        "没有人能满足其条件，或所指的人员字段从未填写",
    )


class NobodyUncertain(Problem, code="CW0534", name="nobody-uncertain"):
    approval: str
    message = Message(
        "who decides when nobody is found may be missing too", "找不到审批人时的决定者也可能为空"
    )
    help = Message(
        "name a role, `nobody -> Admin`, or a person of the record that is required",
        "请写角色，如 `nobody -> Admin`，或记录中必填的人员",
    )


class NotBefore(Problem, code="CW0535", name="return-out-of-reach"):
    state: str
    target: str
    way: str
    message = Message(
        "a record in `{state}` has not been in `{target}` before",
        "处于 `{state}` 的记录此前不会到过 `{target}`",
    )
    label = Message("the way here: {way}", "到达路径：{way}")
    help = Message(
        "return to a state on the way; to go on elsewhere, write a transition",
        "请退回到途经的状态；若要去往别处，请写流转",
    )


@query
def quorums_can_be_reached(build: Build, id: EntityId) -> None:
    """Of those asked at least one and at most all must approve."""
    block = shape(build, id).flow or ""
    for each in approvals_of(build, id):
        _quorum(build, block, each)


def _quorum(build: Build, block: str, tree: ApproveDecl) -> None:
    quorum = tree.quorum
    if quorum is not None and quorum.kind == "share" and not 0 < quorum.part <= quorum.whole:
        place = Place(block, quorum.span)
        build.report(QuorumOutOfReach(at=place, part=quorum.part, whole=quorum.whole))


@query
def somebody_decides(build: Build, id: EntityId) -> None:
    """An approval is asked of somebody, and somebody is there when nobody is."""
    for made in machines(_flow(build, id)):
        for state in made.states.values():
            for step in state.approvals.steps() if state.approvals else ():
                _somebody_decides(build, id, made, state, step)


def _flow(build: Build, id: EntityId) -> Flow:
    made = flow(build, id)
    assert made is not None
    return made


def _somebody_decides(
    build: Build, id: EntityId, made: Machine, state: State, step: Approval
) -> None:
    if _nobody_fits(build, step) or all(_is_never(build, id, each) for each in step.voters):
        way = way_to(made, state.name)
        build.report(NobodyAsked(at=at(step.origin), approval=step.name, way=way))
    if _may_be_missing(step.nobody):
        build.report(NobodyUncertain(at=at(step.origin), approval=step.name))


def _nobody_fits(build: Build, step: Approval) -> bool:
    return step.where is not None and may_hold(step.where, Known(build)).is_no


def _is_never(build: Build, id: EntityId, voters: Expr) -> bool:
    """Whether a path begins with a field of the record that nothing fills."""
    while isinstance(voters, FieldOf):
        of = voters.of
        if isinstance(of, Var) and of.name == THIS:
            return not is_ever_filled(build, id, voters.field)
        voters = of
    return False


def _may_be_missing(nobody: Expr) -> bool:
    if isinstance(nobody, Holders):
        return False
    return nobody.type.nullable or nobody.type.kind == "set"


@query
def returns_lead_back(build: Build, id: EntityId) -> None:
    """A record is returned to a state in which it may have been on its way."""
    for made in machines(_flow(build, id)):
        steps = following(made)
        for state in made.states.values():
            before = _before(made, steps, state.name)
            for step in state.approvals.steps() if state.approvals else ():
                for target in step.return_to:
                    if target not in before:
                        build.report(_not_before(made, state, step, target))


def _before(made: Machine, steps: Mapping[str, Mapping[str, str]], state: str) -> set[str]:
    """The states on ways from the start to a state that do not pass through it."""
    others = {
        source: [after for after in targets if after != state] for source, targets in steps.items()
    }
    start = [each for each in initial(made) if each != state]
    return {each for each in reached(start, others) if state in reached([each], steps)}


def _not_before(made: Machine, state: State, step: Approval, target: str) -> NotBefore:
    way = way_to(made, state.name)
    return NotBefore(at=at(step.origin), state=state.name, target=target, way=way)
