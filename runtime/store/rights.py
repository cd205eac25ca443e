"""Which of a reader's rights hold for a record, asked of the database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import bindparam, select

from compiler.backends.expr.sql import Dialect, Query
from compiler.model.base import EntityId
from compiler.model.entity import Action
from compiler.model.expr import THIS, Expr, FieldOf, Many, Op, Var
from compiler.model.types import BOOL, ref, set_of
from runtime.access.mask import Mask, Unreadable
from runtime.access.permission import Right, Standing
from runtime.prepared import Prepared
from runtime.store import paths
from runtime.store.domain import Domain
from runtime.store.problems import NotFound
from runtime.store.selection import Shape, Within

STATEMENTS = 2_000


class RowRights:
    """Shapes and statements for one record: what is shown of it, what may be done with it."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.prepared = lru_cache(maxsize=STATEMENTS)(self._prepared)
        self.collection = lru_cache(maxsize=STATEMENTS)(self._collection)
        self.members = lru_cache(maxsize=STATEMENTS)(self._members)
        self.record = lru_cache(maxsize=STATEMENTS)(self._record)

    def of(self, standing: Standing, entity: EntityId, action: Action) -> Sequence[Right]:
        return self.domain.permissions.rights(standing, entity, action)

    def _prepared(self, standing: Standing, entity: EntityId, action: Action) -> Prepared | None:
        """For the record `id`, whether each of the rights with a condition holds; None if no
        right has one."""
        query = self._query(entity)
        conditions = [
            query.value(right.condition)
            for right in self.of(standing, entity, action)
            if right.condition is not None
        ]
        if not conditions:
            return None
        found = select(*(each.label(f"c{place}") for place, each in enumerate(conditions)))
        found = found.select_from(query.source).where(query.row.c["id"] == bindparam("id"))
        return Prepared(found, self.domain.dialect)

    def _collection(self, standing: Standing, entity: EntityId, name: str) -> Prepared:
        """For the record `id`, if it may be read, whether its collection may be followed."""
        query = self._query(entity)
        mask = Mask(self.domain.permissions, standing)
        target = self.domain.workspace.entities[entity].collections[name].target
        this = Var(type=ref(entity), name=THIS)
        known = query.value(mask.known(Many(type=set_of(ref(target)), of=this, field=name)))
        try:
            readable = mask.rows(entity)
        except Unreadable:
            raise NotFound from None
        conditions = [query.condition(readable)] if readable is not None else []
        found = select(known.label("known")).select_from(query.source)
        found = found.where(query.row.c["id"] == bindparam("id"), *conditions)
        return Prepared(found, self.domain.dialect)

    def _members(self, entity: EntityId, name: str) -> Within:
        """That a row is in the collection of the record `record` of an entity."""
        collection = self.domain.workspace.entities[entity].collections[name]
        row = paths.record(collection.target)
        if collection.kind == "link":
            others = Many(type=set_of(ref(entity)), of=row, field=collection.via)
            member = Op(type=BOOL, op="in", args=(Var(type=ref(entity), name="record"), others))
        else:
            via = FieldOf(type=ref(entity, nullable=True), of=row, field=collection.via)
            member = _is_record(entity, via)
        return Within(f"{entity}.{name}", member, trusted=True)

    def _record(self, standing: Standing, entity: EntityId) -> Shape:
        """The record `record` with all fields that some right shows."""
        mask = Mask(self.domain.permissions, standing)
        known = self.domain.workspace.entities[entity].fields
        within = Within("id", _is_record(entity, paths.record(entity)), trusted=True)
        columns = tuple((name,) for name in known if mask.shows(entity, name))
        return Shape(entity, standing, columns, within=within)

    def _query(self, entity: EntityId) -> Query:
        domain = self.domain
        dialect: Dialect = "sqlite" if domain.one_writer else "postgresql"
        return Query(domain.catalog, dialect, domain.library.functions, entity)


def _is_record(entity: EntityId, value: Expr) -> Op:
    """That a value is the record `record`."""
    return Op(type=BOOL, op="==", args=(value, Var(type=ref(entity), name="record")))
