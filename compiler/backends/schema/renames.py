"""What is called otherwise now: the old model in the names of the new one.

An earlier name counts only where the old model has it and the new one does not, and where nothing
of the new name was there before; so `was` does nothing to a database that has it behind it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compiler.backends.schema.operations import Rename
from compiler.bundle import Bundle
from compiler.model.app import Workspace
from compiler.model.base import EnumId, RoleId, from_json, to_json
from compiler.model.change import Kind, Renamed
from compiler.plan.schema import TablePlan
from compiler.slug import slug

ORDER: tuple[Kind, ...] = ("entity", "field", "link", "value", "role", "report")
"""What is inside something is looked for under the new name of that."""


def in_new_names(old: Bundle, new: Bundle) -> tuple[Bundle, tuple[Rename, ...]]:
    """The old model as it would be written in the names of the new one, and what was renamed."""
    found: list[Rename] = []
    said = sorted(new.workspace.intent.renamed, key=lambda each: ORDER.index(each.kind))
    for each in said:
        was = _earlier(old.workspace, new.workspace, each)
        if was:
            rename = Rename(kind=each.kind, path=each.path, was=was)
            old = _renamed(old, rename)
            found.append(rename)
    indexes = list(_indexes(old))
    return (_with_index_names(old), (*found, *indexes)) if found else (old, ())


def _earlier(old: Workspace, new: Workspace, said: Renamed) -> str:
    """The earlier name that the old model has; empty where nothing is to be renamed."""
    is_in = _HAS[said.kind]
    if is_in(old, said.path):
        return ""
    return next((was for was in said.was if is_in(old, was) and not is_in(new, was)), "")


def _has_field(workspace: Workspace, path: str) -> bool:
    entity, _, name = path.rpartition(".")
    return any(id == entity and name in each.fields for id, each in workspace.entities.items())


def _has_link(workspace: Workspace, path: str) -> bool:
    entity, _, name = path.rpartition(".")
    return any(id == entity and name in each.collections for id, each in workspace.entities.items())


def _has_value(workspace: Workspace, path: str) -> bool:
    enum, _, name = path.rpartition(".")
    known = workspace.enums.get(EnumId(enum))
    return known is not None and any(value.name == name for value in known.values)


_HAS: Mapping[Kind, Callable[[Workspace, str], bool]] = {
    "entity": lambda workspace, path: any(id == path for id in workspace.entities),
    "field": _has_field,
    "link": _has_link,
    "value": _has_value,
    "role": lambda workspace, path: RoleId(path) in workspace.roles,
    "report": lambda workspace, path: path in workspace.reports,
}


# --- the old model ------------------------------------------------------------------------------


def _renamed(bundle: Bundle, rename: Rename) -> Bundle:
    data = json.loads(to_json(bundle))
    if rename.kind == "value":
        _rename_value(data, rename)
    else:
        data = _with_path(data, rename.was, rename.path)
    if rename.kind in ("field", "link"):
        _rename_member(data, rename)
    return from_json(Bundle, json.dumps(data))


def _with_path(data: Any, was: str, path: str) -> Any:
    """Ids and paths with another beginning, wherever they stand."""
    if isinstance(data, str):
        if data == was or data.startswith((f"{was}.", f"{was}#")):
            return path + data[len(was) :]
        return data
    if isinstance(data, dict):
        return {
            _with_path(key, was, path): _with_path(value, was, path) for key, value in data.items()
        }
    return [_with_path(each, was, path) for each in data] if isinstance(data, list) else data


def _rename_member(data: Any, rename: Rename) -> None:
    """The entity's own lists, which name a member without its entity."""
    id, _, name = rename.path.rpartition(".")
    was = rename.was.rpartition(".")[2]
    entity = data["workspace"]["entities"][id]
    for part in ("fields", "collections"):
        members = entity.get(part, {})
        entity[part] = {name if key == was else key: value for key, value in members.items()}
        if name in entity[part]:
            entity[part][name]["name"] = name
    for part in ("uniques", "indexes"):
        for each in entity.get(part, []):
            each["fields"] = [name if field == was else field for field in each["fields"]]


def _rename_value(data: Any, rename: Rename) -> None:
    enum, _, name = rename.path.rpartition(".")
    was = rename.was.rpartition(".")[2]
    for value in data["workspace"]["enums"][enum]["values"]:
        if value["name"] == was:
            value["name"] = name


# --- indexes, which are called after their columns ----------------------------------------------


def _indexes(bundle: Bundle) -> Iterator[Rename]:
    for table in bundle.schema_plan.tables:
        for index, name in _index_names(table):
            if index != name:
                path = f"{table.path}#{name}"
                yield Rename(kind="index", path=path, was=f"{table.path}#{index}")


def _index_names(table: TablePlan) -> Iterator[tuple[str, str]]:
    """The name of each index as it is, and as it would be given now."""
    for index in table.indexes:
        if table.kind == "entity":
            columns = (path.rpartition(".")[2] for path in index.columns)
            yield index.name, "_".join(slug(column) for column in columns)


def _with_index_names(bundle: Bundle) -> Bundle:
    tables = []
    for table in bundle.schema_plan.tables:
        names = dict(_index_names(table))
        indexes = (each.but(name=names.get(each.name, each.name)) for each in table.indexes)
        tables.append(table.but(indexes=tuple(indexes)))
    return bundle.but(schema_plan=bundle.schema_plan.but(tables=tuple(tables)))
