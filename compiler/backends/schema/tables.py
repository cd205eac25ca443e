"""From the model to the tables that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compiler.model.app import Workspace
from compiler.model.base import EntityId
from compiler.model.entity import Collection, Entity, Field
from compiler.model.types import Type, ref
from compiler.model.view import View
from compiler.plan.schema import ColumnPlan, IndexPlan, SchemaPlan, TablePlan
from compiler.slug import slug

NOT_A_COLUMN = "id"
"""Every table has it; it is no column of the plan."""


WHO = frozenset({"created_by", "changed_by"})
"""Written with every row and hardly ever searched for: an index would cost more than it finds."""


def join_tables(
    workspace: Workspace, tables: Mapping[EntityId, Sequence[TablePlan]], links: Sequence[TablePlan]
) -> SchemaPlan:
    """All tables in an order in which referenced ones come first where that is possible."""
    in_order = (table for entity in _references_first(workspace) for table in tables[entity.id])
    return SchemaPlan(tables=(*in_order, *links))


def link_tables(workspace: Workspace) -> tuple[TablePlan, ...]:
    """The tables of all many-to-many."""
    entities = workspace.entities
    return tuple(
        _link_table(entity, collection, entities[collection.target])
        for entity in entities.values()
        for collection in entity.collections.values()
        if collection.kind == "link" and collection.near
    )


def entity_tables(entity: Entity, views: Sequence[View]) -> tuple[TablePlan, ...]:
    """The table of an entity, and one for each field that holds a set of values."""
    physical = f"{entity.module}_{entity.slug}"
    stored = [field for field in entity.fields.values() if is_stored(field)]
    names = _physical_names(field.name for field in stored)
    single = [field for field in stored if field.type.kind != "set"]
    table = TablePlan(
        path=entity.id,
        kind="entity",
        physical=physical,
        columns=tuple(_column(entity, field, names[field.name]) for field in single),
        indexes=tuple(_indexes(entity, views)),
    )
    sets = [field for field in stored if field.type.kind == "set"]
    return (table, *(_values_table(entity, field, physical, names[field.name]) for field in sets))


def is_stored(field: Field) -> bool:
    """Whether the field's value is kept in the database, beside the id that every row has."""
    return field.name != NOT_A_COLUMN and field.upkeep != "read"


def _link_table(entity: Entity, collection: Collection, target: Entity) -> TablePlan:
    """The pairs of a many-to-many: the declaring side first."""
    path = collection.link
    physical = f"{entity.module}_{entity.slug}_{slug(collection.name)}"
    near = _end(f"{path}.near", "near", ref(entity.id))
    far = _end(f"{path}.far", "far", ref(target.id))
    back = IndexPlan(name="far", columns=(far.path,), reason="the link read from its far side")
    return TablePlan(
        path=path, kind="link", physical=physical, columns=(near, far), indexes=(back,)
    )


def _values_table(entity: Entity, field: Field, physical: str, name: str) -> TablePlan:
    path = f"{entity.id}.{field.name}"
    assert field.type.item is not None
    record = _end(f"{path}.record", "record", ref(entity.id))
    value = _end(f"{path}.value", "value", field.type.item)
    by_value = IndexPlan(name="value", columns=(value.path,), reason="the set read by value")
    return TablePlan(
        path=path, kind="values", physical=f"{physical}_{name}", columns=(record, value),
        indexes=(by_value,),
    )  # fmt: skip


def _end(path: str, physical: str, type: Type) -> ColumnPlan:
    references = EntityId(type.of) if type.kind == "ref" else None
    return ColumnPlan(
        path=path, physical=physical, type=type, nullable=False, references=references,
        on_delete="cascade",
    )  # fmt: skip


def _physical_names(names: Iterator[str]) -> dict[str, str]:
    """An ASCII name for each field, told apart by a number where two sound alike."""
    found: dict[str, str] = {}
    for name in names:
        base = plain = slug(name)
        number = 2
        while plain in found.values():
            plain, number = f"{base}_{number}", number + 1
        found[name] = plain
    return found


def _column(entity: Entity, field: Field, physical: str) -> ColumnPlan:
    return ColumnPlan(
        path=f"{entity.id}.{field.name}",
        physical=physical,
        type=field.type,
        nullable=field.type.nullable,
        references=EntityId(field.type.of) if field.type.kind == "ref" else None,
        on_delete=field.on_delete,
    )


def _indexes(entity: Entity, views: Sequence[View]) -> Iterator[IndexPlan]:
    """Each list of columns once; one that another begins with finds nothing more."""
    wanted: dict[tuple[str, ...], IndexPlan] = {}
    for index in _wanted(entity, views):
        if all(_has_column(entity, path) for path in index.columns):
            wanted.setdefault(index.columns, index)
    for columns, index in wanted.items():
        covered = any(
            other.columns[: len(columns)] == columns and not other.ignoring_case
            for other in wanted.values()
            if other is not index
        )
        if index.unique or not covered:
            yield index


def _has_column(entity: Entity, path: str) -> bool:
    field = entity.fields[path.rpartition(".")[2]]
    return is_stored(field) and field.type.kind != "set"


def _wanted(entity: Entity, views: Sequence[View]) -> Iterator[IndexPlan]:
    fields = entity.fields.values()
    for unique in entity.uniques:
        yield _index(
            entity, unique.fields, "unique", unique=unique.when is None,
            ignoring_case=unique.ignoring_case,
        )  # fmt: skip
    for field in fields:
        if field.unique:
            yield _index(entity, (field.name,), f"unique {field.name}", unique=True)
    for index in entity.indexes:
        yield _index(entity, index.fields, "index")
    for field in fields:
        if field.type.kind == "ref" and field.name not in WHO:
            yield _index(entity, (field.name,), f"reference {field.name}")
    if entity.flow:
        yield _index(entity, (entity.flow,), f"flow {entity.flow}")
    for view in views:
        for sort in view.list.sort[:1]:
            if len(sort.path) == 1 and sort.path[0] != NOT_A_COLUMN:
                yield _index(entity, sort.path, "order of the list")


def _index(
    entity: Entity,
    fields: Sequence[str],
    reason: str,
    *,
    unique: bool = False,
    ignoring_case: bool = False,
) -> IndexPlan:
    return IndexPlan(
        name="_".join(slug(name) for name in fields),
        columns=tuple(f"{entity.id}.{name}" for name in fields),
        unique=unique,
        ignoring_case=ignoring_case,
        reason=reason,
    )


def _references_first(workspace: Workspace) -> list[Entity]:
    """The entities, each after those it refers to where references form no circle."""
    done: dict[EntityId, Entity] = {}

    def visit(entity: Entity, above: frozenset[EntityId]) -> None:
        if entity.id in done or entity.id in above:
            return
        for field in entity.fields.values():
            target = workspace.entities.get(EntityId(field.type.of))
            if field.type.kind == "ref" and target is not None:
                visit(target, above | {entity.id})
        done[entity.id] = entity

    for entity in workspace.entities.values():
        visit(entity, frozenset())
    return list(done.values())
