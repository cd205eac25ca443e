"""Rows selected for somebody: what grants show of an entity, filtered and searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, false, not_, or_, select

from compiler.backends.expr.sql import Dialect, Query
from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.expr import ME, Expr, FieldOf, Op, Operator, Var
from compiler.model.types import BOOL, ref
from runtime.access.mask import Mask, Unreadable
from runtime.access.permission import Standing, all_of
from runtime.store import paths
from runtime.store.domain import Domain
from runtime.store.problems import NotFound
from runtime.store.query import Comparison, Path, Sort, unknown_field


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
class Test:
    """A condition that a statement answers for each of its rows, with the app's eyes; `name` says
    which one it is."""

    name: str
    condition: Expr = field(compare=False)


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
    tests: tuple[Test, ...] = ()


class Selection:
    """The rows of a shape; a statement is made of what it lowers and of its `conditions`."""

    def __init__(self, domain: Domain, shape: Shape) -> None:
        self.workspace = domain.workspace
        self.dialect = domain.dialect
        self.shape = shape
        self.entity = self.workspace.entities[shape.entity]
        self.mask = Mask(domain.permissions, shape.standing)
        name: Dialect = "sqlite" if domain.one_writer else "postgresql"
        self.query = Query(domain.catalog, name, domain.library.functions, shape.entity)

    def value(self, expr: Expr) -> ColumnElement[Any]:
        """A value as the reader may know it."""
        return self.query.value(self.mask.apply(expr))

    def select(
        self, columns: Sequence[ColumnElement[Any]], conditions: Sequence[ColumnElement[bool]]
    ) -> Select[Any]:
        """Called last: only then is known what the statement joins."""
        labelled = [column.label(f"c{place}") for place, column in enumerate(columns)]
        return select(*labelled).select_from(self.query.source).where(*conditions)

    def known(self, path: Path) -> Expr:
        """The value at the end of a path. Raises BadQuery where no grant shows it."""
        expr, _ = paths.follow(self.workspace, self.shape.entity, path)
        step = expr
        while isinstance(step, FieldOf):
            if not self.mask.shows(EntityId(step.of.type.of), step.field):
                raise unknown_field(path)
            step = step.of
        return expr

    def name_of(self, reference: Expr) -> ColumnElement[Any]:
        return self.value(paths.display(self.workspace, reference))

    def conditions(self) -> list[ColumnElement[bool]]:
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
        value = self.known(filter.path)
        names = [f"f{next(numbers)}" for _ in range(filter.count)]
        if value.type.kind == "set":
            return self._filter_set(filter, value, names)
        if filter.comparison == "contains" and value.type.kind == "text":
            return self._like(self.value(value), names[0])
        given = [Var(type=value.type.present(), name=name) for name in names]
        return self.query.condition(self.mask.apply(_test(filter.comparison, value, given)))

    def _filter_set(
        self, filter: FilterShape, value: Expr, names: Sequence[str]
    ) -> ColumnElement[bool]:
        """That one of the values given is in a set, or that the set has any."""
        if filter.comparison in ("empty", "filled"):
            has_any = self._has(value)
            return has_any if filter.comparison == "filled" else not_(has_any)
        if filter.comparison not in ("eq", "in", "contains") or value.type.item is None:
            raise unknown_field(filter.path)
        given = (Var(type=value.type.item, name=name) for name in names)
        tests = (self.mask.apply(_op("contains", value, each)) for each in given)
        return or_(false(), *map(self.query.condition, tests))

    def _has(self, value: Expr, name: str = "") -> ColumnElement[bool]:
        """That a set which may be known has any value, or one that has the word of that name."""
        found = self.query.items(value)
        if name:
            found = found.where(self._like(found.selected_columns[0], name))
        return and_(self.query.value(self.mask.known(value)), found.exists())

    def _search(self, name: str) -> ColumnElement[bool]:
        """That one of the search fields has a word."""
        fields = [each for each in paths.searched(self.entity) if self._shows(each)]
        return or_(false(), *(self._holds(self.known((each,)), name) for each in fields))

    def _holds(self, value: Expr, name: str) -> ColumnElement[bool]:
        """That a value, or one of a set, has a word."""
        if value.type.kind == "set":
            return self._has(value, name)
        return self._like(self.value(value), name)

    def _shows(self, field: str) -> bool:
        return self.mask.shows(self.shape.entity, field)

    def _like(self, value: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Case aside; SQLite's own LIKE does so for ASCII."""
        pattern: Any = bindparam(name, type_=Text())
        like = value.like if self.dialect.name == "sqlite" else value.ilike
        return like(pattern, escape="\\")


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
