"""What a Bundle promises: plain data that can be stored and read again, whatever the text holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.analyse.context import DEEPEST
from compiler.bundle import Bundle
from compiler.model.base import from_json, to_json
from compiler.pipeline import compile_app
from runtime.schema.prepare import schema_hash
from stdlib.library import STANDARD
from tests.support.apps import HEAD, Texts, app, shop

APPS = Path(__file__).parents[2] / "apps"
STORED = Path(__file__).with_name("release-1.json")
ORDER = "entity Order\n  a: int\n  c: bool\n  access\n    everyone read\n"


def survives(bundle: Bundle) -> bool:
    again = from_json(Bundle, to_json(bundle))
    return again == bundle and again.hash == bundle.hash


def test_what_an_earlier_casework_stored_is_read_and_has_its_hash() -> None:
    """`release-1.json` is a release of format 1, whose hash stands in databases."""
    stored = from_json(Bundle, STORED.read_text("utf-8"))
    assert stored.hash == "f3f58615615bb37fe635dca66fb18f296b55164e6c702e887a6b3dbdd32c2e6f"
    assert schema_hash(stored) == "5a8ab0e854aed0452be7a740f7590065ab509ff00a684fd8b4933d6fd5d6673b"


@pytest.mark.parametrize("text", ["", "{}", '{"workspace": 1}', STORED.read_text("utf-8")[:-9]])
def test_what_is_no_bundle_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_json(Bundle, text)


@pytest.mark.parametrize("name", ["crm", "northwind"])
def test_the_apps_can_be_stored_and_read_again(name: str) -> None:
    assert survives(app(APPS / name))


@pytest.mark.parametrize(
    "expression",
    [
        " + ".join(["a"] * DEEPEST),
        "-" * (DEEPEST - 1) + "a",
        "not " * (DEEPEST - 1) + "c",
        "(" * (DEEPEST // 2 - 1) + "a" + " + 1)" * (DEEPEST // 2 - 1),
        " or ".join(["a == 1"] * 190),
        " and ".join(["a in 1..5"] * 190),
    ],
    ids=lambda text: text[:12],
)
def test_an_expression_as_deep_as_may_be_can_be_stored(expression: str) -> None:
    assert survives(shop(ORDER.replace("  access", f"  b = {expression}\n  access")))


def test_statements_as_deep_as_may_be_can_be_stored() -> None:
    depth = DEEPEST - 2
    loops = "".join(f"{'  ' * (n + 2)}for x{n} in Order\n" for n in range(depth))
    assert survives(
        shop(f"{ORDER}\nrule r on Order created\n  do\n{loops}{'  ' * (depth + 2)}a = 1\n")
    )


def codes(text: str) -> list[str]:
    result = compile_app(Texts((("shop/head.case", HEAD), ("shop/app.case", text))), STANDARD)
    return [item.code for item in result.diagnostics]


@pytest.mark.parametrize(
    "expression", ["-" * 60 + "a", " + ".join(["a"] * 60)], ids=["minus", "plus"]
)
def test_what_is_deeper_is_refused_once(expression: str) -> None:
    assert codes(ORDER.replace("  access", f"  b = {expression}\n  access")) == ["CW0436"]


def test_measures_that_double_each_other_are_refused_before_they_fill_the_memory() -> None:
    doubled = "".join(f", m{n} = m{n - 1} + m{n - 1}" for n in range(1, 60))
    assert codes(f"{ORDER}\nreport R on Order\n  show m0 = sum(a){doubled}\n") == ["CW0436"]
