"""The sample apps keep what their own tests say, and those reach what the apps do."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from cli.outcomes import Results, as_text
from cli.test import Runner

APPS = Path(__file__).parent.parent / "apps"
ENOUGH = 0.9
"""So much of the transitions and rules of an app its tests must reach."""

apps = pytest.mark.parametrize(
    "app", sorted(each for each in APPS.iterdir() if any(each.glob("*.case"))), ids=lambda a: a.name
)


@cache
def results(app: Path) -> Results:
    found = Runner(app, only="", jobs=1, language="en").run()
    assert found is not None
    return found


@apps
def test_an_app_passes_its_tests(app: Path) -> None:
    found = results(app)
    assert found.outcomes
    assert not found.failed, "\n".join(as_text(found, "en", whole=False))


@apps
def test_the_tests_of_an_app_reach_what_it_does(app: Path) -> None:
    found = results(app).coverage
    acting = [each for each in found.elements if each.kind != "state"]
    reached = [each for each in acting if each in found.reached]
    assert len(reached) >= ENOUGH * len(acting), [each.id for each, _ in found.missed()]
