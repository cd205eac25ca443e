"""Entities of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from compiler.analyse.access import admin_grant, grants
from compiler.analyse.collection import collection
from compiler.analyse.enums import data_of
from compiler.analyse.expr import condition, fit, is_broken, of_record, typed
from compiler.analyse.field import entity_label, field
from compiler.analyse.member import member
from compiler.analyse.settings import settings
from compiler.analyse.texts import phrase
from compiler.analyse.unknown import report_unknown_field
from compiler.analyse.upkeep import fields_of
from compiler.build import Build, query
from compiler.model.base import EntityId, Origin
from compiler.model.entity import (
    Check,
    Collection,
    Entity,
    Field,
    Frozen,
    Grant,
    Index,
    NoOverlap,
    Phrase,
    Unique,
)  # fmt: skip
from compiler.model.expr import THIS, Concat, Const, Expr, FieldOf, Op, Var
from compiler.model.types import INT, TEXT, ref
from compiler.resolve.members import Shape, mentioned, shape, written_members
from compiler.resolve.names import place
from compiler.slug import slug
from dsl.ast import entity as ast
from dsl.ast.app import DataDecl
from dsl.ast.base import Path
from dsl.diagnostic import Message, Problem


class NotStored(Problem, code="CW0310", name="not-stored"):
    field: str
    message = Message(
        "`{field}` is not kept in the record's own row", "`{field}` 不保存在记录自身的行中"
    )
    help = Message("name fields of the entity itself", "请写该实体自身的字段")


class SeveralDisplays(Problem, code="CW0311", name="several-displays"):
    message = Message("a record has one `display`", "一条记录只有一个 `display`")
    help = Message("delete one of them", "请删除其中一个")


class NoSpan(Problem, code="CW0320", name="no-span"):
    start: str
    end: str
    message = Message("`{start}` and `{end}` are no span", "`{start}` 与 `{end}` 不构成区间")
    help = Message(
        "name two fields of one type that has an order: dates, times or numbers",
        "请写两个类型相同且有先后的字段：日期、时间或数字",
    )


SPANS = frozenset({"int", "decimal", "date", "month", "time", "instant"})


@query
def entity(build: Build, id: EntityId) -> Entity:
    """An entity of the model; members that were not understood are left out."""
    known = shape(build, id)
    fields, collections = _members(build, known)
    return Entity(
        id=id,
        module=known.module,
        name=known.name,
        slug=_slug(build, known),
        label=entity_label(build, id),
        doc=_doc(build, known),
        fields=fields,
        collections=collections,
        display=_display(build, known, fields),
        uniques=tuple(_uniques(build, known)),
        indexes=tuple(_indexes(build, known)),
        checks=tuple(_checks(build, known)),
        grants=_grants(build, known),
        append_only=any(isinstance(tree, ast.AppendOnlyDecl) for *_, tree in _trees(build, known)),
        frozen=tuple(_frozen(build, known)),
        apart=tuple(_apart(build, known)),
        owner=known.owner,
        data_key=_data_key(build, id),
        flow=_flow(known),
        origin=_origin(build, known),
    )


def _members(build: Build, known: Shape) -> tuple[dict[str, Field], dict[str, Collection]]:
    fields, collections = {}, {}
    for name in known.slots:
        made = field(build, known.id, name)
        if made is not None:
            fields[name] = made
            continue
        many = collection(build, known.id, name)
        if many is not None:
            collections[name] = many
    return fields, collections


def _trees(build: Build, known: Shape) -> Iterator[tuple[str, str, ast.Member]]:
    """The members that texts give the entity, with block and module."""
    for part in written_members(build, known.id):
        yield part.block, part.module, part.tree


def _slug(build: Build, known: Shape) -> str:
    tree = build.given(("decl", known.block))
    if isinstance(tree, ast.EntityDecl) and tree.as_name:
        return tree.as_name.text
    return slug(known.name)


def _doc(build: Build, known: Shape) -> str:
    tree = build.given(("decl", known.block))
    assert isinstance(tree, ast.EntityDecl | DataDecl)
    return tree.doc.text if tree.doc else ""


def _flow(known: Shape) -> str:
    slot = known.slot_of("state")
    return slot.name if slot else ""


def _data_key(build: Build, id: EntityId) -> str:
    return next((tree.key.text for tree in data_of(build, id)), "")


def _origin(build: Build, known: Shape) -> Origin:
    tree = build.given(("decl", known.block))
    assert isinstance(tree, ast.EntityDecl | DataDecl)
    span = tree.name.span
    return Origin(block=known.block, start=span.start, end=span.end)


def _display(build: Build, known: Shape, fields: dict[str, Field]) -> Expr:
    written = [each for each in _trees(build, known) if isinstance(each[2], ast.DisplayDecl)]
    for block, _, tree in written[1:]:
        build.report(SeveralDisplays(at=place(block, tree)))
    for block, module, tree in written[:1]:
        assert isinstance(tree, ast.DisplayDecl)
        context = of_record(build, module, block, known.id)
        value = fit(context, tree.text, typed(context, tree.text), TEXT.optional())
        if not is_broken(value):
            return value
    return _default_display(known, fields, _data_key(build, known.id))


def _default_display(known: Shape, fields: dict[str, Field], key: str) -> Expr:
    """The first text that is not a long one; where it is empty, and where there is none, the key
    of reference data or the number of the record."""
    this = Var(type=ref(known.id), name=THIS)
    number = FieldOf(type=INT, of=this, field="id")
    numbered: Expr = Concat(type=TEXT, parts=(Const(type=TEXT, value="#"), number))
    named = key in fields and fields[key].type == TEXT
    last = FieldOf(type=TEXT, of=this, field=key) if named else numbered
    for each in fields.values():
        is_short = each.type.kind == "text" and each.field_type in ("text", "serial")
        if is_short and each.name != key:
            found = FieldOf(type=each.type, of=this, field=each.name)
            return Op(type=TEXT, op="??", args=(found, last)) if each.type.nullable else found
    return last


def _uniques(build: Build, known: Shape) -> Iterator[Unique]:
    for block, module, tree in _trees(build, known):
        if not isinstance(tree, ast.UniqueDecl):
            continue
        context = of_record(build, module, block, known.id)
        when = condition(context, tree.when) if tree.when else None
        yield Unique(
            fields=_stored(build, known, block, tree.fields),
            when=None if when is None or is_broken(when) else when,
            ignoring_case=tree.ignoring_case,
            origin=context.origin(tree),
        )


def _indexes(build: Build, known: Shape) -> Iterator[Index]:
    for block, _, tree in _trees(build, known):
        if isinstance(tree, ast.IndexDecl):
            yield Index(fields=_stored(build, known, block, tree.fields))


def _stored(build: Build, known: Shape, block: str, paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Fields that stand in the entity's own row; others are reported."""
    found = []
    for path in paths:
        name, at = str(path), place(block, path)
        mentioned(build, block, known, path.parts[0])
        made = field(build, known.id, name) if name in known.slots else None
        if made is not None and made.upkeep != "read":
            found.append(name)
        elif name in known.slots and member_is_broken(build, known.id, name):
            continue
        elif name in known.slots or len(path.parts) > 1:
            build.report(NotStored(at=at, field=name))
        else:
            report_unknown_field(build, at, known.id, name)
    return tuple(found)


