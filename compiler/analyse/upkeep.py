"""How a computed field is kept right, from what its expression reads."""

from __future__ import annotations

from compiler.analyse.called import definition
from compiler.analyse.member import computed, member
from compiler.build import Build, Cycle, query
from compiler.field_type import Library
from compiler.model.base import EntityId
from compiler.model.entity import Upkeep
from compiler.model.expr import THIS, WORKING_TIME, Expr, Extent, FieldOf, Func, Holders, Many, Var
from compiler.model.inline import walk_through


def fields_of(build: Build, value: Expr, variable: str = THIS) -> tuple[str, ...]:
    """The members of the variable's row that an expression reads, each once, in order."""
    found = {
        part.field: None
        for part in walk_through(value, definition(build))
        if isinstance(part, FieldOf | Many)
        and isinstance(part.of, Var)
        and part.of.name == variable
    }
    return tuple(found)


@query
def upkeep(build: Build, entity: EntityId, name: str) -> Upkeep:
    """The way in which a computed field is kept right."""
    value = computed(build, entity, name)
    ways = {_way(build, part) for part in walk_through(value, definition(build))}
    return "read" if "read" in ways else "aggregate" if "aggregate" in ways else "row"


def _way(build: Build, part: Expr) -> Upkeep:
    match part:
        case Extent() | Holders() | Var(name="me" | "old" | "input"):
            return "read"
        case Func():
            return "read" if _is_timed(build.library, part.name) else "row"
        case Many():
            return "aggregate"
        case FieldOf():
            return _way_of_field(build, part)
    return "row"


def _is_timed(library: Library, function: str) -> bool:
    """Whether a function's value may differ from one day to the next: holidays are told late."""
    known = library.functions.get(function)
    return function == WORKING_TIME or (known is not None and known.upkeep == "time")


def _way_of_field(build: Build, part: FieldOf) -> Upkeep:
    read = EntityId(part.of.type.of)
    found = member(build, read, part.field)
    if found is not None and found.is_computed and _of_other(build, read, part.field) == "read":
        return "read"
    own = isinstance(part.of, Var) and part.of.name == THIS
    return "row" if own else "aggregate"


def _of_other(build: Build, entity: EntityId, name: str) -> Upkeep:
    try:
        return upkeep(build, entity, name)
    except Cycle:
        return "row"
