"""Many records in one act: the good ones in, the bad ones told with their reasons."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from runtime.store.problems import Forbidden
from tests.runtime.store.conftest import Shop
from tests.support.running import SYSTEM


def test_good_rows_are_saved_and_bad_ones_told_with_their_reasons(shop: Shop) -> None:
    shop.create(shop.mo, "Customer", name="Acme")
    outcome = shop.app.store.create_many(
        shop.mo,
        shop.app.entity("Customer"),
        [
            {"name": "One"},
            {"name": ""},
            {"name": "Acme"},
            {"name": "Two", "owner": 99},
            {"name": "One"},
            {"name": "Two", "credit": Decimal(9_000)},
            {"name": "Two", "colour": 1},
            {"name": "Two"},
        ],
    )
    assert {place: [p.field for p in told] for place, told in outcome.problems.items()} == {
        1: ["name"],
        2: ["name"],
        3: ["owner"],
        4: ["name"],
        5: ["credit"],
        6: ["colour"],
    }
    rows = shop.app.rows("Customer")
    assert [row["name"] for row in rows] == ["Acme", "One", "Two"]
    assert outcome.saved == {0: rows[1]["id"], 7: rows[2]["id"]}
    assert len({row["code"] for row in rows}) == 3


def test_all_or_none(shop: Shop) -> None:
    entity = shop.app.entity("Customer")
    outcome = shop.app.store.create_many(
        shop.mo, entity, [{"name": "One"}, {"name": ""}], whole=True
    )
    assert (outcome.saved, list(outcome.problems)) == ({}, [1])
    assert shop.count("Customer") == 0


def test_a_row_that_breaks_the_sum_is_found_and_the_others_go_in(shop: Shop) -> None:
    pen = shop.product(stock=5)
    rows = [{"product": pen.id, "quantity": quantity} for quantity in (-1, -2, -9, 1)]
    outcome = shop.app.store.create_many(shop.mo, shop.app.entity("Move"), rows)
    assert list(outcome.problems) == [2]
    assert "Not enough Pen" in outcome.problems[2][0].message.en
    assert shop.row("Product", pen)["on_hand"] == 3


def test_totals_rules_and_notices_follow_a_batch(shop: Shop) -> None:
    gold = shop.product("Gold", "600")
    acme = shop.create(shop.ann, "Customer", name="Acme")
    orders = shop.app.store.create_many(
        SYSTEM,
        shop.app.entity("Order"),
        [{"customer": acme.id, "status": "paid"}] * 2,
        as_history=True,
    )
    lines = shop.app.store.create_many(
        SYSTEM,
        shop.app.entity("OrderLine"),
        [{"parent": id, "product": gold.id, "quantity": 1} for id in orders.saved.values()],
        tell=False,
    )
    assert lines.problems == {}
    row = shop.row("Customer", acme)
    assert (row["paid"], row["tier"]) == (1200, "vip")
    assert (lines.notices, shop.app.query("SELECT * FROM _cw_notice")) == (3, [])
    assert shop.count("Task") == 1


def test_history_may_set_states_numbers_and_times_and_says_so(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    then = datetime(1996, 7, 4, tzinfo=UTC)
    values = {
        "customer": acme.id,
        "status": "confirmed",
        "number": "10248",
        "created_at": then,
        "created_by": shop.bob.user_id,
    }
    entity = shop.app.entity("Order")
    outcome = shop.app.store.create_many(SYSTEM, entity, [values], as_history=True)
    row = shop.app.row("Order", outcome.saved[0])
    assert {name: row[name] for name in values} == values
    assert shop.app.query("SELECT action FROM _cw_history WHERE subject LIKE '%order'") == [
        ("import",)
    ]
    with pytest.raises(Forbidden):
        shop.app.store.create_many(shop.mo, entity, [values], as_history=True)
    plain = shop.app.store.create_many(shop.mo, entity, [values])
    assert {p.field for p in plain.problems[0]} == {
        "status",
        "number",
        "created_at",
        "created_by",
    }


def test_lines_go_where_the_person_may_change_the_record(shop: Shop) -> None:
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    order = shop.create(shop.ann, "Order", customer=acme.id)
    rows = [{"parent": order.id, "product": pen.id}]
    entity = shop.app.entity("OrderLine")
    refused = shop.app.store.create_many(shop.bob, entity, rows)
    assert [problem.field for problem in refused.problems[0]] == ["parent"]
    saved = shop.app.store.create_many(shop.ann, entity, rows)
    assert saved.problems == {}
    assert shop.row("Order", order)["version"] == 2


def test_many_are_changed_at_once(shop: Shop) -> None:
    ids = [
        shop.create(shop.ann, "Customer", name=name, region="south").id for name in ("A", "B", "C")
    ]
    theirs = shop.create(shop.bob, "Customer", name="D").id
    outcome = shop.app.store.update_many(
        shop.ann,
        shop.app.entity("Customer"),
        [
            (ids[0], {"region": "east"}),
            (ids[1], {"name": ""}),
            (theirs, {}),
            (ids[2], {"name": "A"}),
        ],
    )
    assert sorted(outcome.problems) == [1, 2, 3]
    assert [row["region"] for row in shop.app.rows("Customer")] == [
        "east",
        "south",
        "south",
        "north",
    ]
