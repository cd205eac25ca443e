"""`casework explain NAME` and `casework who can …` as people use them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from cli.main import main

APPS = Path(__file__).parents[2] / "apps"
SHOP = """\
app shop "Shop"
  languages en, zh

role Sales
role Boss includes Sales

mixin Reachable
  phone: phone

entity Customer with Reachable
  name: text required
  owner -> User default me
  orders <- Order.customer
  total: money = sum(amount of orders)
  is_new = created_at > now() - 30 days
  access
    Sales read except phone
    owner all

entity Order
  customer -> Customer required
  lines: [Line]
  amount: money
  note: text
  access
    Sales all

entity Line
  parent_note: text
  note: text

flow Order.status
  state open initial
  state paid final
  pay: open -> paid
    by Sales, customer.owner
    ask note

rule mark on Order created
  when amount > 100
  do
    customer.name = "Big"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "app.case").write_text(SHOP, "utf-8")
    return tmp_path


def asked(folder: Path, *words: str, language: str = "en") -> str:
    result = CliRunner().invoke(main, ["--lang", language, *words, "--in", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


def refused(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(main, ["--lang", "en", *words, "--in", str(folder)])
    assert result.exit_code == 1
    return result.output


def line_of(text: str) -> int:
    return 1 + next(at for at, line in enumerate(SHOP.splitlines()) if text in line)


def test_a_computed_field_tells_what_it_is_made_of_and_how_it_is_kept(folder: Path) -> None:
    told = asked(folder, "explain", "customer.total")
    assert (
        f"total: money = sum(amount of orders)    shop/app.case:{line_of('total: money')}" in told
    )
    assert "computed anew in the act that changes what it is made of" in told
    assert "Order.customer, Order.amount    orders" in told
    assert "not stored" in asked(folder, "explain", "Customer.is_new")


def test_a_field_tells_what_is_computed_from_it_and_what_writes_it(folder: Path) -> None:
    assert "Computed from it\n  Customer.total" in asked(folder, "explain", "Order.amount")
    told = asked(folder, "explain", "Customer.name")
    assert f"rule mark    shop/app.case:{line_of('rule mark')}" in told
    assert "people, in forms and imports" in told
    assert "step Order.pay" in asked(folder, "explain", "Order.note")


def test_a_field_tells_where_it_is_named(folder: Path) -> None:
    told = asked(folder, "explain", "shop.Order.amount")
    assert f"when amount > 100    shop/app.case:{line_of('when amount')}" in told


def test_a_mixins_field_is_told_of_the_entity_that_has_it(folder: Path) -> None:
    told = asked(folder, "explain", "Customer.phone")
    assert "phone: phone" in told
    readers = told.partition("Who may see it")[2].partition("\n\n")[0]
    assert "owner all" in readers
    assert "Sales" not in readers


def test_who_can_names_each_line_of_the_text_and_the_roles_it_reaches(folder: Path) -> None:
    told = asked(folder, "who", "can", "read", "customer")
    where = f"shop/app.case:{line_of('Sales read')}"
    assert f"Sales read except phone (and Boss, who have this role)    {where}" in told
    assert "owner all" in told and "Admin: everything" in told
    assert "Sales" not in asked(folder, "who", "can", "read", "customer.phone")
    assert "Sales" not in asked(folder, "who", "can", "update", "Customer")


def test_a_line_is_as_open_as_what_owns_it(folder: Path) -> None:
    assert "as its owner Order: Sales all" in asked(folder, "who", "can", "read", "Line")


def test_who_can_take_a_step(folder: Path) -> None:
    assert "by Sales, customer.owner" in asked(folder, "who", "can", "pay", "order")
    assert "nobody" in asked(folder, "who", "can", "update", "Order.status")


def test_what_means_nothing_is_answered_with_what_was_likely_meant(folder: Path) -> None:
    assert "did you mean Customer.total?" in refused(folder, "explain", "customer.totl")
    assert "did you mean Customer?" in refused(folder, "explain", "Custmer")
    assert "did you mean Customer.is_new?" in refused(folder, "explain", "is_new")
    assert "did you mean Line.note, Order.note?" in refused(folder, "explain", "note")
    assert "no such action or step: fly" in refused(folder, "who", "can", "fly", "order")
    assert "neither an entity nor a field" in refused(folder, "who", "can", "read", "Sales")


def test_answers_are_in_the_language_of_whoever_asks(folder: Path) -> None:
    assert "谁可以查看" in asked(folder, "explain", "Customer.name", language="zh")
    assert "没有人" in asked(folder, "who", "can", "update", "Order.status", language="zh")


def test_every_name_of_the_apps_has_a_story() -> None:
    for name in ("crm.Customer", "crm.Customer.phone", "crm.Deal.stage.won", "crm.Deal.qualify",
                 "crm.Revenue", "crm.Sales", "crm.Industry.retail", "northwind.Order"):  # fmt: skip
        assert ".case:" in asked(APPS, "explain", name)


def test_entities_and_flows_are_drawn(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    result = CliRunner().invoke(main, ["--lang", "en", "graph", str(folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == ["shop.Order.status.svg", "shop.svg"]
    for path in out.iterdir():
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
