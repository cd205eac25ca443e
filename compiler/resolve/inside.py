"""What a dotted name means as people write it outside expressions: `Deal.stage.won` in a `locale`
block or in a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.resolve.composition import parts, values_in
from compiler.resolve.declared import NAMED, Declared, decl, modules, of_kind
from compiler.resolve.members import entities, shape, symbol_of
from compiler.resolve.names import find
from compiler.resolve.steps import states_of, steps
from compiler.resolve.symbols import (
    Symbol,
    of_declared,
    of_local,
    of_transition,
    of_value,
)  # fmt: skip
from dsl.ast.report import ReportDecl


def along(build: Build, module: str, names: Sequence[str]) -> list[Symbol | None]:
    """What each name of a path means, seen from a module; from the first that means nothing on,
    None. The module's name may stand before the rest."""
    first = _first(build, module, names[0])
    if first is None and names[0] in modules(build) and len(names) > 1:
        return [None, *along(build, names[0], names[1:])]
    found = [first]
    for name in names[1:]:
        last = found[-1]
        found.append(inside(build, last).get(name) if last else None)
    return found


def _first(build: Build, module: str, name: str) -> Symbol | None:
    found = find(build, module, [name], NAMED)
    if isinstance(found, Declared):
        return of_declared(found)
    apps = [each for each in of_kind(build, "app") if each.module == module and each.name == name]
    return of_declared(apps[0]) if apps else None


@query
def inside(build: Build, symbol: Symbol) -> Mapping[str, Symbol]:
    """What can be named behind a dot, by name."""
    if symbol.kind in ("entity", "data") and symbol.id in entities(build):
        return _of_entity(build, EntityId(symbol.id))
    if symbol.kind == "enum":
        return _of_enum(build, symbol.id)
    if symbol.kind == "report":
        return _of_report(build, symbol.id)
    if symbol.kind == "transition":
        return _of_transition(build, EntityId(symbol.owner), symbol.name)
    if symbol.kind == "member" and symbol.owner in entities(build):
        return _of_state(build, EntityId(symbol.owner), symbol.name)
    return {}


def _of_entity(build: Build, entity: EntityId) -> Mapping[str, Symbol]:
    known = shape(build, entity)
    members = {name: symbol_of(known, slot) for name, slot in known.slots.items()}
    return {name: of_transition(entity, name) for name in steps(build, entity)} | members


def _of_enum(build: Build, id: str) -> Mapping[str, Symbol]:
    return {
        part.tree.name.text: of_value(id, part.tree.name.text)
        for each in of_kind(build, "enum")
        if each.id == id
        for part in parts(build, each, id, values_in)
    }


def _of_report(build: Build, id: str) -> Mapping[str, Symbol]:
    found = {}
    for each in of_kind(build, "report"):
        if each.id == id:
            tree = decl(build, each.block, ReportDecl)
            named = [each.name for each in tree.by if each.name], [each.name for each in tree.show]
            names = [name.text for part in named for name in part]
            found.update({name: of_local(each.block, name) for name in names})
    return found


def _of_state(build: Build, entity: EntityId, name: str) -> Mapping[str, Symbol]:
    states = states_of(build, entity, name)
    return {each.name.text: of_value(f"{entity}.{name}", each.name.text) for each in states}


def _of_transition(build: Build, entity: EntityId, name: str) -> Mapping[str, Symbol]:
    step = steps(build, entity).get(name)
    asks = step.tree.asks if step is not None else ()
    return {
        ask.name.text: of_local(step.block, ask.name.text)
        for ask in asks
        if step is not None and ask.type is not None
    }
