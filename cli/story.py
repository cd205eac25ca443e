"""What `casework explain` tells of a name of an app: where it comes from, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cli.asking import Asked, Found, ask
from cli.who import allowed_rows
from compiler.analyse.unknown import short_name
from compiler.model.base import EntityId
from compiler.model.entity import Field
from compiler.questions import followers, inputs, who_can, writers
from compiler.resolve.symbols import Symbol
from dsl.diagnostic import Language, Message
from dsl.source import Place

Rows = Iterable[tuple[str, str]]

_HEADS = {
    "upkeep": Message("How it is kept right", "如何保持正确"),
    "inputs": Message("Made of", "由以下内容计算"),
    "followers": Message("Computed from it", "依赖于它的计算字段"),
    "readers": Message("Who may see it", "谁可以查看"),
    "writers": Message("Written by", "由以下内容写入"),
    "users": Message("Named in", "被引用之处"),
    "inside": Message("Has", "包含"),
}
_UPKEEP = {
    "row": Message(
        "stored; computed anew when its own record is saved", "已保存；本记录保存时重新计算"
    ),
    "aggregate": Message(
        "stored; computed anew in the act that changes what it is made of",
        "已保存；在改变其来源的同一操作中重新计算",
    ),
    "read": Message(
        "not stored; computed whenever it is read, for it depends on time or on who asks",
        "不保存；每次读取时计算，因为它取决于时间或读取者",
    ),
}
_OF_ITSELF = Message("its own record", "本记录")
_BY_PEOPLE = Message("people, in forms and imports", "人员（表单与导入）")
_KINDS = {
    "rule": Message("rule {name}", "规则 {name}"),
    "transition": Message("step {name}", "流转 {name}"),
    "state": Message("state {name}", "状态 {name}"),
}


def story(topic: str, folder: Path | None, language: Language) -> str:
    """All that is known of a name; a click error where it means nothing."""
    asked = ask(folder, language)
    return "\n".join(_story(asked, asked.find(topic)))


def _story(asked: Asked, found: Found) -> Iterator[str]:
    symbol = found.symbol
    place = asked.navigation.definition(symbol)
    if place is not None:
        yield f"{asked.line(place)}    {asked.where(place)}".rstrip()
    owner = EntityId(found.of.id if found.of else "")
    if symbol.kind == "member" and owner in asked.bundle.workspace.entities:
        yield from _of_member(asked, symbol, owner, symbol.name)
    elif symbol.kind in ("entity", "data"):
        yield from _of_entity(asked, EntityId(symbol.id))
    else:
        yield from _used(asked, symbol)


def _of_member(asked: Asked, symbol: Symbol, entity: EntityId, name: str) -> Iterator[str]:
    bundle = asked.bundle
    field = bundle.workspace.entities[entity].fields.get(name)
    if field is not None:
        yield from _section(asked, "upkeep", _upkeep(asked, field))
        yield from _section(asked, "inputs", _inputs(asked, entity, name))
        follow = [(f"{short_name(of)}.{each}", "") for of, each in followers(bundle, entity, name)]
        yield from _section(asked, "followers", follow)
        yield from _section(asked, "writers", _writers(asked, entity, field))
    yield from _section(
        asked, "readers", allowed_rows(asked, who_can(bundle, entity, "read", name))
    )
    yield from _used(asked, symbol)


def _of_entity(asked: Asked, entity: EntityId) -> Iterator[str]:
    known = asked.bundle.workspace.entities[entity]
    members = {name: each.origin for name, each in known.fields.items()}
    members |= {name: each.origin for name, each in known.collections.items()}
    own = [(name, asked.where(origin)) for name, origin in members.items() if origin is not None]
    yield from _section(asked, "inside", own)
    yield from _section(
        asked, "readers", allowed_rows(asked, who_can(asked.bundle, entity, "read"))
    )
    yield from _used(asked, Symbol("entity", entity))


def _used(asked: Asked, symbol: Symbol) -> Iterator[str]:
    """Where something is named besides where it is declared."""
    declared = asked.navigation.definition(symbol)
    places = [each for each in sorted(asked.navigation.uses(symbol)) if each != declared]
    yield from _section(asked, "users", _places(asked, places))


def _upkeep(asked: Asked, field: Field) -> Rows:
    return [(_UPKEEP[field.upkeep].text(asked.language), "")] if field.upkeep else []


def _inputs(asked: Asked, entity: EntityId, name: str) -> Rows:
    for each in inputs(asked.bundle, entity, name):
        path = ".".join(each.path) or _OF_ITSELF.text(asked.language)
        fields = ", ".join(f"{short_name(each.source)}.{field}" for field in each.fields)
        yield fields or short_name(each.source), path


def _writers(asked: Asked, entity: EntityId, field: Field) -> Rows:
    if field.computed is None and not field.system and not field.readonly:
        yield _BY_PEOPLE.text(asked.language), ""
    for each in writers(asked.bundle, entity, field.name):
        yield (
            _KINDS[each.kind].filled({"name": each.name}).text(asked.language),
            asked.where(each.origin),
        )


def _places(asked: Asked, places: Iterable[Place]) -> Rows:
    """The lines in which something is named, each once."""
    found = {asked.where(place): asked.line(place) for place in places if asked.where(place)}
    return [(line, where) for where, line in found.items()]


def _section(asked: Asked, head: str, rows: Rows) -> Iterator[str]:
    shown = [*rows]
    if not shown:
        return
    yield f"\n{_HEADS[head].text(asked.language)}"
    for text, where in shown:
        yield f"  {text}    {where}".rstrip()
