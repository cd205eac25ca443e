"""One-time links: the first admin's, and invitations."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from runtime.access.tables import LINK
from runtime.access.tokens import seconds, token_hash
from runtime.clock import Clock

LIFETIME_SECONDS = 3 * 24 * 3600

Kind = Literal["bootstrap", "invite"]


def issue(connection: Connection, clock: Clock, kind: Kind, user_id: int | None) -> str:
    """A new link's token; older ones of the same kind for the same user are void."""
    token, now = clock.token(), seconds(clock.now())
    stale = (LINK.c.kind == kind) & (LINK.c.user_id.is_not_distinct_from(user_id))
    connection.execute(delete(LINK).where(stale | (LINK.c.expires_at <= now)))
    connection.execute(
        insert(LINK).values(
            token_hash=token_hash(token),
            kind=kind,
            user_id=user_id,
            expires_at=now + LIFETIME_SECONDS,
        )
    )
    return token


def find(connection: Connection, clock: Clock, token: str) -> tuple[Kind, int | None] | None:
    """What a link is for, while it is good; it stays good until `spend`."""
    query = select(LINK.c.kind, LINK.c.user_id).where(
        LINK.c.token_hash == token_hash(token), LINK.c.expires_at > seconds(clock.now())
    )
    row = connection.execute(query).one_or_none()
    return (row.kind, row.user_id) if row else None


def spend(connection: Connection, token: str) -> bool:
    """Use a link up; False if somebody did already."""
    done = connection.execute(delete(LINK).where(LINK.c.token_hash == token_hash(token)))
    return done.rowcount == 1
