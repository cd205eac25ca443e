"""The lines of a test, done one after the other until one does not hold."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from time import perf_counter
from typing import Any

from compiler.backends.expr.python import python_value
from compiler.model.app import USER
from compiler.model.base import EntityId, Origin
from compiler.model.expr import Const
from compiler.model.statement import Transit
from compiler.model.test import (
    As,
    Bind,
    Cannot,
    Change,
    Expect,
    ExpectReport,
    ExpectTold,
    Given,
    GiveRoles,
    MakeRecord,
    Press,
    Remove,
    See,
    SetClock,
    Step,
    Test,
)
from dsl.diagnostic import Message
from runtime.store.problems import Forbidden, NotFound, Problem, Refusal, Rejected
from runtime.store.records import Saved
from runtime.store.values import Line
from runtime.testing.dummies import DOMAIN
from runtime.testing.expecting import SAID, expect, expect_report, expect_told
from runtime.testing.outcome import Detail, Failed, Failure, Outcome
from runtime.testing.stage import Stage
from runtime.testing.world import Ref, World, bound

REFUSED = Message("this is refused", "此操作被拒绝")
CANNOT_BE_GIVEN = Message("this cannot be given", "无法建立此情景")
IS_POSSIBLE = Message("{who} can do this", "{who} 可以执行此操作")
OTHER_WORDS = Message("the refusal does not say “{text}”", "拒绝的原因中没有“{text}”")
NO_RECORD = Message("there is no such record for {who}", "对 {who} 来说没有这样的记录")
UNSEEN = Message("{who} does not see this", "{who} 看不到此内容")
NO_PERSON = Message("this leads to nobody", "这里没有指向任何人")
TIME_RUNS_BACK = Message(
    "time does not run back: it is {now} already", "时间不能倒流：现在已是 {now}"
)
BROKEN = Message("the test could not be run to its end", "测试无法运行到底")


def play(stage: Stage, test: Test) -> Outcome:
    """Run a test on an empty database, and say what became of it."""
    began = perf_counter()
    start = None if test.start is None else python_value(_constant(test.start))
    assert start is None or isinstance(start, datetime)
    with stage.performance(start):
        failure = _Play(World(stage)).failure(test)
        reached = frozenset(stage.reached.elements)
    seconds = perf_counter() - began
    return Outcome(test.module, test.name, test.origin, seconds, failure, reached)


def _constant(expr: object) -> Const:
    assert isinstance(expr, Const)
    return expr


class _Play:
    """A test under way, and the line at which it is."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.step: Step | None = None

    def failure(self, test: Test) -> Failure | None:
        """The first line that does not hold, and why."""
        try:
            for step in test.steps:
                self.do(step)
        except Failed as failed:
            return self._failure(test.origin, failed)
        except Exception:
            lines = traceback.format_exc().rstrip().split("\n")
            details = tuple(Detail(Message(line, line)) for line in lines)
            return self._failure(test.origin, Failed(BROKEN, details))
        return None

    def _failure(self, otherwise: Origin, failed: Failed) -> Failure:
        step = self.step
        return Failure(
            origin=otherwise if step is None else step.origin,
            message=failed.message,
            details=failed.details,
            refused_by=failed.refused_by,
            stories=() if step is None else self.world.stories(step),
        )

    def do(self, step: Step) -> None:
        self.step = step
        _DO[type(step)](self, step)

    # --- situations and people

    def given(self, step: Given) -> None:
        for each in step.steps:
            self.do(each)

    def give_roles(self, step: GiveRoles) -> None:
        world, people = self.world, self.world.stage.people
        team = None if step.team is None else world.value(step.team)
        if step.is_new:
            values = {
                "name": step.label,
                "email": self._email(step.name),
                "team": team or people.root_team(),
            }
            given = world.dummies.completed(USER, values)
            world.names[step.name] = Ref(USER, world.store.create(world.app, USER, given).id)
        user = world.names[step.name]
        assert isinstance(user, Ref)
        if team is not None and not step.is_new:
            people.change(world.app, user.id, {"team": team})
        held = world.roles.get(user.id, frozenset()) | set(step.roles)
        world.roles[user.id] = held
        people.set_roles(user.id, held)

    def _email(self, name: str) -> str:
        local = name if name.isascii() else f"person{len(self.world.names) + 1}"
        return f"{local}@{DOMAIN}"

    def set_clock(self, step: SetClock) -> None:
        clock, zone = self.world.stage.clock, self.world.stage.zone
        moment = self.world.value(step.moment)
        if not isinstance(moment, datetime):
            assert isinstance(moment, date)
            moment = datetime.combine(moment, time(), zone).astimezone(UTC)
        if moment < clock.at:
            now = f"{clock.at.astimezone(zone):%Y-%m-%d %H:%M}"
            raise Failed(TIME_RUNS_BACK.filled({"now": now}))
        clock.at = moment

    def as_person(self, step: As) -> None:
        world = self.world
        user = world.value(step.who)
        if user is None:
            raise Failed(NO_PERSON)
        world.person = world.user(user)
        for each in step.steps:
            self.do(each)
        world.person = None

    def bind(self, step: Bind) -> None:
        self.world.names[step.name] = bound(step.value.type, self.world.value(step.value))

    # --- what is done

    def attempt(self, step: Step) -> None:
        """Something that must be possible."""
        try:
            _ATTEMPTS[type(step)](self, step)
        except Refusal as refusal:
            words, refused_by = self._words(refusal)
            message = REFUSED if self.world.person else CANNOT_BE_GIVEN
            raise Failed(message, _quoted(words), refused_by) from refusal

    def cannot(self, step: Cannot) -> None:
        """Something that must be refused, in the words that are wanted."""
        text = None if step.text is None else self.world.text(step.text)
        try:
            _ATTEMPTS[type(step.attempt)](self, step.attempt)
        except Refusal as refusal:
            words, refused_by = self._words(refusal)
            if text is not None and not any(text in each.en or text in each.zh for each in words):
                message = OTHER_WORDS.filled({"text": text})
                raise Failed(message, _quoted(words), refused_by) from refusal
            return
        raise Failed(IS_POSSIBLE.filled({"who": self.who}))

    @property
    def who(self) -> str:
        user = self.world.actor.user_id
        return "" if user is None else self.world.user_name(user)

    def _words(self, refusal: Refusal) -> tuple[tuple[Message, ...], Origin | None]:
        """The reasons of a refusal, and the line of the app that refused."""
        if isinstance(refusal, Rejected):
            refused_by = next((each.origin for each in refusal.problems if each.origin), None)
            return tuple(map(_with_field, refusal.problems)), refused_by
        if isinstance(refusal, Forbidden):
            return (refusal.message,), None
        if isinstance(refusal, NotFound):
            return (NO_RECORD.filled({"who": self.who}),), None
        return (Message(str(refusal), str(refusal)),), None

    def make(self, step: MakeRecord) -> None:
        world, entity = self.world, step.entity
        values = self._values(step.values)
        lines = {name: self._lines(entity, name, each) for name, each in step.lines.items()}
        if world.person is None:
            values = world.dummies.completed(entity, values)
        saved = world.store.create(world.actor, entity, values, lines)
        if step.name:
            world.names[step.name] = Ref(entity, saved.id)
        self._told(saved)

    def _lines(
        self, entity: EntityId, name: str, lines: tuple[Mapping[str, Any], ...]
    ) -> tuple[Line, ...]:
        given = [self._values(each) for each in lines]
        if self.world.person is not None:
            return tuple(Line(each) for each in given)
        target = self.world.stage.workspace.entities[entity].collections[name].target
        return tuple(self.world.dummies.line(target, each) for each in given)

    def _values(
        self, values: Mapping[str, Any], more: Mapping[str, object] = {}
    ) -> dict[str, object]:
        return {name: self.world.value(expr, more) for name, expr in values.items()}

    def change(self, step: Change) -> None:
        """One save for each record; which ones is settled before the first."""
        world = self.world
        chosen = []
        for record in world.records(step.source):
            row = {step.row: record} if step.row else {}
            if step.where is None or world.holds(step.where, row):
                chosen.append((record, row))
        for record, row in chosen:
            values, version = self._values(step.values, row), world.version(record)
            saved = world.store.update(world.actor, record.entity, record.id, version, values)
            self._told(saved)

    def remove(self, step: Remove) -> None:
        world, record = self.world, self.world.record(step.row)
        version = world.version(record)
        self._told(world.store.delete(world.actor, record.entity, record.id, version))

    def press(self, step: Press) -> None:
        world, call = self.world, step.call
        assert isinstance(call, Transit), "an app with approvals is not served yet"
        record = world.record(call.row)
        inputs, version = self._values(call.values), world.version(record)
        saved = world.store.transition(
            world.actor, record.entity, record.id, version, call.transition, inputs
        )
        self._told(saved)

    def _told(self, saved: Saved) -> None:
        self.world.warnings = saved.warnings

    def see(self, step: See) -> None:
        reader = self.world.store.reader(self.world.actor)
        record = self.world.record(step.row)
        reader.get(record.entity, record.id)
        if step.field and step.field not in reader.fields("read", record.entity, record.id):
            raise Forbidden(UNSEEN.filled({"who": self.who}))


