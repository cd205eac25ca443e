"""Who is at the door: from a cookie to an actor, from an e-mail and a password to a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from compiler.model.app import Workspace
from compiler.model.base import RoleId
from runtime.access import limits, passwords, sessions
from runtime.access.actor import Actor, signed_in
from runtime.access.tokens import token_hash
from runtime.clock import Clock
from runtime.db import Database
from runtime.prepared import Prepared, dialect_named
from runtime.tables import PASSWORD, ROLE_HOLDER, SESSION

DEMO_DOMAIN = "demo.example"
"""The addresses of the users that a demo signs in without a password."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in: the actor of what they do, and what the frame of a page shows."""

    actor: Actor
    name: str
    email: str
    csrf: str
    token: str


class TooManyAttempts(Exception):
    """Sign-in is closed for a while, to a person or an address that failed too often."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"try again in {wait}")
        self.wait = wait


def person_of(
    connection: Connection,
    clock: Clock,
    users: Table,
    workspace: Workspace,
    token: str,
    chosen: str = "",
) -> Person | None:
    """The active user whose session this is, with their roles; None if there is no such session.

    Who has set no language has the `chosen` one, if it is of the workspace, else its first.
    """
    query = _session_query(users, connection.dialect.name)
    rows = query.run(connection, {"token": token_hash(token), "now": clock.now()})
    if not rows:
        return None
    user_id, name, email, language, csrf, _ = rows[0]
    roles = frozenset(RoleId(role) for *_, role in rows if role is not None)
    usual = chosen if chosen in workspace.languages else workspace.languages[0]
    actor = signed_in(workspace, user_id, roles, language or usual)
    return Person(actor, name, email or "", csrf, token)


@lru_cache(maxsize=4)
def _session_query(users: Table, dialect: str) -> Prepared:
    found = (
        select(
            users.c.id,
            users.c.name,
            users.c.email,
            users.c.language,
            SESSION.c.csrf,
            ROLE_HOLDER.c.role,
        )
        .join_from(SESSION, users, users.c.id == SESSION.c.user_id)
        .outerjoin(ROLE_HOLDER, ROLE_HOLDER.c.user_id == users.c.id)
        .where(
            SESSION.c.token == bindparam("token"),
            SESSION.c.ends_at > bindparam("now", type_=SESSION.c.ends_at.type),
            users.c.active,
        )
    )
    return Prepared(found, dialect_named(dialect))


def sign_in(
    database: Database, clock: Clock, users: Table, email: str, password: str, address: str
) -> str | None:
    """A new session's token for the right e-mail and password, else None.

    An unknown e-mail takes as long as a wrong password. Raises TooManyAttempts.
    """
    name = email.strip().lower()
    buckets = {
        f"email {name}": limits.SIGN_IN_BY_EMAIL,
        f"address {address}": limits.SIGN_IN_BY_ADDRESS,
    }
    wait = database.write(
        lambda connection: max(
            limits.take(connection, clock, bucket, limit) for bucket, limit in buckets.items()
        )
    )
    if wait:
        raise TooManyAttempts(wait)
    found = database.read(lambda connection: _credential(connection, users, name))
    if not passwords.matches(password, found[1] if found else None) or found is None:
        return None
    fresh = passwords.hashed(password) if passwords.is_outdated(found[1]) else None

    def begin(connection: Connection) -> str:
        if fresh is not None:
            _keep_password(connection, clock, found[0], fresh)
        limits.forget(connection, f"email {name}")
        return sessions.begin(connection, clock, found[0])

    return database.write(begin)


def _credential(connection: Connection, users: Table, email: str) -> tuple[int, str] | None:
    query = (
        select(users.c.id, PASSWORD.c.hash)
        .join_from(users, PASSWORD, PASSWORD.c.user_id == users.c.id)
        .where(func.lower(users.c.email) == email, users.c.active)
    )
    row = connection.execute(query).first()
    return (row.id, row.hash) if row else None


def set_password(connection: Connection, clock: Clock, user_id: int, password: str) -> None:
    """Give a user a password and end their sessions; raises passwords.WeakPassword."""
    _keep_password(connection, clock, user_id, passwords.hashed(password))
    sessions.end_all(connection, user_id)


def _keep_password(connection: Connection, clock: Clock, user_id: int, password_hash: str) -> None:
    values = {"hash": password_hash, "changed_at": clock.now()}
    changed = connection.execute(
        update(PASSWORD).where(PASSWORD.c.user_id == user_id).values(values)
    )
    if changed.rowcount == 0:
        connection.execute(insert(PASSWORD).values(user_id=user_id, **values))
