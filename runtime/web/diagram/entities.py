"""The entities of an app as a picture: what refers to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.model.app import Workspace
from compiler.model.base import EntityId
from compiler.model.entity import Entity
from runtime.web.diagram.picture import Line, Part, Picture

PRELUDE = "std"


def entities_picture(model: Workspace, module: str, language: str) -> Picture:
    """The entities of an app, and those of others that they refer to; people are left out, for
    nearly everything refers to them. A line leads from what refers; it is dashed for owned lines
    and where both sides have many."""
    own = [each for each in model.entities.values() if each.module == module]
    drawn = {each.id: each for each in own}
    for each in own:
        for _, target, _ in _references(each):
            if model.entities[target].module != PRELUDE:
                drawn.setdefault(target, model.entities[target])
    parts = [Part("entity", (each.label[language],)) for each in drawn.values()]
    places = {id: at for at, id in enumerate(drawn)}
    lines: list[Line] = []
    for each in own:
        for labels, target, dashed in _joined(each, language):
            if target in places and target != each.id:
                parts.append(Part("name", labels))
                lines.append(Line(places[each.id], len(parts) - 1, arrow=False, dashed=dashed))
                lines.append(Line(len(parts) - 1, places[target], dashed=dashed))
    label = model.modules[module].label[language]
    return Picture(label, _sentence(own, model, language), parts, lines)


def _joined(entity: Entity, language: str) -> Iterator[tuple[tuple[str, ...], EntityId, bool]]:
    """One line to each entity, with the names of all that lead there."""
    found: dict[tuple[EntityId, bool], list[str]] = {}
    for name, target, dashed in _references(entity):
        known = entity.fields.get(name) or entity.collections[name]
        found.setdefault((target, dashed), []).append(known.label[language])
    for (target, dashed), labels in found.items():
        yield tuple(labels), target, dashed


def _references(entity: Entity) -> Iterator[tuple[str, EntityId, bool]]:
    for field in entity.fields.values():
        if field.type.kind == "ref" and field.computed is None and not field.system:
            yield field.name, EntityId(field.type.of), False
    for each in entity.collections.values():
        if each.kind == "lines" or (each.kind == "link" and each.near):
            yield each.name, each.target, True


def _sentence(own: Iterable[Entity], model: Workspace, language: str) -> str:
    """Each reference in words: `Order → Customer`."""
    return "; ".join(
        f"{each.label[language]} → {model.entities[target].label[language]}"
        for each in own
        for _, target, _ in _references(each)
    )
