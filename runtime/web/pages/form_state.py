"""What a form holds, from the moment it is drawn until what was sent is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from compiler.model.base import EntityId
from compiler.model.entity import Collection, Entity
from compiler.model.entity import Field as ModelField
from runtime.store.drafts import Draft
from runtime.store.problems import NotFound
from runtime.store.query import Record, Reference
from runtime.store.reader import NO_FIELDS
from runtime.web import contexts
from runtime.web.inputs import Input
from runtime.web.visit import Visit

Known = ModelField | Collection


@dataclass(frozen=True, slots=True)
class LineState:
    """A line in the form: its position there, its inputs and errors; of a line that exists, its id,
    its version when the form was drawn, and what is shown beside the inputs."""

    index: str
    id: str = ""
    inputs: Mapping[str, Input] = field(default_factory=dict)
    shown: Mapping[str, object] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    version: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is drawn: of a new record, or of one that exists.

    `lines_there` are the ids of the lines that the record has, so that a line which somebody else
    adds meanwhile is told from one that was taken out here.
    """

    entity: Entity
    record: Record | None
    draft: Draft
    inputs: Mapping[str, Input]
    lines: Mapping[str, tuple[LineState, ...]]
    errors: Mapping[str, str] = field(default_factory=dict)
    general: tuple[str, ...] = ()
    notices: Mapping[str, str] = field(default_factory=dict)
    conflict: contexts.Conflict | None = None
    version: int = 0
    lines_there: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def members(visit: Visit, entity: Entity) -> Mapping[str, Known]:
    """What can have an input: fields, and collections that are no mere inverse."""
    return visit.serving.once(("members", entity.id), lambda: _members(entity))


def _members(entity: Entity) -> dict[str, Known]:
    links = {name: each for name, each in entity.collections.items() if each.kind == "link"}
    return {**entity.fields, **links}


def named(visit: Visit, known: Known, value: object) -> object:
    """A bare id as the reference that an input or a look wants."""
    if isinstance(known, Collection) or known.type.kind != "ref" or not isinstance(value, int):
        return value
    target = EntityId(known.type.of)
    try:
        return Reference(target, value, visit.reader.get(target, value, NO_FIELDS).display)
    except NotFound:
        return Reference(target, value, None)
