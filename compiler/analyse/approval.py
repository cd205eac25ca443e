"""Approvals of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal, cast

from compiler.analyse.expr import Context, condition, is_broken
from compiler.analyse.nulls import null_opens_nothing
from compiler.analyse.people import all_people_of, people_of
from compiler.analyse.span import length
from compiler.analyse.statement import statements
from compiler.analyse.step import asked, step_label
from compiler.model.app import USER
from compiler.model.approval import (
    APPROVER,
    PERSON,
    Approval,
    Approvals,
    Copy,
    Deadline,
    Outcome,
    Overdue,
    Permit,
    Quorum,
)  # fmt: skip
from compiler.model.expr import Expr, Op, Var
from compiler.model.types import BOOL, ref
from dsl.ast import approval as ast
from dsl.ast.base import Name, Path
from dsl.ast.flow import StateDecl
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place

Target = Callable[[Name], str | None]
"""The state that a name means, or None after a fault."""

ALLOW, SKIP = "allow", "skip"


class DuplicateApproval(Problem, code="CW0512", name="duplicate-approval"):
    approval: str
    first: Place
    message = Message("the approval `{approval}` is declared twice", "审批 `{approval}` 重复声明")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次声明在此"))


class OutcomeMissing(Problem, code="CW0515", name="outcome-missing"):
    outcome: str
    state: str
    message = Message(
        "`{state}` does not say where `{outcome}` leads", "`{state}` 没有写明 `{outcome}` 去往何处"
    )
    help = Message("add `{outcome} -> state`", "请加上 `{outcome} -> 状态`")


class NothingApproved(Problem, code="CW0516", name="nothing-approved"):
    written: str
    state: str
    message = Message(
        "`{written}` follows an approval, and `{state}` has none",
        "`{written}` 是审批的结果，而 `{state}` 没有审批",
    )
    help = Message(
        "add `approve NAME` with its `by`, or delete this line", "请加上 `approve 名称`，或删除此行"
    )


class NobodyMissing(Problem, code="CW0517", name="nobody-missing"):
    approval: str
    message = Message(
        "`{approval}` does not say who decides when nobody is found",
        "`{approval}` 没有写明找不到审批人时由谁决定",
    )
    help = Message("add `nobody -> Admin`, or another role", "请加上 `nobody -> Admin` 或其他角色")


class VotersMissing(Problem, code="CW0518", name="voters-missing"):
    approval: str
    message = Message("`{approval}` does not say who is asked", "`{approval}` 没有写明由谁审批")
    help = Message(
        "add `by Manager`, or people of the record", "请加上 `by Manager` 或记录中的人员"
    )


class PercentOutOfPlace(Problem, code="CW0526", name="percent-out-of-place"):
    percent: int
    message = Message(
        "{percent}% is no part of the time that is left to act in", "{percent}% 不在可提醒的时间内"
    )
    help = Message(
        "a reminder comes before the time is over, at 1% to 99%; what comes then stands after"
        " `else`",
        "提醒须在到期之前，即 1% 至 99%；到期后的处理写在 `else` 之后",
    )


def approvals(context: Context, tree: StateDecl, target: Target) -> Approvals | None:
    """The approvals of a state; None if it has none, or they are not whole."""
    context = replace(context, has_me=False)
    outcomes = {each.kind: each for each in reversed(tree.outcomes)}
    if not tree.steps:
        _follows_nothing(context, tree)
        return None
    _names_differ(context, tree)
    groups = [
        [_approval(context, each, target) for each in group.approvals] for group in tree.steps
    ]
    made = {kind: _outcome(context, each, target) for kind, each in outcomes.items()}
    _outcomes_are_there(context, tree, outcomes.keys())
    approved, refused = made.get("approved"), made.get("refused")
    whole = [[each for each in group if each is not None] for group in groups]
    if approved is None or refused is None:
        return None
    return Approvals(
        groups=tuple(tuple(group) for group in whole if group),
        approved=approved,
        refused=refused,
        revoked=made.get("revoked"),
        resume=tree.after_return is not None and tree.after_return.kind == "resume",
    )


def _follows_nothing(context: Context, tree: StateDecl) -> None:
    for each in tree.outcomes:
        problem = NothingApproved(at=context.place(each), written=each.kind, state=tree.name.text)
        context.report(problem)
    if tree.after_return is not None:
        at = context.place(tree.after_return)
        context.report(NothingApproved(at=at, written="after return", state=tree.name.text))


def _names_differ(context: Context, tree: StateDecl) -> None:
    first: dict[str, Place] = {}
    for group in tree.steps:
        for each in group.approvals:
            at, name = context.place(each.name), each.name.text
            if first.setdefault(name, at) != at:
                context.report(DuplicateApproval(at=at, approval=name, first=first[name]))


def _outcomes_are_there(context: Context, tree: StateDecl, said: Iterable[str]) -> None:
    permits = [
        permit.verb for group in tree.steps for each in group.approvals for permit in each.permits
    ]
    needed = ["approved", "refused", *(["revoked"] if "revoke" in permits else [])]
    for outcome in needed:
        if outcome not in said:
            at, state = context.place(tree.name), tree.name.text
            context.report(OutcomeMissing(at=at, outcome=outcome, state=state))


def _outcome(context: Context, tree: ast.OutcomeDecl, target: Target) -> Outcome | None:
    state, do = target(tree.target), statements(context, tree.do)
    return Outcome(state=state, do=do, origin=context.origin(tree)) if state else None


# ---------------------------------------------------------------- one step


def _approval(context: Context, tree: ast.ApproveDecl, target: Target) -> Approval | None:
    when = condition(context, tree.when) if tree.when else None
    voters, where = _voters(context, tree)
    nobody = people_of(context, tree.nobody) if tree.nobody else None
    own, person = _own_request(context, tree.own_request)
    return_to = tuple(_return_to(tree, target))
    asks = asked(context, tree.name, tree.asks)
    deadline = _deadline(context, tree.within, target) if tree.within else None
    copies = tuple(
        Copy(people=all_people_of(context, each.people), at=each.at) for each in tree.copies
    )
    _is_whole(context, tree)
    if nobody is None or (when is not None and is_broken(when)):
        return None
    return Approval(
        name=tree.name.text,
        label=step_label(context, tree.name, tree.label),
        doc=tree.doc.text if tree.doc else "",
        when=when,
        voters=voters,
        where=where,
        quorum=_quorum(tree.quorum),
        nobody=nobody,
        own_request=own,
        own_person=person,
        seen=tree.seen_before.skip if tree.seen_before else "never",
        permits=_permits(tree),
        return_to=return_to,
        asks=asks,
        deadline=deadline,
        copies=copies,
        origin=context.origin(tree.name),
    )


def _is_whole(context: Context, tree: ast.ApproveDecl) -> None:
    at, name = context.place(tree.name), tree.name.text
    if not tree.by:
        context.report(VotersMissing(at=at, approval=name))
    if tree.nobody is None:
        context.report(NobodyMissing(at=at, approval=name))


def _voters(context: Context, tree: ast.ApproveDecl) -> tuple[tuple[Expr, ...], Expr | None]:
    """Who is asked, and which of them: with several `by` lines, each has its own condition."""
    person = Var(type=ref(USER), name=PERSON)
    voters: list[Expr] = []
    tests: list[tuple[tuple[Expr, ...], Expr | None]] = []
    for line in tree.by:
        people = all_people_of(context, line.people)
        where = condition(context.within(person), line.where) if line.where else None
        if line.where is not None and where is not None:
            null_opens_nothing(context, line.where, where)
        voters.extend(people)
        tests.append((people, None if where is None or is_broken(where) else where))
    return tuple(voters), _any_of(person, tests)


def _any_of(person: Var, tests: list[tuple[tuple[Expr, ...], Expr | None]]) -> Expr | None:
    """One condition for all lines: that of a line holds for the people of that line alone."""
    if all(where is None for _, where in tests):
        return None
    if len(tests) == 1:
        return tests[0][1]
    lines = [_both(_is_one_of(person, people), where) for people, where in tests if people]
    return lines[0] if len(lines) == 1 else Op(type=BOOL, op="or", args=tuple(lines))


def _both(one: Expr, other: Expr | None) -> Expr:
    return one if other is None else Op(type=BOOL, op="and", args=(one, other))


def _is_one_of(person: Var, people: tuple[Expr, ...]) -> Expr:
    tests: list[Expr] = [
        Op(type=BOOL, op="in" if each.type.kind == "set" else "==", args=(person, each))
        for each in people
    ]
    return tests[0] if len(tests) == 1 else Op(type=BOOL, op="or", args=tuple(tests))


def _own_request(
    context: Context, path: Path | None
) -> tuple[Literal["allow", "skip", "person"], Expr | None]:
    if path is None or str(path) in (ALLOW, SKIP):
        return cast(Literal["allow", "skip"], str(path or ALLOW)), None
    person = people_of(context, path)
    return ("allow", None) if person is None else ("person", person)


def _quorum(tree: ast.PassDecl | None) -> Quorum:
    """Without `pass` all must approve."""
    if tree is None or tree.kind == "all":
        return Quorum(part=1, whole=1)
    if tree.kind == "any":
        return Quorum(part=0, whole=1)
    if tree.kind == "in order":
        return Quorum(part=1, whole=1, in_order=True)
    return Quorum(part=tree.part, whole=tree.whole)


def _permits(tree: ast.ApproveDecl) -> tuple[Permit, ...]:
    verbs = dict.fromkeys(each.verb for each in tree.permits if each.verb != "return")
    return cast(tuple[Permit, ...], tuple(verbs))


def _return_to(tree: ast.ApproveDecl, target: Target) -> Iterator[str]:
    for each in tree.permits:
        state = target(each.state) if each.state else None
        if state is not None:
            yield state


def _deadline(context: Context, tree: ast.WithinDecl, target: Target) -> Deadline | None:
    limit = length(context, tree.limit)
    overdue = _overdue(context, tree.overdue, target) if tree.overdue else None
    for each in tree.remind:
        if not 0 < each.percent < 100:
            at = context.place(each)
            context.report(PercentOutOfPlace(at=at, percent=each.percent))
    if limit is None:
        return None
    return Deadline(
        within=limit.value,
        calendar=limit.calendar,
        remind=tuple(sorted({each.percent for each in tree.remind})),
        overdue=overdue,
        origin=context.origin(tree),
    )


def _overdue(context: Context, tree: ast.OverdueDecl, target: Target) -> Overdue | None:
    approver = context.binding(APPROVER, Var(type=ref(USER), name=APPROVER))
    to = people_of(approver, tree.to) if tree.to else None
    state = target(tree.state) if tree.state else None
    if (tree.to and to is None) or (tree.state and state is None):
        return None
    return Overdue(kind=tree.kind, to=to, state=state or "")
