"""What others may know of an entity's member: its type, and whether it can be written.

The type of a computed field is that of its expression, so this is where declarations reach into
each other; an edit that leaves the answer as it was reaches nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.analyse.context import BROKEN, Context, of_record, typed
from compiler.analyse.fit import condition, fit
from compiler.analyse.points import score_value
from compiler.analyse.types import FieldKind, written_type
from compiler.build import Build, query
from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.expr import Expr
from compiler.model.types import (
    BOOL,
    DURATION,
    ERROR,
    INSTANT,
    INT,
    TEXT,
    WORKTIME,
    Type,
    enum,
    ref,
    set_of,
)
from compiler.resolve.declared import decl
from compiler.resolve.members import (
    COLLECTIONS,
    Shape,
    Slot,
    Source,
    members,
    name_place,
    resolve_entity,
    shape,
    written_members,
)
from compiler.resolve.names import Misspelt
from dsl.ast.app import DataDecl
from dsl.ast.base import Path
from dsl.ast.clock import ClockDecl
from dsl.ast.entity import (
    ComputedDecl,
    FieldDecl,
    InverseDecl,
    LinesDecl,
    ManyToManyDecl,
    Modifier,
    ModifierKind,
    NamedMember,
    ReferenceDecl,
    SerialDecl,
)
from dsl.ast.flow import FlowDecl
from dsl.ast.mark import ScoreDecl, SegmentDecl
from dsl.diagnostic import Message, Problem
from dsl.source import Place, Span


class SetWithoutAggregate(Problem, code="CW0407", name="set-without-aggregate"):
    written: str
    message = Message("`{written}` has several values", "`{written}` 有多个值")
    help = Message(
        "take one with an aggregate: `sum(…)`, `count(…)`, `first(…)`",
        "请用聚合取值：`sum(…)`、`count(…)`、`first(…)`",
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A member's signature. A collection's type is a set of references.

    `required`: a record cannot be without; `given`: it gets a value without being told one;
    `system`: written by the runtime alone.
    """

    name: str
    source: Source
    type: Type
    required: bool = False
    given: bool = False

    @property
    def is_collection(self) -> bool:
        return self.source in COLLECTIONS

    @property
    def is_computed(self) -> bool:
        return self.source in ("computed", "score", "segment")

    @property
    def is_system(self) -> bool:
        return self.source in ("builtin", "state", "region", "clock", "parent", "serial", "tag")


@query
def member(build: Build, entity: EntityId, name: str) -> Member | None:
    """The signature of a member; None if there is none of that name."""
    known = shape(build, entity)
    slot = known.slots.get(name)
    return _SIGNATURES[slot.source](build, known, slot) if slot else None


def tree_of(build: Build, slot: Slot) -> NamedMember:
    """The tree of a member that is written in an entity or mixin."""
    tree = members(build, slot.block)[slot.index]
    assert isinstance(tree, NamedMember)
    return tree


def modifier(
    tree: FieldDecl | SerialDecl | ReferenceDecl | ComputedDecl, kind: ModifierKind
) -> Modifier | None:
    """The first modifier of a kind."""
    return next((each for each in tree.modifiers if each.kind == kind), None)


def is_required(tree: FieldDecl | ReferenceDecl) -> bool:
    """Whether the field is required at all times."""
    return any(each.kind == "required" and each.when is None for each in tree.modifiers)


_BUILT_IN = {
    "id": INT,
    "created_at": INSTANT,
    "created_by": ref(USER, nullable=True),
    "changed_at": INSTANT,
    "changed_by": ref(USER, nullable=True),
}


def _builtin(build: Build, known: Shape, slot: Slot) -> Member:
    return Member(slot.name, "builtin", _BUILT_IN[slot.name], required=True, given=True)


def _field(build: Build, known: Shape, slot: Slot) -> Member:
    tree = tree_of(build, slot)
    assert isinstance(tree, FieldDecl)
    kind = written_type(build, slot.module, slot.block, tree.type)
    return _stored(slot, kind.type if kind else ERROR, tree)


