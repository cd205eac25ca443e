"""Plans of the model, kept from build to build where the model stayed the same."""

from __future__ import annotations

from compiler.analyse.called import definition
from compiler.analyse.entity import entity
from compiler.analyse.view import views
from compiler.analyse.workspace import workspace
from compiler.backends.schema.tables import entity_tables, join_tables, link_tables
from compiler.backends.upkeep import Computed, conditions, dependencies, join
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.model.entity import Collection
from compiler.plan.schema import SchemaPlan, TablePlan
from compiler.plan.upkeep import Dependency, UpkeepPlan
from compiler.resolve.members import entities


@query
def schema(build: Build) -> SchemaPlan:
    """The tables of the workspace."""
    model = workspace(build)
    tables = {id: _tables(build, id) for id in entities(build)}
    return join_tables(model, tables, link_tables(model))


@query
def _tables(build: Build, id: EntityId) -> tuple[TablePlan, ...]:
    return entity_tables(entity(build, id), views(build, id))


@query
def upkeep(build: Build) -> UpkeepPlan:
    """What follows from which write."""
    found: dict[Computed, tuple[Dependency, ...]] = {}
    for id in entities(build):
        found.update(_dependencies(build, id))
    return join(found, _watched(build))


@query
def _dependencies(build: Build, id: EntityId) -> dict[Computed, tuple[Dependency, ...]]:
    def collection(of: EntityId, name: str) -> Collection:
        return entity(build, of).collections[name]

    return {
        (id, each.name): dependencies(id, each.name, each.computed, collection, definition(build))
        for each in entity(build, id).fields.values()
        if each.computed is not None and each.upkeep != "read"
    }


@query
def _watched(build: Build) -> tuple[Dependency, ...]:
    """What conditions that act by themselves read beyond their own record."""
    model = workspace(build)

    def collection(of: EntityId, name: str) -> Collection:
        return model.entities[of].collections[name]

    return tuple(
        each
        for entity_id, name, condition in conditions(model)
        for each in dependencies(entity_id, name, condition, collection, definition(build))
        if each.path
    )
