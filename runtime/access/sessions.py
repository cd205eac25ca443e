"""Server-side sessions: a cookie holds a random token, the database its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select

from runtime.access.tokens import token_hash
from runtime.clock import Clock
from runtime.tables import SESSION

LIFETIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's session; `csrf` is the token that their forms must carry."""

    user_id: int
    csrf: str


def begin(connection: Connection, clock: Clock, user_id: int) -> str:
    """Start a session and return its token; a new one at every sign-in, so none can be planted."""
    token, now = clock.token(), clock.now()
    connection.execute(delete(SESSION).where(SESSION.c.ends_at <= now))
    connection.execute(
        insert(SESSION).values(
            token=token_hash(token),
            user_id=user_id,
            csrf=clock.token(),
            began_at=now,
            ends_at=now + LIFETIME,
        )
    )
    return token


def find(connection: Connection, clock: Clock, token: str) -> Session | None:
    """The session of a token, if it has not ended."""
    query = select(SESSION.c.user_id, SESSION.c.csrf).where(
        SESSION.c.token == token_hash(token), SESSION.c.ends_at > clock.now()
    )
    row = connection.execute(query).one_or_none()
    return Session(*row) if row else None


def end(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(SESSION).where(SESSION.c.token == token_hash(token)))


def end_all(connection: Connection, user_id: int) -> None:
    """Sign a user out everywhere: after a new password, or when they may no longer sign in."""
    connection.execute(delete(SESSION).where(SESSION.c.user_id == user_id))
