"""A mapping checked against an app and the files it names: everything that can be wrong with it is
found here, before the first row is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from compiler.field_type import Library
from compiler.model.app import Workspace
from compiler.model.base import EntityId, EnumId
from compiler.model.entity import Collection, Entity, Field
from dsl.diagnostic import Message
from runtime.exchange.cells import CellReader
from runtime.exchange.files import SourceFile, SourceRow, opened
from runtime.exchange.mapping import Fault, FileMapping, ImportMapping, Source, manner, place_of

HISTORY_FIELDS = frozenset({"created_at", "created_by", "changed_at", "changed_by"})


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Where the value of a field comes from; `place` is the column's, -1 for a constant. A
    reference has its `target` and is found by `find`. `past` is what only history may set."""

    field: Field
    source: Source
    reader: CellReader
    place: int
    target: EntityId | None = None
    find: Field | None = None
    past: bool = False

    def cell(self, row: SourceRow) -> str:
        return row.cell(self.place) if self.place >= 0 else ""


@dataclass(frozen=True, slots=True)
class RecordsPlan:
    """A file whose rows become records; `key` are the fields that say which."""

    file: SourceFile
    entity: Entity
    columns: tuple[ColumnPlan, ...]
    key: tuple[str, ...]

    def column(self, field: str) -> ColumnPlan | None:
        return next((each for each in self.columns if each.field.name == field), None)


@dataclass(frozen=True, slots=True)
class LinksPlan:
    """A file whose rows join two records."""

    file: SourceFile
    entity: Entity
    collection: Collection
    near: ColumnPlan
    far: ColumnPlan


