"""What grants allow, told once for all channels: as expressions, for SQL and for Python alike.

A right joins what a grant says into one condition on the row (its `when`, and that its people
include `me`) and the fields it covers. Rights add up. An owned line has its owner's rights, which
its own grants may only narrow.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from compiler.model.app import ADMIN, USER, Workspace
from compiler.model.base import EntityId, RoleId
from compiler.model.entity import (
    Action,
    Entity,
    EveryoneSubject,
    Grant,
    PeopleSubject,
    PublicSubject,
    RoleSubject,
    Subject,
)
from compiler.model.expr import ME, THIS, Expr, FieldOf, Op, Operator, Var
from compiler.model.rewrite import replace_variable
from compiler.model.types import BOOL, ref
from runtime.access.actor import Actor

PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Standing:
    """All of an actor that decides which grants count; `me` is bound when a condition is tested.

    `app` is the authority of rules and flows, which grants do not bind.
    """

    roles: frozenset[RoleId] = frozenset()
    signed_in: bool = False
    app: bool = False

    @classmethod
    def of(cls, actor: Actor) -> Standing:
        if actor.authority == "app":
            return cls(app=True)
        return cls(actor.grants_of, actor.user_id is not None)


@dataclass(frozen=True, slots=True)
class Right:
    """Leave to do an action with rows for which `condition` holds; None is every row.

    The condition speaks of `this` and, if somebody is signed in, of `me`. `fields` are those that
    may be read or written; None is all. Built-in fields that say which record it is (`id`) are
    readable with the row.
    """

    condition: Expr | None = None
    fields: frozenset[str] | None = None

    def covers(self, field: str) -> bool:
        return self.fields is None or field in self.fields


EVERYTHING = (Right(),)


class Permissions:
    """The rights that a workspace gives; computed once for each standing."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._rights = lru_cache(maxsize=4096)(self._find)
        self._fields = lru_cache(maxsize=4096)(self._covered)

    def rights(self, standing: Standing, entity: EntityId, action: Action) -> tuple[Right, ...]:
        """The rights to do an action with rows of an entity; empty means that it is forbidden."""
        return self._rights(standing, entity, action)

    def fields(
        self,
        standing: Standing,
        entity: EntityId,
        action: Action,
        holding: Iterable[Right] | None = None,
    ) -> frozenset[str]:
        """The names of fields and collections that at least one right covers; of those `holding`
        for a record, if that is asked."""
        rights = self.rights(standing, entity, action) if holding is None else tuple(holding)
        return self._fields(entity, tuple(right.fields for right in rights))

    def _covered(
        self, entity: EntityId, fields: tuple[frozenset[str] | None, ...]
    ) -> frozenset[str]:
        known = self.workspace.entities[entity]
        names = frozenset(known.fields) | frozenset(known.collections)
        return frozenset().union(*(names if each is None else each for each in fields))

    def own(self, standing: Standing, entity: EntityId, action: Action) -> tuple[Right, ...]:
        """The rights that the entity's own grants give; on an owned line they narrow."""
        return tuple(
            _right(grant)
            for grant in self.workspace.entities[entity].grants
            if action in grant.actions and applies(grant.subject, standing)
        )

    def _find(self, standing: Standing, entity: EntityId, action: Action) -> tuple[Right, ...]:
        if standing.app or ADMIN in standing.roles:
            return EVERYTHING
        known = self.workspace.entities[entity]
        if known.data_key and action == "read" and standing.signed_in:
            return EVERYTHING
        own = self.own(standing, entity, action)
        if known.owner is None:
            return _simplified(own)
        inherited = self._inherited(standing, known, known.owner, action)
        narrowed = _both(inherited, own) if known.grants else inherited
        return _simplified(narrowed)

    def _inherited(
        self, standing: Standing, line: Entity, owner: EntityId, action: Action
    ) -> tuple[Right, ...]:
        """The owner's rights, said of the line: whoever may update the owner may change its lines.

        (The lines of a new record are saved with it, by leave to create the record.)
        """
        collection = next(
            each.name
            for each in self.workspace.entities[owner].collections.values()
            if each.kind == "lines" and each.target == line.id
        )
        parent = FieldOf(type=ref(owner), of=Var(type=ref(line.id), name=THIS), field=PARENT)
        asked: Action = "update" if action in ("create", "delete") else action
        return tuple(
            Right(right.condition and replace_variable(right.condition, THIS, parent))
            for right in self.rights(standing, owner, asked)
            if right.covers(collection)
        )


def applies(subject: Subject, standing: Standing) -> bool:
    """Whether a grant to this subject counts for somebody of this standing, for some rows."""
    match subject:
        case RoleSubject(role=role):
            return role in standing.roles
        case EveryoneSubject() | PeopleSubject():
            return standing.signed_in
        case PublicSubject():
            return True


def subject_condition(subject: Subject) -> Expr | None:
    """The condition on `this` and `me` under which somebody to whom it applies is the subject."""
    if not isinstance(subject, PeopleSubject):
        return None
    me = Var(type=ref(USER), name=ME)
    if subject.path.type.kind == "set":
        return Op(type=BOOL, op="in", args=(me, subject.path))
    return Op(type=BOOL, op="==", args=(subject.path, me))


def all_of(*conditions: Expr | None) -> Expr | None:
    """That all conditions hold; None is one that always does."""
    return _joined("and", [each for each in conditions if each is not None])


def any_of(conditions: Iterable[Expr | None]) -> Expr | None:
    """That at least one of (one or more) conditions holds; None is one that always does."""
    listed = list(conditions)
    return None if None in listed else _joined("or", [each for each in listed if each is not None])


def _joined(op: Operator, conditions: list[Expr]) -> Expr | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Op(type=BOOL, op=op, args=tuple(conditions))


def _right(grant: Grant) -> Right:
    fields = None if grant.fields is None else frozenset(grant.fields)
    return Right(all_of(subject_condition(grant.subject), grant.when), fields)


def _both(outer: Iterable[Right], inner: Iterable[Right]) -> tuple[Right, ...]:
    """The rights that both sides give, each pair of them one right."""
    pairs = itertools.product(outer, inner)
    return tuple(
        Right(all_of(one.condition, other.condition), _common(one.fields, other.fields))
        for one, other in pairs
    )


def _common(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _simplified(rights: tuple[Right, ...]) -> tuple[Right, ...]:
    return EVERYTHING if Right() in rights else rights
