"""What the words of the language do at run time, said in the language itself: `tests/semantics`
holds an app for each subject, whose tests are the statements."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from cli.outcomes import Results, as_text
from cli.test import Runner

APPS = sorted(path.parent for path in (Path(__file__).parent / "semantics").glob("*/app.case"))
apps = pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)


@cache
def results(app: Path) -> Results:
    found = Runner(app, only="", jobs=1, language="en").run()
    assert found is not None
    return found


@apps
def test_the_statements_hold(app: Path) -> None:
    found = results(app)
    assert found.outcomes
    assert not found.failed, "\n".join(as_text(found, "en", whole=False))


@apps
def test_nothing_of_the_app_is_without_a_statement(app: Path) -> None:
    assert [element.id for element, _ in results(app).coverage.missed()] == []
