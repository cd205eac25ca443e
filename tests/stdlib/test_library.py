"""The library as a whole: cheap to load, and the people every workspace begins with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from compiler.bundle import Bundle
from compiler.model.app import ADMIN, TEAM, USER
from compiler.model.entity import Collection, EveryoneSubject, Field
from compiler.pipeline import compile_app
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
        entity = bundle.workspace.entities[id]
        members: list[Field | Collection] = [*entity.fields.values(), *entity.collections.values()]
        for label in (entity.label, *(each.label for each in members)):
            assert label["en"].isascii()
            assert not label["zh"].isascii()
