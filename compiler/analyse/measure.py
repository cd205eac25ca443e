"""What only the measures of a report can say: a measure beside those of other groups (`share`,
`running` …), and how records went through their flow (`entered`, `in` …)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from compiler.analyse.context import BROKEN, Context, is_broken, rule, typed
from compiler.analyse.fit import fit
from compiler.analyse.member import flow_of
from compiler.analyse.unknown import short_name, unknown_value
from compiler.model.expr import Aggregate, Expr, Extent, Var
from compiler.model.report import Across, AcrossFunction, Moved, MovedFunction
from compiler.model.rewrite import walk
from compiler.model.types import DATE, DURATION, INSTANT, INT, Type, decimal, ref, set_of
from compiler.operators import aggregate_type
from compiler.resolve.names import is_lost
from compiler.resolve.symbols import of_value
from dsl.ast import expr as ast
from dsl.ast.base import Name
from dsl.diagnostic import Message, Problem

SHARE_SCALE = 8
FEWEST_MOVING = 2


MEASURABLE = frozenset({"int", "decimal", "duration", "worktime"})


class NotANumber(Problem, code="CW0706", name="measure-is-no-number"):
    measure: str
    message = Message("the measure `{measure}` is not a number", "指标 `{measure}` 不是数值")
    help = Message(
        "add up or count something: `sum(…)`, `count()`", "请求和或计数：`sum(…)`、`count()`"
    )


class OneMeasure(Problem, code="CW0707", name="one-measure"):
    function: str
    example: str
    message = Message("`{function}` is of one measure", "`{function}` 须用于一个指标")
    help = Message("write `{example}`", "请写 `{example}`")


class AcrossInAcross(Problem, code="CW0708", name="across-in-across"):
    function: str
    message = Message(
        "`{function}` is of a measure of each group, not of one that looks across groups",
        "`{function}` 须用于各组自身的指标，而不是跨组的指标",
    )
    help = Message(
        "give both the same measure, and combine them: `running(a) / total(a)`",
        "请对同一指标分别使用后再组合：`running(a) / total(a)`",
    )


class NotInMeasure(Problem, code="CW0709", name="not-in-a-measure"):
    word: str
    message = Message("`{word}` is a measure of a report", "`{word}` 是报表的指标")
    help = Message("write it after `show`", "请写在 `show` 之后")


class NoFlowToMeasure(Problem, code="CW0710", name="no-flow-to-measure"):
    word: str
    entity: str
    message = Message(
        "`{entity}` has no flow, so `{word}` means nothing",
        "`{entity}` 没有流程，不能使用 `{word}`",
    )
    help = Message("declare `flow {entity}.status`", "请声明 `flow {entity}.status`")


def _across(context: Context, node: ast.Call, function: str) -> Expr:
    measuring = context.measuring
    assert measuring is not None
    wanted = 2 if function == "moving" else 1
    given = [argument.value for argument in node.arguments]
    count = _count(given[-1]) if wanted == 2 and len(given) == 2 else 0
    if len(given) != wanted or (wanted == 2 and count < FEWEST_MOVING):
        example = "moving(revenue, 3)" if wanted == 2 else f"{function}(revenue)"
        return context.report(
            OneMeasure(at=context.place(node), function=function, example=example)
        )
    value = typed(context, given[0])
    if is_broken(value):
        return BROKEN
    names = {each.name for each in measuring.across}
    if any(isinstance(part, Var) and part.name in names for part in walk(value)):
        return context.report(AcrossInAcross(at=context.place(given[0]), function=function))
    type = _ACROSS[function](value.type)
    if type is None or value.type.kind not in MEASURABLE:
        return context.report(NotANumber(at=context.place(given[0]), measure=function))
    name = f"across{len(measuring.across)}"
    measuring.across.append(
        Across(
            name=name,
            function=cast(AcrossFunction, function),
            type=type,
            value=value,
            count=count,
        )
    )
    return Var(type=type, name=name)


def _count(node: ast.Expr) -> int:
    whole = isinstance(node, ast.Number) and node.value == int(node.value)
    return int(node.value) if isinstance(node, ast.Number) and whole else 0


def _share_type(type: Type) -> Type:
    return decimal(SHARE_SCALE, unit="%").optional()


_ACROSS: Mapping[str, Callable[[Type], Type | None]] = {
    "share": _share_type,
    "total": lambda type: type,
    "running": lambda type: aggregate_type("sum", type),
    "moving": lambda type: aggregate_type("avg", type),
    "previous": lambda type: type.optional(),
}


def _moved(context: Context, node: ast.Call, function: str) -> Expr:
    argument = node.arguments[0].value if len(node.arguments) == 1 else None
    if not isinstance(argument, ast.NameRef):
        return context.report(
            OneMeasure(at=context.place(node), function=function, example=f"{function}(won)")
        )
    return _of_state(context, node, function, argument.name)


def _of_state(
    context: Context, node: ast.Expr, function: str, state: Name, at: Expr | None = None
) -> Expr:
    measuring = context.measuring
    if measuring is None or context.rows is None:
        return context.report(NotInMeasure(at=context.place(node), word=function))
    flow = flow_of(context.build, context.rows)
    entity = short_name(context.rows)
    if flow is None:
        return context.report(NoFlowToMeasure(at=context.place(node), word=function, entity=entity))
    states = [each.name.text for each in flow.states]
    if state.text not in states:
        if is_lost(context.build, state.text):
            return BROKEN
        return context.report(unknown_value(context.place(state), state.text, entity, states))
    context.mention(state, of_value(f"{context.rows}.{flow.name.text}", state.text))
    name = f"moved{len(measuring.moves)}"
    measuring.moves.append(
        Moved(
            name=name,
            function=cast(MovedFunction, function),
            subject=state.text,
            at=at,
        )
    )
    return Var(type=DURATION if function == "time_in" else INT, name=name)


@rule(ast.InState)
def _in_state(context: Context, node: ast.InState, expected: Type | None) -> Expr:
    if context.measuring is None:
        return context.report(NotInMeasure(at=context.place(node), word="in"))
    at = _moment(context, node.at) if node.at is not None else None
    if at is not None and is_broken(at):
        return BROKEN
    return _of_state(context, node, "in", node.state, at)


def _moment(context: Context, node: ast.Expr) -> Expr:
    """A moment, or a day, which is meant to its end; of no row."""
    value = typed(replace(context, rows=None, measuring=None, variables={}), node)
    return fit(context, node, value, DATE if value.type.kind == "date" else INSTANT)


def _breached(context: Context, node: ast.Call, function: str) -> Expr:
    """`breached(repair)`: how many rows were late by a clock."""
    clock = node.arguments[0].value if len(node.arguments) == 1 else None
    if not isinstance(clock, ast.NameRef) or context.rows is None:
        return context.report(
            OneMeasure(at=context.place(node), function=function, example="breached(repair)")
        )
    row, rows = context.new_row(ref(context.rows)), set_of(ref(context.rows))
    inside = context.within(row)
    late = typed(inside, ast.Attr(clock.span, clock, Name(clock.span, "breached")))
    if is_broken(late):
        return BROKEN
    return Aggregate(
        type=INT, function="count", distinct=False, row=row.name,
        source=Extent(type=rows, entity=context.rows), value=None, where=late, sort=(),
    )  # fmt: skip


MEASURES: Mapping[str, Callable[[Context, ast.Call, str], Expr]] = {
    **dict.fromkeys(_ACROSS, _across),
    **dict.fromkeys(("entered", "left", "returned", "time_in"), _moved),
    "breached": _breached,
}
"""Functions that only measures have, by name."""
