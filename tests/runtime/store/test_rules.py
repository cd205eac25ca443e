"""Rules: what sets them off, what they see, in what order, and what ends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal

import pytest

from runtime.store.problems import Forbidden, Rejected
from runtime.store.records import Line
from tests.runtime.store.conftest import Shop
from tests.support.apps import shop as app_of
from tests.support.running import SYSTEM, Running, running

Open = Callable[[str], AbstractContextManager[Running]]


@pytest.fixture
def opened(database_url: str) -> Open:
    """Opens an app with these declarations."""

    @contextmanager
    def opened(text: str) -> Iterator[Running]:
        with running(app_of(text), database_url, "shop") as app:
            yield app

    return opened


# --- refusing and warning ------------------------------------------------------------------------


def test_a_rule_rejects_at_its_field_with_its_line_of_the_app(shop: Shop) -> None:
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    with pytest.raises(Rejected) as refused:
        shop.create(shop.ann, "Order", Line({"product": pen.id, "quantity": 51}), customer=acme.id)
    (problem,) = refused.value.problems
    assert (problem.collection, problem.line, problem.field) == ("lines", 0, "quantity")
    assert problem.message.en == "No more than 50 Pen"
    assert problem.origin is not None and "rule bulk" in problem.origin.block
    assert shop.count("Order") == 0


def test_a_warning_is_told_and_stops_nothing(shop: Shop) -> None:
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    saved = shop.create(
        shop.ann, "Order", Line({"product": pen.id, "price": Decimal(1)}), customer=acme.id
    )
    assert [(each.field, each.message.en) for each in saved.warnings] == [
        ("price", "Below list price")
    ]
    assert shop.count("Order") == 1


def test_a_rule_compares_with_what_was_before_the_act(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    with pytest.raises(Rejected) as refused:
        shop.update(shop.ann, "Customer", acme, region="south")
    assert refused.value.problems[0].message.en == "Acme stays in the north"
    zeta = shop.create(shop.ann, "Customer", name="Zeta", region="west")
    assert shop.update(shop.ann, "Customer", zeta, region="north").version == 2


def test_a_rejection_blocks_only_acts_that_write_what_it_reads(opened: Open) -> None:
    text = """
entity Offer
  name: text(40)
  discount: percent default 0%
  access
    everyone all

rule deep on Offer created or changed name, discount
  when discount > 50%
  reject "too deep" at discount
"""
    with opened(text) as app:
        entity = app.entity("Offer")
        old = app.store.create_many(SYSTEM, entity, [{"discount": Decimal("0.6")}], as_history=True)
        saved = app.store.update(SYSTEM, entity, old.saved[0], 1, {"name": "renamed"})
        assert saved.version == 2
        with pytest.raises(Rejected):
            app.store.update(SYSTEM, entity, saved.id, 2, {"discount": Decimal("0.7")})


# --- doing ---------------------------------------------------------------------------------------


def test_a_condition_fires_when_it_becomes_true_and_not_again(opened: Open) -> None:
    text = """
entity Lead
  owner -> User
  tasks: int default 0
  access
    everyone all

rule call on Lead
  when owner is not null
  do
    tasks = tasks + 1
"""
    with opened(text) as app:
        entity, ann = app.entity("Lead"), app.person("Ann").user_id
        lead = app.store.create(SYSTEM, entity, {})
        assert app.row("Lead", lead.id)["tasks"] == 0
        for version, (owner, tasks) in enumerate([(ann, 1), (None, 1), (ann, 2)]):
            number = app.row("Lead", lead.id)["version"]
            app.store.update(SYSTEM, entity, lead.id, number, {"owner": owner})
            assert app.row("Lead", lead.id)["tasks"] == tasks, version
        number = app.row("Lead", lead.id)["version"]
        app.store.update(SYSTEM, entity, lead.id, number, {"tasks": 7})
        assert app.row("Lead", lead.id)["tasks"] == 7
        assert app.store.create(SYSTEM, entity, {"owner": ann}).version == 1
        assert app.rows("Lead")[-1]["tasks"] == 1


def test_a_condition_on_lines_fires_when_a_line_makes_it_true(opened: Open) -> None:
    text = """
