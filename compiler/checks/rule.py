"""Rules: that they can fire, do something, and do not contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from compiler.analyse.called import definition
from compiler.analyse.order import after, written_by
from compiler.analyse.rule import rule
from compiler.analyse.unknown import short_name
from compiler.build import Build, query
from compiler.checks.knowledge import Known
from compiler.checks.places import at
from compiler.logic import may_all_hold, may_both_hold
from compiler.model.base import EntityId
from compiler.model.expr import FieldOf, Func, Op
from compiler.model.inline import walk_through
from compiler.model.rule import Rule
from compiler.model.statement import Create, Let, Statement
from compiler.resolve.declared import Declared, decl, of_kind
from dsl.ast.rule import RuleDecl
from dsl.diagnostic import Label, Message, Problem, Severity
from dsl.source import Place

ORDER = frozenset({"<", "<=", ">", ">="})


class RefusalWithoutEvent(Problem, code="CW0601", name="refusal-without-event"):
    entity: str
    message = Message(
        "a rule that refuses needs an event to refuse", "拒绝或警告的规则须写明针对的事件"
    )
    help = Message(
        "write `on {entity} created or changed`; what must always hold is a `check` of the entity",
        "请写 `on {entity} created or changed`；始终须成立的条件请用实体的 `check`",
    )


class DoesNothing(Problem, code="CW0603", name="rule-does-nothing"):
    rule: str
    message = Message("the rule `{rule}` does nothing", "规则 `{rule}` 什么也不做")
    help = Message("give it a `do`, a `reject` or a `warn`", "请加上 `do`、`reject` 或 `warn`")


class NeverFires(Problem, code="CW0604", name="never-fires"):
    rule: str
    entity: str
    message = Message("nothing makes the rule `{rule}` fire", "没有什么会触发规则 `{rule}`")
    help = Message(
        "name an event, `on {entity} created`, or a condition, `when …`",
        "请写明事件 `on {entity} created`，或条件 `when …`",
    )


class UnorderedWriters(Problem, code="CW0605", name="unordered-writers"):
    rule: str
    other: str
    field: str
    first: Place
    example: str
    message = Message(
        "`{rule}` and `{other}` may both set `{field}` in the same act",
        "`{rule}` 与 `{other}` 可能在同一次操作中都设置 `{field}`",
    )
    help = Message(
        "say which comes first, `after {other}`, or make their conditions exclude each other",
        "请用 `after {other}` 指明先后，或使两者的条件互斥",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("the other one", "另一条规则"))
        if self.example:
            both = Message("both fire when {example}", "{example} 时两者都触发")
            yield Label(self.at, both.filled({"example": self.example}))


class NullNeverComes(Problem, code="CW0606", name="null-never-comes", severity=Severity.WARNING):
    field: str
    instead: str
    message = Message(
        "without a `{field}` this never becomes true", "没有 `{field}` 时此条件永远不会成立"
    )
    help = Message(
        "if that is meant, write `{field} is not null and …`; if not, what to use instead: "
        "`{field} ?? {instead}`",
        "若本意如此，请写 `{field} is not null and …`；否则请写明替代值：`{field} ?? {instead}`",
    )


@query
def refusals_have_events(build: Build, declared: Declared) -> None:
    """`reject` and `warn` guard an act, so the rule says which."""
    made = rule(build, declared)
    if made and made.refusal and not made.events and not _has_moments(build, declared):
        build.report(RefusalWithoutEvent(at=at(made.origin), entity=short_name(made.entity)))


@query
def rules_do_something(build: Build, declared: Declared) -> None:
    """A rule has an effect."""
    made = rule(build, declared)
    if made and not made.refusal and not made.do:
        build.report(DoesNothing(at=at(made.origin), rule=made.name))


@query
def rules_can_fire(build: Build, declared: Declared) -> None:
    """A rule has an event, a time, or a condition that becomes true."""
    made = rule(build, declared)
    if _has_moments(build, declared):
        return
    if made and not made.events and made.when is None and not made.refusal:
        problem = NeverFires(at=at(made.origin), rule=made.name, entity=short_name(made.entity))
        build.report(problem)


def _has_moments(build: Build, declared: Declared) -> bool:
    """Whether times are written, understood or not."""
    return bool(decl(build, declared.block, RuleDecl).moments)


@query
def time_is_compared_with_something(build: Build, declared: Declared) -> None:
    """A condition on time does not quietly leave out records without the date."""
    made = rule(build, declared)
    if made is None or made.when is None:
        return
    for part in walk_through(made.when, definition(build)):
        if isinstance(part, Op) and part.op in ORDER and _is_timed(build, part):
            missing = [arg for arg in part.args if arg.type.nullable]
            if missing and isinstance(missing[0], FieldOf):
                field = missing[0].field
                instead = "date(created_at)" if missing[0].type.kind == "date" else "created_at"
                build.report(NullNeverComes(at=at(made.origin), field=field, instead=instead))


def _is_timed(build: Build, test: Op) -> bool:
    functions = build.library.functions
    parts = (part for arg in test.args for part in walk_through(arg, definition(build)))
    called = (part.name for part in parts if isinstance(part, Func))
    return any(functions[name].upkeep == "time" for name in called if name in functions)


@query
def writers_are_ordered(build: Build) -> None:
    """Two rules that may set one field in the same act are ordered by the text."""
    setters = {each: _sets(build, each) for each in of_kind(build, "rule")}
    for one, other in combinations([each for each in setters if setters[each]], 2):
        for entity, field in sorted(setters[one] & setters[other]):
            if not _are_apart(build, one, other):
                _report_unordered(build, one, other, f"{short_name(entity)}.{field}")


def _report_unordered(build: Build, one: Declared, other: Declared, field: str) -> None:
    first, second = rule(build, one), rule(build, other)
    assert first and second
    build.report(
        UnorderedWriters(
            at=at(second.origin), rule=second.name, other=first.name, field=field,
            first=at(first.origin), example=_example(build, first, second),
        )
    )  # fmt: skip


def _example(build: Build, one: Rule, other: Rule) -> str:
    """Values with which both fire, where some are known."""
    conditions = [each.when for each in (one, other) if each.when is not None]
    if one.entity != other.entity or not conditions:
        return ""
    verdict = may_all_hold(conditions, Known(build))
    return str(verdict) if verdict.is_yes else ""


@query
def _sets(build: Build, declared: Declared) -> frozenset[tuple[EntityId, str]]:
    """The fields of records that are there already which a rule sets."""
    made = rule(build, declared)
    return frozenset(written_by(_without_new(made.do))) if made else frozenset()


def _without_new(statements: Iterable[Statement]) -> Iterator[Statement]:
    return (each for each in statements if not isinstance(each, Create | Let))


def _are_apart(build: Build, one: Declared, other: Declared) -> bool:
    """Whether the order is said, or the two cannot fire together."""
    if one in after(build, other) or other in after(build, one):
        return True
    first, second = rule(build, one), rule(build, other)
    assert first and second
    if first.entity != second.entity:
        return False
    return _on_different_events(first, second) or _exclude_each_other(build, first, second)


def _on_different_events(one: Rule, other: Rule) -> bool:
    kinds = _kinds(one), _kinds(other)
    if not kinds[0] or not kinds[1]:
        return False
    if "moment" in kinds[0] | kinds[1]:
        return {"moment"} in kinds and not {"changed", "entered"} & (kinds[0] | kinds[1])
    if kinds[0] == kinds[1] == {"entered"}:
        states = [{name for event in each.events for name in event.names} for each in (one, other)]
        return not states[0] & states[1]
    if "deleted" in kinds[0] | kinds[1] or {"created", "changed"} == kinds[0] | kinds[1]:
        return not kinds[0] & kinds[1]
    return False


def _kinds(made: Rule) -> set[str]:
    """What makes a rule fire; empty for a condition. At its moments each has an act of its own."""
    return {event.kind for event in made.events} | ({"moment"} if made.moments else set())


def _exclude_each_other(build: Build, one: Rule, other: Rule) -> bool:
    """Whether it is proved that the conditions of the two cannot both hold."""
    if one.when is None or other.when is None:
        return False
    return may_both_hold(one.when, other.when, Known(build)).is_no
