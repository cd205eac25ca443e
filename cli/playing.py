"""Runs tests, in several processes where there are many of them.

An app's tests are Python at work, so threads would wait for each other. A process makes the app's
database once and lends it to one test after the other.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from compiler.bundle import Bundle
from compiler.model.test import Test
from runtime.testing.outcome import Outcome
from runtime.testing.playing import play
from runtime.testing.stage import Stage
from stdlib.library import STANDARD

WORTH_A_PROCESS = 24
"""Tests that take as long as it takes a process to get ready."""


@dataclass(slots=True)
class _Mine:
    """The stage of a process that was begun to run tests."""

    stage: Stage | None = None


_MINE = _Mine()


def processes(tests: int, jobs: int | None) -> int:
    """How many processes to use; as many as told, else as many as gain something."""
    if jobs is not None:
        return max(min(jobs, tests), 1)
    return max(min(os.cpu_count() or 1, tests // WORTH_A_PROCESS), 1)


def run(bundle: Bundle, tests: Sequence[Test], jobs: int | None) -> Iterator[Outcome]:
    """What becomes of each test, in their order. Raises runtime.schema.Refused."""
    count = processes(len(tests), jobs)
    stage = Stage(bundle, STANDARD)
    if count == 1:
        try:
            yield from (play(stage, test) for test in tests)
        finally:
            stage.close()
        return
    stage.close()
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(count, context, _open, (bundle,)) as pool:
        yield from pool.map(_play, tests, chunksize=max(len(tests) // (count * 4), 1))


def _open(bundle: Bundle) -> None:
    _MINE.stage = Stage(bundle, STANDARD)


def _play(test: Test) -> Outcome:
    assert _MINE.stage is not None
    return play(_MINE.stage, test)