entity Basket
  full: int default 0
  lines: [Thing]
  access
    everyone all

entity Thing
  name: text(20)

rule fills on Basket
  when count(lines) >= 2
  do
    full = full + 1
"""
    with opened(text) as app:
        entity = app.entity("Basket")
        basket = app.store.create(SYSTEM, entity, {}, {"lines": (Line({"name": "a"}),)})
        (first,) = app.rows("Thing")
        keep = Line({}, first["id"])
        two = (keep, Line({"name": "b"}))
        basket = app.store.update(SYSTEM, entity, basket.id, 1, {}, {"lines": two})
        assert app.row("Basket", basket.id)["full"] == 1
        more = (*(Line({}, row["id"]) for row in app.rows("Thing")), Line({"name": "c"}))
        number = app.row("Basket", basket.id)["version"]
        app.store.update(SYSTEM, entity, basket.id, number, {}, {"lines": more})
        assert app.row("Basket", basket.id)["full"] == 1


def test_statements_run_in_order_and_see_what_was_done(opened: Open) -> None:
    text = """
entity Order
  total: money = sum(parts.amount)
  seen: money
  big: int
  parts <- Part.order
  access
    everyone all

entity Part
  order -> Order on delete cascade
  amount: money required default 0
  note: text(20)
  access
    everyone all

rule split on Order created
  do
    let first = create Part(order: this, amount: 5, note: "first")
    create Part(order: this, amount: first.amount * 2)
    seen = total
    for i in 1..3
      create Part(order: this, amount: i)
    for p in parts where amount < 3
      p.note = "small"
    update parts where amount == 3
      note = "three"
    big = count(parts where amount > 4)
    delete first

rule lost on Part deleted
  do
    create Part(amount: 100, note: "for {note}")
"""
    with opened(text) as app:
        order = app.store.create(SYSTEM, app.entity("Order"), {})
        row = app.row("Order", order.id)
        assert (row["seen"], row["big"], row["total"]) == (15, 2, 16)
        parts = [(part["amount"], part["note"]) for part in app.rows("Part")]
        assert parts == [(10, None), (1, "small"), (2, "small"), (3, "three")]
        app.store.delete(SYSTEM, app.entity("Part"), app.rows("Part")[2]["id"], 1)
        assert app.rows("Part")[-1]["note"] == "for small"
        assert app.row("Order", order.id)["total"] == 14
        causes = {cause for (cause,) in app.query("SELECT cause FROM _cw_history")}
        assert {"rule shop.split", "rule shop.lost"} <= causes


def test_rules_follow_rules_in_one_act(opened: Open) -> None:
    text = """
entity Step
  number: int required
  name: text(20)
  access
    everyone all

rule name_it on Step
  when name is null
  do
    name = "step {number}"

rule next on Step created
  when number < 4
  do
    create Step(number: number + 1)
"""
    with opened(text) as app:
        app.store.create(SYSTEM, app.entity("Step"), {"number": 1})
        assert [row["name"] for row in app.rows("Step")] == [
            "step 1",
            "step 2",
            "step 3",
            "step 4",
        ]


def test_rules_without_end_are_stopped_and_leave_nothing(opened: Open) -> None:
    text = """
entity Step
  number: int required
  access
    everyone all

rule next on Step created
  when number < 1_000
  do
    create Step(number: number + 1)
"""
    with opened(text) as app:
        with pytest.raises(Rejected) as refused:
            app.store.create(SYSTEM, app.entity("Step"), {"number": 1})
        assert "without end" in refused.value.problems[0].message.en
        assert app.rows("Step") == []


def test_the_app_is_not_bound_by_access_but_by_types_and_checks(opened: Open) -> None:
    text = """
entity Request
  amount: money required
  access
    everyone create, read

entity Booking
  amount: money required max 100
  secret: text(10) readonly
  check amount != 13 "never 13"

rule book on Request created
  do
    create Booking(amount: amount, secret: "x")
