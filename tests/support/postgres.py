"""A PostgreSQL server for the run of the tests, and fresh databases on it.

The main process owns a folder; the first worker that needs the server starts it there, the others
find it running, and the main process stops it when the run ends. It listens on a Unix socket only.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

FOLDER = pytest.StashKey[Path]()
SUPERUSER = "casework"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    # Nothing here outlives the run, so nothing has to survive a power cut.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """The programs of one PostgreSQL version, and the folder of its data and its socket."""

    programs: Path
    folder: Path

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
                self._create()
                self._run("pg_ctl", "start", "--wait", "--silent", "--log", self.folder / "log")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate")

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh, empty database, dropped at the end."""
        name = f"test_{uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _create(self) -> None:
        self._run(
            "initdb",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        settings = {**SETTINGS, "unix_socket_directories": str(self.folder)}
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

    def _execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(
            dbname="postgres", user=SUPERUSER, host=str(self.folder), autocommit=True
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


def make_folder() -> Path:
    # Not under pytest's own folder: that one is closed to other users, and its path may be longer
    # than a socket's may be.
    folder = Path(tempfile.mkdtemp(prefix="casework-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    return folder


def pytest_configure(config: pytest.Config) -> None:
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if find_programs() is not None:
        config.stash[FOLDER] = Path(workerinput["postgres"]) if workerinput else make_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the server is, or will be."""
    node.workerinput["postgres"] = str(node.config.stash.get(FOLDER, ""))


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(FOLDER, None)
    programs = find_programs()
    if folder is None or programs is None or hasattr(config, "workerinput"):
        return
    server = PostgresServer(programs, folder)
    if server.running:
        server.stop()
    shutil.rmtree(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> PostgresServer:
    """A running server; `postgres_server.database()` gives a database to a wider scope."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    server = PostgresServer(programs, request.config.stash[FOLDER])
    server.start()
    return server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Generator[str]:
    """The URL of a fresh, empty PostgreSQL database of this test alone."""
    with postgres_server.database() as url:
        yield url
