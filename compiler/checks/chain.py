"""Rules that set each other off: that it comes to an end, and that each can begin.

A rule fires once at most for a record in an act, so a circle of rules ends by itself unless its
rules make new records for each one of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping

from compiler.analyse.entity import entity
from compiler.analyse.flow import flow
from compiler.analyse.order import reads, written_by
from compiler.analyse.rule import rule
from compiler.analyse.unknown import short_name
from compiler.build import Build, query
from compiler.checks.knowledge import Known
from compiler.checks.places import at
from compiler.logic import may_all_hold
from compiler.model.base import EntityId
from compiler.model.expr import THIS, Const, Expr, FieldOf, Op, Var
from compiler.model.rewrite import rebuilt
from compiler.model.rule import Rule
from compiler.model.statement import Assign, Create, Delete, For, Let, Statement, Transit, Update
from compiler.model.types import BOOL, enum, ref
from compiler.resolve.declared import Declared, of_kind
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place


class EndlessRules(Problem, code="CW0617", name="endless-rules"):
    path: str
    entity: str
    rule: str
    others: tuple[Place, ...]
    message = Message(
        "these rules set each other off without end: {path}", "这些规则会无休止地相互触发：{path}"
    )
    help = Message(
        "`{rule}` makes a new `{entity}` each time; let a condition leave out what it makes",
        "`{rule}` 每次都会新建 `{entity}`；请用条件排除它自己新建的记录",
    )

    def labels(self) -> Iterable[Label]:
        for other in self.others:
            yield Label(other, Message("then this one", "然后是这条"))


class NeverTrue(Problem, code="CW0616", name="never-true"):
    rule: str
    message = Message(
        "the rule `{rule}` never fires: its condition cannot be true",
        "规则 `{rule}` 永远不会触发：其条件不可能成立",
    )
    help = Message(
        "no record can meet all of it at once, at any of its events",
        "没有记录能在其任一事件时同时满足全部条件",
    )


class NeverOccurs(Problem, code="CW0618", name="never-occurs"):
    entity: str
    event: str
    message = Message(
        "a `{entity}` is never {event}: it is append only",
        "`{entity}` 只增不改，不会有 `{event}` 事件",
    )
    help = Message("write `on {entity} created`", "请写 `on {entity} created`")


@query
def events_occur(build: Build, declared: Declared) -> None:
    """What a rule waits for happens: a ledger is never changed."""
    made = rule(build, declared)
    if made is None or not entity(build, made.entity).append_only:
        return
    for event in made.events:
        if event.kind in ("changed", "deleted"):
            where, name = at(made.origin), short_name(made.entity)
            build.report(NeverOccurs(at=where, entity=name, event=event.kind))


@query
def conditions_can_hold(build: Build, declared: Declared) -> None:
    """The condition of a rule can be true, at one of its events at least."""
    made = rule(build, declared)
    if made is None or made.when is None:
        return
    told = [_told_by(build, made, name) for name in _entered(made)]
    cases = [(made.when, *each) for each in told] or [(made.when,)]
    if all(may_all_hold(conditions, Known(build)).is_no for conditions in cases):
        build.report(NeverTrue(at=at(made.origin), rule=made.name))


def _entered(made: Rule) -> list[str]:
    """The states that a rule waits for, if it waits for nothing else."""
    if any(event.kind != "entered" for event in made.events):
        return []
    return [name for event in made.events for name in event.names]


def _told_by(build: Build, made: Rule, state: str) -> tuple[Expr, ...]:
    """What a record's entering of a state says of it."""
    known = flow(build, made.entity)
    if known is None:
        return ()
    type = enum(known.states_enum)
    this = Var(type=ref(made.entity), name=THIS)
    field = FieldOf(type=type, of=this, field=known.field)
    return (Op(type=BOOL, op="==", args=(field, Const(type=type, value=state))),)


# ---------------------------------------------------------------- circles


@query
def rules_come_to_an_end(build: Build) -> None:
    """No circle of rules makes new records for itself."""
    told: set[frozenset[Declared]] = set()
    for each in of_kind(build, "rule"):
        for other in _made_for(build, each):
            fed = _fed(build, _around(build, each, other))
            back = _way(build, other, each, fed) if each in fed else None
            circle = frozenset(back or ())
            if back is not None and circle not in told:
                told.add(circle)
                _report(build, each, back)


def _around(build: Build, maker: Declared, start: Declared) -> list[Declared]:
    """The rules on a way from a rule back to the one that makes records for it."""
    return [each for each in _reached(build, start) if maker in _reached(build, each)]


@query
def _reached(build: Build, start: Declared) -> frozenset[Declared]:
    """The rules that follow from one, itself among them."""
    found, waiting = {start}, [start]
    while waiting:
        more = [each for each in _sets_off(build, waiting.pop()) if each not in found]
        found.update(more)
        waiting += more
    return frozenset(found)


def _fed(build: Build, around: Iterable[Declared]) -> dict[Declared, EntityId]:
    """Those of the rules for whose entities rules among them make new records; all others fire
    for the records there are, and those come to an end."""
    rules = {each: made.entity for each in around if (made := rule(build, each))}
    while True:
        created = {entity for each in rules for entity in _creates(build, each)}
        left = {each: entity for each, entity in rules.items() if entity in created}
        if len(left) == len(rules):
            return left
        rules = left


@query
def _creates(build: Build, declared: Declared) -> frozenset[EntityId]:
    made = rule(build, declared)
    steps = _all(build, made.do) if made else ()
    return frozenset(each.entity for each in steps if isinstance(each, Create))


