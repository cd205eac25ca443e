"""Seconds per suite, a suite being a folder directly under `tests`."""

from __future__ import annotations

from collections import Counter

import pytest

SECONDS = pytest.StashKey[Counter[str]]()


class SuiteSeconds:
    """Adds up the time of every test report that reaches this process."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        folders = report.nodeid.split("::")[0].split("/")[1:-1]
        self.seconds[folders[0] if folders else "repository"] += report.duration  # type: ignore[assignment]  # a Counter counts seconds as well

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("seconds per suite")
        for suite, seconds in self.seconds.most_common():
            terminalreporter.write_line(f"{seconds:8.1f}  {suite}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(SuiteSeconds())
