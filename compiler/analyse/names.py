"""Names and paths in expressions: variables, members of the row, values, entities, roles."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.analyse.context import BROKEN, Context, is_broken, narrowed, rule, typed
from compiler.analyse.enums import data_keys, value_names
from compiler.analyse.paths import names_of, rows_of, step
from compiler.analyse.unknown import (
    FieldOfReport,
    UnknownColumn,
    UnknownField,
    short_name,
    unknown_value,
)
from compiler.build import Build, query
from compiler.model.app import USER
from compiler.model.base import EntityId, RoleId
from compiler.model.expr import (
    INPUT,
    ME,
    OLD,
    Const,
    DataRow,
    Expr,
    Extent,
    FieldOf,
    Holders,
    Var,
)  # fmt: skip
from compiler.model.types import Type, enum, ref, set_of
from compiler.resolve.declared import Declared, Kind, of_kind
from compiler.resolve.members import CLOCK_PARTS, entities, may_have, shape
from compiler.resolve.names import (
    KIND_NAMES,
    AmbiguousName,
    UnknownName,
    WrongKind,
    article,
    find,
    is_lost,
    nearest,
    visible_names,
)  # fmt: skip
from compiler.resolve.symbols import of_declared, of_local, of_value
from dsl.ast import expr as ast
from dsl.ast.base import Name
from dsl.diagnostic import Message, Problem

VALUES: tuple[Kind, ...] = ("entity", "data", "role", "enum")


class NotHere(Problem, code="CW0410", name="not-here"):
    word: str
    message = Message("`{word}` means nothing here", "此处不能使用 `{word}`")
    help = Message(
        "`old` stands in rules and transitions, `me` where somebody is signed in",
        "`old` 用于规则和流转，`me` 用于有登录者之处",
    )


@rule(ast.NameRef)
def _name(context: Context, node: ast.NameRef, expected: Type | None) -> Expr:
    value = _value_of_enum(context, node.name, expected)
    return value or local(context, node.name) or _global(context, node, expected)


def local(context: Context, name: Name) -> Expr | None:
    """What a bare name means as a variable or a member of the row; None if it is neither."""
    variable = context.variables.get(name.text) or context.params.get(name.text)
    if variable is not None:
        symbol = context.symbols.get(name.text)
        context.mention(name, symbol or of_local(context.block, name.text))
        return narrowed(context, variable)
    if name.text in context.inputs and not context.inputs_of:
        context.mention(name, of_local(context.block, name.text))
        source = Var(type=ref(INPUT), name=INPUT)
        type = context.inputs[name.text]
        return narrowed(context, FieldOf(type=type, of=source, field=name.text))
    row = context.row
    if row is not None and name.text in shape(context.build, EntityId(row.type.of)).slots:
        return step(context, row, name)
    asked = name.text == INPUT and context.inputs and not context.inputs_of
    return Var(type=ref(INPUT), name=INPUT) if asked else None


def _value_of_enum(context: Context, name: Name, expected: Type | None) -> Const | None:
    wanted = expected.item if expected and expected.kind == "set" else expected
    if wanted is None or wanted.kind != "enum":
        return None
    if name.text not in value_names(context.build, wanted.of):
        return None
    context.mention(name, of_value(wanted.of, name.text))
    return Const(type=wanted.present(), value=name.text)


def _global(context: Context, node: ast.NameRef, expected: Type | None) -> Expr:
    written = node.name.text
    found = find(context.build, context.module, [written], VALUES)
    if isinstance(found, Declared):
        return _declared(context, node, found)
    if found.several:
        choices = ", ".join(f"`{each.id}`" for each in found.several)
        return context.report(
            AmbiguousName(at=context.place(node), written=written, choices=choices)
        )
    if _is_excused(context, written) or (expected and expected.kind == "error"):
        return BROKEN
    return context.report(_unknown(context, node, expected))


def _is_excused(context: Context, written: str) -> bool:
    """Whether a name that means nothing comes of a fault that is reported elsewhere."""
    if context.row is not None and context.row.type.of in entities(context.build):
        return may_have(context.build, EntityId(context.row.type.of), written)
    return is_lost(context.build, written)


def _declared(context: Context, node: ast.NameRef | ast.Attr, found: Declared) -> Expr:
    context.mention(node.name, of_declared(found))
    if found.kind == "role":
        return Holders(type=set_of(ref(USER)), role=RoleId(found.id))
    if found.kind in ("entity", "data"):
        return Extent(type=set_of(ref(found.id)), entity=EntityId(found.id))
    was, want = KIND_NAMES[found.kind], Message("value", "值")
    return context.report(
        WrongKind(
            at=context.place(node), written=found.name, found=was.en, found_zh=was.zh,
            wanted=want.en, wanted_zh=want.zh, article=article(want.en),
        )
    )  # fmt: skip


def _unknown(context: Context, node: ast.NameRef, expected: Type | None) -> Problem:
    build, written, at = context.build, node.name.text, context.place(node)
    wanted = expected.item if expected and expected.kind == "set" else expected
    if wanted is not None and wanted.kind == "enum":
        return unknown_value(at, written, short_name(wanted.of), value_names(build, wanted.of))
    if context.rows is not None:
        if written in shape(build, context.rows).slots:
            return FieldOfReport(at=at, written=written)
        near = _call(written) or nearest(written, [*context.variables, *context.params])
        return UnknownColumn(at=at, written=written, near=near)
    entity = EntityId(context.row.type.of) if context.row else None
    prefix = f"{context.inputs_of}." if context.inputs_of else ""
    inputs = (f"{prefix}{name}" for name in context.inputs)
    known = [*context.variables, *context.params, *inputs]
    known += shape(build, entity).slots if entity else ()
    values = visible_names(build, context.module, VALUES)
    near = _call(written) or nearest(written, [*known, *values])
    if f"{prefix}{written}" in known:
        near = f"{prefix}{written}"
    if context.this is not None and written in shape(build, context.this).slots:
        near = f"this.{written}"
    if entity is None:
        return UnknownName(
            at=at, written=written, wanted="value", wanted_zh="值", near=near, elsewhere=""
        )
    return UnknownField(at=at, written=written, entity=short_name(entity), near=near)


def _call(written: str) -> str:
    """The call that was meant where its brackets were forgotten."""
    return f"{written}()" if written in ("today", "now", "count") else ""


@rule(ast.This)
def _this(context: Context, node: ast.This, expected: Type | None) -> Expr:
    if context.this is None:
        return context.report(NotHere(at=context.place(node), word="this"))
    return Var(type=ref(context.this), name="this")


@rule(ast.Old)
def _old(context: Context, node: ast.Old, expected: Type | None) -> Expr:
    if context.this is None or not context.has_old:
        return context.report(NotHere(at=context.place(node), word="old"))
    return narrowed(context, Var(type=ref(context.this, nullable=True), name=OLD))


@rule(ast.Me)
def _me(context: Context, node: ast.Me, expected: Type | None) -> Expr:
    if not context.has_me:
        return context.report(NotHere(at=context.place(node), word="me"))
    return Var(type=ref(USER), name=ME)


def attribute(context: Context, node: ast.Attr) -> Expr:
    """What a name after a dot means."""
    constant = _qualified(context, node) or _of_clock(context, node)
    if constant is not None:
        return constant
    of = typed(context, node.of)
    if is_broken(of):
        return BROKEN
    if of.type.kind == "set":
        return rows_of(context, of, node.name)
    return step(context, of, node.name)


def _of_clock(context: Context, node: ast.Attr) -> Expr | None:
    """What a clock shows, `repair.due`, of the row or of a record that a path leads to."""
    of = node.of
    if node.name.text not in CLOCK_PARTS or not isinstance(of, ast.NameRef | ast.Attr):
        return None
    if of.name.text not in clock_names(context.build):
        return None
    if isinstance(of, ast.NameRef):
        row = None if local_exists(context, of.name) else context.row
    else:
        row = typed(context, of.of)
    if row is None or row.type.kind != "ref":
        return None
    name = f"{of.name.text}_{node.name.text}"
    slot = shape(context.build, EntityId(row.type.of)).slots.get(name)
    if slot is None or slot.source != "clock":
        return None
    return step(context, row, Name(of.name.span.to(node.name.span), name))


@query
def clock_names(build: Build) -> frozenset[str]:
    """The names of all clocks."""
    return frozenset(each.name for each in of_kind(build, "clock"))


def _qualified(context: Context, node: ast.Attr) -> Expr | None:
    """A value of an enum, a row of reference data, a name of another module; None if the path
    starts at a variable or a member, or is none of these."""
    names = names_of(node)
    if names is None or local_exists(context, names[0]):
        return None
    *parts, last = (name.text for name in names)
    found = find(context.build, context.module, parts, VALUES)
    if isinstance(found, Declared) and found.kind == "enum":
        context.mention(names[-2], of_declared(found))
        return _enum_value(context, found.id, names[-1])
    if isinstance(found, Declared) and last in data_keys(context.build, EntityId(found.id)):
        context.mention(names[-2], of_declared(found))
        return DataRow(type=ref(found.id), entity=EntityId(found.id), key=last)
    whole = find(context.build, context.module, [*parts, last], VALUES)
    if isinstance(whole, Declared) and len(names) == 2:
        return _declared(context, node, whole)
    return None


def _enum_value(context: Context, of: str, name: Name) -> Expr:
    if name.text in value_names(context.build, of):
        context.mention(name, of_value(of, name.text))
        return Const(type=enum(of), value=name.text)
    if is_lost(context.build, name.text):
        return BROKEN
    values = value_names(context.build, of)
    return context.report(unknown_value(context.place(name), name.text, short_name(of), values))


def local_exists(context: Context, name: Name) -> bool:
    """Whether a bare name is a variable or a member of the row."""
    row = context.row
    return (
        name.text in context.variables
        or name.text in context.params
        or (name.text in context.inputs and not context.inputs_of)
        or (row is not None and name.text in shape(context.build, EntityId(row.type.of)).slots)
    )


def path_start(context: Context, node: ast.Expr) -> tuple[Expr, list[Name]]:
    """What a path begins with, typed, and the names that follow; a qualified name counts as one."""
    names = names_of(node)
    if names is None:
        if isinstance(node, ast.Attr):
            start, rest = path_start(context, node.of)
            return start, [*rest, node.name]
        return typed(context, node), []
    first, *rest = names
    value = local(context, first)
    if value is not None:
        return value, rest
    if rest and isinstance(
        find(context.build, context.module, _texts(names[:2]), VALUES), Declared
    ):
        return typed(context, ast.Attr(first.span, ast.NameRef(first.span, first), rest[0])), rest[
            1:
        ]
    return typed(context, ast.NameRef(first.span, first)), rest


def _texts(names: Iterable[Name]) -> list[str]:
    return [name.text for name in names]
