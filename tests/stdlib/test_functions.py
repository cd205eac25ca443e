"""Every function of the language is documented, and does what its example says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from compiler.backends.expr.python import compile_function
from compiler.field_type import Function
from compiler.model.base import EntityId
from compiler.model.expr import THIS
from compiler.pipeline import compile_app
from stdlib.library import FUNCTIONS, STANDARD
from tests.support.apps import Texts

APP = """app demo "Demo"
  languages en
  timezone "Asia/Shanghai"
  currency CNY

role Staff

entity Example
  name: text
{fields}
  access
    Staff all
"""


class Act:
    """The act in which the examples are true."""

    zone = ZoneInfo("Asia/Shanghai")
    now = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    today = date(2026, 11, 21)


def values_of(written: list[str]) -> list[Any]:
    """What expressions of the language give."""
    fields = "\n".join(f"  e{index} = {each}" for index, each in enumerate(written))
    compiled = compile_app(Texts((("demo/app.case", APP.format(fields=fields)),)), STANDARD)
    assert compiled.bundle is not None, [item.message.en for item in compiled.diagnostics]
    entity = compiled.bundle.workspace.entities[EntityId("demo.Example")]
    trees = [entity.fields[f"e{index}"].computed for index in range(len(written))]
    return [
        compile_function(tree, (THIS,), STANDARD.functions)(Act, None) for tree in trees if tree
    ]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_its_example_is_true(function: Function) -> None:
    expression, stated = function.example
    found, value = values_of([expression, stated])
    assert found == value


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_it_is_documented_in_both_languages(function: Function) -> None:
    assert function.doc.en
    assert function.doc.zh
    assert not function.doc.zh.isascii()
    assert f"{function.name}(" in function.example[0]


def test_no_two_share_a_name() -> None:
    assert len(STANDARD.functions) == len(FUNCTIONS)


def test_the_guide_lists_every_function(root: Any) -> None:
    guide = (root / "docs" / "language" / "library.md").read_text("utf-8")
    assert not [each.name for each in FUNCTIONS if f"`{each.name}(" not in guide]
