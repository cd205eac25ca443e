"""A PostgreSQL server for the run of the tests, and fresh databases on it.

The main process owns a folder; the first worker that needs the server starts it there, the others
find it running, and the main process stops it when the run ends. It listens on a Unix socket only.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.support.postgres_server import PostgresServer, find_programs

FOLDER = pytest.StashKey[Path]()


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
