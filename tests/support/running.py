"""An app at work in a test: on a database, with people, at a time of the test's choosing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text

from compiler.bundle import Bundle
from compiler.model.app import TEAM, USER
from compiler.model.base import EntityId, RoleId
from runtime.access.actor import Actor, signed_in
from runtime.clock import Clock
from runtime.db import Database
from runtime.schema.prepare import prepare
from runtime.store.records import Store
from runtime.tables import ROLE_HOLDER
from stdlib.library import STANDARD

SYSTEM = Actor(None, authority="app")
"""The app itself, with nobody behind it."""


class SetClock(Clock):
    """A clock that stands where a test puts it: half past nine in Shanghai, at first."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
        self._tokens = itertools.count(1)

    def now(self) -> datetime:
        return self.at

    def token(self) -> str:
        return f"token-{next(self._tokens)}"

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Running:
    """A Bundle on a database, with its store; `entity` and `rows` take names of its one app."""

    bundle: Bundle
    database: Database
    store: Store
    clock: SetClock
    module: str
    _root: list[int] = field(default_factory=list)

    def entity(self, name: str) -> EntityId:
        return EntityId(name if "." in name else f"{self.module}.{name}")

    def person(self, name: str, *roles: str, language: str = "en", **values: Any) -> Actor:
        """A new user who holds the app's roles; in the root team unless `team` is given."""
        team = values.pop("team", None) or self.root
        given = {"name": name, "email": f"{name}@example.com", "team": team, "language": language}
        saved = self.store.create(SYSTEM, USER, {**given, **values})
        held = frozenset(RoleId(role if "." in role else f"{self.module}.{role}") for role in roles)
        rows = [{"user_id": saved.id, "role": role} for role in held]
        if rows:
            self.database.write(lambda connection: connection.execute(insert(ROLE_HOLDER), rows))
        return signed_in(self.bundle.workspace, saved.id, held, language)

    @property
    def root(self) -> int:
        """The root team."""
        if not self._root:
            found = self.rows(TEAM)
            made = found or [{"id": self.store.create(SYSTEM, TEAM, {"name": "Company"}).id}]
            self._root.append(made[0]["id"])
        return self._root[0]

    def rows(self, entity: str) -> list[Mapping[str, Any]]:
        """All rows of an entity as they are stored, by field name, oldest first."""
        table = self.store.domain.catalog.table(self.entity(entity))
        found = self.database.read(
            lambda connection: connection.execute(select(table).order_by(table.c.id)).all()
        )
        return [dict(zip(table.c.keys(), row, strict=True)) for row in found]

    def row(self, entity: str, id: int) -> Mapping[str, Any]:
        return next(row for row in self.rows(entity) if row["id"] == id)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a plain SQL query."""
        found = self.database.read(lambda connection: connection.execute(text(sql)).all())
        return [tuple(row) for row in found]


@contextmanager
def running(bundle: Bundle, url: str, module: str) -> Iterator[Running]:
    """The Bundle of one app on the database at the URL."""
    clock = SetClock()
    database = Database.open(url)
    try:
        catalog = prepare(database, bundle, STANDARD, clock)
        store = Store(bundle, catalog, database, STANDARD, clock)
        yield Running(bundle, database, store, clock, module)
    finally:
        database.close()
