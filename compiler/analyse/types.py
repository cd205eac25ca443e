"""What a written type means, and how a type is called in messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.analyse.settings import settings
from compiler.build import Build
from compiler.field_type import Invalid
from compiler.model.types import TEXT, Type, enum, ref, set_of
from compiler.resolve.declared import Declared, Kind
from compiler.resolve.names import ENTITY, Misspelt, find, nearest, place, visible_names
from compiler.resolve.symbols import Symbol, of_declared
from dsl.ast.entity import TypeRef
from dsl.diagnostic import Message, Problem

_TYPES: tuple[Kind, ...] = ("enum", *ENTITY)
_MANY = frozenset({"enum", "file"})
"""Kinds of which a field can have many."""
NOT_WRITTEN = frozenset({"reference", "enum", "state"})
"""Field types of the library that are written in other ways than by their name."""


_ELSEWHERE = {
    **dict.fromkeys(("string", "str", "varchar", "char"), "text"),
    **dict.fromkeys(("integer", "long", "bigint"), "int"),
    **dict.fromkeys(("float", "double", "number", "numeric"), "decimal(2)"),
    **dict.fromkeys(("boolean", "flag"), "bool"),
    **dict.fromkeys(("timestamp",), "datetime"),
    **dict.fromkeys(("textarea", "longtext", "memo"), "note"),
    **dict.fromkeys(("currency", "amount"), "money"),
    **dict.fromkeys(("link", "uri"), "url"),
    "autonumber": 'serial "NO-{0000}"',
}
"""What types are called in other languages, and here."""


class UnknownType(Misspelt, Problem, code="CW0411", name="unknown-type"):
    written: str
    near: str
    message = Message("there is no type or enum `{written}`", "没有名为 `{written}` 的类型或枚举")


class BadTypeArguments(Problem, code="CW0412", name="bad-type-arguments"):
    written: str
    why: str
    why_zh: str
    message = Message("`{written}` does not take this: {why}", "`{written}` 的参数不对：{why_zh}")


class EntityAsType(Problem, code="CW0413", name="entity-as-type"):
    written: str
    message = Message(
        "`{written}` is an entity; a field refers to it with an arrow",
        "`{written}` 是实体；字段须用箭头引用它",
    )
    help = Message("write `name -> {written}`", "请写 `名称 -> {written}`")


class NotMany(Problem, code="CW0414", name="not-many"):
    written: str
    message = Message("there cannot be many of `{written}`", "`{written}` 不能有多个值")
    help = Message(
        "only values of an enum, files and images can; for the rest use owned lines",
        "只有枚举、文件和图片可以有多个值；其他情况请用明细",
    )


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A field type of the library with its parameters, and the value type."""

    field_type: str
    type: Type
    parameters: dict[str, str | int] = field(default_factory=dict)


def written_type(
    build: Build, module: str, block: str, written: TypeRef, *, entities: bool = False
) -> FieldKind | None:
    """What a written type means; None after a fault, which is then reported.

    The type is that of a value that is there. `entities` allows the name of an entity.
    """
    kind = _single(build, module, block, written, entities)
    if kind is None or not written.many:
        return kind
    if kind.type.kind not in _MANY:
        build.report(NotMany(at=place(block, written), written=str(written.name)))
        return None
    return FieldKind(kind.field_type, set_of(kind.type), kind.parameters)


def _single(
    build: Build, module: str, block: str, written: TypeRef, entities: bool
) -> FieldKind | None:
    name = str(written.name)
    if name in build.library.field_types and name not in NOT_WRITTEN:
        return _of_library(build, block, written, name)
    parts = name.split(".")
    found = find(build, module, parts, _TYPES)
    at = place(block, written.name.parts[-1])
    if isinstance(found, Declared) and found.kind == "enum":
        build.mention(at, of_declared(found))
        return FieldKind("enum", enum(found.id))
    if isinstance(found, Declared) and entities:
        build.mention(at, of_declared(found))
        return FieldKind("reference", ref(found.id))
    at = place(block, written.name)
    if isinstance(found, Declared):
        build.report(EntityAsType(at=at, written=name))
    else:
        known = [*build.library.field_types, *visible_names(build, module, _TYPES[:1])]
        near = _ELSEWHERE.get(name.lower()) or nearest(name, known)
        build.report(UnknownType(at=at, written=name, near=near))
    return None


def _of_library(build: Build, block: str, written: TypeRef, name: str) -> FieldKind | None:
    library_type = build.library.field_types[name]
    build.mention(place(block, written.name), Symbol("type", name))
    try:
        parameters = library_type.parameters(written.arguments)
    except Invalid as invalid:
        why = invalid.message
        at = place(block, written)
        build.report(BadTypeArguments(at=at, written=name, why=why.en, why_zh=why.zh))
        return None
    value_type = library_type.value_type(parameters, settings(build).currency)
    return FieldKind(name, value_type, parameters)


_KIND_NAMES = {
    "text": Message("a text", "文本"),
    "int": Message("a whole number", "整数"),
    "decimal": Message("a decimal number", "小数"),
    "bool": Message("a yes/no", "是/否"),
    "date": Message("a date", "日期"),
    "month": Message("a month", "月份"),
    "time": Message("a time of day", "时刻"),
    "instant": Message("a date with time", "日期时间"),
    "duration": Message("a duration", "时长"),
    "worktime": Message("a working time", "工作时长"),
    "file": Message("a file", "文件"),
    "geo": Message("a place", "位置"),
    "range": Message("a range of days", "日期范围"),
    "null": Message("null", "空值"),
    "error": Message("something unknown", "未知"),
}


def type_name(type: Type) -> Message:
    """The type as people call it."""
    short = type.of.split(".", 1)[-1]
    if type.kind == "ref":
        return Message(f"a `{short}`", f"`{short}` 记录")
    if type.kind == "enum":
        return Message(f"a value of `{short}`", f"`{short}` 的值")
    if type.kind == "set" and type.item == TEXT:
        return Message("tags", "标签")
    if type.kind == "set" and type.item is not None:
        item = type.item.of.split(".", 1)[-1] or type.item.kind
        return Message(f"several `{item}`", f"多个 `{item}`")
    if type.unit == "%":
        return Message("a percent", "百分比")
    if type.unit:
        return Message(f"an amount of {type.unit}", f"{type.unit} 金额")
    return _KIND_NAMES[type.kind]
