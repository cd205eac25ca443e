"""Lists: a query's shape made into one statement, once for all who may see the same.

What differs from call to call are parameters: `me`, the time, the values of filters, the words of
a search, the row a page begins at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy import Integer as Whole

from compiler.backends.expr.sql import Dialect, Query
from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.expr import ME, Expr, FieldOf, Op, Operator, Var
from compiler.model.types import BOOL, Type, ref
from runtime.access.mask import Mask, Unreadable
from runtime.access.permission import Standing, all_of
from runtime.store import paths
from runtime.store.domain import Domain
from runtime.store.prepared import Prepared, among
from runtime.store.problems import NotFound
from runtime.store.query import Comparison, Path, Sort, unknown_field

STATEMENTS = 2_000
"""Shapes whose statements are kept."""


@dataclass(frozen=True, slots=True)
class FilterShape:
    """A filter without its values: how many they are."""

    path: Path
    comparison: Comparison
    count: int


@dataclass(frozen=True, slots=True)
class From:
    """Where a page begins: after or before a row, and which of its sort keys are null."""

    backwards: bool
    nulls: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """Rows of the app's own choosing: those of a collection, those behind a mark of a report.

    `name` says which condition it is; a `trusted` one is tested with the app's eyes, any other
    with the reader's.
    """

    name: str
    condition: Expr = field(compare=False)
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """All of a list that decides its statement."""

    entity: EntityId
    standing: Standing
    columns: tuple[Path, ...] = ()
    filters: tuple[FilterShape, ...] = ()
    sort: tuple[Sort, ...] = ()
    words: int = 0
    start: From | None = None
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list's statement: the place of its value, and of the name of the record that
    a reference leads to. A set's values are read apart, where the flag at its place is true."""

    type: Type
    place: int
    display: int | None = None


@dataclass(frozen=True, slots=True)
class ListStatement:
    """A statement with what its columns are; `keys` are the places of the sort keys."""

    prepared: Prepared
    columns: tuple[Column, ...]
    keys: tuple[int, ...]
    key_types: tuple[Type, ...]


