"""Scores, tags and segments at work: kept right by every write, with what a tag sets off."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from compiler.model.base import EntityId
from runtime.access.actor import Actor
from runtime.schema.prepare import prepare
from runtime.store.problems import Rejected
from runtime.store.records import Saved, Store
from stdlib.library import STANDARD
from tests.support.apps import shop
from tests.support.running import Running, running

ENTITIES = """\
enum Industry
  internet
  retail

entity Customer
  name: text required
  industry: Industry
  owner -> User required default me
  active: bool required default true
  seen: int required default 0
  orders <- Order.customer
  access
    everyone all

entity Order
  customer -> Customer required
  amount: money required
  access
    everyone all

entity Ledger
  name: text required
  stars = count(star)
  customer -> Customer
  of_star = customer in star
  access
    everyone all
"""
MARKS = """
score heat on Customer 0..100
  20 when industry == internet "works online"
  least(15 * count(orders), 45) "orders"
  60 when sum(orders.amount) > 1_000 "bought for {sum(orders.amount)}"
  -30 when not active

tag big on Customer
  while sum(orders.amount) >= 1_000
  leave when sum(orders.amount) < 500
  enter
    notify owner "{name} is big"
  leave
    seen = seen + 1

tag online on Customer
  while industry == internet

segment star on Customer
  big and active

rule cheer on Customer
  when big
  do
    name = "{name}!"
"""
CUSTOMER, ORDER = EntityId("shop.Customer"), EntityId("shop.Order")


@pytest.fixture
def app(database_url: str) -> Iterator[Running]:
    with running(shop(ENTITIES + MARKS), database_url, "shop") as app:
        yield app


def order(app: Running, actor: Actor, customer: Saved, amount: str) -> Saved:
    values = {"customer": customer.id, "amount": Decimal(amount)}
    return app.store.create(actor, ORDER, values)


def test_a_score_adds_up_its_points_between_its_bounds(app: Running) -> None:
    ann = app.person("Ann")
    customer = app.store.create(ann, CUSTOMER, {"name": "A", "active": False})
    assert app.row("Customer", customer.id)["heat"] == 0
    order(app, ann, customer, "400.00")
    assert app.row("Customer", customer.id)["heat"] == 0
    customer = app.store.update(
        ann, CUSTOMER, customer.id, customer.version, {"industry": "internet", "active": True}
    )
    assert app.row("Customer", customer.id)["heat"] == 35
    for _ in range(3):
        order(app, ann, customer, "400.00")
    assert app.row("Customer", customer.id)["heat"] == 100


def test_a_score_gives_its_reasons(app: Running) -> None:
    ann = app.person("Ann")
    customer = app.store.create(ann, CUSTOMER, {"name": "A", "industry": "internet"})
    order(app, ann, customer, "1400.00")
    found = app.store.reasons(ann, CUSTOMER, customer.id)["heat"]
    assert [(each.points, each.why.en) for each in found] == [
        (20, "works online"),
        (15, "orders"),
        (60, "bought for 1,400.00"),
    ]


def test_a_tag_has_a_memory_and_sets_off_what_it_says(app: Running) -> None:
    ann = app.person("Ann")
    customer = app.store.create(ann, CUSTOMER, {"name": "A"})
    assert app.row("Customer", customer.id)["big"] is False
    first = order(app, ann, customer, "700.00")
    assert app.row("Customer", customer.id)["big"] is False  # not yet, though it would stay
    second = order(app, ann, customer, "300.00")
    row = app.row("Customer", customer.id)
    assert (row["big"], row["star"], row["name"]) == (True, True, "A!")
    app.store.delete(ann, ORDER, second.id, second.version)
    assert app.row("Customer", customer.id)["big"] is True  # below where it began
    app.store.delete(ann, ORDER, first.id, first.version)
    row = app.row("Customer", customer.id)
    assert (row["big"], row["star"], row["seen"]) == (False, False, 1)


def test_a_tag_without_leave_follows_its_condition(app: Running) -> None:
    ann = app.person("Ann")
    customer = app.store.create(ann, CUSTOMER, {"name": "A", "industry": "internet"})
    assert app.row("Customer", customer.id)["online"] is True
    app.store.update(ann, CUSTOMER, customer.id, customer.version, {"industry": None})
    assert app.row("Customer", customer.id)["online"] is False


def test_a_segment_is_a_set(app: Running) -> None:
    ann = app.person("Ann")
    star, other = (app.store.create(ann, CUSTOMER, {"name": name}) for name in "AB")
    order(app, ann, star, "2000.00")
    ledger = app.entity("Ledger")
    saved = app.store.create(ann, ledger, {"name": "L", "customer": star.id})
    none = app.store.create(ann, ledger, {"name": "M", "customer": other.id})
    assert app.row("Ledger", saved.id)["of_star"] is True
    assert app.row("Ledger", none.id)["of_star"] is False
    shown = app.store.reader(ann).get(ledger, saved.id)
    assert shown.values["stars"] == 1


def test_nobody_writes_a_mark(app: Running) -> None:
    ann = app.person("Ann")
    for values in ({"big": True}, {"heat": 5}, {"star": True}):
        with pytest.raises(Rejected):
            app.store.create(ann, CUSTOMER, {"name": "A", **values})


def test_records_that_are_there_begin_with_what_is_so_and_set_nothing_off(
    database_url: str,
) -> None:
    with running(shop(ENTITIES.replace("star", "Customer")), database_url, "shop") as app:
        ann = app.person("Ann")
        customer = app.store.create(ann, CUSTOMER, {"name": "A", "industry": "internet"})
        order(app, ann, customer, "1500.00")
        bundle = shop(ENTITIES + MARKS)
        catalog = prepare(app.database, bundle, STANDARD, app.clock)
        app.store = Store(bundle, catalog, app.database, STANDARD, app.clock)
        row = app.row("Customer", customer.id)
        assert (row["big"], row["online"], row["heat"], row["name"]) == (True, True, 95, "A")
