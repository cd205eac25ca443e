"""What an entity has, wherever it is written: its own members, those that other apps add, those of
its mixins, the state of its flow, the `parent` of an owned line, the far sides of many-to-many, and
what is built in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.resolve.composition import (
    N,
    Part,
    Parts,
    about,
    members_in,
    overridden,
    parts,
    parts_in,
    retired_parts,
    states_in,
    transitions_in,
)
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.names import ENTITY, find, is_lost, place, resolve
from compiler.resolve.symbols import Symbol, of_member
from dsl.ast.app import DataDecl
from dsl.ast.base import Name, Path
from dsl.ast.clock import ClockDecl
from dsl.ast.entity import (
    ComputedDecl,
    EntityDecl,
    FieldDecl,
    InverseDecl,
    LinesDecl,
    ManyToManyDecl,
    Member,
    MixinDecl,
    NamedMember,
    ReferenceDecl,
    SerialDecl,
)
from dsl.ast.flow import FlowDecl, RegionDecl, StateDecl, TransitionDecl
from dsl.ast.mark import MarkDecl
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place

_NOBODY = EntityId("")

CLOCK_PARTS = ("due", "left", "breached")
"""What can be read of a clock: `repair.due` is the field `repair_due`."""

Source = Literal[
    "builtin", "field", "serial", "reference", "computed", "lines", "inverse", "link",
    "state", "region", "clock", "parent", "link_inverse", "column", "score", "tag", "segment",
]  # fmt: skip

_SOURCES: Mapping[type[NamedMember], Source] = {
    FieldDecl: "field",
    SerialDecl: "serial",
    ReferenceDecl: "reference",
    ComputedDecl: "computed",
    LinesDecl: "lines",
    InverseDecl: "inverse",
    ManyToManyDecl: "link",
}

COLLECTIONS: frozenset[Source] = frozenset({"lines", "inverse", "link", "link_inverse"})

MARKS: tuple[Literal["score", "tag", "segment"], ...] = ("score", "tag", "segment")
"""What declarations beside an entity mark its records with."""

BUILT_IN_FIRST = ("id",)
BUILT_IN_LAST = ("created_at", "created_by", "changed_at", "changed_by")
BUILT_IN = BUILT_IN_FIRST + BUILT_IN_LAST


class DuplicateMember(Problem, code="CW0301", name="duplicate-member"):
    member: str
    entity: str
    first: Place | None
    message = Message(
        "`{member}` is declared twice in `{entity}`", "`{entity}` 中重复声明了 `{member}`"
    )
    label = Message("again here", "此处重复")
    help = Message("rename one of them, or delete it", "请改名或删除其中一个")

    def labels(self) -> Iterable[Label]:
        if self.first:
            yield Label(self.first, Message("first here", "首次声明在此"))


class BuiltInMember(Problem, code="CW0302", name="built-in-member"):
    member: str
    message = Message("every entity already has `{member}`", "每个实体都已内置 `{member}`")
    help = Message("choose another name", "请另选名称")


class SeveralOwners(Problem, code="CW0303", name="several-owners"):
    entity: str
    owner: str
    message = Message(
        "`{entity}` is already owned by `{owner}`", "`{entity}` 已是 `{owner}` 的明细"
    )
    help = Message(
        "lines belong to one record; make the other side a reference",
        "明细只能属于一种记录；另一侧请改用引用",
    )


class SeveralFlows(Problem, code="CW0501", name="several-flows"):
    entity: str
    first: str
    message = Message("`{entity}` already has the flow `{first}`", "`{entity}` 已有流程 `{first}`")
    help = Message("an entity has one flow; join the two", "一个实体只有一个流程；请合并")


@dataclass(frozen=True, slots=True)
class Slot:
    """A member's name and where it is written: the `index`-th member of a block.

    `module` is the one whose names the text sees; `label_of` the declaration under which the
    member's label is translated; `written_in` the id of the entity or mixin whose member it is, for
    one that is written. `other` is, for what another declaration gives an entity, who
    gives it, and `via` under which name: the owner of lines, the near side of a many-to-many.
    """

    name: str
    source: Source
    module: str
    block: str
    index: int = -1
    label_of: str = ""
    written_in: str = ""
    other: EntityId = _NOBODY
    via: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """An entity as others see it: the members it has, by name, in order."""

    id: EntityId
    module: str
    name: str
    block: str
    kind: Literal["entity", "data"]
    slots: Mapping[str, Slot]
    owner: EntityId | None
    flow: str | None
    """The block of the flow."""

    def slot_of(self, source: Source) -> Slot | None:
        return next((slot for slot in self.slots.values() if slot.source == source), None)


@query
def entities(build: Build) -> Mapping[EntityId, Declared]:
    """All entities by id, in order; reference data without an entity declares one."""
    found: dict[EntityId, Declared] = {}
    for each in (*of_kind(build, "entity"), *of_kind(build, "data")):
        found.setdefault(EntityId(each.id), each)
    return found


def resolve_entity(build: Build, module: str, block: str, path: Path) -> EntityId | None:
    """The entity that a path names; reports a problem where there is none."""
    found = resolve(build, module, block, path, ENTITY)
    return EntityId(found.id) if found else None


def members(build: Build, block: str) -> tuple[Member, ...]:
    """The members that a block writes."""
    tree = build.given(("decl", block))
    return tree.members if isinstance(tree, EntityDecl | MixinDecl) else ()


@query
def shape(build: Build, entity: EntityId) -> Shape:
    """The members of an entity; of members with the same name the first counts."""
    declared = entities(build)[entity]
    given = _gifts(build).get(entity, ())
    slots: dict[str, Slot] = {}
    for slot in _all_slots(build, declared, given):
        if slot.name in slots and slot.source != "builtin":
            _report_twice(build, entity, slots[slot.name], slot)
        else:
            slots.setdefault(slot.name, slot)
    parents = [slot for slot in given if slot.source == "parent"]
    flows = [slot for slot in given if slot.source == "state"]
    _report_several(build, entity, parents, flows)
    return Shape(
        id=entity,
        module=declared.module,
        name=declared.name,
        block=declared.block,
        kind="data" if declared.kind == "data" else "entity",
        slots=slots,
        owner=parents[0].other if parents else None,
        flow=flows[0].block if flows else None,
    )


@query
def may_have(build: Build, entity: EntityId, name: str) -> bool:
    """Whether an entity may have a member of this name after all: too little was understood of
    what gives it members, and that was reported there."""
    return is_lost(build, name) or _lacks_mixins(build, entity) or name in _unplaced(build)


def _lacks_mixins(build: Build, entity: EntityId) -> bool:
    declared = entities(build)[entity]
    if declared.kind == "data":
        return False
    named = [
        path
        for each in (declared, *about(build, "entity", entity).extending)
        for path in decl(build, each.block, EntityDecl).mixins
    ]
    return len(named) > len(_mixins(build, entity))


@query
def _unplaced(build: Build) -> frozenset[str]:
    """The names of far sides of many-to-many of which it is not known where they belong."""
    return frozenset(
        part.tree.inverse.text
        for each in of_kind(build, "entity")
        for part in written_members(build, EntityId(each.id))
        if isinstance(part.tree, ManyToManyDecl)
        and not isinstance(find(build, part.module, _texts(part.tree.target), ENTITY), Declared)
    )


def _texts(path: Path) -> list[str]:
    return [name.text for name in path.parts]


def mentioned(build: Build, block: str, known: Shape, name: Name) -> bool:
    """Whether an entity has a member of this name; if so, the name is known to mean it."""
    slot = known.slots.get(name.text)
    if slot is None:
        return False
    build.mention(place(block, name), symbol_of(known, slot))
    return True


def symbol_of(known: Shape, slot: Slot) -> Symbol:
    """What the name of an entity's member means: a mixin's member is the same in all that have
    the mixin."""
    return of_member(slot.written_in or known.id, slot.name)


def _all_slots(build: Build, declared: Declared, given: tuple[Slot, ...]) -> Iterator[Slot]:
    builtin = {name: Slot(name, "builtin", declared.module, declared.block) for name in BUILT_IN}
    written = list(_written(build, EntityId(declared.id)))
    yield from (builtin[name] for name in BUILT_IN_FIRST)
    yield from [slot for slot in given if slot.source == "parent"][:1]
    yield from _columns(build, declared)
    yield from (slot for slot in written if slot.block == declared.block)
    states = [slot for slot in given if slot.source == "state"][:1]
    yield from states
    flows = {slot.name for slot in states}
    yield from (slot for slot in given if slot.source == "region" and slot.via in flows)
    yield from (slot for slot in given if slot.source in MARKS)
    yield from (slot for slot in written if slot.block != declared.block)
    yield from (slot for slot in given if slot.source in ("link_inverse", "clock"))
    yield from (builtin[name] for name in BUILT_IN_LAST)


def _written(build: Build, entity: EntityId) -> Iterator[Slot]:
    for part in written_members(build, entity):
        member = part.tree
        if not isinstance(member, NamedMember):
            continue
        if member.name.text in BUILT_IN:
            build.report(BuiltInMember(at=part.at(member.name), member=member.name.text))
            continue
        yield Slot(
            member.name.text, _SOURCES[type(member)], part.module, part.block, part.index,
            label_of=part.of.rpartition(".")[2], written_in=part.of,
        )  # fmt: skip


@query
def written_members(build: Build, entity: EntityId) -> tuple[Part[Member], ...]:
    """The members that texts give an entity: its own, then what extends it, then its mixins'."""
    declared = entities(build)[entity]
    if declared.kind == "data":
        return ()
    found = [
        part
        for each in (declared, *about(build, "entity", entity).extending)
        for part in parts_in(build, each, entity, members_in)
    ]
    for mixin in _mixins(build, entity):
        found += _parts_of(build, mixin)
    return tuple(overridden(build, declared, entity, found, members_in))