def _with_field(problem: Problem) -> Message:
    """The words of a problem, with the field that a page would show them at."""
    line = None if problem.line is None else f"{problem.collection} {problem.line + 1}"
    at = ", ".join(part for part in (line, problem.field) if part)
    if not at:
        return problem.message
    return Message(f"{at}: {problem.message.en}", f"{at}：{problem.message.zh}")


def _quoted(words: tuple[Message, ...]) -> tuple[Detail, ...]:
    return tuple(Detail(SAID.filled({"text": each})) for each in words)


_ATTEMPTS: Mapping[type[Step], Callable[[_Play, Any], None]] = {
    MakeRecord: _Play.make,
    Change: _Play.change,
    Remove: _Play.remove,
    Press: _Play.press,
    See: _Play.see,
}
_DO: Mapping[type[Step], Callable[[_Play, Any], None]] = {
    Given: _Play.given,
    GiveRoles: _Play.give_roles,
    As: _Play.as_person,
    SetClock: _Play.set_clock,
    Bind: _Play.bind,
    Cannot: _Play.cannot,
    Expect: lambda play, step: expect(play.world, step),
    ExpectTold: lambda play, step: expect_told(play.world, step),
    ExpectReport: lambda play, step: expect_report(play.world, step),
    **dict.fromkeys(_ATTEMPTS, _Play.attempt),
}