def _stored(slot: Slot, type: Type, tree: FieldDecl | ReferenceDecl) -> Member:
    required = is_required(tree)
    never_null = required or type.kind in ("error", "set")
    given = not required or modifier(tree, "default") is not None
    return Member(slot.name, slot.source, type if never_null else type.optional(), required, given)


def _serial(build: Build, known: Shape, slot: Slot) -> Member:
    return Member(slot.name, "serial", TEXT, required=True, given=True)


def _reference(build: Build, known: Shape, slot: Slot) -> Member:
    tree = tree_of(build, slot)
    assert isinstance(tree, ReferenceDecl)
    target = resolve_entity(build, slot.module, slot.block, tree.target)
    return _stored(slot, ref(target) if target else ERROR, tree)


def _computed(build: Build, known: Shape, slot: Slot) -> Member:
    kind = computed_kind(build, known.id, slot.name)
    value = computed(build, known.id, slot.name)
    type = kind.type if kind else value.type
    if value is BROKEN or (kind is None and _declares(build, slot)):
        type = ERROR  # even of a declared type it is not known whether it may be null
    elif value.type.nullable:
        type = type.optional()
    return Member(slot.name, "computed", type, given=True)


def _declares(build: Build, slot: Slot) -> bool:
    tree = tree_of(build, slot)
    return isinstance(tree, ComputedDecl) and tree.type is not None


@query
def computed_kind(build: Build, entity: EntityId, name: str) -> FieldKind | None:
    """The declared type of a computed field, if it declares one."""
    slot = shape(build, entity).slots[name]
    tree = tree_of(build, slot)
    assert isinstance(tree, ComputedDecl)
    return written_type(build, slot.module, slot.block, tree.type) if tree.type else None


@query
def computed(build: Build, entity: EntityId, name: str) -> Expr:
    """The expression of a computed field."""
    slot = shape(build, entity).slots[name]
    context = of_record(build, slot.module, slot.block, entity)
    if slot.source == "score":
        return score_value(context, decl(build, slot.block, ScoreDecl))
    if slot.source == "segment":
        return condition(context, decl(build, slot.block, SegmentDecl).condition)
    tree = tree_of(build, slot)
    assert isinstance(tree, ComputedDecl)
    kind = computed_kind(build, entity, name)
    declared = ERROR if tree.type is not None else None
    value = typed(context, tree.value, kind.type if kind else declared)
    if kind:
        return fit(context, tree.value, value, kind.type.optional())
    return _single(context, tree, value)


def _single(context: Context, tree: ComputedDecl, value: Expr) -> Expr:
    if value.type.kind != "set":
        return value
    at = context.place(tree.value)
    return context.report(SetWithoutAggregate(at=at, written=tree.name.text))


def _lines(build: Build, known: Shape, slot: Slot) -> Member:
    tree = tree_of(build, slot)
    assert isinstance(tree, LinesDecl | ManyToManyDecl)
    target = resolve_entity(build, slot.module, slot.block, tree.target)
    return _many(slot, target)


def _many(slot: Slot, target: EntityId | None) -> Member:
    type = set_of(ref(target)) if target else ERROR
    return Member(slot.name, slot.source, type, given=True)


def _inverse(build: Build, known: Shape, slot: Slot) -> Member:
    tree = tree_of(build, slot)
    assert isinstance(tree, InverseDecl)
    found = inverse_of(build, slot.module, slot.block, tree)
    return _many(slot, found[0] if found else None)


class InverseOfNothing(Misspelt, Problem, code="CW0304", name="inverse-of-nothing"):
    entity: str
    written: str
    near: str
    message = Message(
        "`{written}` is not a reference to `{entity}`", "`{written}` 不是指向 `{entity}` 的引用"
    )
    help = Message(
        "an inverse names the reference it turns around: `orders <- Order.customer`",
        "反向集合须写出被反转的引用：`orders <- Order.customer`",
    )


