"""Where each thing that has a name is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.resolve.composition import target_of
from compiler.resolve.declared import NAMED, Declared, written
from compiler.resolve.members import MARKS, entities, marked, regions_of, shape, symbol_of
from compiler.resolve.names import ENTITY, find
from compiler.resolve.symbols import (
    Symbol,
    of_declared,
    of_local,
    of_member,
    of_transition,
    of_value,
)
from dsl.ast.app import Decl, EnumDecl
from dsl.ast.approval import AskDecl
from dsl.ast.base import Name, walk
from dsl.ast.entity import EntityDecl, ManyToManyDecl, MixinDecl, NamedMember
from dsl.ast.expr import Aggregate, Pick
from dsl.ast.flow import ActionDecl, FlowDecl, RegionDecl
from dsl.ast.mark import MarkDecl
from dsl.ast.outside import Sent
from dsl.ast.report import Dimension, Measure
from dsl.ast.statement import For, Let
from dsl.ast.test import GivenRecord, GivenRoles
from dsl.ast.value import Parameter
from dsl.source import Place


@query
def definitions(build: Build) -> Mapping[Symbol, Place]:
    """Everything that has a name, with the place of the name where it is declared first."""
    found: dict[Symbol, Place] = {}
    for each in written(build):
        for symbol, at in declared_in(build, each):
            found.setdefault(symbol, at)
    return found


@query
def declared_in(build: Build, declared: Declared) -> tuple[tuple[Symbol, Place], ...]:
    """What a block declares, in written order, itself first."""
    tree = build.given(("decl", declared.block))
    assert isinstance(tree, Decl)
    return tuple(
        (symbol, Place(declared.block, name.span))
        for symbol, name in _defined(build, declared, tree)
    )


def _defined(build: Build, declared: Declared, tree: Decl) -> Iterator[tuple[Symbol, Name]]:
    named = declared.kind == "app" or (declared.kind in NAMED and declared.kind not in MARKS)
    if declared.how is None and named:
        yield of_declared(declared), tree.name
    id = _id_of(build, declared)
    match tree:
        case FlowDecl():
            yield from _of_flow(build, declared, tree)
        case ActionDecl():
            yield from _of_action(build, declared, tree)
        case MarkDecl():
            entity = marked(build, declared)
            if entity is not None:
                yield of_member(entity, declared.name), tree.name
        case EntityDecl() | MixinDecl() if id:
            yield from _of_members(build, declared.module, id, tree)
        case EnumDecl() if id:
            yield from ((of_value(id, each.name.text), each.name) for each in tree.values)
    for name in _locals(tree):
        yield of_local(declared.block, name.text), name


def _id_of(build: Build, declared: Declared) -> str:
    """The id of what a block declares, or of what it says more of; empty if there is none."""
    if declared.how is None:
        return declared.id
    target = target_of(build, declared) if declared.kind in ("entity", "enum") else None
    return target[1] if target else ""


def _of_members(
    build: Build, module: str, id: str, tree: EntityDecl | MixinDecl
) -> Iterator[tuple[Symbol, Name]]:
    for member in tree.members:
        if isinstance(member, NamedMember):
            yield _of_member(build, id, member.name.text), member.name
        if isinstance(member, ManyToManyDecl):
            target = find(build, module, _texts(member.target.parts), ENTITY)
            if isinstance(target, Declared):
                yield of_member(target.id, member.inverse.text), member.inverse


def _of_member(build: Build, id: str, name: str) -> Symbol:
    """A member that a text gives an entity or a mixin; an override may be of a mixin's."""
    if id not in entities(build):
        return of_member(id, name)
    known = shape(build, EntityId(id))
    slot = known.slots.get(name)
    return symbol_of(known, slot) if slot else of_member(id, name)


def _of_flow(build: Build, declared: Declared, tree: FlowDecl) -> Iterator[tuple[Symbol, Name]]:
    entity = find(build, declared.module, _texts(tree.entity.parts), ENTITY)
    if not isinstance(entity, Declared):
        return
    field = of_member(entity.id, tree.name.text)
    if declared.how is None:
        yield field, tree.name
    yield from _of_states(entity.id, field, tree)
    for region in regions_of(tree):
        field = of_member(entity.id, region.name.text)
        yield field, region.name
        yield from _of_states(entity.id, field, region)


def _of_states(
    entity: str, field: Symbol, tree: FlowDecl | RegionDecl
) -> Iterator[tuple[Symbol, Name]]:
    yield from ((of_value(field.id, state.name.text), state.name) for state in tree.states)
    yield from ((of_transition(entity, each.name.text), each.name) for each in tree.transitions)


def _of_action(build: Build, declared: Declared, tree: ActionDecl) -> Iterator[tuple[Symbol, Name]]:
    entity = find(build, declared.module, _texts(tree.entity.parts), ENTITY)
    if isinstance(entity, Declared):
        yield of_transition(entity.id, tree.name.text), tree.name


def _locals(tree: Decl) -> Iterator[Name]:
    for node in walk(tree):
        match node:
            case Let() | For() | Measure() | GivenRecord() | GivenRoles() | Parameter():
                yield node.name
            case Dimension(name=Name() as name) | Aggregate(alias=Name() as name):
                yield name
            case Pick(alias=Name() as name) | Sent(name=name):
                yield name
            case AskDecl() if node.type is not None:
                yield node.name


def _texts(names: tuple[Name, ...]) -> list[str]:
    return [name.text for name in names]