class Lists:
    """The statements of all lists, each built when it is first asked for."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.statement = lru_cache(maxsize=STATEMENTS)(self._statement)
        self.count = lru_cache(maxsize=STATEMENTS)(self._count)
        self.key_types = lru_cache(maxsize=STATEMENTS)(self._key_types)
        self.sets = lru_cache(maxsize=STATEMENTS)(self._sets)

    def _statement(self, shape: Shape) -> ListStatement:
        return _Builder(self, shape).statement()

    def _count(self, shape: Shape) -> Prepared:
        return _Builder(self, shape).count()

    def _sets(self, entity: EntityId, field: str) -> Prepared:
        """The values of a set-valued field of the records `ids`."""
        table = self.domain.catalog.values(entity, field)
        found = select(table.c.record, table.c.value)
        wanted = among(table.c.record, self.domain.dialect)
        return Prepared(found.where(wanted), self.domain.dialect)

    def _key_types(self, shape: Shape) -> tuple[Type, ...]:
        """The types of the sort keys of lists of this shape, the id last."""
        return tuple(key.type for key, _ in _Builder(self, shape).sort_keys())


class _Builder:
    """Builds the statement of one shape."""

    def __init__(self, lists: Lists, shape: Shape) -> None:
        domain = lists.domain
        self.workspace = domain.workspace
        self.dialect = domain.dialect
        self.shape = shape
        self.entity = self.workspace.entities[shape.entity]
        self.mask = Mask(domain.permissions, shape.standing)
        name: Dialect = "sqlite" if domain.one_writer else "postgresql"
        self.query = Query(domain.catalog, name, domain.library.functions, shape.entity)

    def statement(self) -> ListStatement:
        """The SELECT of one page and one row more."""
        selected: list[ColumnElement[Any]] = [
            self.query.row.c["id"],
            self.query.row.c["version"],
            self._name_of(paths.record(self.shape.entity)),
        ]
        columns = tuple(self._column(path, selected) for path in self.shape.columns)
        keys = [(self._collated(expr), expr, down) for expr, down in self.sort_keys()]
        places = tuple(range(len(selected), len(selected) + len(keys)))
        selected += [value for value, _, _ in keys]
        conditions = [*self._conditions(), *self._begin(keys)]
        backwards = self.shape.start is not None and self.shape.start.backwards
        order = [_ordered(value, expr.type, down, backwards) for value, expr, down in keys]
        found = self._select(selected, conditions).order_by(*order)
        found = found.limit(bindparam("size", type_=Whole()))
        types = tuple(expr.type for _, expr, _ in keys)
        return ListStatement(Prepared(found, self.dialect), columns, places, types)

    def count(self) -> Prepared:
        """The SELECT of the number of rows, counted up to `size`."""
        found = self._select([self.query.row.c["id"]], self._conditions())
        capped = found.limit(bindparam("size", type_=Whole())).subquery()
        return Prepared(select(func.count()).select_from(capped), self.dialect)

    def sort_keys(self) -> list[tuple[Expr, bool]]:
        """The sort keys and whether each descends; the id, in the last one's direction, makes
        the order complete."""
        keys = [(self._sort_key(each.path), each.descending) for each in self.shape.sort]
        down = keys[-1][1] if keys else True
        return [*keys, (paths.record(self.shape.entity), down)]

    def _select(
        self, columns: Sequence[ColumnElement[Any]], conditions: Sequence[ColumnElement[bool]]
    ) -> Select[Any]:
        """Called last: only then is known what the statement joins."""
        labelled = [column.label(f"c{place}") for place, column in enumerate(columns)]
        return select(*labelled).select_from(self.query.source).where(*conditions)

    # --- columns

    def _column(self, path: Path, selected: list[ColumnElement[Any]]) -> Column:
        expr = self._known(path)
        place = len(selected)
        if expr.type.kind == "set":
            selected.append(self.query.value(self.mask.known(expr)))
            return Column(expr.type, place)
        selected.append(self.query.value(self.mask.apply(expr)))
        if expr.type.kind != "ref":
            return Column(expr.type, place)
        selected.append(self._name_of(expr))
        return Column(expr.type, place, place + 1)

    def _known(self, path: Path) -> Expr:
        """The value at the end of a path. Raises BadQuery where no grant shows it."""
        expr, _ = paths.follow(self.workspace, self.shape.entity, path)
        step = expr
        while isinstance(step, FieldOf):
            if not self.mask.shows(EntityId(step.of.type.of), step.field):
                raise unknown_field(path)
            step = step.of
        return expr

    def _name_of(self, reference: Expr) -> ColumnElement[Any]:
        return self.query.value(self.mask.apply(paths.display(self.workspace, reference)))

    def _sort_key(self, path: Path) -> Expr:
        """What a path is sorted by; the empty path is the record's own name."""
        if not path:
            return self.mask.apply(paths.display(self.workspace, paths.record(self.shape.entity)))
        return self.mask.apply(paths.sort_key(self.workspace, self._known(path)))

    def _collated(self, expr: Expr) -> ColumnElement[Any]:
        return self.query.lowering.collated(self.query.value(expr), expr.type)

    # --- conditions

    def _conditions(self) -> list[ColumnElement[bool]]:
        try:
            readable = self.mask.rows(self.shape.entity)
        except Unreadable:
            raise NotFound from None
        wanted = all_of(readable, self._within())
        conditions = [self.query.condition(wanted)] if wanted is not None else []
        numbers = iter(range(sum(each.count for each in self.shape.filters)))
        conditions += [self._filter(each, numbers) for each in self.shape.filters]
        return conditions + [self._search(f"w{number}") for number in range(self.shape.words)]

    def _within(self) -> Expr | None:
        within = self.shape.within
        if within is None:
            return None
        return within.condition if within.trusted else self.mask.apply(within.condition)

    def _filter(self, filter: FilterShape, numbers: Iterator[int]) -> ColumnElement[bool]:
        value = self._known(filter.path)
        names = [f"f{next(numbers)}" for _ in range(filter.count)]
        if filter.comparison == "contains" and value.type.kind == "text":
            return self._like(self.query.value(self.mask.apply(value)), names[0])
        type = value.type.item or value.type
        given = [Var(type=type.present(), name=name) for name in names]
        return self.query.condition(self.mask.apply(_test(filter.comparison, value, given)))

    def _search(self, name: str) -> ColumnElement[bool]:
        """That one of the search fields has a word."""
        fields = [each for each in paths.searched(self.entity) if self._shows(each)]
        values = [self.query.value(self.mask.apply(self._known((each,)))) for each in fields]
        return or_(false(), *(self._like(value, name) for value in values))

    def _shows(self, field: str) -> bool:
        return self.mask.shows(self.shape.entity, field)

    def _like(self, value: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Case aside; SQLite's own LIKE does so for ASCII."""
        pattern: Any = bindparam(name, type_=Text())
        like = value.like if self.dialect.name == "sqlite" else value.ilike
        return like(pattern, escape="\\")

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


_OPERATORS: dict[Comparison, Operator] = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "in": "in",
    "contains": "contains",
    "under": "under",
    "empty": "is null",
}


def _test(comparison: Comparison, value: Expr, given: Sequence[Expr]) -> Expr:
    """A filter as a condition."""
    if comparison in _OPERATORS:
        return _op(_OPERATORS[comparison], value, *given)
    if comparison == "filled":
        return _op("not", _op("is null", value))
    if comparison == "me":
        return _op("==", value, Var(type=ref(USER), name=ME))
    low, high = given  # between
    return _op("and", _op(">=", value, low), _op("<=", value, high))


def _op(op: Operator, *args: Expr) -> Expr:
    return Op(type=BOOL, op=op, args=args)
