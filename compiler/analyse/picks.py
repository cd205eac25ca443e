"""`pick`: one of many, fairly. A deed that is remembered, so it stands in statements alone."""

from __future__ import annotations

from compiler.analyse.context import BROKEN, Context, is_broken, rule, typed
from compiler.analyse.fit import condition
from compiler.analyse.narrowing import if_true
from compiler.analyse.nulls import null_opens_nothing
from compiler.analyse.operations import OperandWrong
from compiler.analyse.types import type_name
from compiler.model.expr import Expr, Pick
from compiler.model.types import Type
from compiler.operators import ORDERED
from dsl.ast import expr as ast
from dsl.diagnostic import Message, Problem


class PickOutsideStatement(Problem, code="CW0607", name="pick-outside-statement"):
    message = Message(
        "`pick` chooses anew each time, so it is no value that a formula can have",
        "`pick` 每次重新选择，不能作为公式的值",
    )
    help = Message(
        "let a statement keep its choice: `owner = pick(…)` or `let chosen = pick(…)`",
        "请用语句保存所选结果：`owner = pick(…)` 或 `let chosen = pick(…)`",
    )


class NothingToPick(Problem, code="CW0608", name="nothing-to-pick"):
    found: str
    found_zh: str
    message = Message(
        "`pick` chooses from records, not from {found}", "`pick` 从多条记录中选择，而不是{found_zh}"
    )
    help = Message(
        "name a role, an entity or a collection: `pick(Sales as s, …)`",
        "请写角色、实体或集合：`pick(Sales as s, …)`",
    )


@rule(ast.Pick)
def _pick(context: Context, node: ast.Pick, expected: Type | None) -> Expr:
    if not context.may_pick:
        return context.report(PickOutsideStatement(at=context.place(node)))
    source = typed(context, node.source)
    if is_broken(source):
        return BROKEN
    item = source.type.item
    if item is None or item.kind != "ref":
        found, at = type_name(source.type), context.place(node.source)
        return context.report(NothingToPick(at=at, found=found.en, found_zh=found.zh))
    row = context.new_row(item)
    inside = context.within(row, {node.alias.text: row} if node.alias else {})
    where = condition(inside, node.where) if node.where else None
    if node.where is not None and where is not None:
        null_opens_nothing(context, node.where, where)
        inside = inside.knowing(if_true(where))
    lowest = tuple(_key(inside, each) for each in node.lowest)
    if is_broken(*lowest, *((where,) if where else ())):
        return BROKEN
    return Pick(
        type=item.optional(), name=context.new_pick(), row=row.name, source=source, where=where,
        lowest=lowest, by_lot=node.random,
    )  # fmt: skip


def _key(context: Context, node: ast.Expr) -> Expr:
    """What rows are put in order by."""
    value = typed(context, node)
    if is_broken(value) or value.type.kind in ORDERED:
        return value
    found, at = type_name(value.type), context.place(node)
    return context.report(OperandWrong(at=at, op="lowest", found=found.en, found_zh=found.zh))
