"""Questions about an app, answered from what the compiler understood: where a field comes from and
what follows from it, and who may do what. Plain data; wording it is for who asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from compiler.analyse.order import written_by
from compiler.analyse.unknown import short_name
from compiler.bundle import Bundle
from compiler.model.app import ADMIN
from compiler.model.base import EntityId, Origin, RoleId
from compiler.model.entity import Action, Entity, Grant, RoleSubject
from compiler.model.statement import Statement

WriterKind = Literal["rule", "transition", "state"]


@dataclass(frozen=True, slots=True)
class Writer:
    """A rule, a transition or a state whose statements write a field, or that asks for it."""

    kind: WriterKind
    name: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Input:
    """What a computed field is made of: fields of the rows that `path` leads to from its own."""

    path: tuple[str, ...]
    source: EntityId
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Leave for somebody. `roles` are all that have the grant's role, itself first; empty for
    people of the row and for everyone. `through` is the owner whose access an owned line has.
    Nothing is written for the administrator: `grant` is then None."""

    grant: Grant | None
    roles: tuple[RoleId, ...] = ()
    through: EntityId | None = None


def inputs(bundle: Bundle, entity: EntityId, field: str) -> list[Input]:
    """What a stored computed field is made of; a write of any of it computes the field anew."""
    return [
        Input(each.path, each.source, each.reads)
        for found in bundle.upkeep.by_source.values()
        for each in found
        if (each.entity, each.field) == (entity, field)
    ]


def followers(bundle: Bundle, entity: EntityId, field: str) -> list[tuple[EntityId, str]]:
    """The stored computed fields that a write of a field computes anew."""
    found = bundle.upkeep.by_source.get(entity, ())
    return [(each.entity, each.field) for each in found if field in each.reads]


def writers(bundle: Bundle, entity: EntityId, field: str) -> list[Writer]:
    """What writes a field besides people in a form."""
    return [
        *(
            Writer(kind, name, origin)
            for kind, name, origin, statements in _all_statements(bundle)
            if (entity, field) in set(written_by(statements))
        ),
        *_asking(bundle, entity, field),
    ]


def _asking(bundle: Bundle, entity: EntityId, field: str) -> Iterator[Writer]:
    """The steps whose form asks for a field."""
    flow = bundle.workspace.flows.get(entity)
    for each in flow.transitions.values() if flow else ():
        if any(ask.is_field and ask.field.name == field for ask in each.asks):
            yield Writer("transition", f"{short_name(entity)}.{each.name}", each.origin)


def _all_statements(
    bundle: Bundle,
) -> Iterator[tuple[WriterKind, str, Origin, tuple[Statement, ...]]]:
    for rule in bundle.workspace.rules.values():
        yield "rule", rule.name, rule.origin, rule.do
    for id, flow in bundle.workspace.flows.items():
        for step in flow.transitions.values():
            yield "transition", f"{short_name(id)}.{step.name}", step.origin, step.do
        for state in flow.states.values():
            yield (
                "state",
                f"{short_name(id)}.{state.name}",
                state.origin,
                (*state.enter, *state.leave),
            )


def who_can(bundle: Bundle, entity: EntityId, action: Action, field: str = "") -> list[Allowed]:
    """Who may do an action with rows of an entity, or read or write one of its fields; in the
    order of the text, the administrator last."""
    known = bundle.workspace.entities[entity]
    return [*_granted(bundle, known, action, field), Allowed(None, (ADMIN,))]


def _granted(bundle: Bundle, known: Entity, action: Action, field: str) -> Iterator[Allowed]:
    for grant in known.grants:
        if _says(grant, action, field) and grant.subject != RoleSubject(role=ADMIN):
            yield Allowed(grant, tuple(_holders(bundle, grant)))
    if known.owner is not None and not any(action in grant.actions for grant in known.grants):
        asked: Action = "update" if action in ("create", "delete") else action
        for inherited in _granted(bundle, bundle.workspace.entities[known.owner], asked, ""):
            yield Allowed(inherited.grant, inherited.roles, known.owner)


def _says(grant: Grant, action: Action, field: str) -> bool:
    return action in grant.actions and (not field or grant.fields is None or field in grant.fields)


def _holders(bundle: Bundle, grant: Grant) -> Iterator[RoleId]:
    if isinstance(grant.subject, RoleSubject):
        yield grant.subject.role
        for role in bundle.workspace.roles.values():
            if grant.subject.role in role.grants_of and role.id != grant.subject.role:
                yield role.id
