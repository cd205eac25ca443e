"""How often something may be tried: token buckets in the database, so that all processes agree."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from runtime.access.tables import ATTEMPT
from runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` at once, then one every `refill_seconds`."""

    burst: int
    refill_seconds: float


SIGN_IN_BY_EMAIL = Limit(burst=8, refill_seconds=30)
SIGN_IN_BY_ADDRESS = Limit(burst=40, refill_seconds=5)


def take(connection: Connection, clock: Clock, key: str, limit: Limit) -> float:
    """Take one try; 0 if it is allowed, else the seconds to wait for the next."""
    now = clock.now().timestamp()
    row = connection.execute(
        select(ATTEMPT.c.allowance, ATTEMPT.c.updated_at)
        .where(ATTEMPT.c.key == key)
        .with_for_update()
    ).one_or_none()
    allowance = float(limit.burst)
    if row is not None:
        refilled = row.allowance + (now - row.updated_at) / limit.refill_seconds
        allowance = min(allowance, refilled)
    allowed = allowance >= 1
    _keep(connection, key, allowance - 1 if allowed else allowance, now, known=row is not None)
    return 0.0 if allowed else (1 - allowance) * limit.refill_seconds


def forget(connection: Connection, key: str) -> None:
    """Start afresh, after a try that was right."""
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.key == key))


def _keep(connection: Connection, key: str, allowance: float, now: float, known: bool) -> None:
    values = {"allowance": allowance, "updated_at": now}
    if known:
        connection.execute(update(ATTEMPT).where(ATTEMPT.c.key == key).values(values))
    else:
        connection.execute(insert(ATTEMPT).values(key=key, **values))
