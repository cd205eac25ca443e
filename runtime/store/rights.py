"""Which of a reader's rights hold for a record, asked of the database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import bindparam, select

from compiler.backends.expr.sql import Dialect, Query
from compiler.model.base import EntityId
from compiler.model.entity import Action
from compiler.model.expr import THIS, Many, Var
from compiler.model.types import ref, set_of
from runtime.access.mask import Mask, Unreadable
from runtime.access.permission import Right, Standing
from runtime.prepared import Prepared
from runtime.store.domain import Domain
from runtime.store.problems import NotFound

STATEMENTS = 2_000


class RowRights:
    """Statements that test rights on one record."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.prepared = lru_cache(maxsize=STATEMENTS)(self._prepared)
        self.collection = lru_cache(maxsize=STATEMENTS)(self._collection)

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

    def _query(self, entity: EntityId) -> Query:
        domain = self.domain
        dialect: Dialect = "sqlite" if domain.one_writer else "postgresql"
        return Query(domain.catalog, dialect, domain.library.functions, entity)
