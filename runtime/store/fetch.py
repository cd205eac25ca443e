"""Rows fetched for somebody: a query's shape and values, its statement run, its cells completed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from compiler.model.base import EntityId
from compiler.model.types import Type
from compiler.values import periods
from dsl.diagnostic import Message
from runtime.access.actor import Actor
from runtime.access.permission import Standing
from runtime.clock import ActTime
from runtime.store import cursor
from runtime.store.domain import Domain
from runtime.store.lists import Column, Lists, ListStatement
from runtime.store.query import (
    BadQuery,
    Comparison,
    Count,
    Filter,
    ListQuery,
    ListRow,
    Page,
    Path,
    Reference,
    unknown_field,
)
from runtime.store.selection import FilterShape, From, Shape, Within

Values = Mapping[str, object]
Found = Sequence[Any]
"""A row as the database gave it."""
NOTHING: Values = {}

COUNTED = 1_000
"""Rows are counted up to here; beyond it is "more than"."""
LONGEST_SEARCH = 8
"""Words of a search that count."""
NO_PERIOD = Message("there is no period `{name}`", "没有时间段“{name}”")


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetches rows as one actor may know them at one time."""

    domain: Domain
    lists: Lists
    actor: Actor
    standing: Standing
    time: ActTime

    def values(self, more: Values = NOTHING) -> dict[str, object]:
        """The parameters that every statement may ask for, and more."""
        return {
            "me": self.actor.user_id,
            "now": self.time.now,
            "today": self.time.today,
            "zone": self.time.zone.key,
            **more,
        }

    def page(
        self,
        connection: Connection,
        entity: EntityId,
        query: ListQuery,
        within: Within | None = None,
        more: Values = NOTHING,
    ) -> Page:
        shape, values = self.shape(entity, query, within)
        start, keys = self._start(shape, query)
        if start is not None:
            shape = replace(shape, start=start)
        statement = self.lists.statement(shape)
        all_values = self.values({**values, **keys, **more, "size": query.size + 1})
        found: list[Found] = list(statement.prepared.run(connection, all_values))
        backwards = start is not None and start.backwards
        beyond = len(found) > query.size
        kept = found[: query.size]
        if backwards:
            kept.reverse()
        rows = self._completed(connection, statement, shape, kept)
        return Page(
            rows,
            _cursor(statement, kept[-1]) if kept and (beyond or backwards) else None,
            _cursor(statement, kept[0]) if kept and (beyond if backwards else start) else None,
        )

    def counted(
        self,
        connection: Connection,
        entity: EntityId,
        query: ListQuery,
        within: Within | None = None,
        more: Values = NOTHING,
    ) -> Count:
        shape, values = self.shape(entity, replace(query, columns=(), sort=()), within)
        statement = self.lists.count(shape)
        limit = {**values, **more, "size": COUNTED + 1}
        ((number,),) = statement.run(connection, self.values(limit))
        return Count(min(number, COUNTED), number > COUNTED)

    # --- shapes and their values

    def shape(
        self, entity: EntityId, query: ListQuery, within: Within | None
    ) -> tuple[Shape, dict[str, object]]:
        filters = [each for given in query.filters for each in self._plain(entity, given)]
        words = query.search.split()[:LONGEST_SEARCH]
        shape = Shape(
            entity,
            self.standing,
            query.columns,
            tuple(FilterShape(each.path, each.comparison, len(each.values)) for each in filters),
            query.sort,
            len(words),
            within=within,
        )
        values: dict[str, object] = {f"w{n}": _pattern(word) for n, word in enumerate(words)}
        given = (self._given(entity, each, value) for each in filters for value in each.values)
        values.update({f"f{number}": value for number, value in enumerate(given)})
        return shape, values

    def _plain(self, entity: EntityId, filter: Filter) -> list[Filter]:
        """A filter without periods: those are made into dates or instants."""
        if filter.comparison != "period":
            return [filter]
        (name,) = filter.values
        type = self.lists.path_type(entity, filter.path)
        try:
            first, after = periods.period(str(name), self.time.today)
        except ValueError:
            raise BadQuery(NO_PERIOD.filled({"name": name})) from None
        bounds: list[tuple[Comparison, date | None]] = [("ge", first), ("lt", after)]
        return [
            Filter(filter.path, comparison, (self._bound(type, day),))
            for comparison, day in bounds
            if day is not None
        ]

    def _bound(self, type: Type, day: date) -> object:
        return periods.midnight(day, self.time.zone) if type.kind == "instant" else day

    def _given(self, entity: EntityId, filter: Filter, value: object) -> object:
        type = self.lists.path_type(entity, filter.path)
        is_text = type.kind == "text" and filter.comparison == "contains"
        return _pattern(str(value)) if is_text else value

    def _start(self, shape: Shape, query: ListQuery) -> tuple[From | None, dict[str, object]]:
        given = query.before or query.after
        if not given:
            return None, {}
        keys = cursor.decode(given, self.lists.key_types(shape))
        start = From(bool(query.before), tuple(key is None for key in keys))
        return start, {f"k{number}": key for number, key in enumerate(keys)}

    # --- rows

    def tested(
        self, connection: Connection, shape: Shape, values: Values
    ) -> tuple[tuple[ListRow, ...], list[tuple[bool, ...]]]:
        """The rows of a shape, and for each what came of the shape's tests."""
        statement = self.lists.statement(shape)
        found: list[Found] = list(statement.prepared.run(connection, self.values(values)))
        flags = [tuple(bool(row[place]) for place in statement.tests) for row in found]
        return self._completed(connection, statement, shape, found), flags

    def _completed(
        self, connection: Connection, statement: ListStatement, shape: Shape, found: list[Found]
    ) -> tuple[ListRow, ...]:
        """Rows with references named and sets read."""
        cells = [
            self._cells(connection, shape, path, column, found)
            for path, column in zip(shape.columns, statement.columns, strict=True)
        ]
        by_row: Iterable[tuple[object, ...]] = zip(*cells, strict=True) if cells else ()
        rows = zip(found, by_row if cells else [()] * len(found), strict=True)
        return tuple(ListRow(row[0], row[1], row[2] or "", own) for row, own in rows)

    def _cells(
        self, connection: Connection, shape: Shape, path: Path, column: Column, found: list[Found]
    ) -> list[object]:
        place, display = column.place, column.display
        if display is not None:
            entity = EntityId(column.type.of)
            return [
                None if row[place] is None else Reference(entity, row[place], row[display] or None)
                for row in found
            ]
        if column.type.kind == "set":
            return self._sets(connection, shape, path, place, found)
        return [row[place] for row in found]

    def _sets(
        self, connection: Connection, shape: Shape, path: Path, place: int, found: list[Found]
    ) -> list[object]:
        """The values of a set of each row, one statement for all; empty where not known."""
        if len(path) > 1:
            raise unknown_field(path)
        known = [row[0] for row in found if row[place]]
        values: dict[int, list[Any]] = {id: [] for id in known}
        statement = self.lists.sets(shape.entity, path[0])
        for record, value in statement.run(connection, {"ids": known}) if known else ():
            values[record].append(value)
        return [tuple(sorted(values.get(row[0], ()))) for row in found]


def _cursor(statement: ListStatement, row: Found) -> str:
    return cursor.encode([row[place] for place in statement.keys])


def _pattern(word: str) -> str:
    """A LIKE pattern for texts that contain the word, whatever signs it has."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
