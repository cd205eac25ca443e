"""From computed fields to what follows from which write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from compiler.model.app import Workspace
from compiler.model.base import EntityId
from compiler.model.entity import Collection
from compiler.model.expr import THIS, Aggregate, Call, Expr, FieldOf, Let, Many, Var
from compiler.model.inline import Definition, written_out
from compiler.model.rewrite import parts
from compiler.model.value import Function
from compiler.plan.upkeep import Dependency, UpkeepPlan

Path = tuple[str, ...]
Computed = tuple[EntityId, str]


class UpkeepCycle(Exception):
    """Stored computed fields that follow from each other; `fields` are on the circle."""

    def __init__(self, fields: tuple[Computed, ...]) -> None:
        super().__init__(", ".join(f"{entity}.{name}" for entity, name in fields))
        self.fields = fields


def conditions(model: Workspace) -> Iterator[tuple[EntityId, str, Expr]]:
    """The conditions that act by themselves as soon as they are true, with what they belong to."""
    for rule in model.rules.values():
        if rule.when is not None and not rule.events and rule.refusal is None:
            yield rule.entity, rule.id, rule.when
    for flow in model.flows.values():
        for transition in flow.transitions.values():
            if transition.when is not None:
                yield flow.entity, f"{flow.field}.{transition.name}", transition.when


def join(
    found: Mapping[Computed, tuple[Dependency, ...]], watched: tuple[Dependency, ...] = ()
) -> UpkeepPlan:
    """The plan for computed fields whose dependencies are known. Raises UpkeepCycle."""
    by_source: dict[EntityId, list[Dependency]] = {}
    for each in found.values():
        for dependency in each:
            by_source.setdefault(dependency.source, []).append(dependency)
    return UpkeepPlan(
        order=_in_order(found),
        by_source={source: tuple(each) for source, each in by_source.items()},
        watched=watched,
    )


def _in_order(found: Mapping[Computed, tuple[Dependency, ...]]) -> tuple[Computed, ...]:
    """Each after those it reads."""
    done: dict[Computed, None] = {}

    def visit(each: Computed, above: tuple[Computed, ...]) -> None:
        if each in above:
            raise UpkeepCycle(above[above.index(each) :])
        if each in done:
            return
        for read in _read(found[each]):
            if read in found:
                visit(read, (*above, each))
        done[each] = None

    for each in found:
        visit(each, ())
    return tuple(done)


def _read(dependencies: Iterable[Dependency]) -> Iterator[Computed]:
    for each in dependencies:
        yield from ((each.source, name) for name in each.reads)


Paths = tuple[Path, ...]
"""All the ways on which a row may have been reached; none for what is no row."""


@dataclass
class _Reads:
    """Collects what an expression reads, by path and entity."""

    collection: Callable[[EntityId, str], Collection]
    definition: Definition
    found: dict[tuple[Path, EntityId], dict[str, None]] = field(default_factory=dict)
    called: dict[Call, Paths] = field(default_factory=dict)

    def note(self, path: Path, entity: EntityId, name: str) -> None:
        self.found.setdefault((path, entity), {})[name] = None

    def visit(self, value: Expr, rows: Mapping[str, Paths]) -> Paths:
        """Note what the expression reads; the paths to it where it is a row or rows."""
        match value:
            case Var():
                return rows.get(value.name, ())
            case FieldOf():
                return self._step(value.of, value.field, rows)
            case Many():
                return self._many(value, rows)
            case Call():
                return self._call(value, rows)
            case Let():
                return self.visit(value.body, {**rows, value.name: self.visit(value.value, rows)})
            case Aggregate():
                return self._aggregate(value, rows)
        paths = [path for part in parts(value) for path in self.visit(part, rows)]
        return tuple(dict.fromkeys(paths)) if value.type.kind == "ref" else ()

    def _step(self, of: Expr, name: str, rows: Mapping[str, Paths]) -> Paths:
        paths = self.visit(of, rows)
        for path in paths:
            self.note(path, EntityId(of.type.of), name)
        return tuple((*path, name) for path in paths)

    def _many(self, value: Many, rows: Mapping[str, Paths]) -> Paths:
        """Which rows belong to it follows from the reference that leads back, or from the link."""
        item = value.of.type.item or value.of.type
        paths = self.visit(value.of, rows)
        collection = self.collection(EntityId(item.of), value.field)
        for path in paths:
            if collection.kind == "link":
                self.note(path, EntityId(item.of), value.field)
            self.note((*path, value.field), collection.target, collection.via)
        return tuple((*path, value.field) for path in paths)

    def _call(self, value: Call, rows: Mapping[str, Paths]) -> Paths:
        """What the body reads; rows have names of their own, so once for all calls alike."""
        if value not in self.called:
            self.called[value] = ()
            function = self.definition(value.function)
            body = written_out(value, function) if isinstance(function, Function) else None
            if body is not None:
                self.called[value] = self.visit(body, rows)
        return self.called[value]

    def _aggregate(self, value: Aggregate, rows: Mapping[str, Paths]) -> Paths:
        inside = {**rows, value.row: self.visit(value.source, rows)}
        found = [self.visit(part, inside) for part in parts(value)[1:]]
        if value.type.kind != "ref":
            return ()
        return inside[value.row] if value.value is None else found[0]


def dependencies(
    entity: EntityId,
    name: str,
    value: Expr,
    collection: Callable[[EntityId, str], Collection],
    definition: Definition,
) -> tuple[Dependency, ...]:
    """What a computed field reads, in the order of the text; `collection` and `definition` know
    the model's."""
    reads = _Reads(collection, definition)
    reads.visit(value, {THIS: ((),)})
    return tuple(
        Dependency(entity=entity, field=name, source=source, reads=tuple(names), path=path)
        for (path, source), names in reads.found.items()
    )
