"""A person's inbox: the notices that flows and rules wrote to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, bindparam, func, select, update

from compiler.model.base import EntityId
from runtime.prepared import Prepared, dialect_named
from runtime.store.domain import Domain
from runtime.tables import NOTICE

MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Received:
    """A notice as its recipient sees it; `entity` and `record` are what it is about."""

    id: int
    text: str
    at: datetime
    entity: EntityId | None
    record: int
    read: bool


def unread(connection: Connection, user: int) -> int:
    """How many notices wait for a user, counted up to 100."""
    ((number,),) = _unread(connection.dialect.name).run(connection, {"recipient": user})
    return int(number)


@cache
def _unread(dialect: str) -> Prepared:
    mine = NOTICE.c.recipient == bindparam("recipient")
    some = select(NOTICE.c.id).where(mine, NOTICE.c.read_at.is_(None)).limit(MOST_COUNTED)
    return Prepared(select(func.count()).select_from(some.subquery()), dialect_named(dialect))


def messages(
    domain: Domain,
    connection: Connection,
    user: int,
    size: int,
    only_unread: bool = False,
    before: int | None = None,
) -> tuple[Received, ...]:
    """A user's notices, newest first; `before` is the id of the last one already shown."""
    query = select(NOTICE).where(NOTICE.c.recipient == user).order_by(NOTICE.c.id.desc())
    if only_unread:
        query = query.where(NOTICE.c.read_at.is_(None))
    if before is not None:
        query = query.where(NOTICE.c.id < before)
    entities = {shape.subject: entity for entity, shape in domain.shapes.items()}
    return tuple(
        Received(
            row.id, row.text, row.at, entities.get(row.subject), row.record, row.read_at is not None
        )
        for row in connection.execute(query.limit(size))
    )


def mark_read(connection: Connection, user: int, now: datetime, id: int | None = None) -> None:
    """Mark one notice as read, or all of a user's; those of others are never touched."""
    mine = (NOTICE.c.recipient == user) & NOTICE.c.read_at.is_(None)
    if id is not None:
        mine &= NOTICE.c.id == id
    connection.execute(update(NOTICE).where(mine).values(read_at=now))
