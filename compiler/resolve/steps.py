"""What can be pressed on records of an entity: the transitions of its flow, and its actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import region_parts, shape, state_parts, transition_parts
from compiler.resolve.names import ENTITY, find
from dsl.ast.flow import ActionDecl, StateDecl, StepDecl


@dataclass(frozen=True, slots=True)
class Written:
    """A transition or an action, and where it is written."""

    block: str
    module: str
    tree: StepDecl


@query
def steps(build: Build, entity: EntityId) -> Mapping[str, Written]:
    """The transitions of an entity's flow, those of its regions included, and its actions."""
    found: dict[str, Written] = {}
    for each in (*_transitions(build, entity), *_actions(build, entity)):
        found.setdefault(each.tree.name.text, each)
    return found


def _transitions(build: Build, entity: EntityId) -> Iterator[Written]:
    for part in transition_parts(build, entity):
        yield Written(part.block, part.module, part.tree)
    for region in region_parts(build, entity):
        for tree in region.tree.transitions:
            yield Written(region.block, region.module, tree)


def _actions(build: Build, entity: EntityId) -> Iterator[Written]:
    for each in actions_of(build).get(entity, ()):
        yield Written(each.block, each.module, decl(build, each.block, ActionDecl))


@query
def actions_of(build: Build) -> Mapping[EntityId, tuple[Declared, ...]]:
    """The actions of each entity, in order."""
    found: dict[EntityId, list[Declared]] = {}
    for each in of_kind(build, "action"):
        path = decl(build, each.block, ActionDecl).entity
        target = find(build, each.module, [part.text for part in path.parts], ENTITY)
        if isinstance(target, Declared):
            found.setdefault(EntityId(target.id), []).append(each)
    return {entity: tuple(actions) for entity, actions in found.items()}


@query
def states_of(build: Build, entity: EntityId, field: str) -> tuple[StateDecl, ...]:
    """The states of a flow or of one of its regions, by the field that holds them."""
    slot = shape(build, entity).slots.get(field)
    if slot is None or slot.source not in ("state", "region"):
        return ()
    if slot.source == "state":
        return tuple(part.tree for part in state_parts(build, entity))
    regions = (part.tree for part in region_parts(build, entity))
    return next((each.states for each in regions if each.name.text == field), ())


@query
def all_states(build: Build, entity: EntityId) -> tuple[StateDecl, ...]:
    """The states of a flow and of its regions."""
    inner = (state for part in region_parts(build, entity) for state in part.tree.states)
    return (*(part.tree for part in state_parts(build, entity)), *inner)


@query
def fields_of_states(build: Build, entity: EntityId) -> Mapping[str, str]:
    """All states that records of an entity can be in, with the field that holds each."""
    slots = shape(build, entity).slots.values()
    found: dict[str, str] = {}
    for field in (slot.name for slot in slots if slot.source in ("state", "region")):
        for state in states_of(build, entity, field):
            found.setdefault(state.name.text, field)
    return found