def retired_members(build: Build, entity: EntityId) -> Iterator[Part[Member]]:
    """What texts say is no longer a member of an entity, or of its mixins."""
    declared = entities(build)[entity]
    if declared.kind == "entity":
        for each in (declared, *_mixins(build, entity)):
            yield from retired_parts(build, each, each.id, members_in)


def retired_states(build: Build, entity: EntityId) -> Iterator[Part[StateDecl]]:
    """What is no longer a state of an entity's flow."""
    slot = shape(build, entity).slot_of("state")
    if slot is not None:
        flow = Declared("flow", slot.module, slot.name, slot.block)
        yield from retired_parts(build, flow, f"{entity}.{slot.name}", states_in)


@query
def _columns(build: Build, declared: Declared) -> tuple[Slot, ...]:
    """Reference data that fills no entity has its columns as fields."""
    if declared.kind != "data":
        return ()
    tree = decl(build, declared.block, DataDecl)
    return tuple(
        Slot(name.text, "column", declared.module, declared.block, index, declared.name)
        for index, name in enumerate(tree.header)
    )


@query
def _mixins(build: Build, entity: EntityId) -> tuple[Declared, ...]:
    """The mixins of an entity, and those that what extends it adds."""
    found = []
    for each in (entities(build)[entity], *about(build, "entity", entity).extending):
        for path in decl(build, each.block, EntityDecl).mixins:
            mixin = resolve(build, each.module, each.block, path, ("mixin",))
            if mixin:
                found.append(mixin)
    return tuple(dict.fromkeys(found))