"""
    with opened(text) as app:
        ann, entity = app.person("Ann"), app.entity("Request")
        app.store.create(ann, entity, {"amount": Decimal(5)})
        assert [row["amount"] for row in app.rows("Booking")] == [5]
        for amount, words in ((Decimal(101), "at most"), (Decimal(13), "never 13")):
            with pytest.raises(Rejected) as refused:
                app.store.create(ann, entity, {"amount": amount})
            assert words in refused.value.problems[0].message.en
        assert len(app.rows("Request")) == 1


# --- telling -------------------------------------------------------------------------------------


def test_a_notice_shows_what_its_reader_may_read_in_their_language(shop: Shop) -> None:
    gold = shop.product("Gold", "1_000".replace("_", ""))
    acme = shop.create(shop.bob, "Customer", name="Acme", credit=Decimal(70))
    order = shop.create(shop.bob, "Order", Line({"product": gold.id}), customer=acme.id)
    shop.press(shop.mo, shop.press(shop.bob, order, "confirm"), "pay")
    told = dict(shop.app.query("SELECT recipient, text FROM _cw_notice ORDER BY id"))
    assert set(told) == {shop.bob.user_id, shop.cleo.user_id}
    assert told[shop.bob.user_id].startswith("Acme is VIP, credit ")
    assert "70" in told[shop.bob.user_id]
    assert told[shop.cleo.user_id] == "Acme is VIP, credit Credit"


def test_nobody_is_told_what_they_did_nor_twice_nor_when_gone(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme", owner=shop.ann.user_id)
    order = shop.create(shop.ann, "Order", customer=acme.id)
    shop.app.person("Max", "Boss", active=False)
    cancelled = shop.press(shop.ann, order, "cancel", reason="no")
    assert cancelled.notified == {shop.mo.user_id}
    assert shop.app.query("SELECT text FROM _cw_notice") == [("202611-001 cancelled: no",)]


def test_texts_of_refusals_hide_what_may_not_be_read(opened: Open) -> None:
    text = """
role Seller

entity Account
  name: text(20) required
  limit "Limit": money required
  access
    Seller read only name
    Seller create

entity Sale
  account -> Account required
  amount: money required
  access
    Seller all

rule over on Sale created
  when amount > account.limit
  reject "{account.name} may buy for {account.limit}" at amount
"""
    with opened(text) as app:
        seller = app.person("Sam", "Seller")
        limit = {"name": "Acme", "limit": Decimal(77)}
        account = app.store.create(SYSTEM, app.entity("Account"), limit)
        sale = {"account": account.id, "amount": Decimal(100)}
        with pytest.raises(Rejected) as refused:
            app.store.create(seller, app.entity("Sale"), sale)
        assert refused.value.problems[0].message.en == "Acme may buy for Limit"
        with pytest.raises(Rejected) as told:
            app.store.create(app.person("Root", "std.Admin"), app.entity("Sale"), sale)
        assert "77" in told.value.problems[0].message.en


def test_a_refusal_names_records_and_limits_as_their_reader_may_know_them(opened: Open) -> None:
    text = """
role Seller

entity Account
  name: text(20) required
  pin: text(20) required
  limit "Limit": money required
  display "{name} {pin}"
  unique name
  access
    Seller read only name
    Seller create

entity Sale
  account -> Account required
  amount: money required max account.limit
  access
    Seller all
"""
    with opened(text) as app:
        seller, admin = app.person("Sam", "Seller"), app.person("Root", "std.Admin")
        limit = {"name": "Acme", "limit": Decimal(77), "pin": "1234"}
        account = app.store.create(SYSTEM, app.entity("Account"), limit)
        with pytest.raises(Rejected) as refused:
            app.store.create(seller, app.entity("Account"), limit)
        assert refused.value.problems[0].message.en == "this Name is already taken by Acme "
        sale = {"account": account.id, "amount": Decimal(100)}
        with pytest.raises(Rejected) as refused:
            app.store.create(seller, app.entity("Sale"), sale)
        assert refused.value.problems[0].message.en == "this must be at most Limit"
        with pytest.raises(Rejected) as refused:
            app.store.create(admin, app.entity("Sale"), sale)
        assert "77" in refused.value.problems[0].message.en


def test_new_records_may_refer_to_each_other(opened: Open) -> None:
    text = """
entity Man
  wife -> Woman
  self -> Man
  access
    everyone all

