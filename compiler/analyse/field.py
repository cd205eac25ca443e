"""Fields and collections of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from compiler.analyse.expr import Context, condition, is_broken, of_record, value_of
from compiler.analyse.member import (
    Member,
    computed,
    computed_kind,
    flow_of,
    is_required,
    member,
    modifier,
    tree_of,
)  # fmt: skip
from compiler.analyse.texts import built_in, labels, title
from compiler.analyse.types import BadTypeArguments, FieldKind, type_name, written_type
from compiler.analyse.upkeep import upkeep
from compiler.build import Build, query
from compiler.field_type import Invalid
from compiler.model.base import EntityId, Labels, Origin
from compiler.model.entity import Field
from compiler.model.expr import Const, Expr
from compiler.model.types import TEXT, Type
from compiler.resolve.declared import decl
from compiler.resolve.members import Shape, Slot, entities, name_place, regions_of, shape
from compiler.resolve.names import place
from dsl.ast.app import DataDecl
from dsl.ast.clock import ClockDecl
from dsl.ast.entity import (
    ComputedDecl,
    EntityDecl,
    FieldDecl,
    Modifier,
    ModifierKind,
    NamedMember,
    ReferenceDecl,
    SerialDecl,
)  # fmt: skip
from dsl.ast.expr import Number
from dsl.ast.flow import FlowDecl
from dsl.ast.mark import MarkDecl
from dsl.diagnostic import Language, Message, Problem


class ModifierMisplaced(Problem, code="CW0306", name="modifier-misplaced"):
    modifier: str
    message = Message("`{modifier}` has no meaning here", "`{modifier}` 在此处没有意义")


class RepeatedModifier(Problem, code="CW0307", name="repeated-modifier"):
    modifier: str
    message = Message("`{modifier}` is written twice", "`{modifier}` 写了两次")
    help = Message("delete one of them", "请删除其中一个")


class BadPattern(Problem, code="CW0308", name="bad-pattern"):
    why: str
    message = Message("this is not a regular expression: {why}", "这不是合法的正则表达式：{why}")
    help = Message(
        "patterns are those of RE2, which knows no look-around and no reference back",
        "正则表达式采用 RE2 语法，不支持环视和反向引用",
    )


class NotACount(Problem, code="CW0321", name="not-a-count"):
    message = Message(
        "of several values, only the largest number can be limited", "多个值只能限制最多的个数"
    )
    help = Message(
        "write `max` and a whole number: `many max 9`", "请写 `max` 和整数：`many max 9`"
    )


class ModifierUnfit(Problem, code="CW0330", name="modifier-unfit"):
    modifier: str
    found: str
    found_zh: str
    message = Message("`{modifier}` does not fit {found}", "`{modifier}` 不能用于{found_zh}")
    label = Message("leave it out", "请去掉")


class SecretSought(Problem, code="CW0322", name="secret-sought"):
    message = Message(
        "what is secret is kept encrypted, so it is not searched or compared",
        "保密内容以加密方式保存，不能搜索或比较",
    )
    help = Message("leave out `search` and `unique`", "请去掉 `search` 和 `unique`")


class TreeOfAnother(Problem, code="CW0309", name="tree-of-another"):
    entity: str
    message = Message("a tree refers to its own entity", "树形引用须指向自身实体")
    help = Message(
        "write `-> {entity} tree`, or leave out `tree`", "请写 `-> {entity} tree`，或去掉 `tree`"
    )


ON_FIELD: frozenset[ModifierKind] = frozenset(
    {"required", "unique", "search", "secret", "default", "min", "max", "matches", "readonly",
     "help", "visible"}
)  # fmt: skip
ON_REFERENCE: frozenset[ModifierKind] = frozenset(
    {"required", "unique", "default", "readonly", "help", "visible", "on delete", "search"}
)
ON_SERIAL: frozenset[ModifierKind] = frozenset({"search", "help"})
ON_COMPUTED: frozenset[ModifierKind] = frozenset({"search", "help", "visible"})


def text_type(type: Type) -> str:
    """The field type of a computed field that declares none."""
    if type.kind == "decimal":
        return {"": "decimal", "%": "percent"}.get(type.unit, "money")
    return {"instant": "datetime", "ref": "reference"}.get(type.kind, type.kind)


@query
def field(build: Build, entity: EntityId, name: str) -> Field | None:
    """A field of the model; None for a collection, and for what was not understood."""
    known = shape(build, entity)
    slot, sign = known.slots[name], member(build, entity, name)
    make = _FIELDS.get(slot.source)
    if make is None or sign is None or sign.type.kind == "error":
        return None
    return make(build, known, slot, sign)


def origin_of(build: Build, slot: Slot) -> Origin | None:
    """Where a member is written; None for what is built in."""
    at = name_place(build, slot)
    return Origin(block=at.block, start=at.span.start, end=at.span.end) if at else None


def label_of(build: Build, known: Shape, slot: Slot, tree: NamedMember) -> Labels:
    keys = tuple(dict.fromkeys((f"{known.name}.{slot.name}", f"{slot.label_of}.{slot.name}")))
    return labels(build, slot.module, keys, tree.label, tree.name, place(slot.block, tree.name))


@query
def entity_label(build: Build, entity: EntityId) -> Labels:
    """The label of an entity."""
    declared = entities(build)[entity]
    tree = build.given(("decl", declared.block))
    assert isinstance(tree, EntityDecl | DataDecl)
    at = place(declared.block, tree.name)
    return labels(build, declared.module, (declared.name,), tree.label, tree.name, at)


def _builtin(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    kinds = {"id": "int", "created_by": "reference", "changed_by": "reference"}
    return Field(
        name=slot.name, label=built_in(build, slot.name), type=sign.type, readonly=True,
        field_type=kinds.get(slot.name, "datetime"), system=True,
    )  # fmt: skip


def _state(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    tree = flow_of(build, known.id)
    assert tree is not None
    at = place(slot.block, tree.name)
    label = labels(build, slot.module, (f"{known.name}.{slot.name}",), tree.label, tree.name, at)
    return Field(
        name=slot.name, label=label, field_type="state", type=sign.type, required=True,
        readonly=True, system=True, origin=origin_of(build, slot),
    )  # fmt: skip


def _region(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    tree = regions_of(decl(build, slot.block, FlowDecl))[slot.index]
    at = place(slot.block, tree.name)
    keys = (f"{known.name}.{slot.name}",)
    return Field(
        name=slot.name, label=labels(build, slot.module, keys, tree.label, tree.name, at),
        field_type="state", type=sign.type, readonly=True, system=True,
        origin=origin_of(build, slot),
    )  # fmt: skip


_CLOCK_LABELS = (
    Message("{clock}: due", "{clock}：到期时间"),
    Message("{clock}: left", "{clock}：剩余时间"),
    Message("{clock}: too late", "{clock}：已超时"),
)


def _clock(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    """When time is up stands in the record; the rest is worked out when it is read."""
    tree = decl(build, slot.block, ClockDecl)
    at, keys = place(slot.block, tree.name), (f"{known.name}.{slot.via}",)
    name = labels(build, slot.module, keys, tree.label, tree.name, at)
    label = {
        language: _CLOCK_LABELS[slot.index].filled({"clock": text}).text(cast(Language, language))
        for language, text in name.items()
    }
    return Field(
        name=slot.name, label=label, field_type=text_type(sign.type), type=sign.type,
        readonly=True, system=True, upkeep=None if slot.index == 0 else "read",
        origin=origin_of(build, slot),
    )  # fmt: skip


@query
def label_of_mark(build: Build, entity: EntityId, name: str) -> Labels:
    """The label of a score, a tag or a segment."""
    known = shape(build, entity)
    slot = known.slots[name]
    tree = decl(build, slot.block, MarkDecl)
    at = place(slot.block, tree.name)
    return labels(build, slot.module, (f"{known.name}.{name}",), tree.label, tree.name, at)


def _mark(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    """A score or a segment."""
    doc = decl(build, slot.block, MarkDecl).doc
    return Field(
        name=slot.name,
        label=label_of_mark(build, known.id, slot.name),
        doc=doc.text if doc else "",
        field_type=sign.type.kind,
        type=sign.type,
        readonly=True,
        computed=computed(build, known.id, slot.name),
        upkeep=upkeep(build, known.id, slot.name),
        origin=origin_of(build, slot),
    )


def _tag(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    """A tag is off at first; rules turn it on and off."""
    doc = decl(build, slot.block, MarkDecl).doc
    return Field(
        name=slot.name,
        label=label_of_mark(build, known.id, slot.name),
        doc=doc.text if doc else "",
        field_type="bool",
        type=sign.type,
        required=True,
        readonly=True,
        default=Const(type=sign.type, value=False),
        origin=origin_of(build, slot),
    )


def _parent(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    return Field(
        name=slot.name, label=entity_label(build, slot.other), field_type="reference",
        type=sign.type, required=True, readonly=True, on_delete="cascade", system=True,
        origin=origin_of(build, slot),
    )  # fmt: skip


def _column(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    tree = decl(build, slot.block, DataDecl)
    keys = (f"{known.name}.{slot.name}",)
    at = place(slot.block, tree.header[slot.index])
    is_key = slot.name == tree.key.text
    return Field(
        name=slot.name, label=labels(build, slot.module, keys, None, slot.name, at),
        field_type="reference" if sign.type.kind == "ref" else "text", type=sign.type,
        required=is_key, unique=is_key, readonly=True, tree=sign.type.kind == "ref",
        origin=origin_of(build, slot),
    )  # fmt: skip


def _serial(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    tree = tree_of(build, slot)
    assert isinstance(tree, SerialDecl)
    _modifiers_fit(build, slot.block, tree.modifiers, ON_SERIAL)
    return Field(
        name=slot.name, label=label_of(build, known, slot, tree),
        doc=tree.doc.text if tree.doc else "", help=_help(build, slot, tree.modifiers),
        field_type="serial",
        parameters=_serial_parameters(build, slot.block, tree), type=TEXT, required=True,
        readonly=True, unique=True, search=True, system=True, origin=origin_of(build, slot),
    )  # fmt: skip


def _serial_parameters(build: Build, block: str, tree: SerialDecl) -> dict[str, str | int]:
    serial = build.library.field_types["serial"]
    try:
        return serial.parameters([tree.pattern.value])
    except Invalid as invalid:
        why, at = invalid.message, place(block, tree.pattern)
        build.report(BadTypeArguments(at=at, written="serial", why=why.en, why_zh=why.zh))
        return {}


def _field(build: Build, known: Shape, slot: Slot, sign: Member) -> Field | None:
    tree = tree_of(build, slot)
    assert isinstance(tree, FieldDecl)
    kind = written_type(build, slot.module, slot.block, tree.type)
    if kind is None:
        return None
    if tree.type.optional:
        build.report(ModifierMisplaced(at=place(slot.block, tree.type), modifier="?"))
    _modifiers_fit(build, slot.block, tree.modifiers, ON_FIELD)
    _fit_type(build, slot.block, tree.modifiers, kind.type)
    secret = modifier(tree, "secret")
    if secret and (modifier(tree, "search") or modifier(tree, "unique")):
        build.report(SecretSought(at=place(slot.block, secret)))
    return _written(build, known, slot, sign, tree, kind)


def _reference(build: Build, known: Shape, slot: Slot, sign: Member) -> Field:
    tree = tree_of(build, slot)
    assert isinstance(tree, ReferenceDecl)
    _modifiers_fit(build, slot.block, tree.modifiers, ON_REFERENCE)
    if tree.tree and sign.type.of != known.id:
        build.report(TreeOfAnother(at=place(slot.block, tree.target), entity=known.name))
    made = _written(build, known, slot, sign, tree, FieldKind("reference", sign.type))
    removal = modifier(tree, "on delete")
    return made.but(
        on_delete=removal.word if removal else "restrict",
        tree=tree.tree,
        **_among(of_record(build, slot.module, slot.block, known.id), tree, sign.type),
    )


def _among(context: Context, tree: ReferenceDecl, type: Type) -> dict[str, Any]:
    """What of its target a reference may lead to."""
    if tree.where is None:
        return {}
    row = context.new_row(type.present())
    test = condition(replace(context, has_me=False).within(row), tree.where)
    return {} if is_broken(test) else {"among": test, "among_row": row.name}


def _written(
    build: Build, known: Shape, slot: Slot, sign: Member, tree: FieldDecl | ReferenceDecl,
    kind: FieldKind,
) -> Field:  # fmt: skip
    context = of_record(build, slot.module, slot.block, known.id)
    return Field(
        name=slot.name,
        label=label_of(build, known, slot, tree),
        doc=tree.doc.text if tree.doc else "",
        help=_help(build, slot, tree.modifiers),
        field_type=kind.field_type,
        parameters=kind.parameters,
        type=sign.type,
        required=is_required(tree),
        unique=modifier(tree, "unique") is not None,
        search=modifier(tree, "search") is not None,
        secret=modifier(tree, "secret") is not None,
        readonly=any(each.kind == "readonly" and each.when is None for each in tree.modifiers),
        matches=_pattern(build, slot, tree),
        origin=origin_of(build, slot),
    ).but(**_conditions(context, tree.modifiers), **_values(context, tree.modifiers, sign.type))


_CONDITIONS: Mapping[ModifierKind, str] = {
    "required": "required_when",
    "visible": "visible_when",
    "readonly": "readonly_when",
}
_VALUES: Mapping[ModifierKind, str] = {"default": "default", "min": "minimum", "max": "maximum"}


def _conditions(context: Context, modifiers: tuple[Modifier, ...]) -> dict[str, Expr]:
    found = {}
    for each in modifiers:
        if each.kind in _CONDITIONS and each.when is not None:
            value = condition(context, each.when)
            if not is_broken(value):
                found[_CONDITIONS[each.kind]] = value
    return found


def _values(context: Context, modifiers: tuple[Modifier, ...], type: Type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    unfit = _UNFIT.get(type.kind, frozenset())
    for each in modifiers:
        if each.kind in unfit:
            continue
        if type.kind == "set" and each.kind in ("min", "max"):
            found |= _most(context, each)
        elif each.kind in _VALUES and each.value is not None:
            value = value_of(context, each.value, type.optional())
            if not is_broken(value):
                found[_VALUES[each.kind]] = value
    return found


def _most(context: Context, written: Modifier) -> dict[str, int]:
    """`max 9` behind `many`: how many values there may be."""
    if written.kind == "max" and isinstance(written.value, Number) and written.value.value >= 1:
        return {"most": int(written.value.value)}
    context.report(NotACount(at=context.place(written)))
    return {}


def _pattern(build: Build, slot: Slot, tree: FieldDecl | ReferenceDecl) -> str:
    found = modifier(tree, "matches")
    if found is None or found.text is None:
        return ""
    why = _fault_of(found.text.value)
    if why:
        build.report(BadPattern(at=place(slot.block, found.text), why=why))
    return found.text.value


def _fault_of(pattern: str) -> str:
    """Why it is no pattern for RE2, which is what the write door matches with; empty if it is."""
    import re2  # takes a while to load, and few apps have patterns

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        (why,) = error.args
        return str(why, "utf-8", "replace") if isinstance(why, bytes) else str(why)
    return ""


def _help(build: Build, slot: Slot, modifiers: tuple[Modifier, ...]) -> Labels:
    for each in modifiers:
        if each.kind == "help" and each.text is not None:
            return title(build, slot.module, slot.block, each.text)
    return {}


def _modifiers_fit(
    build: Build, block: str, modifiers: tuple[Modifier, ...], known: frozenset[ModifierKind]
) -> None:
    seen = set()
    for each in modifiers:
        if each.kind not in known:
            build.report(ModifierMisplaced(at=place(block, each), modifier=each.kind))
        elif (each.kind, each.when is None) in seen:
            build.report(RepeatedModifier(at=place(block, each), modifier=each.kind))
        seen.add((each.kind, each.when is None))


_UNFIT: Mapping[str, frozenset[ModifierKind]] = {
    "set": frozenset({"unique", "matches"}),
    "file": frozenset({"unique", "matches", "search", "default", "min", "max"}),
    "geo": frozenset({"unique", "matches", "search", "min", "max"}),
}
"""What means nothing for values of a kind, nor for sets of them."""
_COUNTED: frozenset[ModifierKind] = frozenset({"min", "max"})
"""Of a set they limit the number of values."""


def _fit_type(build: Build, block: str, modifiers: tuple[Modifier, ...], type: Type) -> None:
    unfit = _UNFIT.get(type.kind, frozenset())
    if type.item is not None:
        unfit |= _UNFIT.get(type.item.kind, frozenset()) - _COUNTED
    named = type_name(type)
    for each in modifiers:
        if each.kind in unfit:
            at = place(block, each)
            build.report(
                ModifierUnfit(at=at, modifier=each.kind, found=named.en, found_zh=named.zh)
            )


def _computed(build: Build, known: Shape, slot: Slot, sign: Member) -> Field | None:
    tree = tree_of(build, slot)
    assert isinstance(tree, ComputedDecl)
    value = computed(build, known.id, slot.name)
    if is_broken(value):
        return None
    _modifiers_fit(build, slot.block, tree.modifiers, ON_COMPUTED)
    kind = computed_kind(build, known.id, slot.name)
    context = of_record(build, slot.module, slot.block, known.id)
    return Field(
        name=slot.name,
        label=label_of(build, known, slot, tree),
        doc=tree.doc.text if tree.doc else "",
        help=_help(build, slot, tree.modifiers),
        field_type=kind.field_type if kind else text_type(sign.type),
        parameters=kind.parameters if kind else {},
        type=sign.type,
        readonly=True,
        search=modifier(tree, "search") is not None,
        computed=value,
        upkeep=upkeep(build, known.id, slot.name),
        origin=origin_of(build, slot),
    ).but(**_conditions(context, tree.modifiers))


_FIELDS: Mapping[str, Callable[[Build, Shape, Slot, Member], Field | None]] = {
    "builtin": _builtin,
    "field": _field,
    "serial": _serial,
    "reference": _reference,
    "computed": _computed,
    "state": _state,
    "region": _region,
    "clock": _clock,
    "score": _mark,
    "segment": _mark,
    "tag": _tag,
    "parent": _parent,
    "column": _column,
}
