"""What every test may ask for: databases, a browser, the shared data; and how a run is reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.support.skips",
    "tests.support.suites",
    "tests.support.postgres",
    "tests.support.browser",
]

ROOT = Path(__file__).parent.parent

# A test states what is true, not how fast this machine finds out.
settings.register_profile("casework", deadline=None, print_blob=True)
settings.load_profile("casework")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write what is now produced into the golden files, to be read in review",
    )


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh, empty database; the test runs once for each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'app.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
