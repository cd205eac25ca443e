"""What statements may set, and with which values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler.analyse.context import BROKEN, Context, is_broken, path_key, typed
from compiler.analyse.fit import value_of
from compiler.analyse.member import Member, member
from compiler.analyse.paths import NotARecord
from compiler.analyse.types import type_name
from compiler.analyse.unknown import report_unknown_field
from compiler.model import statement as model
from compiler.model.base import EntityId
from compiler.model.expr import Expr, FieldOf, Var
from compiler.model.types import ERROR, Type, ref
from compiler.resolve.members import mentioned, shape
from dsl.ast import expr as ast
from dsl.ast.base import Name, Node
from dsl.diagnostic import Message, Problem


class NotWritable(Problem, code="CW0427", name="not-writable"):
    field: str
    why: Message
    message = Message("`{field}` cannot be set", "不能给 `{field}` 赋值")

    def more_help(self) -> Message | None:
        return self.why


class MissingValue(Problem, code="CW0428", name="missing-value"):
    entity: str
    field: str
    message = Message(
        "a new `{entity}` needs a value for `{field}`", "新建 `{entity}` 须给出 `{field}` 的值"
    )
    help = Message("add `{field}: …`", "请加上 `{field}: …`")


class UnnamedValue(Problem, code="CW0429", name="unnamed-value"):
    message = Message("each value needs the name of its field", "每个值都须写明字段名")
    help = Message("write `field: value`", "请写 `字段: 值`")


def type_of(context: Context, row: Expr | None, name: Name | None) -> Type:
    """The type of a field that cannot be set: its value still means what it would have meant."""
    if row is None or name is None:
        return ERROR
    found = member(context.build, EntityId(row.type.of), name.text)
    return found.type if found else ERROR


def after_assignment(context: Context, made: model.Assign) -> Context:
    """What was known of the old value is forgotten; the new one may be known to be there."""
    key = path_key(FieldOf(type=made.value.type, of=made.row, field=made.field))
    if key is None:
        return context
    kept = frozenset(fact for fact in context.facts if fact[: len(key)] != key)
    known = kept if made.value.type.nullable else kept | {key}
    return replace(context, facts=known)


def target_of(context: Context, node: ast.Expr) -> tuple[Expr | None, Name | None]:
    """The row and the field that an assignment sets."""
    if isinstance(node, ast.NameRef):
        return context.row, node.name
    assert isinstance(node, ast.Attr)
    row = typed(context, node.of)
    if is_broken(row):
        return None, None
    if row.type.kind != "ref":
        found, name = type_name(row.type), node.name.text
        at = context.place(node.name)
        context.report(NotARecord(at=at, field=name, found=found.en, found_zh=found.zh))
        return None, None
    return row, node.name


def writable(context: Context, row: Expr, name: Name, *, new: bool = False) -> Member | None:
    """The field of a row that text may set; reports why it may not."""
    entity = EntityId(row.type.of)
    found = member(context.build, entity, name.text)
    at = context.place(name)
    if found is None or not mentioned(
        context.build, context.block, shape(context.build, entity), name
    ):
        report_unknown_field(context.build, at, entity, name.text)
        return None
    why = None if new and found.source == "parent" else _why_not(found)
    if why is not None:
        context.report(NotWritable(at=at, field=name.text, why=why))
        return None
    return found if found.type.kind != "error" else None


def _why_not(found: Member) -> Message | None:
    if found.source == "state":
        return Message(
            "a state changes only through a transition: call it, `row.transition()`",
            "状态只能通过流转改变：请调用 `记录.流转()`",
        )
    if found.is_computed:
        return Message("it is computed", "它是计算字段")
    if found.is_collection:
        return Message(
            "rows are added with `add`, or by setting the reference on their side",
            "请用 `add` 增加行，或在另一侧设置引用",
        )
    if found.is_system:
        return Message("it is given by the system", "它由系统给出")
    return None


def values_of(
    context: Context, entity: EntityId, arguments: Sequence[ast.Argument]
) -> dict[str, Expr] | None:
    """The values by field; None if one of them is broken."""
    row = Var(type=ref(entity), name="new")
    values: dict[str, Expr] = {}
    for argument in arguments:
        if argument.name is None:
            context.report(UnnamedValue(at=context.place(argument)))
            continue
        values[argument.name.text] = _value_of_new(context, row, argument.name, argument.value)
    return None if is_broken(*values.values()) else values


def _value_of_new(context: Context, row: Expr, name: Name, written: ast.Expr) -> Expr:
    if isinstance(written, ast.NewLines):
        return typed(context, written)
    field = writable(context, row, name, new=True)
    return value_of(context, written, field.type) if field else BROKEN


def nothing_is_missing(
    context: Context, node: Node, entity: EntityId, values: dict[str, Expr]
) -> None:
    for name in shape(context.build, entity).slots:
        found = member(context.build, entity, name)
        needed = found is not None and found.required and not found.given
        if name == "parent" and found is not None and found.source == "parent":
            needed = True
        if needed and name not in values:
            short, at = entity.split(".", 1)[-1], context.place(node)
            context.report(MissingValue(at=at, entity=short, field=name))
