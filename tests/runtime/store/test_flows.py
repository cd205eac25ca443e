"""Transitions: who may take them, what they ask and require, and what they set off."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from runtime.store.moving import TransitionState
from runtime.store.problems import Conflict, Forbidden, NotFound, Rejected
from runtime.store.records import Line, Saved
from tests.runtime.store.conftest import Shop


@pytest.fixture
def order(shop: Shop) -> Saved:
    """Ann's draft of four pens for Acme."""
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    return shop.create(
        shop.ann, "Order", Line({"product": pen.id, "quantity": 4}), customer=acme.id
    )


def states(shop: Shop, saved: Saved) -> Callable[[object], list[tuple[str, bool]]]:
    def of(actor: object) -> list[tuple[str, bool]]:
        found = shop.app.store.transitions(actor, shop.app.entity("Order"), saved.id)  # type: ignore[arg-type]
        return [(each.transition.name, each.allowed) for each in found]

    return of


def test_a_transition_moves_the_state_and_history_says_who_took_it(
    shop: Shop, order: Saved
) -> None:
    saved = shop.press(shop.ann, order, "confirm")
    assert shop.row("Order", saved)["status"] == "confirmed"
    assert saved.version == 2
    assert shop.app.query(
        "SELECT actor, cause, action, name, old, new FROM _cw_history"
        " WHERE subject LIKE '%order' AND action <> 'create'"
    ) == [
        (
            shop.ann.user_id,
            "transition shop.Order.status.confirm",
            "transition",
            "confirm",
            "draft",
            "confirmed",
        )
    ]


def test_nothing_but_a_transition_sets_a_state(shop: Shop, order: Saved) -> None:
    with pytest.raises(Rejected) as refused:
        shop.update(shop.mo, "Order", order, status="paid")
    assert refused.value.problems[0].field == "status"
    acme = shop.row("Order", order)["customer"]
    with pytest.raises(Rejected):
        shop.create(shop.mo, "Order", customer=acme, status="paid")
    assert shop.row("Order", order)["status"] == "draft"


def test_only_those_named_in_by_may_press(shop: Shop, order: Saved) -> None:
    with pytest.raises(Forbidden):
        shop.press(shop.cleo, order, "confirm")
    with pytest.raises(NotFound):
        shop.press(shop.bob, order, "confirm")
    with pytest.raises(Forbidden):
        shop.press(shop.mo, order, "cancel", reason="no")
    with pytest.raises(NotFound):
        shop.press(shop.mo, order, "explode")


