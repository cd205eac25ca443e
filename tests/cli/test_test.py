"""`casework test`, as people and build servers see it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from cli.main import main
from cli.test import Runner

APP = """\
app shop "Shop"
  languages en
  timezone "Asia/Shanghai"
  currency CNY

role Sales

entity Order
  name: text(40) required
  amount: money required min 0
  check amount < 100 "Too dear"
  access
    Sales all

flow Order.status
  state draft initial
  state paid final
  state lost final
  pay: draft -> paid
    by Sales
  lose: draft -> lost
    by Sales

test "an order is paid"
  given
    ann is Sales
    pens = Order(name: "Pens")
  as ann
    pens.pay()
  expect pens.status == paid
"""
WRONG = """
test "an order is cheap"
  given
    ann is Sales
    pens = Order(name: "Pens", amount: 5)
  as ann
    pens.pay()
  expect pens.status == lost and pens.amount == 5

test "an order is dear"
  given
    ann is Sales
    pens = Order(name: "Pens", amount: 5)
  as ann
    pens.amount = 100
"""
MORE = """
app more "More"
  use shop

entity Return
  order -> Order required
  access
    Sales all

test "an order comes back"
  given
    ann is Sales
    pens = Order(name: "Pens")
  as ann
    create Return(order: pens)
"""
NAMELESS = """
test "an order has a name"
  given
    ann is Sales
    pens = Order(name: "Pens", amount: 5)
  as ann
    pens.name = ""
"""
TOLD = """\
failed: shop/app.case:38 an order is cheap
   38 | expect pens.status == lost and pens.amount == 5
  this does not hold
    pens.status is paid
    pens.amount is 5.00
  Order “Pens”
    2026-01-05 09:00 given: made
    2026-01-05 09:00 Ann: pay

failed: shop/app.case:45 an order is dear
   45 | pens.amount = 100
  this is refused
    “amount: Too dear”
  refused by shop/app.case:11
   11 | check amount < 100 "Too dear"
  Order “Pens”
    2026-01-05 09:00 given: made

reached by tests  states  transitions
shop              2/3     1/2
shop, not reached: states Order.status.lost
shop, not reached: transitions Order.lose

passed: 1, failed: 2"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.case").write_text(APP, "utf-8")
    return folder


def casework(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


def test_tests_that_pass(app: Path) -> None:
    code, told = casework("--lang", "en", "test", app)
    assert code == 0
    assert "passed: 1 (" in told
    assert "failed" not in told


def test_a_failure_is_told_with_its_line_its_values_and_the_history(app: Path) -> None:
    (app / "app.case").write_text(APP + WRONG, "utf-8")
    code, told = casework("--lang", "en", "test", app)
    assert code == 1
    assert told.startswith(TOLD)
    code, told = casework("--lang", "zh", "test", app)
    assert "此条件不成立" in told and "通过：1，失败：2" in told


def test_a_refusal_names_its_field(app: Path) -> None:
    (app / "app.case").write_text(APP + NAMELESS, "utf-8")
    code, told = casework("--lang", "en", "test", app)
    assert code == 1
    assert "name: this field is required" in told


def test_processes_tell_the_same(app: Path) -> None:
    (app / "app.case").write_text(APP + WRONG, "utf-8")
    code, told = casework("--lang", "en", "test", app, "--jobs", 2)
    assert code == 1
    assert told.startswith(TOLD)


def test_only_some_tests(app: Path) -> None:
    (app / "app.case").write_text(APP + WRONG, "utf-8")
    code, told = casework("--lang", "en", "test", app, "--only", "paid")
    assert code == 0
    assert told.startswith("passed: 1 (")
    assert casework("test", app, "--only", "nothing like this")[0] == 1


def test_an_app_is_tested_with_those_that_it_is_served_with(app: Path) -> None:
    other = app.parent / "more"
    other.mkdir()
    (other / "app.case").write_text(MORE, "utf-8")
    code, told = casework("--lang", "en", "test", other)
    assert code == 0, told
    assert told.startswith("passed: 1 (")
    assert casework("--lang", "en", "test", app.parent)[1].count("passed: 2 (") == 1


def test_coverage_names_the_lines(app: Path) -> None:
    _, told = casework("--lang", "en", "test", app, "--coverage")
    assert "shop/app.case:18: not reached: state shop.Order.status.lost" in told
    assert "shop/app.case:21: not reached: transition shop.Order.lose" in told


def test_programs_get_json_and_xml(app: Path) -> None:
    (app / "app.case").write_text(APP + WRONG, "utf-8")
    code, told = casework("--lang", "en", "test", app, "--format", "json")
    found = json.loads(told)
    assert code == 1
    assert (found["passed"], found["failed"]) == (1, 2)
    assert found["tests"][2]["failure"]["refused_by"] == {"file": "shop/app.case", "line": 11}
    assert sum(each["reached"] for each in found["coverage"]) == 3
    _, told = casework("--lang", "en", "test", app, "--format", "junit")
    (suite,) = ElementTree.fromstring(told)
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")


def test_a_fault_in_the_text_is_told_and_nothing_runs(app: Path) -> None:
    (app / "app.case").write_text(APP.replace("pens.pay()", "pens.pey()"), "utf-8")
    code, told = casework("test", app)
    assert code == 1
    assert "CW0502" in told


def test_a_save_runs_what_it_touches(app: Path) -> None:
    text = app / "app.case"
    text.write_text(APP + WRONG, "utf-8")
    runner = Runner(app, only="", jobs=1, language="en")
    before = runner.run()
    again = runner.run()
    assert before is not None and again is not None
    assert [a is b for a, b in zip(before.outcomes, again.outcomes, strict=True)] == [
        True, False, False,
    ]  # fmt: skip
    text.write_text(APP.replace("expect pens.status == paid", "expect pens.amount == 1"), "utf-8")
    changed = runner.run()
    assert changed is not None and changed.outcomes[0] is not before.outcomes[0]
    text.write_text(APP.replace("amount < 100", "amount < 1"), "utf-8")
    other = runner.run()
    assert other is not None and other.failed == 1


def test_tests_are_no_part_of_the_release(app: Path) -> None:
    runner = Runner(app, only="", jobs=1, language="en")
    runner.run()
    assert runner.bundle is not None
    before = runner.bundle.hash
    (app / "app.case").write_text(APP + WRONG, "utf-8")
    runner.run()
    assert runner.bundle.hash == before
