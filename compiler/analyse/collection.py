"""Collections of the model: inverses, owned lines, many-to-many."""

from __future__ import annotations

from typing import Literal

from compiler.analyse.field import label_of, origin_of
from compiler.analyse.member import (
    InverseOfNothing,
    member,
)  # fmt: skip
from compiler.analyse.texts import labels
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels
from compiler.model.entity import Collection
from compiler.resolve.members import Shape, Slot, members, mentioned, name_place, shape
from compiler.resolve.names import nearest, place
from dsl.ast.entity import (
    InverseDecl,
    ManyToManyDecl,
    NamedMember,
)  # fmt: skip


@query
def collection(build: Build, entity: EntityId, name: str) -> Collection | None:
    """A collection of the model; None for a field, and for what was not understood."""
    known = shape(build, entity)
    slot, sign = known.slots[name], member(build, entity, name)
    if sign is None or not sign.is_collection or sign.type.item is None:
        return None
    target = EntityId(sign.type.item.of)
    kind, via, link = _relation(build, known, slot, target)
    if not via:
        return None
    tree = members(build, slot.block)[slot.index]
    assert isinstance(tree, NamedMember)
    return Collection(
        name=name,
        label=_far_label(build, known, slot)
        if slot.source == "link_inverse"
        else label_of(build, known, slot, tree),
        doc=tree.doc.text if tree.doc and slot.source != "link_inverse" else "",
        kind=kind,
        target=target,
        via=via,
        link=link,
        near=slot.source != "link_inverse",
        origin=origin_of(build, slot),
    )


def _far_label(build: Build, known: Shape, slot: Slot) -> Labels:
    at = name_place(build, slot)
    assert at is not None
    return labels(build, slot.module, (f"{known.name}.{slot.name}",), None, slot.name, at)


def _relation(
    build: Build, known: Shape, slot: Slot, target: EntityId
) -> tuple[Literal["inverse", "lines", "link"], str, str]:
    """The kind of a collection, the member of the target that leads back, and the link."""
    if slot.source == "lines":
        return "lines", "parent", ""
    if slot.source == "link_inverse":
        return "link", slot.via, f"{slot.other}.{slot.via}"
    tree = members(build, slot.block)[slot.index]
    if isinstance(tree, ManyToManyDecl):
        return "link", tree.inverse.text, f"{known.id}.{slot.name}"
    assert isinstance(tree, InverseDecl)
    return "inverse", _turned(build, known, slot, tree, target), ""


def _turned(build: Build, known: Shape, slot: Slot, tree: InverseDecl, target: EntityId) -> str:
    """The reference that an inverse turns around; empty if it does not lead here."""
    name = tree.target.parts[-1].text
    mentioned(build, slot.block, shape(build, target), tree.target.parts[-1])
    found = member(build, target, name)
    leads_here = found and found.type.kind == "ref" and found.type.of == known.id
    if leads_here and found and not found.is_computed:
        return name
    if found is None or found.type.kind != "error":
        near = nearest(name, _leading_to(build, target, known.id))
        at = place(slot.block, tree.target.parts[-1])
        written = str(tree.target)
        build.report(InverseOfNothing(at=at, entity=known.name, written=written, near=near))
    return ""


def _leading_to(build: Build, source: EntityId, target: EntityId) -> list[str]:
    """The references of one entity to another."""
    members = (member(build, source, name) for name in shape(build, source).slots)
    return [
        each.name
        for each in members
        if each and not each.is_computed and (each.type.kind, each.type.of) == ("ref", target)
    ]
