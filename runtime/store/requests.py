"""Acts that must not happen twice, because a person pressed twice or a browser sent again.

A page gives each form a key. The act that carries it is noted in its own transaction; the same key
again changes nothing and gets what the first one got. A note is kept for a day.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from runtime.tables import REQUEST

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Row

KEPT = timedelta(days=1)


def find(connection: Connection, user: int | None, key: str) -> tuple[int, int] | None:
    """The record and its version that the user's act with this key saved, if there was one."""
    if not key or user is None:
        return None
    noted = select(REQUEST.c.record, REQUEST.c.version)
    mine = noted.where(REQUEST.c.user_id == user, REQUEST.c.key == key)
    found = connection.execute(mine).one_or_none()
    return None if found is None else (found.record, found.version)


def note(act: Act, key: str, row: Row) -> None:
    """Note what the act saved, and forget what is older than a day."""
    user, now = act.actor.user_id, act.time.now
    if not key or user is None:
        return
    act.connection.execute(delete(REQUEST).where(REQUEST.c.at < now - KEPT))
    act.connection.execute(
        insert(REQUEST),
        {"user_id": user, "key": key, "record": row.id, "version": row.version, "at": now},
    )
