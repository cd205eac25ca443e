"""Aggregates: over a path to many rows, an entity, a role, or the rows of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from compiler.analyse.context import BROKEN, Context, is_broken, rule, typed
from compiler.analyse.fit import condition
from compiler.analyse.member import SetWithoutAggregate
from compiler.analyse.names import path_start
from compiler.analyse.narrowing import if_true
from compiler.analyse.paths import is_many, leads_to_many, names_of, rows_of, step
from compiler.analyse.segments import Segment, both, segment_of
from compiler.analyse.types import type_name
from compiler.model.base import EntityId
from compiler.model.expr import THIS, Aggregate, AggregateFunction, Expr, Extent, SortKey, Var
from compiler.model.report import Grain, Snapshot
from compiler.model.types import Type, ref, set_of
from compiler.operators import aggregate_type
from compiler.resolve.members import entities
from compiler.resolve.symbols import of_declared
from compiler.values.periods import UNITS
from dsl.ast import expr as ast
from dsl.ast.base import Name
from dsl.diagnostic import Message, Problem


class NotASet(Problem, code="CW0419", name="not-a-set"):
    function: str
    found: str
    found_zh: str
    message = Message(
        "`{function}` runs over many rows, not over {found}",
        "`{function}` 须用于多行，而不是{found_zh}",
    )
    help = Message(
        "name a collection, an entity or a role: `{function}(lines.amount)`",
        "请写集合、实体或角色：`{function}(lines.amount)`",
    )


class CannotAggregate(Problem, code="CW0420", name="cannot-aggregate"):
    function: str
    found: str
    found_zh: str
    message = Message("`{function}` does not fit {found}", "`{function}` 不能用于{found_zh}")


class NothingToAggregate(Problem, code="CW0421", name="nothing-to-aggregate"):
    function: str
    message = Message("`{function}` of what?", "`{function}` 的对象是什么？")
    help = Message(
        "write a value: `{function}(lines.amount)` or `{function}(amount of lines)`",
        "请写明取值：`{function}(lines.amount)` 或 `{function}(amount of lines)`",
    )


class FansOut(Problem, code="CW0701", name="fans-out"):
    function: str
    message = Message(
        "`{function}` here would count rows of the report more than once",
        "此处的 `{function}` 会重复计算报表的行",
    )
    help = Message(
        "aggregate per row first: `sum(count(lines))`", "请先按行聚合：`sum(count(lines))`"
    )


ROWS_THEMSELVES: frozenset[AggregateFunction] = frozenset({"first", "last", "one"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What an aggregate runs over: the rows, and what is taken of each: a path, or a value."""

    source: Expr
    row: Var
    steps: tuple[Name, ...] = ()
    value: ast.Expr | None = None
    only: Segment | None = None


class NoFactNamed(Problem, code="CW0711", name="no-fact-named"):
    function: str
    facts: str
    message = Message(
        "this report is of several entities: say of which `{function}` is",
        "此报表涉及多个实体：请写明 `{function}` 属于哪一个",
    )
    help = Message("its rows are those of {facts}", "其行来自 {facts}")


class NotASnapshot(Problem, code="CW0712", name="not-a-snapshot"):
    message = Message(
        "`by` in an aggregate takes the first or last day of a report's rows",
        "聚合中的 `by` 用于取报表各行中最早或最晚的一天",
    )
    help = Message(
        "write `last(quantity by day)`, after `show` and without `where` or `sort`",
        "请在 `show` 之后写 `last(quantity by day)`，不带 `where` 或 `sort`",
    )


@rule(ast.Aggregate)
def _aggregate(context: Context, node: ast.Aggregate, expected: Type | None) -> Expr:
    if context.measuring is not None and context.measuring.facts:
        return _of_fact(context, context.measuring.facts, node)
    if context.rows is not None:
        return _of_report(context, context.rows, node)
    if node.by is not None:
        return context.report(NotASnapshot(at=context.place(node.by)))
    if node.source is None:
        return context.report(NothingToAggregate(at=context.place(node), function=node.function))
    subject = _subject(context, node, node.source)
    return _over(context, node, subject) if subject else BROKEN


def _over(context: Context, node: ast.Aggregate, subject: Subject) -> Expr:
    named = {node.alias.text: subject.row} if node.alias else {}
    inside = context.within(subject.row, named)
    where = condition(inside, node.where) if node.where else None
    if where is not None:
        inside = inside.knowing(if_true(where))
    if subject.only is not None and (where is None or not is_broken(where)):
        where = both(subject.only.holds(subject.row), where)
    value = _value(inside, node, subject)
    sort = tuple(
        SortKey(value=typed(inside, key.value), descending=key.descending) for key in node.sort
    )
    parts = (where, value, *(key.value for key in sort))
    if is_broken(*(part for part in parts if part is not None)):
        return BROKEN
    return _build(context, node, subject, value, where, sort)


