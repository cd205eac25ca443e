"""Names and paths in expressions: variables, members of the row, values, entities, roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.analyse.context import BROKEN, Context, is_broken, narrowed, rule, typed
from compiler.analyse.enums import data_keys, value_names
from compiler.analyse.member import Member, SetWithoutAggregate, member
from compiler.analyse.types import type_name
from compiler.build import Build, Cycle, TooDeep
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
    Many,
    Var,
)  # fmt: skip
from compiler.model.types import Type, enum, ref, set_of
from compiler.resolve.declared import Declared, Kind
from compiler.resolve.members import COLLECTIONS, shape
from compiler.resolve.names import (
    KIND_NAMES,
    AmbiguousName,
    WrongKind,
    find,
    is_lost,
    nearest,
    replacing,
    visible_names,
)  # fmt: skip
from dsl.ast import expr as ast
from dsl.ast.base import Name, Node
from dsl.diagnostic import Fix, Message, Problem
from dsl.source import Place

VALUES: tuple[Kind, ...] = ("entity", "data", "role", "enum")


class UnknownField(Problem, code="CW0405", name="unknown-field"):
    written: str
    entity: str
    near: str
    message = Message("`{entity}` has no field `{written}`", "`{entity}` 没有字段 `{written}`")

    def more_help(self) -> Message | None:
        return Message("did you mean `{near}`?", "是否指 `{near}`？") if self.near else None

    def fixes(self) -> Iterable[Fix]:
        if self.near:
            yield replacing(self.at, self.near)


class UnknownValue(Problem, code="CW0406", name="unknown-value"):
    written: str
    enum: str
    near: str
    values: str
    message = Message("`{enum}` has no value `{written}`", "`{enum}` 没有值 `{written}`")
    help = Message("its values are {values}", "可取的值：{values}")

    def fixes(self) -> Iterable[Fix]:
        if self.near:
            yield replacing(self.at, self.near)


class FieldOfReport(Problem, code="CW0702", name="field-outside-aggregate"):
    written: str
    message = Message(
        "`{written}` is a field of the report's rows, not a measure",
        "`{written}` 是报表各行的字段，不是指标",
    )
    help = Message(
        "aggregate it, `sum({written})`, or group by it",
        "请聚合它，如 `sum({written})`，或按它分组",
    )


class UnknownColumn(Problem, code="CW0703", name="unknown-column"):
    written: str
    near: str
    message = Message(
        "the report has no dimension or measure `{written}`", "报表没有维度或指标 `{written}`"
    )

    def more_help(self) -> Message | None:
        return Message("did you mean `{near}`?", "是否指 `{near}`？") if self.near else None

    def fixes(self) -> Iterable[Fix]:
        if self.near:
            yield replacing(self.at, self.near)


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


class NotHere(Problem, code="CW0410", name="not-here"):
    word: str
    message = Message("`{word}` means nothing here", "此处不能使用 `{word}`")
    help = Message(
        "`old` stands in rules and transitions, `me` where somebody is signed in",
        "`old` 用于规则和流转，`me` 用于有登录者之处",
    )


@rule(ast.NameRef)
def _name(context: Context, node: ast.NameRef, expected: Type | None) -> Expr:
    value = _value_of_enum(context, node.name.text, expected)
    return value or local(context, node.name) or _global(context, node, expected)


def local(context: Context, name: Name) -> Expr | None:
    """What a bare name means as a variable or a member of the row; None if it is neither."""
    variable = context.variables.get(name.text)
    if variable is not None:
        return narrowed(context, variable)
    if name.text in context.inputs:
        source = Var(type=ref(INPUT), name=INPUT)
        type = context.inputs[name.text]
        return narrowed(context, FieldOf(type=type, of=source, field=name.text))
    row = context.row
    if row is not None and name.text in shape(context.build, EntityId(row.type.of)).slots:
        return step(context, row, name)
    return Var(type=ref(INPUT), name=INPUT) if name.text == INPUT and context.inputs else None


def _value_of_enum(context: Context, written: str, expected: Type | None) -> Const | None:
    wanted = expected.item if expected and expected.kind == "set" else expected
    if wanted is None or wanted.kind != "enum":
        return None
    if written not in value_names(context.build, wanted.of):
        return None
    return Const(type=wanted.present(), value=written)


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
    if is_lost(context.build, written):
        return BROKEN
    return context.report(_unknown(context, node, expected))


def _declared(context: Context, node: Node, found: Declared) -> Expr:
    if found.kind == "role":
        return Holders(type=set_of(ref(USER)), role=RoleId(found.id))
    if found.kind in ("entity", "data"):
        return Extent(type=set_of(ref(found.id)), entity=EntityId(found.id))
    was, want = KIND_NAMES[found.kind], Message("value", "值")
    return context.report(
        WrongKind(
            at=context.place(node), written=found.name, found=was.en, found_zh=was.zh,
            wanted=want.en, wanted_zh=want.zh,
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
        return UnknownColumn(at=at, written=written, near=nearest(written, context.variables))
    entity = EntityId(context.row.type.of) if context.row else None
    known = [*context.variables, *context.inputs]
    known += shape(build, entity).slots if entity else ()
    near = nearest(written, [*known, *visible_names(build, context.module, VALUES)])
    if context.this is not None and written in shape(build, context.this).slots:
        near = f"this.{written}"
    name = short_name(entity) if entity else context.module
    return UnknownField(at=at, written=written, entity=name, near=near)


def unknown_value(at: Place, written: str, enum: str, values: Sequence[str]) -> UnknownValue:
    """The problem that an enum, or a flow, has no such value."""
    shown = ", ".join(f"`{value}`" for value in values)
    near = nearest(written, values)
    return UnknownValue(at=at, written=written, enum=enum, near=near, values=shown)


def report_unknown_field(build: Build, at: Place, entity: EntityId, written: str) -> None:
    """Report that an entity has no such member, unless it was written and not understood."""
    if not is_lost(build, written):
        near = nearest(written, shape(build, entity).slots)
        build.report(UnknownField(at=at, written=written, entity=short_name(entity), near=near))


def short_name(id: str) -> str:
    """A qualified name without its module."""
    return id.split(".", 1)[-1]


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


@rule(ast.Attr)
def _attr(context: Context, node: ast.Attr, expected: Type | None) -> Expr:
    constant = _qualified(context, node)
    if constant is not None:
        return constant
    of = typed(context, node.of)
    if is_broken(of):
        return BROKEN
    if of.type.kind == "set":
        return rows_of(context, of, node.name)
    return step(context, of, node.name)


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
        return FieldOf(type=type, of=of, field=name.text)
    near = nearest(name.text, context.inputs)
    at = context.place(name)
    return context.report(UnknownField(at=at, written=name.text, entity="input", near=near))


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
    if found is None:
        report_unknown_field(build, context.place(name), entity, name.text)
    return found


def _qualified(context: Context, node: ast.Attr) -> Expr | None:
    """A value of an enum, a row of reference data, a name of another module; None if the path
    starts at a variable or a member, or is none of these."""
    names = _names_of(node)
    if names is None or local_exists(context, names[0]):
        return None
    *parts, last = (name.text for name in names)
    found = find(context.build, context.module, parts, VALUES)
    if isinstance(found, Declared) and found.kind == "enum":
        return _enum_value(context, found.id, names[-1])
    if isinstance(found, Declared) and last in data_keys(context.build, EntityId(found.id)):
        return DataRow(type=ref(found.id), entity=EntityId(found.id), key=last)
    whole = find(context.build, context.module, [*parts, last], VALUES)
    if isinstance(whole, Declared) and len(names) == 2:
        return _declared(context, node, whole)
    return None


def _enum_value(context: Context, of: str, name: Name) -> Expr:
    if name.text in value_names(context.build, of):
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
        or name.text in context.inputs
        or (row is not None and name.text in shape(context.build, EntityId(row.type.of)).slots)
    )


def _names_of(node: ast.Expr) -> list[Name] | None:
    names: list[Name] = []
    while isinstance(node, ast.Attr):
        names.append(node.name)
        node = node.of
    return [node.name, *reversed(names)] if isinstance(node, ast.NameRef) else None


def path_start(context: Context, node: ast.Expr) -> tuple[Expr, list[Name]]:
    """What a path begins with, typed, and the names that follow; a qualified name counts as one."""
    names = _names_of(node)
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


def is_many(build: Build, entity: str, name: str) -> bool:
    """Whether a member of an entity leads to many rows."""
    slot = shape(build, EntityId(entity)).slots.get(name)
    return slot is not None and slot.source in COLLECTIONS


def leads_to_many(context: Context, node: ast.Expr) -> bool:
    """Whether a path that starts at the row goes through a to-many member; reports nothing."""
    names, row = _names_of(node), context.row
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
