"""The upkeep plan as an act asks it: which write is felt where, and the statements to follow it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from compiler.backends.expr.python import Compiled
from compiler.backends.expr.sql import Query
from compiler.model.base import EntityId
from compiler.model.entity import Collection, Entity, Field
from compiler.model.expr import THIS, Aggregate, Const, Expr, FieldOf, Many, Op, Var
from compiler.plan.upkeep import Dependency
from runtime.prepared import Prepared, among
from runtime.schema.fill import stored

if TYPE_CHECKING:
    from runtime.store.domain import Domain


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A step of a dependency's path, walked backwards: from rows of `source` to rows of `entity`.

    `name` is a reference of `entity`, or `collection` is set. There is one object for each step.
    """

    entity: EntityId
    name: str
    collection: Collection | None
    source: EntityId

    @property
    def via(self) -> str:
        """The reference of `source` that leads back, empty if there is none."""
        if self.collection is None or self.collection.kind == "link":
            return ""
        return self.collection.via


@dataclass(frozen=True, slots=True)
class Trigger:
    """A write of a field of the path's end is felt by the computed field at `place` of the order.

    Places after the order's end are those of watched conditions. `path` are the steps from the
    entity of the computed field or condition to the written one. Where `counts` is false of the
    written row, `(act, row)`, it adds nothing to the field, and nobody feels what is written.
    """

    place: int
    path: tuple[Step, ...]
    counts: Compiled | None = field(default=None, compare=False)

    @property
    def via(self) -> str:
        return self.path[-1].via if self.path else ""


class UpkeepIndex:
    """The upkeep plan as the store asks it: by what is written, and by place in the order."""

    def __init__(self, domain: Domain) -> None:
        plan, self._domain = domain.bundle.upkeep, domain
        self._known_steps: dict[tuple[EntityId, str], Step] = {}
        self.order = plan.order
        places = {kept: place for place, kept in enumerate(plan.order)}
        self.by_field: Mapping[tuple[EntityId, str], list[Trigger]] = defaultdict(list)
        self.by_entity: Mapping[EntityId, list[Trigger]] = defaultdict(list)
        for dependencies in plan.by_source.values():
            for each in dependencies:
                self._trigger(each, places[each.entity, each.field])
        self.watched = plan.watched
        for place, each in enumerate(plan.watched, len(plan.order)):
            self._trigger(each, place)
        self.own: Mapping[EntityId, list[int]] = defaultdict(list)
        for place, (entity, _) in enumerate(plan.order):
            self.own[entity].append(place)
        self._aggregates: dict[int, Prepared] = {}
        self._sources: dict[tuple[EntityId, str], Prepared] = {}

    def _trigger(self, dependency: Dependency, place: int) -> None:
        source = dependency.source
        trigger = Trigger(place, self._steps(dependency), self._counts(dependency))
        for name in dependency.reads:
            self.by_field[source, name].append(trigger)
        if trigger not in self.by_entity[source]:
            self.by_entity[source].append(trigger)

    def _counts(self, dependency: Dependency) -> Compiled | None:
        """Which rows count, for a field that is nothing but an aggregate of a record's rows and
        whose condition asks only what was given to the row itself."""
        entities = self._domain.workspace.entities
        written = entities[dependency.entity].fields.get(dependency.field)
        computed = written.computed if written else None
        match computed:
            case Aggregate(source=Many(of=Var(name=of), field=name), where=where, row=row) if (
                of == THIS
                and (name,) == dependency.path
                and where is not None
                and _asks_itself(where, row, entities[dependency.source])
            ):
                return self._domain.function(where, (row,), partial=True)
        return None

    def field(self, place: int) -> tuple[EntityId, Field]:
        entity, name = self.order[place]
        return entity, self._domain.workspace.entities[entity].fields[name]

    def aggregate(self, place: int) -> Prepared:
        """Recompute the field of the records of some `ids`; gives back ids and values."""
        if place not in self._aggregates:
            entity, field = self.field(place)
            assert field.computed is not None
            table, domain = self._domain.catalog.table(entity), self._domain
            query = Query(domain.catalog, domain.kind, domain.library.functions, entity)
            value = query.value(stored(field.computed, field))
            found = select(value).select_from(query.source).where(query.row.c["id"] == table.c.id)
            statement = (
                update(table)
                .where(among(table.c.id, domain.dialect))
                .values({field.name: found.scalar_subquery()})
                .returning(table.c.id, table.c[field.name])
            )
            self._aggregates[place] = Prepared(statement, self._domain.dialect)
        return self._aggregates[place]

    def back(self, step: Step) -> Prepared:
        """The ids of rows of the step's entity from which it leads to some `ids`."""
        key = step.entity, step.name
        if key not in self._sources:
            self._sources[key] = self._back(step)
        return self._sources[key]

    def _back(self, step: Step) -> Prepared:
        dialect, catalog = self._domain.dialect, self._domain.catalog
        if step.collection is None:
            table = catalog.table(step.entity)
            found = select(table.c.id).where(among(table.c[step.name], dialect))
        elif step.via:
            table = catalog.table(step.source)
            found = select(table.c[step.via]).where(among(table.c.id, dialect)).distinct()
        else:
            pairs = catalog.link(step.collection.link)
            near, far = ("near", "far") if step.collection.near else ("far", "near")
            found = select(pairs.c[near]).where(among(pairs.c[far], dialect)).distinct()
        return Prepared(found, dialect)

    def _steps(self, dependency: Dependency) -> tuple[Step, ...]:
        steps, entity = [], self._domain.workspace.entities[dependency.entity]
        for name in dependency.path:
            collection = entity.collections.get(name)
            target = collection.target if collection else EntityId(entity.fields[name].type.of)
            step = Step(entity.id, name, collection, target)
            steps.append(self._known_steps.setdefault((entity.id, name), step))
            entity = self._domain.workspace.entities[target]
        return tuple(steps)


LOGIC = frozenset({"==", "!=", "in", "and", "or", "not", "is null"})
"""Operators that give an answer whatever they are given."""


def _asks_itself(condition: Expr, row: str, entity: Entity) -> bool:
    """Whether a condition compares nothing but constants and values given to the row."""
    match condition:
        case Const():
            return True
        case FieldOf(of=Var(name=name), field=field):
            known = entity.fields[field]
            return name == row and known.computed is None and known.type.kind != "set"
        case Op(op=op, args=args):
            return op in LOGIC and all(_asks_itself(each, row, entity) for each in args)
    return False