entity Woman
  husband -> Man
  access
    everyone all

rule marry on Man created
  do
    let w = create Woman(husband: this)
    wife = w
    self = this
"""
    with opened(text) as app:
        man = app.store.create(SYSTEM, app.entity("Man"), {})
        (woman,) = app.rows("Woman")
        row = app.row("Man", man.id)
        assert (row["wife"], row["self"], woman["husband"]) == (woman["id"], man.id, man.id)


def test_a_condition_becomes_true_by_a_write_of_what_it_reads_elsewhere(opened: Open) -> None:
    text = """
entity Customer
  name: text(20)
  vip: bool required default false
  orders <- Order.customer
  rank: int default 0
  access
    everyone all

entity Order
  customer -> Customer required
  urgent: int default 0
  open: bool required default true
  access
    everyone all

rule hurry on Order
  when open and customer.vip
  do
    urgent = urgent + 1

rule busy on Customer
  when count(orders where open) >= 2
  do
    rank = rank + 1
"""
    with opened(text) as app:
        customer, order = app.entity("Customer"), app.entity("Order")
        acme = app.store.create(SYSTEM, customer, {})
        one, two = (app.store.create(SYSTEM, order, {"customer": acme.id}) for _ in range(2))
        assert app.row("Customer", acme.id)["rank"] == 1
        app.store.update(SYSTEM, order, two.id, 1, {"open": False})
        app.store.update(
            SYSTEM, customer, acme.id, app.row("Customer", acme.id)["version"], {"vip": True}
        )
        assert [row["urgent"] for row in app.rows("Order")] == [1, 0]
        app.store.update(SYSTEM, order, two.id, 2, {"open": True})
        assert [row["urgent"] for row in app.rows("Order")] == [1, 1]
        assert app.row("Customer", acme.id)["rank"] == 2
        app.store.update(SYSTEM, customer, acme.id, 4, {"name": "Acme"})
        assert [row["urgent"] for row in app.rows("Order")] == [1, 1]
        assert one.id == app.rows("Order")[0]["id"]


def test_an_automatic_transition_is_taken_when_its_condition_becomes_true(opened: Open) -> None:
    text = """
entity Order
  paid: money required default 0
  parts <- Part.order
  access
    everyone all

entity Part
  order -> Order required
  ready: bool required default false
  access
    everyone all

flow Order.status
  state new initial
  state ready
  state done final
  prepare: new -> ready
    when exists(parts) and not exists(parts where not ready)
  finish: ready -> done
    when paid >= 100
"""
    with opened(text) as app:
        order = app.store.create(SYSTEM, app.entity("Order"), {})
        part = app.store.create(SYSTEM, app.entity("Part"), {"order": order.id})
        assert app.row("Order", order.id)["status"] == "new"
        app.store.update(SYSTEM, app.entity("Part"), part.id, 1, {"ready": True})
        row = app.row("Order", order.id)
        assert (row["status"], row["version"]) == ("ready", 2)
        app.store.update(SYSTEM, app.entity("Order"), order.id, 2, {"paid": Decimal(100)})
        assert app.row("Order", order.id)["status"] == "done"
        assert ("transition shop.Order.status.finish", "finish") in app.query(
            "SELECT cause, name FROM _cw_history WHERE action = 'transition'"
        )


def test_rules_do_not_rewrite_a_ledger_nor_what_the_text_says(opened: Open) -> None:
    text = """
data Region by code
  code | name
  east | East

entity Entry
  amount: int required
  append only
  access
    everyone all

entity Command
  what: text(20)
  access
    everyone all

rule rewrite on Command created
  when what == "rewrite"
  do
    update Entry
      amount = 0

rule erase on Command created
  when what == "erase"
  do
    for e in Entry
      delete e