def member_is_broken(build: Build, id: EntityId, name: str) -> bool:
    """Whether the member's own text has a fault, which is then reported already."""
    found = member(build, id, name)
    return found is not None and found.type.kind == "error"


def _checks(build: Build, known: Shape) -> Iterator[Check]:
    for block, module, tree in _trees(build, known):
        if not isinstance(tree, ast.CheckDecl):
            continue
        context = of_record(build, module, block, known.id)
        test = condition(context, tree.condition)
        message = phrase(context, tree.message) if tree.message else _no_message(build, known)
        if not is_broken(test, *message.texts.values()):
            yield Check(
                condition=test, message=message, fields=fields_of(build, test),
                origin=context.origin(tree),
            )  # fmt: skip


def _frozen(build: Build, known: Shape) -> Iterator[Frozen]:
    for block, module, tree in _trees(build, known):
        if not isinstance(tree, ast.FrozenDecl):
            continue
        context = replace(of_record(build, module, block, known.id), has_me=False)
        test = condition(context, tree.condition)
        message = phrase(context, tree.message) if tree.message else None
        if message is None:
            texts = {"zh": "{}已冻结", "en": "This {} is frozen"}
            message = _no_message(build, known, texts)
        if not is_broken(test, *message.texts.values()):
            yield Frozen(condition=test, message=message, origin=context.origin(tree))


def _apart(build: Build, known: Shape) -> Iterator[NoOverlap]:
    for block, module, tree in _trees(build, known):
        if not isinstance(tree, ast.NoOverlapDecl):
            continue
        fields = _stored(build, known, block, tree.fields)
        ends = _stored(build, known, block, (tree.start, tree.end))
        if len(ends) < 2 or len(fields) < len(tree.fields):
            continue
        one, other = (field(build, known.id, name) for name in ends)
        if one is None or other is None:
            continue
        if one.type.present() != other.type.present() or one.type.kind not in SPANS:
            build.report(NoSpan(at=place(block, tree.start), start=ends[0], end=ends[1]))
            continue
        origin = of_record(build, module, block, known.id).origin(tree)
        yield NoOverlap(
            fields=fields, start=ends[0], end=ends[1], open_end=tree.open_end, origin=origin
        )


_UNMET = {"zh": "{}不满足其校验条件", "en": "{} does not satisfy one of its checks"}


def _no_message(build: Build, known: Shape, texts: Mapping[str, str] = _UNMET) -> Phrase:
    label = entity_label(build, known.id)
    return Phrase(
        texts={
            language: Const(type=TEXT, value=texts[language].format(label[language]))
            for language in settings(build).languages
        }
    )


def _grants(build: Build, known: Shape) -> tuple[Grant, ...]:
    """Those written, and the administrator's; owned lines have their owner's besides."""
    written = [
        grant
        for block, module, tree in _trees(build, known)
        if isinstance(tree, ast.AccessDecl)
        for grant in grants(build, known, block, module, tree)
    ]
    if known.owner or known.kind == "data":
        return tuple(written)
    return (*written, admin_grant(_origin(build, known)))
