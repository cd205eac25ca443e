"""Which of a reader's rights hold for a record, asked of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import bindparam, select

from compiler.backends.expr.sql import Dialect, Query
from compiler.model.base import EntityId
from compiler.model.entity import Action
from compiler.model.expr import Expr, FieldOf, Many, Op, Var
from compiler.model.types import BOOL, ref, set_of
from runtime.access.mask import Mask
from runtime.access.permission import Right, Standing
from runtime.prepared import Prepared
from runtime.store import paths
from runtime.store.domain import Domain
from runtime.store.query import Rights
from runtime.store.selection import Shape, Test, Within

STATEMENTS = 2_000
Flags = tuple[bool, ...]
Names = frozenset[str] | None
"""Names of fields; None is all."""
OF_A_RECORD: tuple[Action, ...] = ("read", "update", "delete")
"""What may be done with a record that is there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How one record is asked for: the tests of the shape are the conditions of the rights to it.
    What rights there are is worked out once for each way in which these hold."""

    shape: Shape
    conditions: tuple[Expr, ...]
    known: dict[Flags, Rights] = field(default_factory=dict)


class RowRights:
    """Shapes and statements for one record: what is shown of it, what may be done with it."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.prepared = lru_cache(maxsize=STATEMENTS)(self._prepared)
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

    def _record(self, standing: Standing, entity: EntityId, names: Names) -> Asked:
        """The record `record` with those of the named fields that some right shows."""
        mask = Mask(self.domain.permissions, standing)
        known = self.domain.workspace.entities[entity].fields
        wanted = known if names is None else [name for name in known if name in names]
        within = Within("id", _is_record(entity, paths.record(entity)), trusted=True)
        columns = tuple((name,) for name in wanted if mask.shows(entity, name))
        tests = {
            right.condition: Test(f"{action} {place}", right.condition)
            for action in OF_A_RECORD
            for place, right in enumerate(self.of(standing, entity, action))
            if right.condition is not None
        }
        shape = Shape(entity, standing, columns, within=within, tests=tuple(tests.values()))
        return Asked(shape, tuple(tests))

    def held(self, asked: Asked, flags: Flags) -> Rights:
        """The rights to a record, of whose conditions those hold that the flags say."""
        if flags not in asked.known:
            asked.known[flags] = self._held(asked, flags)
        return asked.known[flags]

    def _held(self, asked: Asked, flags: Flags) -> Rights:
        standing, entity = asked.shape.standing, asked.shape.entity
        fails = {
            condition for condition, holds in zip(asked.conditions, flags, strict=True) if not holds
        }
        holding = {
            action: [
                right for right in self.of(standing, entity, action) if right.condition not in fails
            ]
            for action in OF_A_RECORD
        }
        fields = self.domain.permissions.fields
        return Rights(
            readable=fields(standing, entity, "read", holding["read"]),
            writable=fields(standing, entity, "update", holding["update"]),
            deletable=bool(holding["delete"]),
        )

    def _query(self, entity: EntityId) -> Query:
        domain = self.domain
        dialect: Dialect = "sqlite" if domain.one_writer else "postgresql"
        return Query(domain.catalog, dialect, domain.library.functions, entity)


def _is_record(entity: EntityId, value: Expr) -> Op:
    """That a value is the record `record`."""
    return Op(type=BOOL, op="==", args=(value, Var(type=ref(entity), name="record")))