"""
    with opened(text) as app:
        app.store.create(SYSTEM, app.entity("Entry"), {"amount": 5})
        for what in ("rewrite", "erase"):
            with pytest.raises(Rejected) as refused:
                app.store.create(SYSTEM, app.entity("Command"), {"what": what})
            assert "never changed" in refused.value.problems[0].message.en
        assert [row["amount"] for row in app.rows("Entry")] == [5]
        (east,) = app.rows("Region")
        root, entity = app.person("Root", "std.Admin"), app.entity("Region")
        with pytest.raises(Forbidden):
            app.store.create(root, entity, {"code": "west", "name": "West"})
        with pytest.raises(Forbidden):
            app.store.update(root, entity, east["id"], east["version"], {"name": "Ost"})


def test_grants_on_a_line_narrow_what_its_owner_gives(opened: Open) -> None:
    text = """
role Seller
role Boss

entity Order
  lines: [OrderLine]
  access
    Seller create, read, update
    Boss all

entity OrderLine
  quantity: int required default 1
  price: int required default 10
  access
    Seller create, read, update except price
    Boss all
"""
    with opened(text) as app:
        seller, boss, entity = (
            app.person("S", "Seller"),
            app.person("B", "Boss"),
            app.entity("Order"),
        )
        cheap = Line({"price": 1})
        with pytest.raises(Rejected) as refused:
            app.store.create(seller, entity, {}, {"lines": (cheap,)})
        assert refused.value.problems[0].field == "price"
        order = app.store.create(seller, entity, {}, {"lines": (Line({"quantity": 2}),)})
        (line,) = app.rows("OrderLine")
        keep = Line({}, line["id"])
        for lines in ((Line({"price": 1}, line["id"]),), (keep, cheap), ()):
            with pytest.raises(Rejected):
                app.store.update(seller, entity, order.id, order.version, {}, {"lines": lines})
        more = (Line({"quantity": 3}, line["id"]), Line({}))
        saved = app.store.update(seller, entity, order.id, order.version, {}, {"lines": more})
        assert [row["quantity"] for row in app.rows("OrderLine")] == [3, 1]
        app.store.update(boss, entity, order.id, saved.version, {}, {"lines": ()})
        assert app.rows("OrderLine") == []


def test_a_rule_that_leaves_out_what_is_required_is_told_so(opened: Open) -> None:
    text = """
entity Request
  name: text(20)
  price: money
  last: money = max(bookings.total)
  bookings <- Booking.request
  access
    everyone all

entity Booking
  request -> Request
  price: money required
  total: money = price * 2
  check total > 0 "nothing to book"

rule book on Request created
  do
    create Booking(request: this, price: price ?? 0)
    price = last
"""
    with opened(text) as app:
        entity = app.entity("Request")
        saved = app.store.create(SYSTEM, entity, {"price": Decimal(5)})
        assert app.row("Request", saved.id)["price"] == 10
        with pytest.raises(Rejected) as refused:
            app.store.create(SYSTEM, entity, {})
        assert "nothing to book" in refused.value.problems[0].message.en
        booking = app.store.create_many(SYSTEM, app.entity("Booking"), [{}, {"price": Decimal(1)}])
        assert [problem.field for problem in booking.problems[0]] == ["price"]
        assert list(booking.saved) == [1]


def test_what_a_rule_logs_is_shown_to_who_may_read_it_all(opened: Open) -> None:
    text = """
role Sales
role Clerk

entity Account
  name: text(20) required
  pin: text(20)
  access
    Sales all

entity Order
  amount: money required
  account -> Account
  access
    Sales all
    Clerk read except amount

rule note on Order created
  do
    log "over {amount} for {account.pin}"
    log "made"
"""
    with opened(text) as app:
        sales, clerk = app.person("S", "Sales"), app.person("C", "Clerk")
        account = app.store.create(sales, app.entity("Account"), {"name": "A", "pin": "1234"})
        given = {"amount": Decimal(5), "account": account.id}
        order = app.store.create(sales, app.entity("Order"), given)
        told = {
            each.text
            for actor in (sales, clerk)
            for each in app.store.reader(actor).history(app.entity("Order"), order.id, 9)
        }
        kept = [text for (text,) in app.query("SELECT new FROM _cw_history WHERE action = 'log'")]
        assert kept == ["over 5.00 for Pin", "made"]
        assert told <= {"", "made", "over 5.00 for Pin"}
        events = app.store.reader(clerk).history(app.entity("Order"), order.id, 9)
        assert all("5.00" not in each.text for each in events)
