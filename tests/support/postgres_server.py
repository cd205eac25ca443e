"""A PostgreSQL server of our own in a folder, for tests and for the bench."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

SUPERUSER = "casework"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
}
NOT_DURABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
"""For data that need not survive a power cut."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """The programs of one PostgreSQL version, the folder of its data and its socket, and what it is
    told beside `SETTINGS`."""

    programs: Path
    folder: Path
    settings: Mapping[str, str] = field(default_factory=lambda: NOT_DURABLE)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def start(self) -> None:
        """Start the server unless another process of this run has."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.running:
                if not self.data.exists():
                    self._create()
                self._run("pg_ctl", "start", "--wait", "--silent", "--log", self.folder / "log")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `fast` leaves data that need no recovery."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", mode)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh, empty database, dropped at the end."""
        name = f"test_{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self) -> None:
        self._run(
            "initdb",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        own = {"unix_socket_directories": str(self.folder)}
        settings = {**SETTINGS, **self.settings, **own}
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [*as_plain_user(), self.programs / program, "--pgdata", self.data, *arguments],
            cwd=self.folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def execute(self, statement: str, database: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(
            dbname=database, user=SUPERUSER, host=str(self.folder), autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def as_plain_user() -> list[str]:
    """What to put before a command of PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def find_programs() -> Path | None:
    """The folder of the newest PostgreSQL here: Debian keeps it off PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None
