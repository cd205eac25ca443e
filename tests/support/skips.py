"""Under CI a skipped test is a failed one: what the machine lacks would else go unnoticed.

The one exception are the tests of `shared_data`, whose folder is not part of the repository.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

SHARED_DATA_ABSENT = "the folder of shared data is not beside the repository"

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the repository; its tests are skipped without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(SHARED_DATA_ABSENT)
    return SHARED_DATA


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return judged((yield))


def judged(report: Report) -> Report:
    """The report, failed if it is a skip that CI does not allow."""
    reason = skip_reason(report)
    if os.environ.get("CI") == "true" and reason and not reason.endswith(SHARED_DATA_ABSENT):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: no test may be skipped in CI, this one was: {reason}"
    return report


def skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """Why the test was skipped; None if it was not (an expected failure is no skip)."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return None
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
