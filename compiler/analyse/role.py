"""Roles of the model."""

from __future__ import annotations

from compiler.analyse.texts import labels
from compiler.build import Build, query
from compiler.model.app import Role
from compiler.model.base import Origin, RoleId
from compiler.resolve.composition import about
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.names import ROLE, place, resolve
from dsl.ast.app import RoleDecl


@query
def roles(build: Build) -> dict[RoleId, Declared]:
    """All roles by id, in order."""
    found: dict[RoleId, Declared] = {}
    for each in of_kind(build, "role"):
        found.setdefault(RoleId(each.id), each)
    return found


@query
def includes(build: Build, role: RoleId) -> tuple[RoleId, ...]:
    """The roles that a role includes by itself, and those that other apps have it include."""
    found = [
        resolve(build, each.scope, each.block, path, ROLE)
        for each in (roles(build)[role], *about(build, "role", role).extending)
        for path in decl(build, each.block, RoleDecl).includes
    ]
    return tuple(dict.fromkeys(RoleId(each.id) for each in found if each))


@query
def grants_of(build: Build, role: RoleId) -> tuple[RoleId, ...]:
    """A role and all it includes, at any depth."""
    found: dict[RoleId, None] = {}
    left = [role]
    while left:
        each = left.pop(0)
        if each not in found:
            found[each] = None
            left.extend(includes(build, each))
    return tuple(found)


@query
def role(build: Build, id: RoleId) -> Role:
    """A role of the model."""
    each = roles(build)[id]
    tree = decl(build, each.block, RoleDecl)
    at, span = place(each.block, tree.name), tree.name.span
    return Role(
        id=id,
        module=each.module,
        name=each.name,
        label=labels(build, each.scope, (each.name,), tree.label, tree.name, at),
        includes=includes(build, id),
        grants_of=grants_of(build, id),
        origin=Origin(block=each.block, start=span.start, end=span.end),
    )
