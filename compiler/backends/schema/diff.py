"""Two models compared: what to do to a database that holds the first to hold the second.

Elements are matched by name, never by guess; `renames` has put the old model into the names of the
new one before. An element that vanishes is dropped only where no
row has a value of it; where rows exist it is a doubt, which the database confirms or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.backends.schema.operations import (
    AddColumn,
    AddIndex,
    AddTable,
    ChangedType,
    Compute,
    Difference,
    Doubt,
    DropColumn,
    DropIndex,
    DropTable,
    Duplicates,
    Fill,
    MissingValue,
    Operation,
    Rename,
    Rescale,
    TooLarge,
    TooLong,
    VanishedEntity,
    VanishedField,
    VanishedRole,
    VanishedRow,
    VanishedValue,
)
from compiler.bundle import Bundle
from compiler.model.app import Workspace
from compiler.model.base import EntityId
from compiler.model.entity import DataTable, Entity, Field
from compiler.model.expr import ME, Const, Expr, Var
from compiler.model.rewrite import walk
from compiler.model.types import Type
from compiler.plan.schema import ColumnPlan, IndexPlan, TablePlan

ORDER = (
    *(Rename, DropIndex, DropColumn, DropTable, AddTable, AddColumn),
    *(Rescale, Fill, Compute, AddIndex),
)
"""Values are complete before an index is made over them."""


def diff(old: Bundle, new: Bundle) -> Difference:
    """What leads from one model to the other."""
    found: list[Operation | Doubt] = [
        *_tables(old, new),
        *_vanished_values(old.workspace, new.workspace),
        *_vanished_roles(old.workspace, new.workspace),
        *_vanished_rows(old.workspace, new.workspace),
        *_fields(old.workspace, new.workspace),
        *_computations(old, new),
    ]
    operations = [each for each in found if isinstance(each, ORDER)]
    doubts = [each for each in found if not isinstance(each, ORDER)]
    operations.sort(key=lambda each: ORDER.index(type(each)))
    return Difference(operations=tuple(operations), doubts=tuple(doubts))


def fillable(workspace: Workspace, entity: EntityId, field: Field) -> bool:
    """Whether rows that exist can begin with the value a new record would have."""
    if _is_state(workspace, entity, field):
        return True
    return field.default is not None and not _speaks_of_me(field.default)


def _is_state(workspace: Workspace, entity: EntityId, field: Field) -> bool:
    flow = workspace.flows.get(entity)
    return flow is not None and flow.field == field.name


def _speaks_of_me(expr: Expr) -> bool:
    return any(isinstance(part, Var) and part.name == ME for part in walk(expr))


# --- tables and columns -------------------------------------------------------------------------


def _tables(old: Bundle, new: Bundle) -> Iterator[Operation | Doubt]:
    before = {table.path: table for table in old.schema_plan.tables}
    after = {table.path: table for table in new.schema_plan.tables}
    for path, table in before.items():
        if path not in after:
            yield DropTable(table=table)
            yield _vanished_table(table)
    for path, table in after.items():
        if path not in before:
            yield AddTable(table=table)
        elif table != before[path]:
            columns = list(_columns(old, new, before[path], table))
            yield from columns
            yield from _indexes(before[path], table, columns)


def _vanished_table(table: TablePlan) -> Doubt:
    if table.kind == "entity":
        return VanishedEntity(entity=EntityId(table.path))
    return _vanished_field(table.path)


def _vanished_field(path: str) -> Doubt:
    entity, _, field = path.rpartition(".")
    return VanishedField(entity=EntityId(entity), field=field)


def _columns(
    old: Bundle, new: Bundle, before: TablePlan, after: TablePlan
) -> Iterator[Operation | Doubt]:
    known = {column.path: column for column in before.columns}
    wanted = {column.path: column for column in after.columns}
    for path, column in known.items():
        if path not in wanted:
            yield DropColumn(table=before.path, column=column)
            if not _is_computed(old.workspace, path):
                yield _vanished_field(path)
    for path, column in wanted.items():
        if path not in known:
            yield AddColumn(table=after.path, column=column)
        elif not _stored_alike(known[path], column):
            computed = _is_computed(new.workspace, path)
            yield from _retyped(after.path, known[path], column, computed)


def _is_computed(workspace: Workspace, path: str) -> bool:
    field = _field(workspace, path)
    return field is not None and field.computed is not None


def _field(workspace: Workspace, path: str) -> Field | None:
    entity, _, name = path.rpartition(".")
    known = workspace.entities.get(EntityId(entity))
    return known.fields.get(name) if known else None


def _stored_alike(one: ColumnPlan, other: ColumnPlan) -> bool:
    return _storage(one.type) == _storage(other.type) and one.references == other.references


def _storage(type: Type) -> Type:
    """What of a type decides how a value is kept; text and int have room for any size."""
    return type.present().but(digits=0)


def _retyped(
    table: str, old: ColumnPlan, new: ColumnPlan, computed: bool
) -> Iterator[Operation | Doubt]:
    entity, _, name = new.path.rpartition(".")
    if _widens(old.type, new.type) and not computed:
        places = new.type.scale - old.type.scale
        yield Rescale(table=table, column=new, places=places)
        yield TooLarge(entity=EntityId(entity), field=name, places=places)
        return
    yield DropColumn(table=table, column=old)
    yield AddColumn(table=table, column=new)
    if not computed:
        yield ChangedType(
            entity=EntityId(entity), field=name, old=_words(old.type), new=_words(new.type)
        )


def _widens(old: Type, new: Type) -> bool:
    numbers = old.is_number and new.is_number
    return numbers and new.scale > old.scale and new.unit == old.unit


def _words(type: Type) -> str:
    """A type as the text of an app would say it."""
    name = type.of.rpartition(".")[2] or type.kind
    if type.kind == "decimal":
        name = {"": f"decimal({type.scale})", "%": "percent"}.get(type.unit, f"money({type.unit})")
    return f"{_words(type.item)} many" if type.item else name


def _indexes(
    before: TablePlan, after: TablePlan, columns: Iterable[Operation | Doubt]
) -> Iterator[Operation | Doubt]:
    """An index follows its columns: one of a column that is made anew is made anew too."""
    touched = {each.column.path for each in columns if isinstance(each, DropColumn)}
    known = {index.name: index for index in before.indexes}
    wanted = {index.name: index for index in after.indexes}
    for name, index in known.items():
        if not _same_index(index, wanted.get(name), touched):
            yield DropIndex(table=after.path, index=index)
    for name, index in wanted.items():
        if not _same_index(index, known.get(name), touched):
            yield AddIndex(table=after.path, index=index)
            if index.unique:
                yield Duplicates(table=after.path, index=index)


def _same_index(one: IndexPlan, other: IndexPlan | None, touched: set[str]) -> bool:
    if other is None or touched.intersection(one.columns):
        return False
    return one.but(reason="") == other.but(reason="")


# --- names without a column ---------------------------------------------------------------------


def _vanished_values(old: Workspace, new: Workspace) -> Iterator[Doubt]:
    for enum in old.enums.values():
        if enum.id in new.enums:
            kept = {value.name for value in new.enums[enum.id].values}
            for value in enum.values:
                if value.name not in kept:
                    yield VanishedValue(enum=enum.id, value=value.name)


def _vanished_roles(old: Workspace, new: Workspace) -> Iterator[Doubt]:
    return (VanishedRole(role=role) for role in old.roles if role not in new.roles)


def _vanished_rows(old: Workspace, new: Workspace) -> Iterator[Doubt]:
    after = _keys(new)
    for entity, keys in _keys(old).items():
        for key in keys - after.get(entity, keys):
            yield VanishedRow(entity=entity, key=key)


def _keys(workspace: Workspace) -> Mapping[EntityId, set[str]]:
    return {table.entity: set(data_keys(table)) for table in workspace.data}


def data_keys(table: DataTable) -> Iterator[str]:
    """The keys of a data table's rows, as text."""
    for row in table.rows:
        key = row[table.key]
        assert isinstance(key, Const), "the key of a data row is a constant"
        yield str(key.value)