def _report(build: Build, maker: Declared, back: list[Declared]) -> None:
    made = [rule(build, each) for each in back]
    first = rule(build, maker)
    assert first is not None
    path = " → ".join([maker.name, *(each.name for each in back)])
    others = tuple(at(each.origin) for each in made[:-1] if each)
    name = short_name(made[0].entity) if made[0] else ""
    build.report(
        EndlessRules(at=at(first.origin), path=path, entity=name, rule=maker.name, others=others)
    )


def _way(
    build: Build, start: Declared, end: Declared, among: Collection[Declared]
) -> list[Declared] | None:
    """The shortest chain of some rules that set each other off, both ends among them."""
    came: dict[Declared, Declared | None] = {start: None}
    waiting = deque([start] if start in among else [])
    while waiting:
        each = waiting.popleft()
        if each == end:
            return _path(came, end)
        for other in _sets_off(build, each):
            if other in among and other not in came:
                came[other] = each
                waiting.append(other)
    return None


def _path(came: Mapping[Declared, Declared | None], end: Declared) -> list[Declared]:
    path = [end]
    while (before := came[path[-1]]) is not None:
        path.append(before)
    return path[::-1]


@query
def _sets_off(build: Build, declared: Declared) -> tuple[Declared, ...]:
    """The rules that one may set off in the same act."""
    made = rule(build, declared)
    if made is None:
        return ()
    steps = list(_all(build, made.do))
    written = set(written_by(each for each in steps if isinstance(each, Assign | Update)))
    moved = {(EntityId(s.row.type.of), s.transition) for s in steps if isinstance(s, Transit)}
    gone = {s.row.type.of for s in steps if isinstance(s, Delete)}
    found = dict.fromkeys(_made_for(build, declared))
    for each in of_kind(build, "rule"):
        other = rule(build, each)
        if other is None or each == declared:
            continue
        kinds = {event.kind for event in other.events}
        touched = bool(written & reads(build, each))
        any_change = any(e.kind == "changed" and not e.names for e in other.events)
        touched |= any_change and any(entity == other.entity for entity, _ in written)
        touched |= "entered" in kinds and any(entity == other.entity for entity, _ in moved)
        touched |= "deleted" in kinds and other.entity in gone
        if touched:
            found.setdefault(each)
    return tuple(found)


@query
def _made_for(build: Build, declared: Declared) -> tuple[Declared, ...]:
    """The rules that fire for a record which a rule makes."""
    made = rule(build, declared)
    creates = [s for s in _all(build, made.do) if isinstance(s, Create)] if made else []
    return tuple(
        each
        for each in of_kind(build, "rule")
        if (other := rule(build, each)) is not None
        and any(
            _begins(build, other, create) and not (each == declared and _runs_out(other, create))
            for create in creates
        )
    )


def _runs_out(made: Rule, create: Create) -> bool:
    """Whether a rule that makes records for itself counts up or down to a bound of its own."""
    return any(
        _is_step(value, name, sign) and _bounds(made.when, name, words)
        for name, value in create.values.items()
        for sign, words in (("+", ("<", "<=")), ("-", (">", ">=")))
    )


def _is_step(value: Expr, name: str, sign: str) -> bool:
    """Whether a value is that of the same field, moved by a whole number."""
    match value:
        case Op(args=(FieldOf(of=Var(name="this"), field=field), Const(value=int(by)))):
            return (value.op, field) == (sign, name) and by > 0
    return False


def _bounds(condition: Expr | None, name: str, words: tuple[str, ...]) -> bool:
    """Whether a condition keeps a field on one side of a constant."""
    match condition:
        case Op(op="and"):
            return any(_bounds(part, name, words) for part in condition.args)
        case Op(args=(FieldOf(of=Var(name="this"), field=field), Const())):
            return condition.op in words and field == name
    return False


def _begins(build: Build, made: Rule, create: Create) -> bool:
    """Whether a rule fires for a record that is made so; False where its condition cannot hold."""
    if create.entity != made.entity or made.moments or made.refusal:
        return False
    if made.events and all(event.kind != "created" for event in made.events):
        return False
    if made.when is None:
        return True
    return not may_all_hold((_at_birth(build, made.when, create),), Known(build)).is_no


def _at_birth(build: Build, condition: Expr, create: Create) -> Expr:
    """A condition on a new record, with the constants that it is made with."""
    if isinstance(condition, FieldOf) and condition.of == Var(type=ref(create.entity), name=THIS):
        value = _given(build, create, condition)
        return value if isinstance(value, Const) else condition
    return rebuilt(condition, lambda part: _at_birth(build, part, create))


def _given(build: Build, create: Create, read: FieldOf) -> Expr | None:
    """What a field of a new record is: as given, else its default, else null."""
    if read.field in create.values or create.like is not None:
        return create.values.get(read.field)
    known = entity(build, create.entity).fields.get(read.field)
    if known is None or known.computed is not None or known.system or known.type.kind == "set":
        return None
    return known.default or Const(type=read.type.optional(), value=None)


def _all(
    build: Build, statements: Iterable[Statement], seen: frozenset[tuple[str, str]] = frozenset()
) -> Iterator[Statement]:
    """Statements with those inside them, those of the transitions they take among them."""
    for each in statements:
        yield each
        if isinstance(each, Let) and each.create is not None:
            yield each.create
        if isinstance(each, For):
            yield from _all(build, each.body, seen)
        if isinstance(each, Transit) and (each.row.type.of, each.transition) not in seen:
            known = flow(build, EntityId(each.row.type.of))
            step = known.transitions.get(each.transition) if known else None
            if step is not None:
                yield from _all(build, step.do, seen | {(each.row.type.of, each.transition)})
