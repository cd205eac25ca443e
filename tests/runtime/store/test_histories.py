"""History and inbox as their readers may know them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runtime.access.actor import Actor
from runtime.store.problems import NotFound
from runtime.store.query import Reference
from runtime.store.records import Line
from tests.runtime.store.conftest import Shop


def history(shop: Shop, actor: Actor, entity: str, id: int) -> list[tuple[str, str, list[str]]]:
    events = shop.app.store.reader(actor).history(shop.app.entity(entity), id, 50)
    return [(each.who, each.action, [c.field for c in each.changes]) for each in events]


def test_history_tells_who_did_what_newest_first(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme", credit=Decimal(5))
    shop.app.clock.advance(hours=1)
    saved = shop.update(
        shop.mo, "Customer", acme, name="Acme Ltd", credit=None, owner=shop.bob.user_id
    )
    assert history(shop, shop.mo, "Customer", acme.id) == [
        ("Mo", "change", ["name", "credit", "owner"]),
        ("Ann", "create", []),
    ]
    (event, _) = shop.app.store.reader(shop.mo).history(shop.app.entity("Customer"), saved.id, 50)
    assert event.at == shop.app.clock.at
    name, credit, owner = event.changes
    assert (name.old, name.new) == ("Acme", "Acme Ltd")
    assert isinstance(owner.old, Reference) and owner.old.display == "Ann"
    assert (credit.old, credit.new) == (Decimal("5.00"), None)


def test_history_hides_what_its_reader_may_not_read(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    saved = shop.update(shop.mo, "Customer", acme, name="Acme Ltd", note="secret")
    shop.app.clock.advance(hours=1)
    shop.update(shop.mo, "Customer", saved, credit=Decimal(7))
    assert history(shop, shop.cleo, "Customer", acme.id) == [
        ("Mo", "change", ["name"]),
        ("Ann", "create", []),
    ]
    with pytest.raises(NotFound):
        history(shop, shop.bob, "Customer", acme.id)


def test_history_tells_transitions_with_what_was_asked_and_the_rule_behind(shop: Shop) -> None:
    gold = shop.product("Gold", "1000")
    acme = shop.create(shop.ann, "Customer", name="Acme")
    order = shop.create(shop.ann, "Order", Line({"product": gold.id}), customer=acme.id)
    shop.press(shop.ann, order, "cancel", reason="too dear", remark="call")
    (cancelled, _) = shop.app.store.reader(shop.mo).history(shop.app.entity("Order"), order.id, 50)
    assert (cancelled.step, cancelled.who) == ("cancel", "Ann")
    assert [(each.field, each.new) for each in cancelled.inputs] == [("reason", "too dear")]
    other = shop.create(shop.ann, "Order", Line({"product": gold.id}), customer=acme.id)
    shop.press(shop.mo, shop.press(shop.ann, other, "confirm"), "pay")
    (task,) = shop.app.rows("Task")
    (made,) = shop.app.store.reader(shop.mo).history(shop.app.entity("Task"), task["id"], 50)
    assert (made.action, made.cause, made.who) == ("create", "rule shop.welcome", "Mo")


def test_an_inbox_is_its_owner_s_alone(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    for _ in range(3):
        order = shop.create(shop.ann, "Order", customer=acme.id)
        shop.press(shop.ann, order, "cancel", reason="no")
    mine, theirs = (shop.app.store.reader(actor) for actor in (shop.mo, shop.cleo))
    assert (mine.unread(), theirs.unread()) == (3, 0)
    first, second, third = mine.notices(10)
    assert [each.text for each in (first, second, third)] == [
        f"202611-00{number} cancelled: no" for number in (3, 2, 1)
    ]
    assert (first.entity, first.record, first.read) == ("shop.Order", order.id, False)
    assert [each.id for each in mine.notices(10, before=second.id)] == [third.id]
    shop.app.store.mark_read(shop.cleo, first.id)
    assert mine.unread() == 3
    shop.app.store.mark_read(shop.mo, first.id)
    assert [each.id for each in mine.notices(10, only_unread=True)] == [second.id, third.id]
    shop.app.store.mark_read(shop.mo)
    assert mine.unread() == 0
