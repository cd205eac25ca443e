"""What a call answers to what a step asks: `deal.lose(lost_reason: "…")`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.analyse.assignment import MissingValue, UnnamedValue
from compiler.analyse.context import BROKEN, Context, is_broken
from compiler.analyse.fit import value_of
from compiler.analyse.member import member
from compiler.analyse.types import written_type
from compiler.analyse.unknown import UnknownField
from compiler.model.base import EntityId
from compiler.model.expr import Expr
from compiler.resolve.members import mentioned, shape
from compiler.resolve.names import nearest
from compiler.resolve.symbols import of_local
from dsl.ast import expr as ast
from dsl.ast.approval import AskDecl
from dsl.ast.base import Name


def answers(
    context: Context,
    entity: EntityId,
    arguments: Iterable[ast.Argument],
    asks: Mapping[str, AskDecl],
    where: tuple[str, str],
) -> dict[str, Expr] | None:
    """The values by name; None if one is broken. `where` are the module and the block in which
    the asking is written."""
    values: dict[str, Expr] = {}
    for argument in arguments:
        if argument.name is None:
            context.report(UnnamedValue(at=context.place(argument)))
            continue
        name = argument.name.text
        if name not in asks:
            at, near = context.place(argument.name), nearest(name, asks)
            context.report(UnknownField(at=at, written=name, entity="ask", near=near))
            continue
        _mention(context, argument.name, entity, asks[name], where)
        values[name] = _value(context, argument, entity, asks[name], where)
    return None if is_broken(*values.values()) else values


def report_missing(
    context: Context, call: ast.Call, entity: EntityId, asks: Mapping[str, AskDecl]
) -> None:
    """Report what must be answered and is not."""
    said = {argument.name.text for argument in call.arguments if argument.name is not None}
    for name, ask in asks.items():
        if name not in said and any(each.kind == "required" for each in ask.modifiers):
            short, at = entity.split(".", 1)[-1], context.place(call)
            context.report(MissingValue(at=at, entity=short, field=name))


def _mention(
    context: Context, name: Name, entity: EntityId, ask: AskDecl, where: tuple[str, str]
) -> None:
    if ask.type is None:
        mentioned(context.build, context.block, shape(context.build, entity), name)
    else:
        context.mention(name, of_local(where[1], name.text))


def _value(
    context: Context,
    argument: ast.Argument,
    entity: EntityId,
    ask: AskDecl,
    where: tuple[str, str],
) -> Expr:
    if ask.type is not None:
        kind = written_type(context.build, *where, ask.type, entities=True)
        return value_of(context, argument.value, kind.type.optional()) if kind else BROKEN
    found = member(context.build, entity, ask.name.text)
    return value_of(context, argument.value, found.type) if found else BROKEN
