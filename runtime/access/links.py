"""One-time links: the first admin's, and invitations."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from runtime.access.tokens import token_hash
from runtime.clock import Clock
from runtime.tables import LINK

LIFETIME = timedelta(days=3)

Purpose = Literal["bootstrap", "invitation"]


def issue(connection: Connection, clock: Clock, purpose: Purpose, user_id: int | None) -> str:
    """A new link's token; older ones of the same purpose for the same user are void."""
    token, now = clock.token(), clock.now()
    same = (LINK.c.purpose == purpose) & LINK.c.user_id.is_not_distinct_from(user_id)
    connection.execute(delete(LINK).where(same | (LINK.c.ends_at <= now)))
    connection.execute(
        insert(LINK).values(
            token=token_hash(token),
            purpose=purpose,
            user_id=user_id,
            made_at=now,
            ends_at=now + LIFETIME,
        )
    )
    return token


def find(connection: Connection, clock: Clock, token: str) -> tuple[Purpose, int | None] | None:
    """What a link is for, while it is good; it stays good until `spend`."""
    query = select(LINK.c.purpose, LINK.c.user_id).where(
        LINK.c.token == token_hash(token), LINK.c.ends_at > clock.now()
    )
    row = connection.execute(query).one_or_none()
    return (row.purpose, row.user_id) if row else None


def spend(connection: Connection, token: str) -> bool:
    """Use a link up; False if somebody did already."""
    return connection.execute(delete(LINK).where(LINK.c.token == token_hash(token))).rowcount == 1