# --- what a field demands of its rows -----------------------------------------------------------


def _fields(old: Workspace, new: Workspace) -> Iterator[Operation | Doubt]:
    for entity in new.entities.values():
        before = old.entities.get(entity.id)
        if before is not None:
            for field in entity.fields.values():
                if field.computed is None:
                    yield from _demands(new, entity, before.fields.get(field.name), field)


def _demands(
    workspace: Workspace, entity: Entity, old: Field | None, new: Field
) -> Iterator[Operation | Doubt]:
    state = _is_state(workspace, entity.id, new)
    filled = any(
        (each.entity, each.field) == (entity.id, new.name) for each in workspace.intent.filled
    )
    if filled and (old is None or (new.required and not old.required)):
        yield Fill(entity=entity.id, field=new.name)
    elif new.required or state:
        if old is None and fillable(workspace, entity.id, new):
            yield Fill(entity=entity.id, field=new.name)
        elif old is None or not (old.required or state):
            yield MissingValue(entity=entity.id, field=new.name, new=old is None)
    if old is not None and _shorter(old, new):
        size = int(new.parameters["size"])
        yield TooLong(entity=entity.id, field=new.name, size=size)


def _shorter(old: Field, new: Field) -> bool:
    if old.type.kind != "text" or "size" not in new.parameters:
        return False
    return "size" not in old.parameters or int(new.parameters["size"]) < int(old.parameters["size"])


# --- computed fields ----------------------------------------------------------------------------


def _computations(old: Bundle, new: Bundle) -> Iterator[Operation]:
    """Stored computed fields that are new or mean something else, and all that follow from them."""
    changed: set[tuple[EntityId, str]] = set()
    for entity, name in new.upkeep.order:
        field = new.workspace.entities[entity].fields[name]
        before = _field(old.workspace, f"{entity}.{name}")
        same = before is not None and _computed_alike(before, field)
        follows = bool(changed) and _follows(new, entity, name, changed)
        if entity in old.workspace.entities and (not same or follows):
            changed.add((entity, name))
            yield Compute(entity=entity, field=name)


def _computed_alike(one: Field, other: Field) -> bool:
    return (one.computed, one.type) == (other.computed, other.type) and one.upkeep != "read"


def _follows(
    bundle: Bundle, entity: EntityId, name: str, changed: set[tuple[EntityId, str]]
) -> bool:
    return any(
        (source, read) in changed
        for source, dependencies in bundle.upkeep.by_source.items()
        for dependency in dependencies
        if (dependency.entity, dependency.field) == (entity, name)
        for read in dependency.reads
    )
