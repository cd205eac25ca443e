"""Acts that must not happen twice, because a person pressed twice or a browser sent again.

A page gives each form a key. The act that carries it is noted in its own transaction; the same key
again changes nothing and gets what the first one got. A note is kept for a day.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, insert, select

from runtime.prepared import Prepared, dialect_named
from runtime.tables import REQUEST

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Row

KEPT = timedelta(days=1)
OFTEN = timedelta(minutes=1)


def find(connection: Connection, user: int | None, key: str) -> tuple[int, int] | None:
    """The record and its version that the user's act with this key saved, if there was one."""
    if not key or user is None:
        return None
    found = _find(connection.dialect.name).run(connection, {"of_user": user, "of_key": key})
    return (found[0][0], found[0][1]) if found else None


def note(act: Act, key: str, row: Row) -> None:
    """Note what the act saved; now and then, forget what is older than a day."""
    user, now = act.actor.user_id, act.time.now
    if not key or user is None:
        return
    forget, add = _note(act.domain.kind)
    if act.domain.forgot_requests is None or now - act.domain.forgot_requests >= OFTEN:
        act.domain.forgot_requests = now
        forget.run(act.connection, {"before": now - KEPT})
    add.run(
        act.connection,
        {"user_id": user, "key": key, "record": row.id, "version": row.version, "at": now},
    )


@cache
def _find(dialect: str) -> Prepared:
    mine = (REQUEST.c.user_id == bindparam("of_user"), REQUEST.c.key == bindparam("of_key"))
    noted = select(REQUEST.c.record, REQUEST.c.version).where(*mine)
    return Prepared(noted, dialect_named(dialect))


@cache
def _note(dialect: str) -> tuple[Prepared, Prepared]:
    """What forgets old notes, and what adds one."""
    at = REQUEST.c.at
    forget = delete(REQUEST).where(at < bindparam("before", type_=at.type))
    add = insert(REQUEST).values({column.key: bindparam(column.key) for column in REQUEST.c})
    return Prepared(forget, dialect_named(dialect)), Prepared(add, dialect_named(dialect))
