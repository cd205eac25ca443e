"""The fixtures themselves: what they say must hold, or the tests that use them prove nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.support.postgres_server import PostgresServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

SKIPPING = """
import pytest

def test_without_a_browser():
    pytest.skip("no browser here")

def test_without_shared_data():
    pytest.skip("the folder of shared data is not beside the repository")
"""


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 failed, 1 skipped"), ("", "2 skipped")])
def test_in_ci_only_the_shared_data_may_be_missing(tmp_path: Path, ci: str, outcome: str) -> None:
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    finished = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.support.skips",
            "--rootdir",
            tmp_path,
            tmp_path,
        ],
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
    )
    assert outcome in finished.stdout.splitlines()[-1]


def test_each_database_is_fresh_and_apart(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as first, postgres_server.database() as second:
        engines = create_engine(first), create_engine(second)
        with engines[0].begin() as connection:
            connection.execute(text("CREATE TABLE customer (name text)"))
        assert [inspect(engine).get_table_names() for engine in engines] == [["customer"], []]
        for engine in engines:
            engine.dispose()


def test_a_database_of_either_kind_keeps_chinese_text(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        length, folded = connection.execute(text("SELECT length('支付道'), lower('CRM客户')")).one()
    engine.dispose()
    assert (length, folded) == (3, "crm客户")


def test_the_browser_shows_chinese_text(page: Page) -> None:
    """Without a font for it every character is the same empty box, hence equally painted."""
    page.set_content("<p>客</p><p>户</p>")
    paragraphs = page.locator("p")
    assert paragraphs.nth(0).screenshot() != paragraphs.nth(1).screenshot()
