"""Who is who in the database: the elements of a model, each with the identity it got at birth."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from compiler.bundle import Bundle
from runtime.schema.catalog import Names, constraint_name, index_path
from runtime.schema.releases import ELEMENT

Kind = Literal[
    "entity", "field", "link", "values", "column", "index", "enum", "value", "role", "report"
]

COLUMNS = ("field", "column")
TABLES: tuple[Kind, ...] = ("entity", "link", "values")
SCOPES: dict[Kind, tuple[Kind, ...]] = {
    "value": ("enum",),
    "field": ("entity",),
    "link": ("entity",),
    "values": ("entity",),
    "column": ("link", "values"),
    "index": TABLES,
}


@dataclass(frozen=True, slots=True)
class Element:
    """Something of a model that keeps its identity. `path` is unique among the elements of a
    kind; `scope` is the path of what it belongs to, `physical` the name proposed for a new one."""

    kind: Kind
    path: str
    scope: str = ""
    physical: str = ""

    @property
    def name(self) -> str:
        return self.path.removeprefix(self.scope).lstrip(".#") if self.scope else self.path


def elements_of(bundle: Bundle) -> Iterator[Element]:
    """All elements of a model, each after what it belongs to."""
    workspace = bundle.workspace
    for role in workspace.roles:
        yield Element("role", role)
    for enum in workspace.enums.values():
        yield Element("enum", enum.id)
        for value in enum.values:
            yield Element("value", f"{enum.id}.{value.name}", enum.id)
    for entity in workspace.entities.values():
        yield Element("entity", entity.id, physical=_table_name(bundle, entity.id))
    yield from _stored(bundle)
    for report in workspace.reports:
        yield Element("report", report)


def _table_name(bundle: Bundle, entity: str) -> str:
    return next(plan.physical for plan in bundle.schema_plan.tables if plan.path == entity)


def _stored(bundle: Bundle) -> Iterator[Element]:
    for plan in bundle.schema_plan.tables:
        if plan.kind == "entity":
            for column in plan.columns:
                yield Element("field", column.path, plan.path, column.physical)
        else:
            yield Element(plan.kind, plan.path, plan.path.rpartition(".")[0], plan.physical)
            for column in plan.columns:
                yield Element("column", column.path, plan.path, column.physical)
        for index in plan.indexes:
            name = constraint_name("ix", plan.physical, index.name)
            yield Element("index", index_path(plan, index), plan.path, name)


def _own_name(kind: str, path: str, renamed: str) -> str:
    """The name to keep of what lies at a path; empty where what it belongs to was renamed, and it
    is only called after that."""
    if kind not in SCOPES:
        return path
    return path[max(path.rfind("."), path.rfind("#")) + 1 :] if path == renamed else ""


@dataclass(slots=True)
class _Row:
    uid: int
    kind: str
    path: str
    physical: str


class Elements:
    """The living elements of a database."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._rows = {(row.kind, row.path): row for row in rows}

    @classmethod
    def load(cls, connection: Connection) -> Elements:
        """Those that have not ended."""
        living = connection.execute(
            select(ELEMENT).where(ELEMENT.c.ended.is_(None)).order_by(ELEMENT.c.uid)
        ).all()
        paths: dict[int, str] = {}
        rows = []
        for row in living:
            separator = "#" if row.kind == "index" else "."
            scope = paths[row.scope_uid] + separator if row.scope_uid is not None else ""
            paths[row.uid] = scope + row.name
            rows.append(_Row(row.uid, row.kind, paths[row.uid], row.physical))
        return cls(rows)

    @property
    def names(self) -> Names:
        """The physical names of tables, columns and indexes by path."""
        return {row.path: row.physical for row in self._rows.values() if row.physical}

    def follow(self, connection: Connection, bundle: Bundle, release: int) -> None:
        """Give an identity to what is new in the model and end what is not in it any more."""
        wanted = {(each.kind, each.path): each for each in elements_of(bundle)}
        for key in [key for key in self._rows if key not in wanted]:
            row = self._rows.pop(key)
            connection.execute(
                update(ELEMENT).where(ELEMENT.c.uid == row.uid).values(ended=release)
            )
        for key, element in wanted.items():
            if key not in self._rows:
                self._rows[key] = self._born(connection, element, release)

    def rename(self, connection: Connection, path: str, was: str) -> None:
        """Call something, and all that belongs to it, by another path."""
        moved = {}
        for key, row in list(self._rows.items()):
            if row.path == was or row.path.startswith((f"{was}.", f"{was}#")):
                row.path = path + row.path[len(was) :]
                moved[row.kind, row.path] = self._rows.pop(key)
        self._rows |= moved
        for row in moved.values():
            name = _own_name(row.kind, row.path, path)
            if name:
                connection.execute(
                    update(ELEMENT).where(ELEMENT.c.uid == row.uid).values(name=name)
                )

    def _born(self, connection: Connection, element: Element, release: int) -> _Row:
        physical = self._free(element) if element.physical else ""
        uid = connection.execute(
            insert(ELEMENT)
            .values(
                kind=element.kind,
                scope_uid=self._scope_uid(element),
                name=element.name,
                physical=physical,
                born=release,
            )
            .returning(ELEMENT.c.uid)
        ).scalar_one()
        return _Row(uid, element.kind, element.path, physical)

    def _scope_uid(self, element: Element) -> int | None:
        if not element.scope:
            return None
        kinds = SCOPES[element.kind]
        return next(
            self._rows[kind, element.scope].uid for kind in kinds if self._has(kind, element)
        )

    def _has(self, kind: str, element: Element) -> bool:
        return (kind, element.scope) in self._rows

    def _free(self, element: Element) -> str:
        """The proposed name, or with a number if something else lives under it."""
        taken = {row.physical for row in self._rows.values() if self._rivals(row, element)}
        candidates = (
            constraint_name(element.physical, str(number)) if number > 1 else element.physical
            for number in itertools.count(1)
        )
        return next(name for name in candidates if name not in taken)

    def _rivals(self, row: _Row, element: Element) -> bool:
        """Columns share their table's names, tables and indexes those of the database."""
        if element.kind in COLUMNS:
            return row.kind in COLUMNS and row.path.rpartition(".")[0] == element.scope
        return row.kind not in COLUMNS
