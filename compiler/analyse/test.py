"""Tests of the workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from compiler.analyse.context import BROKEN
from compiler.analyse.expecting import Expecting
from compiler.analyse.expr import Context, fit, is_broken, typed, value_of
from compiler.analyse.operations import operation
from compiler.analyse.settings import settings
from compiler.analyse.texts import in_words
from compiler.analyse.types import type_name
from compiler.build import Build, query
from compiler.model import test as model
from compiler.model.app import TEAM, USER
from compiler.model.base import RoleId
from compiler.model.expr import Const, Expr, Func, Var
from compiler.model.types import INSTANT, ref
from compiler.operators import SPANS
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.names import ROLE, place, resolve
from compiler.resolve.symbols import of_local
from dsl.ast import expr as ast
from dsl.ast import statement as tree
from dsl.ast import test as test_tree
from dsl.ast.base import Node, Path
from dsl.diagnostic import Label, Message, Problem, Severity
from dsl.source import Place


class DuplicateTest(Problem, code="CW1101", name="duplicate-test"):
    written: str
    first: Place
    message = Message("another test is called “{written}” too", "另有测试名为“{written}”")
    help = Message("say what is different here", "请写明两者的不同")

    def labels(self) -> Iterator[Label]:
        yield Label(self.first, Message("first here", "首次出现在此"))


class NotAPerson(Problem, code="CW1103", name="not-a-person"):
    found: str
    found_zh: str
    message = Message(
        "only a person can act and hold roles, not {found}",
        "只有人员才能操作和担任角色，而不是{found_zh}",
    )
    help = Message(
        "make one in `given`: `ann is Sales`", "请在 `given` 中写明人员，例如 `ann is Sales`"
    )


class NotAMoment(Problem, code="CW1104", name="not-a-moment"):
    found: str
    found_zh: str
    message = Message(
        "the clock is set to a date, or a date with time, not to {found}",
        "时钟只能设为日期或日期时间，而不是{found_zh}",
    )
    help = Message("write `at 2026-02-13 17:00`", "请写 `at 2026-02-13 17:00`")


class TimeRunsBack(Problem, code="CW1105", name="time-runs-back"):
    before: Place
    message = Message("time does not run back", "时间不能倒流")
    label = Message("this is before the moment above", "此时刻早于上文的时刻")

    def labels(self) -> Iterator[Label]:
        yield Label(self.before, Message("later than that", "比它更晚"))


class NotALength(Problem, code="CW1106", name="not-a-length-of-time"):
    found: str
    found_zh: str
    message = Message(
        "`wait` takes a length of time, not {found}", "`wait` 之后应为时长，而不是{found_zh}"
    )
    help = Message("write `wait 3 days`", "请写 `wait 3 days`")


class ExpectsNothing(Problem, code="CW1110", name="expects-nothing", severity=Severity.WARNING):
    message = Message("this test can only pass", "此测试不可能失败")
    help = Message(
        "let somebody do something (`as ann`), or say what is expected (`expect …`)",
        "请写出某人的操作（`as ann`）或期望的结果（`expect …`）",
    )


@query
def tests(build: Build) -> tuple[model.Test, ...]:
    """All tests, in order; what was not understood of them is left out."""
    first: dict[tuple[str, str], Declared] = {}
    for each in of_kind(build, "test"):
        other = first.setdefault((each.module, each.name), each)
        if other is not each:
            trees = (decl(build, known.block, test_tree.TestDecl) for known in (other, each))
            before, again = (tree.name for tree in trees)
            at, there = place(each.block, again), place(other.block, before)
            build.report(DuplicateTest(at=at, written=each.name, first=there))
    return tuple(test(build, each) for each in of_kind(build, "test"))


@query
def test(build: Build, declared: Declared) -> model.Test:
    """A test with all that was understood of it."""
    written = decl(build, declared.block, test_tree.TestDecl)
    context = Context(build, declared.module, declared.block, has_me=False)
    reading = _Reading(context)
    steps = tuple(reading.steps(written.steps))
    if all(isinstance(each, _SCENERY) for each in written.steps):
        context.report(ExpectsNothing(at=context.place(written.name)))
    return model.Test(
        module=declared.module,
        name=declared.name,
        start=_start(steps),
        steps=steps,
        origin=context.origin(written.name),
    )


_SCENERY = (test_tree.Given, test_tree.SetClock, test_tree.Wait)


def _start(steps: Sequence[model.Step]) -> Expr | None:
    """The moment that the test says before anything but its situation."""
    for step in steps:
        if isinstance(step, model.SetClock):
            return step.moment if isinstance(step.moment, Const) else None
        if not isinstance(step, model.Given):
            return None
    return None


@dataclass
class _Reading(Expecting):
    """Understands the lines of one test, one after the other."""

    last: tuple[str, Node] | None = field(default=None)
    """The last moment that was written as a constant, and where."""

    def steps(self, nodes: Sequence[tree.Statement]) -> Iterator[Any]:
        for node in nodes:
            made = self.step(node)
            if made is not None:
                yield made

    def step(self, node: tree.Statement) -> Any:
        return _RULES[type(node)](self, node)

    # ------------------------------------------------------------ the situation

    def given(self, node: test_tree.Given) -> model.Given:
        return model.Given(steps=tuple(self.steps(node.body)), origin=self.origin(node))

    def given_record(self, node: test_tree.GivenRecord) -> model.MakeRecord | None:
        made = self.record(node, node.call.callee, node.call.arguments, node.name.text)
        found = BROKEN if made is None else Var(type=ref(made.entity), name=node.name.text)
        self.bind(node.name, found)
        return made

    def given_roles(self, node: test_tree.GivenRoles) -> model.GiveRoles | None:
        context, name = self.context, node.name.text
        found = [self.role(path) for path in node.roles]
        team = None if node.team is None else value_of(context, node.team, ref(TEAM))
        known = context.variables.get(name)
        if known is None:
            self.bind(node.name, Var(type=ref(USER), name=name))
        elif not self.is_person(node.name, known):
            return None
        context.mention(node.name, of_local(context.block, name))
        if team is not None and is_broken(team):
            return None
        return model.GiveRoles(
            name=name,
            label=in_words(name),
            is_new=known is None,
            roles=tuple(role for role in found if role is not None),
            team=team,
            origin=self.origin(node),
        )

    def role(self, path: Path) -> RoleId | None:
        found = resolve(self.context.build, self.context.module, self.context.block, path, ROLE)
        return RoleId(found.id) if found else None

    def is_person(self, node: Node, value: Expr) -> bool:
        if is_broken(value):
            return False
        if (value.type.kind, value.type.of) == ("ref", USER):
            return True
        found = type_name(value.type)
        at = self.context.place(node)
        self.context.report(NotAPerson(at=at, found=found.en, found_zh=found.zh))
        return False

    # ------------------------------------------------------------ time

    def set_clock(self, node: test_tree.SetClock) -> model.SetClock | None:
        context = self.context
        value = typed(context, node.moment, INSTANT)
        if is_broken(value):
            return None
        if value.type.kind not in ("date", "instant"):
            found, at = type_name(value.type), context.place(node.moment)
            context.report(NotAMoment(at=at, found=found.en, found_zh=found.zh))
            return None
        value = fit(context, node.moment, value, value.type.present())
        if value.type.kind == "date" and isinstance(value, Const):
            value = _midnight(value, settings(context.build).timezone)
        self.in_order(node.moment, value)
        if is_broken(value):
            return None
        return model.SetClock(moment=value, origin=self.origin(node))

    def in_order(self, node: ast.Expr, value: Expr) -> None:
        if not isinstance(value, Const) or is_broken(value):
            return
        moment = str(value.value)
        if self.last is not None and moment < self.last[0]:
            before = self.context.place(self.last[1])
            self.context.report(TimeRunsBack(at=self.context.place(node), before=before))
        self.last = moment, node

    def wait(self, node: test_tree.Wait) -> model.SetClock | None:
        """Waiting sets the clock to what the same length of time after now is."""
        context = self.context
        length = typed(context, node.length)
        if is_broken(length):
            return None
        if length.type.kind not in SPANS:
            found, at = type_name(length.type), context.place(node.length)
            context.report(NotALength(at=at, found=found.en, found_zh=found.zh))
            return None
        now = Func(type=INSTANT, name="now", args=())
        moment = operation(context, node.length, "+", (now, length))
        if is_broken(moment):
            return None
        return model.SetClock(moment=moment, origin=self.origin(node))

    # ------------------------------------------------------------ what people do

    def as_person(self, node: test_tree.As) -> model.As | None:
        outside = self.context
        who = typed(outside, node.who)
        known = self.is_person(node.who, who)
        self.context = replace(outside, has_me=True)
        steps = tuple(self.steps(node.body))
        self.context = replace(self.context, has_me=False)
        return model.As(who=who, steps=steps, origin=self.origin(node.who)) if known else None


_RULES: dict[type[tree.Statement], Callable[[_Reading, Any], Any]] = {
    test_tree.Given: _Reading.given,
    test_tree.GivenRecord: _Reading.given_record,
    test_tree.GivenRoles: _Reading.given_roles,
    test_tree.SetClock: _Reading.set_clock,
    test_tree.Wait: _Reading.wait,
    test_tree.As: _Reading.as_person,
    test_tree.See: _Reading.see,
    test_tree.Cannot: _Reading.cannot,
    test_tree.Expect: _Reading.expect,
    test_tree.ExpectReport: _Reading.expect_report,
    test_tree.ExpectTold: _Reading.expect_told,
    tree.Do: _Reading.call,
    tree.Create: _Reading.create,
    tree.Add: _Reading.add,
    tree.Let: _Reading.let,
    tree.Assign: _Reading.assign,
    tree.Update: _Reading.update,
    tree.Delete: _Reading.delete,
}


def _midnight(day: Const, timezone: str) -> Const:
    """The beginning of a day, as an instant."""
    local = datetime.fromisoformat(str(day.value)).replace(tzinfo=ZoneInfo(timezone))
    return Const(type=INSTANT, value=local.astimezone(UTC).isoformat())
