"""What is derived from the model: tables, and what follows from which write."""

from __future__ import annotations

import pytest

from compiler.model.base import EntityId
from compiler.plan.schema import TablePlan
from compiler.slug import slug
from tests.support.apps import shop

TEXT = """\
enum Skill
  sales
  repair

entity Customer
  name: text(80) required unique
  region -> Region
  skills: Skill many
  orders <- Order.customer
  tags <-> Tag as customers
  total = sum(orders.amount)
  known = exists(tags where name == "known")
  active = exists(orders where ordered_on > today() - 30 days)
  access
    everyone read

entity Region
  name: text
  total = sum(customers.total)
  customers <- Customer.region
  access
    everyone read

entity Tag
  name: text
  access
    everyone read

entity Order
  customer -> Customer required
  ordered_on: date required default today()
  rebate: percent default 0%
  lines: [Line]
  amount = sum(lines.amount) * (1 - rebate)
  unique customer, ordered_on when rebate > 0%
  access
    everyone read

entity Line
  price: money required
  quantity: int required
  amount = price * quantity
  unique parent, price

flow Order.status
  state open initial
  state done final
  finish: open -> done
    by Admin
"""


@pytest.fixture(scope="module")
def tables() -> dict[str, TablePlan]:
    return {table.path: table for table in shop(TEXT).schema_plan.tables}


def columns(table: TablePlan) -> list[str]:
    return [column.path.rpartition(".")[2] for column in table.columns]


def test_a_table_has_what_is_stored_and_not_what_is_computed_when_read(
    tables: dict[str, TablePlan],
) -> None:
    found = columns(tables["shop.Customer"])
    assert {"name", "region", "total", "known", "created_at", "changed_by"} <= set(found)
    assert not {"id", "active", "skills", "orders", "tags"} & set(found)


def test_sets_of_values_and_links_have_tables_of_their_own(tables: dict[str, TablePlan]) -> None:
    values, link = tables["shop.Customer.skills"], tables["shop.Customer.tags"]
    assert (values.kind, columns(values)) == ("values", ["record", "value"])
    assert (link.kind, columns(link)) == ("link", ["near", "far"])
    assert [column.references for column in link.columns] == ["shop.Customer", "shop.Tag"]


def test_the_database_keeps_what_is_unique_without_a_condition(
    tables: dict[str, TablePlan],
) -> None:
    unique = {
        tuple(path.rpartition(".")[2] for path in index.columns)
        for table in tables.values()
        if table.path.startswith("shop.")
        for index in table.indexes
        if index.unique
    }
    assert unique == {("name",), ("parent", "price")}


def test_references_and_states_are_indexed(tables: dict[str, TablePlan]) -> None:
    reasons = {index.reason for index in tables["shop.Order"].indexes}
    assert {"flow status"} <= reasons


def test_tables_come_after_those_they_refer_to(tables: dict[str, TablePlan]) -> None:
    order = list(tables)
    assert order.index("shop.Region") < order.index("shop.Customer") < order.index("shop.Order")


def test_kept_fields_are_recomputed_after_those_they_read() -> None:
    order = [f"{entity}.{field}" for entity, field in shop(TEXT).upkeep.order]
    chain = ["shop.Line.amount", "shop.Order.amount", "shop.Customer.total", "shop.Region.total"]
    assert [each for each in order if each in chain] == chain


def test_a_dependency_says_over_which_path_which_fields_are_read() -> None:
    found = {
        (each.field, each.path): (each.source, set(each.reads))
        for dependencies in shop(TEXT).upkeep.by_source.values()
        for each in dependencies
        if each.entity == "shop.Customer"
    }
    assert found[("total", ("orders",))] == ("shop.Order", {"customer", "amount"})
    assert found[("known", ())] == ("shop.Customer", {"tags"})
    assert found[("known", ("tags",))] == ("shop.Tag", {"customers", "name"})


def test_fields_are_kept_by_what_they_read() -> None:
    entities = shop(TEXT).workspace.entities
    customer = entities[EntityId("shop.Customer")].fields
    assert customer["total"].upkeep == "aggregate"
    assert customer["active"].upkeep == "read"
    assert entities[EntityId("shop.Line")].fields["amount"].upkeep == "row"


@pytest.mark.parametrize(
    ("name", "ascii_name"),
    [
        ("OrderLine", "order_line"),
        ("HTTPLog", "http_log"),
        ("paid_total", "paid_total"),
        ("客户", "ke_hu"),
        ("VIP客户", "vip_ke_hu"),
    ],
)
def test_a_name_has_an_ascii_form(name: str, ascii_name: str) -> None:
    assert slug(name) == ascii_name


@pytest.mark.parametrize("name", ["Ünit", "Заказ", "データ", "_1"])
def test_a_name_in_any_script_becomes_an_ascii_identifier(name: str) -> None:
    assert slug(name).isascii()
    assert slug(name).isidentifier()
