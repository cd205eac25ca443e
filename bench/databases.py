"""The databases that requests are measured on: each is filled once, and copied for every run."""

from __future__ import annotations

import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

from bench.load import Dataset, fill, layout
from tests.support.postgres_server import PostgresServer, find_programs

KEPT = Path(".casework") / "bench"
NTH = """
select annual_value, id from sales_customer order by annual_value desc, id desc limit 1 offset {}
"""

SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}
"""Of PostgreSQL: what works now and then is off or far apart, or it would be counted in the round
of whoever is measured then. Commits are durable, as they are by themselves."""


class Databases(ABC):
    """Databases of one kind."""

    name: str

    @abstractmethod
    def copied(self, data: Dataset, name: str) -> str:
        """The URL of a copy of the filled database, to work on."""

    @abstractmethod
    def nth(self, url: str, skipped: int) -> tuple[Decimal, int]:
        """Worth and id of the customer before whom there are so many of more worth."""

    @property
    def process(self) -> int | None:
        """The server's process, if there is one: what it works is part of what a request costs."""
        return None


class SqliteFiles(Databases):
    name = "SQLite"

    def copied(self, data: Dataset, name: str) -> str:
        filled, copy = self._filled(data), KEPT / f"{name}.db"
        for old in KEPT.glob(f"{name}.db*"):
            old.unlink()
        shutil.copyfile(filled, copy)
        return f"sqlite:///{copy.resolve()}"

    def nth(self, url: str, skipped: int) -> tuple[Decimal, int]:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            value, id = connection.execute(NTH.format(skipped - 1)).fetchone()
        return Decimal(value).scaleb(-2), id

    def _filled(self, data: Dataset) -> Path:
        KEPT.mkdir(parents=True, exist_ok=True)
        kept = layout(data)
        file = KEPT / f"sales-{kept}-{data.customers}.db"
        if not file.exists():
            for old in KEPT.glob("sales-*.db"):
                if not old.name.startswith(f"sales-{kept}-"):
                    old.unlink()
            making = file.with_suffix(".making")
            fill(f"sqlite:///{making}", data)
            with closing(sqlite3.connect(making)) as connection:
                connection.execute("ANALYZE")
            os.replace(making, file)
        return file


class PostgresDatabases(Databases):
    """On a server of our own."""

    name = "PostgreSQL"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server

    def copied(self, data: Dataset, name: str) -> str:
        filled = self._filled(data)
        self.server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {filled} STRATEGY file_copy")
        return self.server.url(name)

    def nth(self, url: str, skipped: int) -> tuple[Decimal, int]:
        import psycopg

        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            ((value, id),) = connection.execute(NTH.format(skipped - 1).encode()).fetchall()
        return value, id

    @property
    def process(self) -> int:
        return int((self.server.data / "postmaster.pid").read_text().split()[0])

    def _filled(self, data: Dataset) -> str:
        name = f"sales_{layout(data)}_{data.customers}"
        if not self._exists(name):
            self.server.execute("DROP DATABASE IF EXISTS making WITH (FORCE)")
            self.server.execute("CREATE DATABASE making TEMPLATE template0")
            fill(self.server.url("making"), data)
            self.server.execute("VACUUM (FREEZE, ANALYZE)", "making")
            self.server.execute(f"ALTER DATABASE making RENAME TO {name}")
        return name

    def _exists(self, name: str) -> bool:
        import psycopg

        url = self.server.url("postgres").replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            found = "select 1 from pg_database where datname = %s"
            return connection.execute(found, (name,)).fetchone() is not None


@contextmanager
def postgres() -> Iterator[PostgresDatabases | None]:
    """A PostgreSQL server for as long as this lasts; None where it is not installed."""
    programs = find_programs()
    if programs is None:
        yield None
        return
    folder = (KEPT / "postgres").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = PostgresServer(programs, folder, SETTINGS)
    server.start()
    try:
        yield PostgresDatabases(server)
    finally:
        server.stop("fast")
