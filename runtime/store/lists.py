"""Lists: a query's shape made into one statement, once for all who may see the same.

What differs from call to call are parameters: `me`, the time, the values of filters, the words of
a search, the row a page begins at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy import Integer as Whole

from compiler.model.base import EntityId
from compiler.model.expr import Expr
from compiler.model.types import Type
from runtime.prepared import Prepared, among
from runtime.store import paths
from runtime.store.domain import Domain
from runtime.store.query import Path, unknown_field
from runtime.store.selection import From, Selection, Shape

STATEMENTS = 2_000
"""Shapes whose statements are kept."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list's statement: the place of its value, and of the name of the record that
    a reference leads to. A set's values are read apart, where the flag at its place is true."""

    type: Type
    place: int
    display: int | None = None


@dataclass(frozen=True, slots=True)
class ListStatement:
    """A statement with what its columns are; `keys` are the places of the sort keys, `tests` those
    of the shape's tests."""

    prepared: Prepared
    columns: tuple[Column, ...]
    keys: tuple[int, ...]
    key_types: tuple[Type, ...]
    tests: tuple[int, ...]


class Lists:
    """The statements of all lists, each built when it is first asked for."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.statement = lru_cache(maxsize=STATEMENTS)(self._statement)
        self.count = lru_cache(maxsize=STATEMENTS)(self._count)
        self.key_types = lru_cache(maxsize=STATEMENTS)(self._key_types)
        self.sets = lru_cache(maxsize=STATEMENTS)(self._sets)
        self.path_type = lru_cache(maxsize=STATEMENTS)(self._path_type)

    def _path_type(self, entity: EntityId, path: Path) -> Type:
        """The type of the value at the end of a path. Raises BadQuery for one that is not there."""
        return paths.follow(self.domain.workspace, entity, path)[0].type

    def _statement(self, shape: Shape) -> ListStatement:
        return Builder(self, shape).statement()

    def _count(self, shape: Shape) -> Prepared:
        return Builder(self, shape).count()

    def _sets(self, entity: EntityId, field: str) -> Prepared:
        """The values of a set-valued field of the records `ids`."""
        table = self.domain.catalog.values(entity, field)
        found = select(table.c.record, table.c.value)
        wanted = among(table.c.record, self.domain.dialect)
        return Prepared(found.where(wanted), self.domain.dialect)

    def _key_types(self, shape: Shape) -> tuple[Type, ...]:
        """The types of the sort keys of lists of this shape, the id last."""
        return tuple(key.type for key, _ in Builder(self, shape).sort_keys())


class Builder:
    """Builds the statement of one shape."""

    def __init__(self, lists: Lists, shape: Shape) -> None:
        self.rows = Selection(lists.domain, shape)
        self.shape = shape
        self.query = self.rows.query
        self._places: dict[Expr, int] = {paths.record(shape.entity): 0}

    def statement(self) -> ListStatement:
        """The SELECT of one page and one row more."""
        record = paths.record(self.shape.entity)
        row = self.query.row.c
        selected: list[ColumnElement[Any]] = [row["id"], row["version"]]
        display = self.rows.mask.apply(paths.display(self.rows.workspace, record))
        self._place(display, self.query.value(display), selected)
        columns = tuple(self._column(path, selected) for path in self.shape.columns)
        keys = [(self._collated(expr), expr, down) for expr, down in self.sort_keys()]
        places = tuple(self._place(expr, value, selected) for value, expr, _ in keys)
        tests = tuple(range(len(selected), len(selected) + len(self.shape.tests)))
        selected += [self.query.value(each.condition) for each in self.shape.tests]
        conditions = [*self.rows.conditions(), *self._begin(keys)]
        backwards = self.shape.start is not None and self.shape.start.backwards
        order = [_ordered(value, expr.type, down, backwards) for value, expr, down in keys]
        found = self.rows.select(selected, conditions).order_by(*order)
        found = found.limit(bindparam("size", type_=Whole()))
        types = tuple(expr.type for _, expr, _ in keys)
        return ListStatement(Prepared(found, self.rows.dialect), columns, places, types, tests)

    def count(self) -> Prepared:
        """The SELECT of the number of rows, counted up to `size`."""
        found = self.rows.select([self.query.row.c["id"]], self.rows.conditions())
        capped = found.limit(bindparam("size", type_=Whole())).subquery()
        return Prepared(select(func.count()).select_from(capped), self.rows.dialect)

    def sort_keys(self) -> list[tuple[Expr, bool]]:
        """The sort keys and whether each descends; the id, in the last one's direction, makes
        the order complete."""
        keys = [(self._sort_key(each.path), each.descending) for each in self.shape.sort]
        down = keys[-1][1] if keys else True
        return [*keys, (paths.record(self.shape.entity), down)]

    # --- columns

    def _column(self, path: Path, selected: list[ColumnElement[Any]]) -> Column:
        expr = self.rows.known(path)
        if expr.type.kind == "set":
            selected.append(self.query.value(self.rows.mask.known(expr)))
            return Column(expr.type, len(selected) - 1)
        masked = self.rows.mask.apply(expr)
        place = self._place(masked, self.query.value(masked), selected)
        if expr.type.kind != "ref":
            return Column(expr.type, place)
        selected.append(self.rows.name_of(expr))
        return Column(expr.type, place, len(selected) - 1)

    def _place(
        self, expr: Expr, value: ColumnElement[Any], selected: list[ColumnElement[Any]]
    ) -> int:
        """The place of a value among those selected, where it may be already."""
        place = self._places.setdefault(expr, len(selected))
        if place == len(selected):
            selected.append(value)
        return place

    def _sort_key(self, path: Path) -> Expr:
        """What a path is sorted by; the empty path is the record's own name."""
        if not path:
            return self.rows.mask.apply(
                paths.display(self.rows.workspace, paths.record(self.shape.entity))
            )
        value = self.rows.known(path)
        if value.type.kind == "set":
            raise unknown_field(path)  # a set has no order
        return self.rows.mask.apply(paths.sort_key(self.rows.workspace, value))

    def _collated(self, expr: Expr) -> ColumnElement[Any]:
        return self.query.lowering.collated(self.query.value(expr), expr.type)

    # --- where a page begins

    def _begin(
        self, keys: Sequence[tuple[ColumnElement[Any], Expr, bool]]
    ) -> list[ColumnElement[bool]]:
        start = self.shape.start
        if start is None:
            return []
        binds: list[Any] = [
            bindparam(f"k{number}", type_=value.type) for number, (value, _, _) in enumerate(keys)
        ]
        downs = {down for _, _, down in keys}
        if len(downs) == 1 and not any(expr.type.nullable for _, expr, _ in keys):
            return [_row_after(keys, binds, downs.pop() != start.backwards)]
        found: list[ColumnElement[bool]] = []
        equal: list[ColumnElement[bool]] = []
        for (value, expr, down), bind, null in zip(keys, binds, start.nulls, strict=True):
            further = _further(value, expr.type, bind, null, down != start.backwards, start)
            if further is not None:
                found.append(and_(*equal, further))
            equal.append(value.is_(None) if null else value == bind)
        return [or_(*found)]


def _row_after(
    keys: Sequence[tuple[ColumnElement[Any], Expr, bool]], binds: Sequence[Any], down: bool
) -> ColumnElement[bool]:
    """Keys in one direction are compared as a row, which an index over them can serve."""
    left, right = tuple_(*(value for value, _, _ in keys)), tuple_(*binds)
    return left < right if down else left > right


def _further(
    value: ColumnElement[Any], type: Type, bind: Any, null: bool, down: bool, start: From
) -> ColumnElement[bool] | None:
    """That a key lies further on than the start's; nulls come last, so backwards first."""
    if null:
        return value.is_not(None) if start.backwards else None
    beyond: ColumnElement[bool] = value < bind if down else value > bind
    if type.nullable and not start.backwards:
        return or_(beyond, value.is_(None))
    return beyond


def _ordered(
    value: ColumnElement[Any], type: Type, down: bool, backwards: bool
) -> ColumnElement[Any]:
    order = value.desc() if down != backwards else value.asc()
    if not type.nullable:
        return order
    return order.nulls_first() if backwards else order.nulls_last()