def _build(
    context: Context,
    node: ast.Aggregate,
    subject: Subject,
    value: Expr | None,
    where: Expr | None,
    sort: tuple[SortKey, ...],
) -> Expr:
    of = value.type if value is not None else None
    if of is None and node.function not in ("count", "exists"):
        at = context.place(node)
        return context.report(NothingToAggregate(at=at, function=node.function))
    type = aggregate_type(node.function, of)
    if type is None:
        assert of is not None
        name = type_name(of)
        at = context.place(node.value or node.source or node)
        return context.report(
            CannotAggregate(at=at, function=node.function, found=name.en, found_zh=name.zh)
        )
    return Aggregate(
        type=type, function=node.function, distinct=node.distinct, row=subject.row.name,
        source=subject.source, value=value, where=where, sort=sort,
    )  # fmt: skip


def _value(inside: Context, node: ast.Aggregate, subject: Subject) -> Expr | None:
    written = node.value or subject.value
    if written is not None:
        return typed(inside, written)
    if subject.steps:
        value: Expr = subject.row
        for name in subject.steps:
            if is_broken(value):
                return BROKEN
            value = step(inside, value, name)
        return value
    return subject.row if node.function in ROWS_THEMSELVES else None


def _subject(context: Context, node: ast.Aggregate, source: ast.Expr) -> Subject | None:
    """The longest beginning of the path that leads to rows; what follows is taken of each row."""
    only = segment_of(context, source)
    current, names = (only.rows, list(only.rest)) if only else path_start(context, source)
    while names and not is_broken(current):
        item = current.type.item
        if only and item and is_many(context.build, item.of, names[0].text):
            at = context.place(names[0])
            context.report(SetWithoutAggregate(at=at, written=names[0].text))
            return None
        if item is None:
            current = step(context, current, names.pop(0))
        elif item.kind == "ref" and is_many(context.build, item.of, names[0].text):
            current = rows_of(context, current, names.pop(0))
        else:
            break
    if is_broken(current):
        return None
    if current.type.item is None:
        name = type_name(current.type)
        at = context.place(source)
        context.report(NotASet(at=at, function=node.function, found=name.en, found_zh=name.zh))
        return None
    return Subject(current, context.new_row(current.type.item), tuple(names), only=only)


def _of_fact(context: Context, facts: Mapping[str, EntityId], node: ast.Aggregate) -> Expr:
    """Over the rows of the fact that the path begins with: `sum(Sales.amount)`."""
    names = names_of(node.source) if node.source is not None else None
    fact = facts.get(names[0].text) if names else None
    if names is None or fact is None:
        shown = ", ".join(f"`{name}`" for name in facts)
        at = context.place(node.source or node)
        return context.report(NoFactNamed(at=at, function=node.function, facts=shown))
    context.mention(names[0], of_declared(entities(context.build)[fact]))
    rest = _path(names[1:])
    over = replace(node, source=rest or node.value, value=node.value if rest else None)
    return _of_report(context, fact, over)


def _path(names: Sequence[Name]) -> ast.Expr | None:
    path: ast.Expr | None = None
    for name in names:
        path = ast.Attr(name.span, path, name) if path else ast.NameRef(name.span, name)
    return path


def _snapshot(context: Context, rows: EntityId, node: ast.Aggregate) -> Expr:
    """`last(quantity by day)`: what the rows of the last day add up to."""
    measuring, plain = context.measuring, node.value is None and not node.sort and not node.where
    is_right = node.function in ("first", "last") and plain and not node.distinct
    if measuring is None or node.source is None or not is_right or str(node.by) not in UNITS:
        return context.report(NotASnapshot(at=context.place(node.by or node)))
    row = Var(type=ref(rows), name=THIS)
    value = typed(context.within(row), node.source)
    if is_broken(value):
        return BROKEN
    type = aggregate_type("sum", value.type)
    if type is None:
        found, at = type_name(value.type), context.place(node.source)
        return context.report(
            CannotAggregate(at=at, function=node.function, found=found.en, found_zh=found.zh)
        )
    name = f"snapshot{len(measuring.snapshots)}"
    measuring.snapshots.append(
        Snapshot(
            name=name,
            function="first" if node.function == "first" else "last",
            value=value,
            by=cast(Grain, str(node.by)),
        )
    )
    return Var(type=type.optional(), name=name)


def _of_report(context: Context, rows: EntityId, node: ast.Aggregate) -> Expr:
    """Over the rows of the report. What is many for one row is added up for each row first."""
    if node.by is not None:
        return _snapshot(context, rows, node)
    row = context.new_row(ref(rows))
    source = Extent(type=set_of(ref(rows)), entity=rows)
    inside = context.within(row)
    per_row = node.source is not None and (
        node.value is not None or leads_to_many(inside, node.source)
    )
    if not per_row:
        return _over(context, node, Subject(source, row, value=node.source))
    if node.function not in ("sum", "count") or node.distinct:
        return context.report(FansOut(at=context.place(node), function=node.function))
    value = typed(inside, node)
    if is_broken(value):
        return BROKEN
    type = aggregate_type("sum", value.type)
    assert type is not None
    return Aggregate(
        type=type, function="sum", distinct=False, row=row.name, source=source, value=value,
        where=None, sort=(),
    )  # fmt: skip