@query
def _gifts(build: Build) -> Mapping[EntityId, tuple[Slot, ...]]:
    """What declarations give to entities other than the one they stand in."""
    found: dict[EntityId, list[Slot]] = {}
    for each in of_kind(build, "entity"):
        for target, slot in _given_by_members(build, EntityId(each.id)):
            found.setdefault(target, []).append(slot)
    for each in of_kind(build, "flow"):
        for target, slot in _given_by_flow(build, each):
            found.setdefault(target, []).append(slot)
    for each in of_kind(build, "clock"):
        for target, slot in _given_by_clock(build, each):
            found.setdefault(target, []).append(slot)
    for kind in MARKS:
        for each in of_kind(build, kind):
            for target, slot in _given_by_mark(build, each, kind):
                found.setdefault(target, []).append(slot)
    return {target: tuple(slots) for target, slots in found.items()}


@query
def _given_by_mark(
    build: Build, each: Declared, source: Source
) -> tuple[tuple[EntityId, Slot], ...]:
    entity = marked(build, each)
    if entity is None:
        return ()
    short = entity.rpartition(".")[2]
    return ((entity, Slot(each.name, source, each.module, each.block, label_of=short)),)


def marked(build: Build, declared: Declared) -> EntityId | None:
    """The entity whose records a score, a tag or a segment marks."""
    parts = [part.text for part in decl(build, declared.block, MarkDecl).entity.parts]
    found = find(build, declared.module, parts, ENTITY)
    return EntityId(found.id) if isinstance(found, Declared) else None


@query
def _given_by_members(build: Build, giver: EntityId) -> tuple[tuple[EntityId, Slot], ...]:
    given = []
    for part in written_members(build, giver):
        member = part.tree
        if not isinstance(member, LinesDecl | ManyToManyDecl):
            continue
        names = [each.text for each in member.target.parts]
        target = find(build, part.module, names, ENTITY)
        if not isinstance(target, Declared):
            continue
        lines = isinstance(member, LinesDecl)
        slot = Slot(
            name="parent" if isinstance(member, LinesDecl) else member.inverse.text,
            source="parent" if lines else "link_inverse",
            module=part.module,
            block=part.block,
            index=part.index,
            label_of=target.name,
            other=giver,
            via=member.name.text,
        )
        given.append((EntityId(target.id), slot))
    return tuple(given)


@query
def state_parts(build: Build, entity: EntityId) -> tuple[Part[StateDecl], ...]:
    """The states of an entity's flow, those that other apps add after them."""
    return _flow_parts(build, entity, states_in)


@query
def transition_parts(build: Build, entity: EntityId) -> tuple[Part[TransitionDecl], ...]:
    """The transitions of an entity's flow likewise."""
    return _flow_parts(build, entity, transitions_in)