def test_a_condition_that_does_not_hold_refuses_in_the_words_of_the_app(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    empty = shop.create(shop.ann, "Order", customer=acme.id)
    with pytest.raises(Rejected) as refused:
        shop.press(shop.ann, empty, "confirm")
    (problem,) = refused.value.problems
    assert problem.message.en == "Add a line to 202611-001"
    assert problem.origin is not None
    assert shop.row("Order", empty)["version"] == 1


def test_what_is_asked_is_written_or_kept_in_history(shop: Shop, order: Saved) -> None:
    for inputs in ({}, {"reason": ""}, {"reason": "x" * 41}, {"reason": "no", "why": "x"}):
        with pytest.raises(Rejected):
            shop.press(shop.ann, order, "cancel", **inputs)
    saved = shop.press(shop.ann, order, "cancel", reason="too dear", remark="call again")
    row = shop.row("Order", saved)
    assert (row["status"], row["remark"]) == ("cancelled", "call again")
    assert ("input", "reason", "too dear") in shop.app.query(
        "SELECT action, name, new FROM _cw_history WHERE subject LIKE '%order'"
    )


def test_a_state_keeps_its_fields_closed_to_people(shop: Shop, order: Saved) -> None:
    confirmed = shop.press(shop.ann, order, "confirm")
    acme = shop.row("Order", order)["customer"]
    zeta = shop.create(shop.ann, "Customer", name="Zeta")
    with pytest.raises(Rejected) as refused:
        shop.update(shop.ann, "Order", confirmed, customer=zeta.id)
    assert refused.value.problems[0].field == "customer"
    (line,) = shop.app.rows("OrderLine")
    with pytest.raises(Rejected):
        shop.update(shop.ann, "Order", confirmed, Line({"quantity": 5}, line["id"]))
    with pytest.raises(Rejected):
        shop.app.store.update(
            shop.ann, shop.app.entity("Order"), confirmed.id, confirmed.version, {}, {"lines": ()}
        )
    same = Line({"quantity": 4, "product": line["product"]}, line["id"])
    saved = shop.update(shop.ann, "Order", confirmed, same, customer=acme, remark="soon")
    assert saved.version == 3
    paid = shop.press(shop.mo, saved, "pay")
    with pytest.raises(Rejected):
        shop.update(shop.mo, "Order", paid, remark="never")


def test_buttons_say_why_not(shop: Shop, order: Saved) -> None:
    assert states(shop, order)(shop.ann) == [("confirm", True), ("cancel", True)]
    assert states(shop, order)(shop.mo) == [("confirm", True)]
    assert states(shop, order)(shop.cleo) == []
    acme = shop.row("Order", order)["customer"]
    empty = shop.create(shop.ann, "Order", customer=acme)
    found: tuple[TransitionState, ...] = shop.app.store.transitions(
        shop.ann, shop.app.entity("Order"), empty.id
    )
    assert [(each.transition.name, [m.en for m in each.why_not]) for each in found] == [
        ("confirm", ["Add a line to 202611-002"]),
        ("cancel", []),
    ]
    with pytest.raises(NotFound):
        states(shop, order)(shop.bob)


def test_the_slower_of_two_is_told_who_did_what(shop: Shop, order: Saved) -> None:
    shop.press(shop.ann, order, "confirm")
    with pytest.raises(Rejected) as told:
        shop.press(shop.ann, order, "confirm")
    assert told.value.problems[0].message.en == (
        "“Confirm” is not possible any more: Ann did “Confirm”, and this is “Confirmed” now"
    )


def test_a_transition_from_an_old_page_is_a_conflict(shop: Shop, order: Saved) -> None:
    shop.update(shop.mo, "Order", order, remark="new")
    with pytest.raises(Conflict):
        shop.press(shop.ann, order, "confirm")


def test_of_many_at_once_one_wins(shop: Shop, order: Saved) -> None:
    """All press at the same time; stock moves once."""
    start = Barrier(4)

    def press() -> bool:
        start.wait()
        try:
            shop.press(shop.ann, order, "confirm")
        except (Rejected, Conflict):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = [future.result() for future in [pool.submit(press) for _ in range(4)]]
    assert sorted(won) == [False, False, False, True]
    assert [move["quantity"] for move in shop.app.rows("Move")] == [100, -4]


def test_what_a_transition_sets_off_can_stop_it_whole(shop: Shop) -> None:
    ink, acme = shop.product("Ink", stock=3), shop.create(shop.ann, "Customer", name="Acme")
    order = shop.create(
        shop.ann, "Order", Line({"product": ink.id, "quantity": 4}), customer=acme.id
    )
    before = shop.app.query("SELECT count(*) FROM _cw_history")
    with pytest.raises(Rejected) as refused:
        shop.press(shop.ann, order, "confirm")
    assert "Not enough Ink in stock" in refused.value.problems[0].message.en
    assert shop.row("Order", order)["status"] == "draft"
    assert shop.app.query("SELECT count(*) FROM _cw_history") == before
    assert shop.app.query("SELECT * FROM _cw_notice") == []
    assert [move["quantity"] for move in shop.app.rows("Move")] == [3]


def test_paying_moves_totals_tier_and_welcome(shop: Shop) -> None:
    gold = shop.product("Gold", "600")
    acme = shop.create(shop.ann, "Customer", name="Acme", credit=Decimal(70))
    order = shop.create(
        shop.ann, "Order", Line({"product": gold.id, "quantity": 2}), customer=acme.id
    )
    confirmed = shop.press(shop.ann, order, "confirm")
    paid = shop.press(shop.cleo, confirmed, "pay")
    row = shop.row("Customer", acme)
    assert (row["paid"], row["tier"], row["version"]) == (1200, "vip", 1)
    assert paid.notified == {shop.ann.user_id, shop.mo.user_id}
    (task,) = shop.app.rows("Task")
    assert (task["title"], task["assignee"]) == ("Visit Acme", shop.ann.user_id)
    assert shop.app.query("SELECT cause FROM _cw_history WHERE subject LIKE '%task'") == [
        ("rule shop.welcome",)
    ]