FilePlan = RecordsPlan | LinksPlan


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans the files of a mapping; `module` is the app whose names are meant."""

    workspace: Workspace
    library: Library
    mapping: ImportMapping
    module: str
    as_history: bool

    def plan(self, folder: Path, only: str = "") -> tuple[FilePlan, ...]:
        """The plans of all files, or of the one named `only`, in order. Raises Fault with all
        that is wrong."""
        faults: list[tuple[str, Message]] = []
        plans: list[FilePlan] = []
        for number, file in enumerate(self.mapping.file):
            if only and file.name != only:
                continue
            try:
                plans.append(self._file(number, file, folder))
            except Fault as fault:
                faults += fault.faults
        if faults:
            raise Fault(tuple(faults))
        return tuple(plans)

    def _file(self, number: int, file: FileMapping, folder: Path) -> FilePlan:
        place = place_of("file", number)
        if file.link:
            return self._links(place, file, folder)
        entity = self._entity(place, file.entity)
        source = opened(folder / file.name, manner(self.mapping, file))
        sources = {**file.fields, **(file.history if self.as_history else {})}
        faults: list[tuple[str, Message]] = []
        columns = []
        for name, each in sources.items():
            part = "fields" if name in file.fields else "history"
            try:
                at = f"{place}, {part}, {name}"
                columns.append(self._column(at, source, entity, name, each, part))
            except Fault as fault:
                faults += fault.faults
        faults += self._key_faults(place, entity, file)
        if faults:
            raise Fault(tuple(faults))
        return RecordsPlan(source, entity, tuple(columns), file.key)

    def _links(self, place: str, file: FileMapping, folder: Path) -> LinksPlan:
        name, _, field = file.link.rpartition(".")
        entity = self._entity(place, name)
        collection = entity.collections.get(field)
        if collection is None or collection.kind != "link":
            raise _fault(place, NO_LINK, name=file.link)
        if file.from_ is None or file.to is None:
            raise _fault(place, NO_ENDS)
        source = opened(folder / file.name, manner(self.mapping, file))
        target = self.workspace.entities[collection.target]
        near = self._end(f"{place}, from", source, entity, file.from_)
        return LinksPlan(
            source, entity, collection, near, self._end(f"{place}, to", source, target, file.to)
        )

    def _entity(self, place: str, name: str) -> Entity:
        qualified = EntityId(name if "." in name else f"{self.module}.{name}")
        found = self.workspace.entities.get(qualified)
        if found is None:
            raise _fault(place, NO_ENTITY, name=name)
        return found

    # --- columns

    def _column(
        self, place: str, file: SourceFile, entity: Entity, name: str, source: Source, part: str
    ) -> ColumnPlan:
        field = entity.fields.get(name)
        if field is None:
            raise _fault(place, NO_FIELD, name=name, entity=entity.name)
        self._may_be_mapped(place, entity, field, part)
        if (source.column is None) == (source.value is None):
            raise _fault(place, ONE_SOURCE)
        if field.type.unit == "%" and not source.unit:
            raise _fault(place, NO_UNIT)
        column = _place_of_column(place, file, source.column)
        past = part == "history"
        if field.type.kind != "ref":
            return replace(self._plain(file, field, source, column), past=past)
        target = self.workspace.entities[EntityId(field.type.of)]
        find = self._find(place, target, source)
        found = self._plain(file, find, source, column)
        return replace(found, field=field, target=target.id, find=find, past=past)

    def _may_be_mapped(self, place: str, entity: Entity, field: Field, part: str) -> None:
        if field.computed is not None or field.name == "id":
            raise _fault(place, COMPUTED)
        past = field.name in HISTORY_FIELDS or field.name == entity.flow
        if (past or field.field_type == "serial") != (part == "history"):
            raise _fault(place, ONLY_HISTORY if part == "fields" else NOT_HISTORY)

    def _end(self, place: str, file: SourceFile, entity: Entity, source: Source) -> ColumnPlan:
        """An end of a link: a record that is found."""
        find = self._find(place, entity, source)
        column = self._plain(file, find, source, _place_of_column(place, file, source.column))
        return replace(column, target=entity.id, find=find)

    def _find(self, place: str, target: Entity, source: Source) -> Field:
        if not source.find:
            raise _fault(place, NO_FIND)
        found = target.fields.get(source.find)
        single = {fields[0] for fields in _uniques(target) if len(fields) == 1}
        if found is None or (found.name != "id" and found.name not in single):
            raise _fault(place, NOT_UNIQUE, name=source.find, entity=target.name)
        return found

    def _plain(self, file: SourceFile, field: Field, source: Source, place: int) -> ColumnPlan:
        item = field.type.item or field.type
        enum = self.workspace.enums.get(EnumId(item.of)) if item.kind == "enum" else None
        reader = CellReader(
            field,
            source,
            file.manner,
            self.library.field_types[field.field_type],
            enum,
            ZoneInfo(self.workspace.timezone),
        )
        return ColumnPlan(field, source, reader, place)

    def _key_faults(
        self, place: str, entity: Entity, file: FileMapping
    ) -> Iterator[tuple[str, Message]]:
        mapped = {*file.fields, *(file.history if self.as_history else ())}
        for name in file.key:
            if name in file.history and not self.as_history:
                yield f"{place}, key", KEY_OF_HISTORY.filled({"name": name})
            elif name not in mapped:
                yield f"{place}, key", KEY_NOT_MAPPED.filled({"name": name})
        if file.key and frozenset(file.key) not in map(frozenset, _uniques(entity)):
            names = ", ".join(file.key)
            yield f"{place}, key", KEY_NOT_UNIQUE.filled({"name": names, "entity": entity.name})


def _uniques(entity: Entity) -> Iterator[tuple[str, ...]]:
    """The lists of fields in which no two records are alike."""
    for field in entity.fields.values():
        if field.unique or field.field_type == "serial":
            yield (field.name,)
    for unique in entity.uniques:
        if unique.when is None:
            yield unique.fields
    if entity.data_key:
        yield (entity.data_key,)


def _place_of_column(place: str, file: SourceFile, name: str | None) -> int:
    if name is None:
        return -1
    count: Mapping[str, int] = Counter(file.header)
    if count[name] != 1:
        message = NO_COLUMN if not count[name] else TWO_COLUMNS
        raise _fault(place, message, name=name, file=file.path.name)
    return file.header.index(name)


def _fault(place: str, message: Message, **values: object) -> Fault:
    return Fault(((place, message.filled(values) if values else message),))


NO_ENTITY = Message("there is no entity `{name}`", "没有实体 `{name}`")
NO_FIELD = Message("`{entity}` has no field `{name}`", "`{entity}` 没有字段 `{name}`")
NO_LINK = Message(
    "`{name}` is no many-to-many field: write `Entity.field`",
    "`{name}` 不是多对多字段：请写 `实体.字段`",
)
NO_ENDS = Message("a link needs `from` and `to`", "关联需要 `from` 和 `to`")
ONE_SOURCE = Message("give `column` or `value`, one of them", "请给出 `column` 或 `value` 之一")
NO_UNIT = Message(
    'say how percents are written: `unit = "fraction"` or `unit = "percent"`',
    '请写明百分数的写法：`unit = "fraction"` 或 `unit = "percent"`',
)
NO_FIND = Message(
    "say by which field the record is found: `find`", "请用 `find` 写明按哪个字段查找记录"
)
NOT_UNIQUE = Message(
    "`{name}` is not unique in `{entity}`, so it finds no record",
    "`{name}` 在 `{entity}` 中不唯一，不能用来查找",
)
COMPUTED = Message("this field is computed and cannot be given", "此字段由系统计算，不能导入")
ONLY_HISTORY = Message(
    "only `--as-history` may set this: map it under `history`",
    "只有 `--as-history` 可以设置此字段：请放在 `history` 下",
)
NOT_HISTORY = Message(
    "this is no field of history: map it under `fields`", "此字段不属于历史：请放在 `fields` 下"
)
NO_COLUMN = Message("`{file}` has no column `{name}`", "`{file}` 没有列 `{name}`")
TWO_COLUMNS = Message(
    "`{file}` has more than one column `{name}`", "`{file}` 有多个列名为 `{name}`"
)
KEY_NOT_MAPPED = Message("`{name}` is in the key and not mapped", "`{name}` 是键，但没有来源列")
KEY_OF_HISTORY = Message(
    "`{name}` is in the key, and only `--as-history` sets it",
    "`{name}` 是键，但只有 `--as-history` 会设置它",
)
KEY_NOT_UNIQUE = Message(
    "`{name}` is not unique in `{entity}`, so it is no key",
    "`{name}` 在 `{entity}` 中不唯一，不能作键",
)
