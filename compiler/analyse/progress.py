"""What a report says of the course of things: comparison, funnel, cohort, age."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import cast

from compiler.analyse.expr import Context, is_broken, typed
from compiler.analyse.grouping import in_time
from compiler.analyse.literals import SECONDS, CalendarUnit
from compiler.analyse.measure import NoFlowToMeasure
from compiler.analyse.member import flow_of
from compiler.analyse.paths import path_of
from compiler.analyse.types import type_name
from compiler.analyse.unknown import report_unknown_field, short_name, unknown_value
from compiler.model.base import EntityId
from compiler.model.report import Age, Cohort, Compare, Funnel, Grain, Step
from compiler.model.types import Type
from compiler.resolve.names import Misspelt, is_lost, nearest
from compiler.resolve.symbols import of_value
from compiler.values.periods import UNITS
from dsl.ast import expr
from dsl.ast import report as ast
from dsl.ast.base import Name
from dsl.ast.flow import FlowDecl
from dsl.diagnostic import Message, Problem

DAY = 86_400
USUAL_AGES = (7 * DAY, 30 * DAY, 90 * DAY)
SAME = ("date", "weekday")


class UnknownSpan(Misspelt, Problem, code="CW0722", name="unknown-span"):
    written: str
    near: str
    message = Message("`{written}` is no span of time", "`{written}` 不是时间单位")
    help = Message("they are {spans}", "可用：{spans}")
    spans: str


class FewSteps(Problem, code="CW0723", name="one-step-funnel"):
    message = Message("a funnel has two steps or more", "漏斗至少有两个步骤")
    help = Message(
        "name states in the order in which records come to them",
        "请按记录到达的先后写出状态",
    )


class NotFirst(Problem, code="CW0724", name="cohort-without-first"):
    message = Message(
        "a cohort begins with the first date of something", "同期群以某事首次发生的日期为起点"
    )
    help = Message(
        "write `cohort customer by month first(ordered_on) returning month`",
        "请写 `cohort customer by month first(ordered_on) returning month`",
    )


class NotOneRecord(Problem, code="CW0725", name="cohort-of-no-record"):
    written: str
    found: str
    found_zh: str
    message = Message(
        "`{written}` is {found}, but a cohort is of records",
        "`{written}` 是{found_zh}，而同期群须由记录组成",
    )
    help = Message("name a reference, such as `customer`", "请写引用字段，例如 `customer`")


class FallingAges(Problem, code="CW0726", name="ages-do-not-rise"):
    message = Message("the ages of a band rise", "各段时长须递增")
    help = Message("write `age in stage 7 days, 30 days`", "请写 `age in stage 7 days, 30 days`")


def compare(context: Context, tree: ast.Compare | None) -> Compare | None:
    if tree is None:
        return None
    known = is_span(context, tree.step)
    same = tree.same.text if tree.same else "date"
    if same not in SAME:
        assert tree.same is not None
        _unknown(context, tree.same, SAME)
    if not known or same not in SAME:
        return None
    return Compare(
        step=cast(Step, tree.step.text),
        same="weekday" if same == "weekday" else "date",
    )


def is_span(context: Context, name: Name) -> bool:
    """Whether a name is a unit of time; others are reported."""
    if name.text not in UNITS:
        _unknown(context, name, UNITS)
    return name.text in UNITS


def _unknown(context: Context, name: Name, names: tuple[str, ...]) -> None:
    shown = ", ".join(f"`{each}`" for each in names)
    near = nearest(name.text, names)
    context.report(UnknownSpan(at=context.place(name), written=name.text, near=near, spans=shown))


def funnel(context: Context, entity: EntityId, tree: ast.Funnel | None) -> Funnel | None:
    """The steps of a funnel: states of the flow."""
    if tree is None:
        return None
    flow = _flow(context, entity, "funnel", tree, tree.field)
    if flow is None:
        return None
    steps = [name.text for name in tree.steps if _is_state(context, entity, flow, name)]
    if len(tree.steps) < 2:
        context.report(FewSteps(at=context.place(tree)))
    within = seconds(context, tree.within) if tree.within else None
    return Funnel(steps=tuple(steps), within=within)


def _flow(
    context: Context,
    entity: EntityId,
    word: str,
    tree: ast.Funnel | ast.Age,
    field: Name | None,
) -> FlowDecl | None:
    flow = flow_of(context.build, entity)
    if flow is None:
        short = short_name(entity)
        context.report(NoFlowToMeasure(at=context.place(tree), word=word, entity=short))
    elif field is not None and field.text != flow.name.text:
        report_unknown_field(context.build, context.place(field), entity, field.text)
        return None
    return flow


def _is_state(context: Context, entity: EntityId, flow: FlowDecl, name: Name) -> bool:
    states = [each.name.text for each in flow.states]
    if name.text not in states and not is_lost(context.build, name.text):
        context.report(unknown_value(context.place(name), name.text, short_name(entity), states))
    if name.text in states:
        context.mention(name, of_value(f"{entity}.{flow.name.text}", name.text))
    return name.text in states


def seconds(context: Context, tree: expr.DurationLit) -> int:
    """How long a duration of fixed length is; others are reported."""
    if tree.unit not in SECONDS:
        context.report(CalendarUnit(at=context.place(tree), unit=tree.unit))
        return DAY
    return int(tree.amount * Decimal(SECONDS[tree.unit]))


def cohort(context: Context, tree: ast.Cohort | None) -> Cohort | None:
    """Who is followed, from which date on."""
    if tree is None:
        return None
    subject = typed(context, path_of(tree.subject))
    if not is_broken(subject) and subject.type.kind != "ref":
        subject = context.report(_not_a_record(context, tree, subject.type))
    begin = tree.first
    if not isinstance(begin, expr.Aggregate) or begin.function != "first" or begin.source is None:
        context.report(NotFirst(at=context.place(begin)))
        return None
    first = in_time(context, begin.source)
    spans = [is_span(context, tree.by), is_span(context, tree.returning)]
    if is_broken(subject, first) or not all(spans):
        return None
    by, returning = cast(Grain, tree.by.text), cast(Grain, tree.returning.text)
    return Cohort(subject=subject, by=by, first=first, returning=returning)


def _not_a_record(context: Context, tree: ast.Cohort, type: Type) -> Problem:
    found, written = type_name(type), str(tree.subject)
    return NotOneRecord(
        at=context.place(tree.subject), written=written, found=found.en, found_zh=found.zh
    )


def age(context: Context, entity: EntityId, tree: ast.Age | None) -> Age | None:
    """The bands of how long records are in their state."""
    if tree is None or _flow(context, entity, "age", tree, tree.field) is None:
        return None
    limits = tuple(seconds(context, each) for each in tree.limits) or USUAL_AGES
    if any(low >= high for low, high in pairwise(limits)):
        context.report(FallingAges(at=context.place(tree)))
    return Age(limits=limits)