def _flow_parts(build: Build, entity: EntityId, parts_of: Parts[N]) -> tuple[Part[N], ...]:
    slot = shape(build, entity).slot_of("state")
    if slot is None:
        return ()
    flow = Declared("flow", slot.module, slot.name, slot.block)
    return parts(build, flow, f"{entity}.{slot.name}", parts_of)


@query
def _given_by_flow(build: Build, each: Declared) -> tuple[tuple[EntityId, Slot], ...]:
    tree = decl(build, each.block, FlowDecl)
    target = find(build, each.module, _texts(tree.entity), ENTITY)
    if not isinstance(target, Declared):
        return ()
    id = f"{target.id}.{tree.name.text}"
    state = Slot(tree.name.text, "state", each.module, each.block, label_of=target.name)
    regions = [
        Slot(
            part.tree.name.text, "region", part.module, part.block, part.index,
            label_of=target.name, via=tree.name.text,
        )
        for part in _regions(build, each, id)
    ]  # fmt: skip
    return tuple((EntityId(target.id), slot) for slot in (state, *regions))


@query
def region_parts(build: Build, entity: EntityId) -> tuple[Part[RegionDecl], ...]:
    """The regions of an entity's flow; `index` counts those of their block."""
    slot = shape(build, entity).slot_of("state")
    if slot is None:
        return ()
    flow = Declared("flow", slot.module, slot.name, slot.block)
    return tuple(_regions(build, flow, f"{entity}.{slot.name}"))


def _regions(build: Build, flow: Declared, id: str) -> Iterator[Part[RegionDecl]]:
    for state in parts(build, flow, id, states_in):
        written = regions_of(decl(build, state.block, FlowDecl))
        for region in state.tree.regions:
            yield Part(id, state.block, state.module, written.index(region), region)


def regions_of(tree: FlowDecl) -> list[RegionDecl]:
    """The regions of the parallel states that a block writes, in order."""
    return [region for state in tree.states for region in state.regions]


@query
def _given_by_clock(build: Build, each: Declared) -> tuple[tuple[EntityId, Slot], ...]:
    tree = decl(build, each.block, ClockDecl)
    target = find(build, each.module, _texts(tree.entity), ENTITY)
    if not isinstance(target, Declared):
        return ()
    return tuple(
        (
            EntityId(target.id),
            Slot(
                f"{each.name}_{part}", "clock", each.module, each.block, index,
                label_of=target.name, via=each.name,
            ),
        )
        for index, part in enumerate(CLOCK_PARTS)
    )  # fmt: skip


def _parts_of(build: Build, mixin: Declared) -> tuple[Part[Member], ...]:
    return parts(build, mixin, mixin.id, members_in)


def _report_twice(build: Build, entity: EntityId, first: Slot, again: Slot) -> None:
    mixed = {part.block for each in _mixins(build, entity) for part in _parts_of(build, each)}
    if again.block in mixed and first.block not in mixed:
        # A mixin serves many: the entity's own member is the one to change.
        first, again = again, first
    at, before = name_place(build, again), name_place(build, first)
    if at is not None:
        build.report(
            DuplicateMember(at=at, member=again.name, entity=entity.split(".")[-1], first=before)
        )


def name_place(build: Build, slot: Slot) -> Place | None:
    """Where the member's name is written; None for what is built in."""
    tree = build.given(("decl", slot.block))
    if slot.source == "builtin":
        return None
    if slot.source == "column" and isinstance(tree, DataDecl):
        return place(slot.block, tree.header[slot.index])
    if isinstance(tree, FlowDecl):
        name = tree.name if slot.source == "state" else regions_of(tree)[slot.index].name
        return place(slot.block, name)
    if isinstance(tree, ClockDecl):
        return place(slot.block, tree.name)
    if slot.index < 0:
        return place(slot.block, tree.name) if isinstance(tree, MarkDecl) else None
    member = members(build, slot.block)[slot.index]
    if slot.source == "link_inverse" and isinstance(member, ManyToManyDecl):
        return place(slot.block, member.inverse)
    return place(slot.block, member.name) if isinstance(member, NamedMember) else None


def _report_several(build: Build, entity: EntityId, parents: list[Slot], flows: list[Slot]) -> None:
    name = entity.split(".")[-1]
    for slot in parents[1:]:
        at = name_place(build, slot)
        assert at is not None
        owner = parents[0].other.split(".")[-1]
        build.report(SeveralOwners(at=at, entity=name, owner=owner))
    for slot in flows[1:]:
        at = name_place(build, slot)
        assert at is not None
        build.report(SeveralFlows(at=at, entity=name, first=f"{name}.{flows[0].name}"))
