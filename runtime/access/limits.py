"""How often something may be tried: token buckets in the database, so that all processes agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, select

from runtime.clock import Clock
from runtime.prepared import insert_into
from runtime.tables import ATTEMPT


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` at once, then one more after every `refill`."""

    burst: int
    refill: timedelta


SIGN_IN_BY_EMAIL = Limit(burst=8, refill=timedelta(seconds=30))
SIGN_IN_BY_ADDRESS = Limit(burst=40, refill=timedelta(seconds=5))


def take(connection: Connection, clock: Clock, name: str, limit: Limit) -> timedelta:
    """Take one try; zero if it is allowed, else how long to wait for the next."""
    now = clock.now()
    bucket = connection.execute(
        select(ATTEMPT.c.left, ATTEMPT.c.at).where(ATTEMPT.c.name == name).with_for_update()
    ).one_or_none()
    left = float(limit.burst)
    if bucket is not None:
        left = min(left, bucket.left + (now - bucket.at) / limit.refill)
    allowed = left >= 1
    values = {"left": left - 1 if allowed else left, "at": now}
    _keep(connection, name, values)
    return timedelta(0) if allowed else limit.refill * (1 - left)


def _keep(connection: Connection, name: str, values: dict[str, object]) -> None:
    """Two first tries at once must both count, so the second insert becomes an update."""
    kept = insert_into(ATTEMPT, connection.dialect).values(name=name, **values)
    connection.execute(kept.on_conflict_do_update(index_elements=["name"], set_=values))


def forget(connection: Connection, name: str) -> None:
    """Start afresh, after a try that was right."""
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.name == name))
