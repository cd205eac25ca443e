"""Paths: from a row to a member of it, from rows to those they lead to."""

from __future__ import annotations

from compiler.analyse.context import BROKEN, Context, narrowed
from compiler.analyse.member import Member, SetWithoutAggregate, member
from compiler.analyse.types import type_name
from compiler.analyse.unknown import (
    UnknownField,
    report_unknown_field,
    short_name,
)
from compiler.build import Build, Cycle, TooDeep
from compiler.model.base import EntityId
from compiler.model.expr import (
    INPUT,
    Expr,
    FieldOf,
    Many,
)  # fmt: skip
from compiler.resolve.members import COLLECTIONS, mentioned, shape
from compiler.resolve.names import (
    nearest,
)  # fmt: skip
from compiler.resolve.symbols import of_local
from dsl.ast import expr as ast
from dsl.ast.base import Name, Path
from dsl.diagnostic import Message, Problem


class NotARecord(Problem, code="CW0408", name="not-a-record"):
    field: str
    found: str
    found_zh: str
    message = Message("{found} has no field `{field}`", "{found_zh}没有字段 `{field}`")
    help = Message("only a reference leads to fields", "只有引用才能继续取字段")


class ComputedCycle(Problem, code="CW0409", name="computed-cycle"):
    field: str
    message = Message("`{field}` is computed from itself", "`{field}` 的计算依赖于自身")
    help = Message(
        "break the circle: keep one of its fields as input", "请打破循环：让其中一个字段改为录入"
    )


class ChainTooLong(Problem, code="CW0433", name="chain-too-long"):
    message = Message("too many fields are computed one from the other", "依次计算的字段链过长")
    help = Message("compute them from fields nearer to the beginning", "请改为由更靠前的字段计算")


def step(context: Context, of: Expr, name: Name) -> Expr:
    """A member of the row that a path leads to."""
    if of.type.kind != "ref":
        was = type_name(of.type)
        return context.report(
            NotARecord(at=context.place(name), field=name.text, found=was.en, found_zh=was.zh)
        )
    if of.type.of == INPUT:
        return _input(context, of, name)
    found = _known(context, EntityId(of.type.of), name)
    if found is None or found.type.kind == "error":
        return BROKEN
    if found.is_collection:
        return Many(type=found.type, of=of, field=name.text)
    type = found.type.optional() if of.type.nullable else found.type
    return narrowed(context, FieldOf(type=type, of=of, field=name.text))


def rows_of(context: Context, of: Expr, name: Name) -> Expr:
    """The rows that all rows of a set have together: `orders.lines`."""
    item = of.type.item
    if item is None or item.kind != "ref":
        return context.report(SetWithoutAggregate(at=context.place(name), written=name.text))
    found = _known(context, EntityId(item.of), name)
    if found is None or found.type.kind == "error":
        return BROKEN
    if not found.is_collection:
        return context.report(SetWithoutAggregate(at=context.place(name), written=name.text))
    return Many(type=found.type, of=of, field=name.text)


def _input(context: Context, of: Expr, name: Name) -> Expr:
    type = context.inputs.get(name.text)
    if type is not None:
        context.mention(name, of_local(context.block, name.text))
        return FieldOf(type=type, of=of, field=name.text)
    near = nearest(name.text, context.inputs)
    at, entity = context.place(name), context.inputs_of or INPUT
    return context.report(UnknownField(at=at, written=name.text, entity=entity, near=near))


def _known(context: Context, entity: EntityId, name: Name) -> Member | None:
    """The member's signature; None after its absence was reported."""
    build = context.build
    try:
        found = member(build, entity, name.text)
    except TooDeep:
        context.report(ChainTooLong(at=context.place(name)))
        return None
    except Cycle:
        field = f"{short_name(entity)}.{name.text}"
        context.report(ComputedCycle(at=context.place(name), field=field))
        return None
    if not mentioned(build, context.block, shape(build, entity), name):
        report_unknown_field(build, context.place(name), entity, name.text)
    return found


def path_of(path: Path) -> ast.Expr:
    """A path of the text as the expression that it means."""
    value: ast.Expr = ast.NameRef(path.parts[0].span, path.parts[0])
    for name in path.parts[1:]:
        value = ast.Attr(name.span, value, name)
    return value


def names_of(node: ast.Expr) -> list[Name] | None:
    names: list[Name] = []
    while isinstance(node, ast.Attr):
        names.append(node.name)
        node = node.of
    return [node.name, *reversed(names)] if isinstance(node, ast.NameRef) else None


def is_many(build: Build, entity: str, name: str) -> bool:
    """Whether a member of an entity leads to many rows."""
    slot = shape(build, EntityId(entity)).slots.get(name)
    return slot is not None and slot.source in COLLECTIONS


def leads_to_many(context: Context, node: ast.Expr) -> bool:
    """Whether a path that starts at the row goes through a to-many member; reports nothing."""
    names, row = names_of(node), context.row
    if names is None or row is None:
        return False
    entity = row.type.of
    for name in names:
        if is_many(context.build, entity, name.text):
            return True
        slot = shape(context.build, EntityId(entity)).slots.get(name.text)
        if slot is None or slot.source not in ("reference", "parent", "builtin"):
            return False
        found = member(context.build, EntityId(entity), name.text)
        if found is None or found.type.kind != "ref":
            return False
        entity = found.type.of
    return False
