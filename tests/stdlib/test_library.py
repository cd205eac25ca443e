"""The library as a whole: cheap to load, and the people every workspace begins with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from compiler.bundle import Bundle
from compiler.model.app import ADMIN, TEAM, USER
from compiler.model.entity import Collection, Entity, EveryoneSubject, Field
from compiler.pipeline import compile_app
from dsl.format import format
from stdlib.library import FIELDS, STANDARD
from tests.support.apps import Texts

APP = 'app demo "Demo"\n  languages en, zh\n  timezone "Asia/Shanghai"\n  currency CNY\n'


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    compiled = compile_app(Texts((("demo/app.case", APP),)), STANDARD)
    assert compiled.bundle is not None
    return compiled.bundle


def test_loading_it_loads_no_heavy_library(root: Path) -> None:
    heavy = {"sqlalchemy", "babel", "pypinyin", "re2", "starlette", "jinja2"}
    script = f"import sys, stdlib.library; print(*({heavy} & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == []


def test_no_two_field_types_share_a_name() -> None:
    assert len(STANDARD.field_types) == len(FIELDS)


def test_people_and_their_teams_are_there(bundle: Bundle) -> None:
    workspace = bundle.workspace
    assert ADMIN in workspace.roles
    assert workspace.entities[USER].fields["team"].type.of == TEAM
    assert workspace.entities[TEAM].fields["parent"].tree


def test_a_colleague_sees_of_a_person_only_the_name_and_the_team(bundle: Bundle) -> None:
    grants = bundle.workspace.entities[USER].grants
    (grant,) = (each for each in grants if isinstance(each.subject, EveryoneSubject))
    assert grant.actions == ("read",)
    assert grant.fields is not None
    assert set(grant.fields) == {"id", "name", "team"}


def test_the_words_for_people_are_there_in_both_languages(bundle: Bundle) -> None:
    for id in (USER, TEAM):
        assert_speaks_both(bundle.workspace.entities[id])


def assert_speaks_both(entity: Entity) -> None:
    members: list[Field | Collection] = [*entity.fields.values(), *entity.collections.values()]
    for label in (entity.label, *(each.label for each in members)):
        assert label["en"].isascii()
        assert not label["zh"].isascii(), label


# ---------------------------------------------------------------- modules that apps may use


@pytest.fixture(scope="module", params=sorted(STANDARD.module_names))
def used(request: pytest.FixtureRequest) -> tuple[str, Bundle]:
    text = APP.replace("\n", f"\n  use std.{request.param}\n", 1)
    compiled = compile_app(Texts((("demo/app.case", text),)), STANDARD)
    assert compiled.bundle is not None
    assert [each.code for each in compiled.diagnostics] == ["CW0018"], "the app's own label"
    return request.param, compiled.bundle


def test_a_module_is_there_only_where_it_is_used(bundle: Bundle, used: tuple[str, Bundle]) -> None:
    name, using = used
    assert name in using.workspace.modules
    assert list(bundle.workspace.modules) == ["std", "demo"]


def test_a_module_speaks_both_languages(used: tuple[str, Bundle]) -> None:
    name, using = used
    workspace = using.workspace
    labels = [
        workspace.modules[name].label,
        *(each.label for each in workspace.roles.values() if each.module == name),
        *(rule.label for rule in workspace.rules.values()),
        *(each.label for flow in workspace.flows.values() for each in flow.transitions.values()),
        *(each.label for enum in workspace.enums.values() for each in enum.values),
        *(section.label for views in workspace.views.values() for section in views[0].form),
    ]
    assert [each for each in labels if each and each["zh"].isascii()] == []
    for entity in workspace.entities.values():
        assert_speaks_both(entity)


def test_a_module_is_in_the_layout_of_the_language(root: Path) -> None:
    for path in (root / "stdlib" / "modules").rglob("*.case"):
        text = path.read_text("utf-8")
        assert format(text) == text, path


def test_a_module_is_documented(root: Path) -> None:
    text = (root / "docs" / "language" / "apps.md").read_text("utf-8")
    assert [name for name in STANDARD.module_names if f"`std.{name}`" not in text] == []