def inverse_of(
    build: Build, module: str, block: str, tree: InverseDecl
) -> tuple[EntityId, str] | None:
    """The entity and the reference that an inverse turns around."""
    *parts, last = tree.target.parts
    if not parts:
        return None
    path = Path(Span(parts[0].span.start, parts[-1].span.end), tuple(parts))
    target = resolve_entity(build, module, block, path)
    return (target, last.text) if target else None


def _state(build: Build, known: Shape, slot: Slot) -> Member:
    type = enum(f"{known.id}.{slot.name}")
    return Member(slot.name, "state", type, required=True, given=True)


def _region(build: Build, known: Shape, slot: Slot) -> Member:
    """Null while the record is in no state that the region belongs to."""
    type = enum(f"{known.id}.{slot.name}").optional()
    return Member(slot.name, "region", type, given=True)


def _clock(build: Build, known: Shape, slot: Slot) -> Member:
    """When time is up, how much is left, counted as the limit is, and whether it is over."""
    limit = _limit(build, known.id, slot.module, slot.block)
    left = DURATION if limit.kind == "duration" else WORKTIME
    types = (INSTANT.optional(), left.optional(), BOOL)
    return Member(slot.name, "clock", types[slot.index], given=True)


@query
def _limit(build: Build, entity: EntityId, module: str, block: str) -> Type:
    """The type of what a clock counts down from."""
    tree = decl(build, block, ClockDecl)
    context = replace(of_record(build, module, block, entity), has_me=False)
    return typed(context, tree.limit).type if tree.limit else ERROR


def _mark(build: Build, known: Shape, slot: Slot) -> Member:
    """A score or a segment, which are never null."""
    value = computed(build, known.id, slot.name)
    type = INT if slot.source == "score" else BOOL
    return Member(slot.name, slot.source, ERROR if value is BROKEN else type, given=True)


def _tag(build: Build, known: Shape, slot: Slot) -> Member:
    return Member(slot.name, "tag", BOOL, required=True, given=True)


def _parent(build: Build, known: Shape, slot: Slot) -> Member:
    return Member(slot.name, "parent", ref(slot.other), required=True, given=True)


def _far_side(build: Build, known: Shape, slot: Slot) -> Member:
    return _many(slot, slot.other)


def _column(build: Build, known: Shape, slot: Slot) -> Member:
    tree = decl(build, slot.block, DataDecl)
    if slot.name == "parent":
        return Member(slot.name, "column", ref(known.id, nullable=True), given=True)
    key = slot.name == tree.key.text
    return Member(slot.name, "column", TEXT if key else TEXT.optional(), required=key)


_SIGNATURES = {
    "builtin": _builtin,
    "field": _field,
    "serial": _serial,
    "reference": _reference,
    "computed": _computed,
    "lines": _lines,
    "inverse": _inverse,
    "link": _lines,
    "state": _state,
    "region": _region,
    "clock": _clock,
    "score": _mark,
    "segment": _mark,
    "tag": _tag,
    "parent": _parent,
    "link_inverse": _far_side,
    "column": _column,
}


def flow_of(build: Build, entity: EntityId) -> FlowDecl | None:
    """The tree of an entity's flow."""
    block = shape(build, entity).flow
    return decl(build, block, FlowDecl) if block else None


def place_of(build: Build, entity: EntityId, name: str) -> Place | None:
    """Where a member's name is written; None for what is built in."""
    return name_place(build, shape(build, entity).slots[name])


@query
def is_tree(build: Build, entity: EntityId) -> bool:
    """Whether records of the entity lie below each other."""
    return any(
        slot.source == "column" and slot.name == "parent"
        for slot in shape(build, entity).slots.values()
    ) or any(
        isinstance(part.tree, ReferenceDecl) and part.tree.tree
        for part in written_members(build, entity)
    )
