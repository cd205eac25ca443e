"""Tests of the workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from compiler.analyse.assignment import UnnamedValue, target_of, values_of, writable
from compiler.analyse.context import BROKEN, Progress, rule
from compiler.analyse.expr import Context, condition, fit, is_broken, typed, value_of
from compiler.analyse.member import Member, SetWithoutAggregate, member
from compiler.analyse.paths import names_of
from compiler.analyse.report import report
from compiler.analyse.settings import settings
from compiler.analyse.statement import NotRows, people_of, transit
from compiler.analyse.texts import in_words
from compiler.analyse.types import type_name
from compiler.analyse.unknown import report_unknown_field, short_name
from compiler.build import Build, query
from compiler.model import test as model
from compiler.model.app import TEAM, USER
from compiler.model.base import EntityId, Origin, RoleId
from compiler.model.expr import Aggregate, Const, Expr, FieldOf, Func, Var
from compiler.model.report import Report
from compiler.model.rewrite import walk
from compiler.model.types import INSTANT, TEXT, Type, ref
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import mentioned, shape, symbol_of
from compiler.resolve.names import ENTITY, ROLE, place, resolve
from compiler.resolve.symbols import Symbol, of_local
from dsl.ast import expr as ast
from dsl.ast import statement as tree
from dsl.ast import test as test_tree
from dsl.ast.base import Name, Node, Path
from dsl.ast.report import ReportDecl
from dsl.diagnostic import Label, Message, Problem, Severity
from dsl.source import Place


class DuplicateTest(Problem, code="CW1101", name="duplicate-test"):
    written: str
    first: Place
    message = Message("another test is called “{written}” too", "另有测试名为“{written}”")
    help = Message("say what is different here", "请写明两者的不同")

    def labels(self) -> Iterator[Label]:
        yield Label(self.first, Message("first here", "首次出现在此"))


class NameTaken(Problem, code="CW1102", name="name-taken"):
    written: str
    message = Message(
        "`{written}` is the name of something in this test already",
        "本测试中 `{written}` 已是其他对象的名称",
    )
    help = Message("choose another name", "请另选名称")


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


class LinesNotHere(Problem, code="CW1107", name="lines-not-here"):
    message = Message(
        "only a record that a test makes comes with its lines",
        "只有在测试中新建记录时才能一并写出明细",
    )
    help = Message(
        "elsewhere make the record first, then `add record.lines(…)`",
        "其他地方请先新建记录，再写 `add 记录.明细(…)`",
    )


class NoSuchLines(Problem, code="CW1108", name="no-such-lines"):
    entity: str
    written: str
    message = Message(
        "`{entity}` owns no lines called `{written}`", "`{entity}` 没有名为 `{written}` 的明细"
    )


class CopyInTest(Problem, code="CW1109", name="copy-in-test"):
    message = Message("a person does not copy records", "人员不能复制记录")
    help = Message("say the values of the new record", "请写出新记录的各个值")


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


T = TypeVar("T")


@dataclass
class _Reading:
    """Understands the steps of one test, one after the other: each sees the names before it."""

    context: Context
    last: tuple[str, Node] | None = field(default=None)
    """The last moment that was written as a constant, and where."""

    def steps(self, nodes: Sequence[tree.Statement]) -> Iterator[Any]:
        for node in nodes:
            made = _RULES[type(node)](self, node)
            if made is not None:
                yield made

    # ------------------------------------------------------------ names

    def bind(self, name: Name, value: Expr) -> None:
        if name.text in self.context.variables:
            self.context.report(NameTaken(at=self.context.place(name), written=name.text))
        self.context = self.context.binding(name.text, value)

    def origin(self, node: Node) -> Origin:
        return self.context.origin(node)

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
        context, length = self.context, node.length
        if not (isinstance(length, ast.DurationLit) and length.unit in ("months", "years")):
            value = typed(context, length)
            if is_broken(value):
                return None
            if value.type.kind not in ("duration", "worktime", "workdays"):
                found, at = type_name(value.type), context.place(length)
                context.report(NotALength(at=at, found=found.en, found_zh=found.zh))
                return None
        now = ast.Call(length.span, ast.NameRef(length.span, Name(length.span, "now")), ())
        moment = typed(context, ast.Binary(length.span, "+", now, length))
        return (
            None if is_broken(moment) else model.SetClock(moment=moment, origin=self.origin(node))
        )

    # ------------------------------------------------------------ what people do

    def as_person(self, node: test_tree.As) -> model.As | None:
        outside = self.context
        who = typed(outside, node.who)
        known = self.is_person(node.who, who)
        self.context = replace(outside, has_me=True)
        steps = tuple(self.steps(node.body))
        self.context = replace(self.context, has_me=False)
        return model.As(who=who, steps=steps, origin=self.origin(node.who)) if known else None

    def call(self, node: tree.Do) -> model.Press | model.MakeRecord | None:
        """A transition, or an entity whose record is made."""
        call = node.call
        assert isinstance(call, ast.Call)
        names = names_of(call.callee)
        if names is not None and names[0].text not in self.context.variables:
            return self.record(node, call.callee, call.arguments)
        made = transit(self.context, node, whole=False)
        return None if made is None else model.Press(call=made, origin=self.origin(node))

    def record(
        self,
        node: Node,
        written: ast.Expr,
        arguments: Sequence[ast.Argument],
        name: str = "",
    ) -> model.MakeRecord | None:
        entity = self.entity(written)
        values, lines = self.values(entity, arguments) or (None, {})
        if entity is None or values is None:
            return None
        return model.MakeRecord(
            name=name, entity=entity, values=values, lines=lines, origin=self.origin(node)
        )

    def entity(self, written: ast.Expr) -> EntityId | None:
        context, names = self.context, names_of(written)
        if names is None:
            typed(context, written)
            return None
        path = Path(written.span, tuple(names))
        found = resolve(context.build, context.module, context.block, path, ENTITY)
        return EntityId(found.id) if found else None

    def values(
        self, entity: EntityId | None, arguments: Sequence[ast.Argument]
    ) -> tuple[dict[str, Expr], dict[str, tuple[dict[str, Expr], ...]]] | None:
        """The values of a new record, and its lines; None if one of them is broken."""
        if entity is None:
            return None
        context = self.context
        new = Var(type=ref(entity), name="new")
        values: dict[str, Expr] = {}
        lines: dict[str, tuple[dict[str, Expr], ...]] = {}
        for argument in arguments:
            name, written = argument.name, argument.value
            if name is None:
                context.report(UnnamedValue(at=context.place(argument)))
            elif isinstance(written, ast.NewLines):
                lines[name.text] = tuple(self.lines(entity, name, written))
            else:
                wanted = self.wanted(new, name)
                values[name.text] = value_of(context, written, wanted) if wanted else BROKEN
        return None if is_broken(*values.values()) else (values, lines)

    def wanted(self, new: Expr, name: Name) -> Type | None:
        """The type of a field that a new record can be given; a state is one of them."""
        build, entity = self.context.build, EntityId(new.type.of)
        found = member(build, entity, name.text)
        if found is None or found.source != "state":
            found = writable(self.context, new, name, new=True)
        else:
            mentioned(build, self.context.block, shape(build, entity), name)
        return found.type if found else None

    def lines(
        self, entity: EntityId, name: Name, written: ast.NewLines
    ) -> Iterator[dict[str, Expr]]:
        found = self.lines_of(entity, name)
        for line in written.items:
            if found is not None and found.type.item is not None:
                target = EntityId(found.type.item.of)
                values = values_of(self.context, target, line.arguments)
                if values is not None:
                    yield values

    def lines_of(self, entity: EntityId, name: Name) -> Member | None:
        context, build = self.context, self.context.build
        found = member(build, entity, name.text)
        if found is None or not mentioned(build, context.block, shape(build, entity), name):
            report_unknown_field(build, context.place(name), entity, name.text)
        elif found.source != "lines":
            at, short = context.place(name), short_name(entity)
            context.report(NoSuchLines(at=at, entity=short, written=name.text))
        else:
            return found
        return None

    def create(self, node: tree.Create) -> model.MakeRecord | None:
        if node.like is not None:
            self.context.report(CopyInTest(at=self.context.place(node.like)))
            return None
        return self.record(node, node.entity, node.arguments)

    def add(self, node: tree.Add) -> model.MakeRecord | None:
        row, name = target_of(self.context, node.target)
        if row is None or name is None:
            return None
        found = self.lines_of(EntityId(row.type.of), name)
        if found is None or found.type.item is None:
            return None
        entity = EntityId(found.type.item.of)
        values = values_of(self.context, entity, node.arguments)
        if values is None:
            return None
        values = {"parent": row, **values}
        return model.MakeRecord(entity=entity, values=values, lines={}, origin=self.origin(node))

    def let(self, node: tree.Let) -> model.Bind | model.MakeRecord | None:
        if isinstance(node.value, tree.Create):
            made = self.create(node.value)
            found = BROKEN if made is None else Var(type=ref(made.entity), name=node.name.text)
            self.bind(node.name, found)
            return None if made is None else made.but(name=node.name.text)
        value = typed(self.context, node.value)
        if value.type.kind == "set":
            at = self.context.place(node.value)
            value = self.context.report(SetWithoutAggregate(at=at, written=node.name.text))
        broken = is_broken(value)
        self.bind(node.name, BROKEN if broken else Var(type=value.type, name=node.name.text))
        if broken:
            return None
        return model.Bind(name=node.name.text, value=value, origin=self.origin(node))

    def assign(self, node: tree.Assign) -> model.Change | None:
        row, name = target_of(self.context, node.target)
        if row is None or name is None:
            return None
        value = self.assigned(self.context, row, name, node.value)
        if value is None:
            return None
        return model.Change(source=row, values={name.text: value}, origin=self.origin(node))

    def assigned(self, context: Context, row: Expr, name: Name, written: ast.Expr) -> Expr | None:
        found = writable(context, row, name)
        value = value_of(context, written, found.type) if found else BROKEN
        return None if is_broken(value) else value

    def update(self, node: tree.Update) -> model.Change | None:
        """Several fields in one save: of a record, or of each of some records."""
        context = self.context
        source = typed(context, node.source)
        item = source.type.item or source.type
        if is_broken(source):
            return None
        if item.kind != "ref":
            self.not_rows(node.source, source)
            return None
        row = Var(type=item.present(), name=context.new_name())
        inside = context.within(row)
        where = condition(inside, node.where) if node.where else None
        values = dict(self.assignments(inside, row, node.body))
        if where is not None and is_broken(where):
            return None
        return model.Change(
            source=source, row=row.name, where=where, values=values, origin=self.origin(node)
        )

    def assignments(
        self, context: Context, row: Expr, body: Sequence[tree.Assign]
    ) -> Iterator[tuple[str, Expr]]:
        for each in body:
            target, name = target_of(context, each.target)
            if target is not None and name is not None:
                value = self.assigned(context, row, name, each.value)
                if value is not None:
                    yield name.text, value

    def not_rows(self, node: Node, value: Expr) -> None:
        found, at = type_name(value.type), self.context.place(node)
        self.context.report(NotRows(at=at, found=found.en, found_zh=found.zh))

    def reference(self, node: ast.Expr) -> Expr | None:
        """A record; what is none is reported."""
        row = typed(self.context, node)
        if is_broken(row):
            return None
        if row.type.kind != "ref":
            self.not_rows(node, row)
            return None
        return row

    def delete(self, node: tree.Delete) -> model.Remove | None:
        row = self.reference(node.target)
        return None if row is None else model.Remove(row=row, origin=self.origin(node))

    def see(self, node: test_tree.See) -> model.See | None:
        if not isinstance(node.what, ast.Attr):
            row = self.reference(node.what)
            return None if row is None else model.See(row=row, origin=self.origin(node))
        row, name = target_of(self.context, node.what)
        if row is None or name is None:
            return None
        build, entity = self.context.build, EntityId(row.type.of)
        if not mentioned(build, self.context.block, shape(build, entity), name):
            report_unknown_field(build, self.context.place(name), entity, name.text)
            return None
        return model.See(row=row, field=name.text, origin=self.origin(node))

    def cannot(self, node: test_tree.Cannot) -> model.Cannot | None:
        attempt = _RULES[type(node.attempt)](self, node.attempt)
        text = None if node.text is None else value_of(self.context, node.text, TEXT)
        if attempt is None or (text is not None and is_broken(text)):
            return None
        return model.Cannot(attempt=attempt, text=text, origin=self.origin(node))

    # ------------------------------------------------------------ what is expected

    def expect(self, node: test_tree.Expect) -> model.Expect | None:
        seen: list[tuple[ast.Expr, Expr]] = []
        told = condition(replace(self.context, progress=Progress(seen=seen)), node.condition)
        if is_broken(told):
            return None
        parts = tuple(
            model.Part(value=value, origin=self.origin(where))
            for where, value in self.telling(seen)
        )
        return model.Expect(condition=told, parts=parts, origin=self.origin(node))

    def telling(self, seen: Sequence[tuple[ast.Expr, Expr]]) -> Iterator[tuple[ast.Expr, Expr]]:
        """The parts of a condition whose values are worth showing: the largest of their kind that
        can be worked out by themselves."""
        known = {*self.context.variables, "me"}
        worth = [
            (node, value)
            for node, value in seen
            if isinstance(value, FieldOf | Aggregate | Func)
            and value.type.kind != "bool"
            and known.issuperset(_free(value))
        ]
        shown: list[ast.Expr] = []
        for node, value in sorted(worth, key=lambda each: (each[0].span.start, -each[0].span.end)):
            if not any(_within(node, other) for other in shown):
                shown.append(node)
                yield node, value

    def expect_report(self, node: test_tree.ExpectReport) -> model.ExpectReport | None:
        declared = self.report(node.report)
        found = None if declared is None else report(self.context.build, declared)
        if declared is None or found is None:
            return None
        inside = self.of_report(declared, found)
        where = None if node.where is None else condition(inside, node.where)
        has = condition(inside, node.has)
        if is_broken(has) or (where is not None and is_broken(where)):
            return None
        return model.ExpectReport(report=found.id, where=where, has=has, origin=self.origin(node))

    def report(self, written: ast.Expr) -> Declared | None:
        context, names = self.context, names_of(written)
        if names is None:
            typed(context, written)
            return None
        path = Path(written.span, tuple(names))
        return resolve(context.build, context.module, context.block, path, ("report",))

    def of_report(self, declared: Declared, found: Report) -> Context:
        """The context of a condition on a row of a report."""
        columns = {name: Var(type=type, name=name) for name, type in _columns_of(found)}
        return replace(
            self.context,
            variables={**self.context.variables, **columns},
            symbols=_column_symbols(self.context.build, declared, found),
        )

    def expect_told(self, node: test_tree.ExpectTold) -> model.ExpectTold | None:
        read = self.recipient if node.kind == "mail" else self.person
        people = tuple(read(each) for each in node.people)
        text = None if node.text is None else value_of(self.context, node.text, TEXT)
        if is_broken(*people) or (text is not None and is_broken(text)):
            return None
        return model.ExpectTold(
            channel=node.kind, none=node.none, people=people, text=text, origin=self.origin(node)
        )

    def person(self, node: ast.Expr) -> Expr:
        return people_of(self.context, node)

    def recipient(self, node: ast.Expr) -> Expr:
        """Whom a mail goes to: any record with an address."""
        value = typed(self.context, node)
        if not is_broken(value) and (value.type.item or value.type).kind != "ref":
            self.not_rows(node, value)
            return BROKEN
        return value


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


@rule(ast.NewLines)
def _lines(context: Context, node: ast.NewLines, expected: Type | None) -> Expr:
    return context.report(LinesNotHere(at=context.place(node)))


def _columns_of(found: Report) -> Iterator[tuple[str, Type]]:
    yield from ((each.name, each.value.type) for each in found.dimensions)
    yield from ((each.name, each.value.type) for each in found.measures)


def _column_symbols(build: Build, declared: Declared, found: Report) -> dict[str, Symbol]:
    """What the names of a report's columns mean: a dimension without one goes by its field's."""
    written = decl(build, declared.block, ReportDecl)
    named = {each.name.text for each in written.by if each.name is not None}
    symbols = {each.name: of_local(declared.block, each.name) for each in found.measures}
    for each in found.dimensions:
        symbols[each.name] = of_local(declared.block, each.name)
        if each.name not in named and isinstance(each.value, FieldOf):
            known = shape(build, EntityId(each.value.of.type.of))
            symbols[each.name] = symbol_of(known, known.slots[each.value.field])
    return symbols


def _midnight(day: Const, timezone: str) -> Const:
    """The beginning of a day, as an instant."""
    local = datetime.fromisoformat(str(day.value)).replace(tzinfo=ZoneInfo(timezone))
    return Const(type=INSTANT, value=local.astimezone(UTC).isoformat())


def _free(expr: Expr) -> frozenset[str]:
    """The variables of an expression that nothing in it binds."""
    used = {part.name for part in walk(expr) if isinstance(part, Var)}
    bound = {part.row for part in walk(expr) if isinstance(part, Aggregate)}
    return frozenset(used - bound)


def _within(node: Node, other: Node) -> bool:
    return other.span.start <= node.span.start and node.span.end <= other.span.end
