"""From computed fields to what follows from which write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from compiler.model.app import Workspace
from compiler.model.base import EntityId
from compiler.model.entity import Collection
from compiler.model.expr import THIS, Aggregate, Expr, FieldOf, Many, Var
from compiler.model.rewrite import parts
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


@dataclass
class _Reads:
    """Collects what an expression reads, by path and entity."""

    collection: Callable[[EntityId, str], Collection]
    found: dict[tuple[Path, EntityId], dict[str, None]] = field(default_factory=dict)

    def note(self, path: Path, entity: EntityId, name: str) -> None:
        self.found.setdefault((path, entity), {})[name] = None

    def visit(self, value: Expr, rows: Mapping[str, Path]) -> Path | None:
        """Note what the expression reads; the path to it where it is a row or rows."""
        match value:
            case Var():
                return rows.get(value.name)
            case FieldOf():
                return self._step(value.of, value.field, rows)
            case Many():
                return self._many(value, rows)
            case Aggregate():
                self._aggregate(value, rows)
                return None
        for part in parts(value):
            self.visit(part, rows)
        return None

    def _step(self, of: Expr, name: str, rows: Mapping[str, Path]) -> Path | None:
        path = self.visit(of, rows)
        if path is None:
            return None
        self.note(path, EntityId(of.type.of), name)
        return (*path, name)

    def _many(self, value: Many, rows: Mapping[str, Path]) -> Path | None:
        """Which rows belong to it follows from the reference that leads back, or from the link."""
        item = value.of.type.item or value.of.type
        path = self.visit(value.of, rows)
        if path is None:
            return None
        collection = self.collection(EntityId(item.of), value.field)
        if collection.kind == "link":
            self.note(path, EntityId(item.of), value.field)
        self.note((*path, value.field), collection.target, collection.via)
        return (*path, value.field)

    def _aggregate(self, value: Aggregate, rows: Mapping[str, Path]) -> None:
        path = self.visit(value.source, rows)
        inside = dict(rows) if path is None else {**rows, value.row: path}
        for part in parts(value)[1:]:
            self.visit(part, inside)


def dependencies(
    entity: EntityId,
    name: str,
    value: Expr,
    collection: Callable[[EntityId, str], Collection],
) -> tuple[Dependency, ...]:
    """What a computed field reads, in the order of the text; `collection` knows the model's."""
    reads = _Reads(collection)
    reads.visit(value, {THIS: ()})
    return tuple(
        Dependency(entity=entity, field=name, source=source, reads=tuple(names), path=path)
        for (path, source), names in reads.found.items()
    )
