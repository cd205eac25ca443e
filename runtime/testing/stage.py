"""The app on a database in memory, where each test begins with nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from compiler.bundle import Bundle
from compiler.field_type import Library
from compiler.model.app import TEAM, USER
from runtime.clock import Clock
from runtime.db import MemoryDatabase
from runtime.people import People
from runtime.schema.prepare import prepare
from runtime.store.records import Store
from runtime.testing.coverage import Reached
from runtime.testing.traced import traced

BEGIN = datetime(2026, 1, 5, 9)
"""When a test begins that does not say when: a Monday, in the app's zone."""


class StageClock(Clock):
    """A clock that stands where a test puts it; its tokens are the same in every run."""

    def __init__(self) -> None:
        self.reset(BEGIN.replace(tzinfo=UTC))

    def reset(self, moment: datetime) -> None:
        self.at = moment
        self._tokens = itertools.count(1)

    def now(self) -> datetime:
        return self.at

    def token(self) -> str:
        return f"token-{next(self._tokens)}"


class Stage:
    """An app ready for its tests, which take it one after the other."""

    def __init__(self, bundle: Bundle, library: Library) -> None:
        """Raises runtime.schema.Refused for an app that this runtime cannot run."""
        self.workspace = bundle.workspace
        self.zone = ZoneInfo(bundle.workspace.timezone)
        self.clock = StageClock()
        self.reached = Reached()
        self.database = MemoryDatabase()
        bundle, library = traced(bundle, library, self.reached.row_taken)
        catalog = prepare(self.database, bundle, library, self.clock)
        self.store = Store(bundle, catalog, self.database, library, self.clock, self.reached)
        users, teams = catalog.table(USER), catalog.table(TEAM)
        self.people = People(self.workspace, self.store, self.database, self.clock, users, teams)

    @contextmanager
    def performance(self, start: datetime | None) -> Iterator[None]:
        """One test: what it does is undone at its end, to the last id that was given."""
        self.clock.reset(start or BEGIN.replace(tzinfo=self.zone).astimezone(UTC))
        self.reached.clear()
        with self.database.undone():
            yield

    def close(self) -> None:
        self.database.close()
