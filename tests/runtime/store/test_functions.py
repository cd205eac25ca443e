"""Functions of an app at work: in kept fields, checks, steps, reports; with the rights of all."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from compiler.model.base import EntityId
from runtime.store.problems import Rejected
from tests.support.apps import shop
from tests.support.running import Running, running

APP = """\
role Sales
role Books

entity Customer
  name: text required
  rate: percent required default 10%
  orders <- Order.customer
  owed: money = owed_by(this)
  access
    Sales read except rate, owed
    Books all

entity Order
  customer -> Customer required
  amount: money required
  rebate: money = rebate_of(amount, customer)
  check amount <= ceiling(customer) "Too much for {customer.name}"
  access
    Sales read except rebate
    Books all

flow Order.status
  state open initial
  state sent final
  send: open -> sent
    by Books
    require is_small(this) "Too large to send"

function rebate_of(amount: money, to: Customer) -> money = amount * to.rate

function owed_by(c: Customer) -> money = sum(amount - rebate of c.orders)

function ceiling(c: Customer) -> money = 1_000 * (1 + c.rate)

function is_small(o: Order) -> bool = o.amount < 1_000

function twice(a: money) -> money = a + a

report Rebates on Order
  by customer
  show given = sum(rebate_of(amount, customer)), doubled = sum(twice(amount))
"""
CUSTOMER, ORDER = EntityId("shop.Customer"), EntityId("shop.Order")


@pytest.fixture
def app(database_url: str) -> Iterator[Running]:
    with running(shop(APP), database_url, "shop") as app:
        yield app


def test_what_a_kept_field_reads_through_a_function_it_follows(app: Running) -> None:
    books = app.person("Bo", "Books")
    customer = app.store.create(books, CUSTOMER, {"name": "A"})
    app.store.create(books, ORDER, {"customer": customer.id, "amount": Decimal("50.00")})
    assert app.row("Customer", customer.id)["owed"] == Decimal("45.00")
    app.store.update(books, CUSTOMER, customer.id, customer.version, {"rate": Decimal("0.5")})
    (order,) = app.rows("Order")
    assert order["rebate"] == Decimal("25.00")
    assert app.row("Customer", customer.id)["owed"] == Decimal("25.00")


def test_a_check_asks_a_function(app: Running) -> None:
    books = app.person("Bo", "Books")
    customer = app.store.create(books, CUSTOMER, {"name": "A"})
    with pytest.raises(Rejected):
        app.store.create(books, ORDER, {"customer": customer.id, "amount": Decimal(2_000)})


def test_a_report_shows_nothing_through_a_function_that_its_reader_may_not_read(
    app: Running,
) -> None:
    books, sales = app.person("Bo", "Books"), app.person("Sa", "Sales")
    customer = app.store.create(books, CUSTOMER, {"name": "A"})
    app.store.create(books, ORDER, {"customer": customer.id, "amount": Decimal("50.00")})
    shown = {
        actor: app.store.reader(actor).report("shop.Rebates").total for actor in (books, sales)
    }
    assert shown[books] == (Decimal("5.00"), Decimal("100.00"))
    assert shown[sales] == (Decimal("0.00"), Decimal("100.00"))
