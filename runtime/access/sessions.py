"""Server-side sessions: a cookie holds a random token, the database its hash."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from runtime.access.tables import SESSION
from runtime.access.tokens import seconds, token_hash
from runtime.clock import Clock

LIFETIME_SECONDS = 14 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's session; `csrf` is the token that their forms must carry."""

    user_id: int
    csrf: str
    theme: str


def begin(connection: Connection, clock: Clock, user_id: int) -> str:
    """Start a session and return its token; a new one at every sign-in, so none can be planted."""
    token, now = clock.token(), seconds(clock.now())
    connection.execute(delete(SESSION).where(SESSION.c.expires_at <= now))
    connection.execute(
        insert(SESSION).values(
            token_hash=token_hash(token),
            user_id=user_id,
            csrf=clock.token(),
            theme="auto",
            created_at=now,
            expires_at=now + LIFETIME_SECONDS,
        )
    )
    return token


def find(connection: Connection, clock: Clock, token: str) -> Session | None:
    """The session of a token, if it has not ended."""
    query = select(SESSION.c.user_id, SESSION.c.csrf, SESSION.c.theme).where(
        SESSION.c.token_hash == token_hash(token), SESSION.c.expires_at > seconds(clock.now())
    )
    row = connection.execute(query).one_or_none()
    return Session(*row) if row else None


def set_theme(connection: Connection, token: str, theme: str) -> None:
    """Keep the look that the person chose, for this session."""
    connection.execute(
        update(SESSION).where(SESSION.c.token_hash == token_hash(token)).values(theme=theme)
    )


def end(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(SESSION).where(SESSION.c.token_hash == token_hash(token)))


def end_all(connection: Connection, user_id: int) -> None:
    """Sign a user out everywhere: after a new password, or when they may no longer sign in."""
    connection.execute(delete(SESSION).where(SESSION.c.user_id == user_id))
