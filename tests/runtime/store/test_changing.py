"""Creating, changing and deleting records: what goes in, what is refused, what is left."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runtime.store.problems import Conflict, Difference, Forbidden, NotFound, Problem, Rejected
from runtime.store.records import Line, Saved
from tests.runtime.store.conftest import Shop
from tests.support.running import SYSTEM


def problems(refused: pytest.ExceptionInfo[Rejected]) -> list[tuple[str | None, int | None, str]]:
    found: tuple[Problem, ...] = refused.value.problems
    return [(each.field, each.line, each.message.en) for each in found]


# --- what a new record begins with ---------------------------------------------------------------


def test_a_new_record_has_defaults_a_number_and_its_history(shop: Shop) -> None:
    saved = shop.create(shop.ann, "Customer", name="  Acme  ", skills={"sewing"})
    row = shop.row("Customer", saved)
    assert row["name"] == "Acme"
    assert row["owner"] == shop.ann.user_id
    assert row["region"] == "north"
    assert row["code"] == "C-2026-0001"
    assert row["paid"] == Decimal("0.00")
    assert row["tier"] == "normal"
    assert row["version"] == saved.version == 1
    assert row["created_at"] == shop.app.clock.at
    assert row["created_by"] == shop.ann.user_id
    assert shop.app.query(
        "SELECT actor, action FROM _cw_history WHERE subject LIKE '%customer'"
    ) == [(shop.ann.user_id, "create")]


def test_serial_numbers_go_on_and_restart_with_their_date_part(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    first = [shop.row("Order", shop.create(shop.ann, "Order", customer=acme.id)) for _ in range(2)]
    shop.app.clock.advance(days=31)
    after = shop.row("Order", shop.create(shop.ann, "Order", customer=acme.id))
    assert [row["number"] for row in (*first, after)] == ["202611-001", "202611-002", "202612-001"]


def test_the_number_of_a_refused_record_leaves_nothing(shop: Shop) -> None:
    with pytest.raises(Rejected):
        shop.create(shop.ann, "Customer", name="Acme", credit=Decimal(9_000))
    assert shop.count("Customer") == 0
    assert shop.app.query("SELECT * FROM _cw_history WHERE subject LIKE '%customer'") == []


def test_a_default_reads_what_was_given(shop: Shop) -> None:
    pen, acme = shop.product(price="2.50"), shop.create(shop.ann, "Customer", name="Acme")
    order = shop.create(
        shop.ann,
        "Order",
        Line({"product": pen.id, "quantity": 4}),
        customer=acme.id,
    )
    (line,) = shop.app.rows("OrderLine")
    assert (line["parent"], line["price"], line["amount"]) == (order.id, Decimal("2.50"), 10)
    assert shop.row("Order", order)["amount"] == 10


# --- what fields demand --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": None}, "name", "required"),
        ({"credit": Decimal(-1)}, "credit", "at least"),
        ({"credit": Decimal("5000.01")}, "credit", "at most"),
        ({"size": 0}, "size", "form"),
        ({"region": "eu"}, "vat", "required"),
        ({"owner": None}, "owner", "required"),
        ({"name": "x" * 61}, "name", "60"),
        ({"phone": 12}, "phone", ""),
        ({"skills": {"dancing"}}, "skills", "dancing"),
        ({"paid": Decimal(1)}, "paid", "cannot be changed"),
        ({"code": "C-1"}, "code", "cannot be changed"),
        ({"id": 7}, "id", "cannot be changed"),
        ({"created_by": 1}, "created_by", "cannot be changed"),
        ({"contract": "x", "locked": True}, "contract", "cannot be changed"),
        ({"colour": "red"}, "colour", "no field"),
        ({"orders": [1]}, "orders", "no field"),
        ({"owner": 999}, "owner", "no such record"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(
    shop: Shop, values: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(Rejected) as refused:
        shop.create(shop.ann, "Customer", **{"name": "Acme", **values})
    ((where, line, message),) = problems(refused)
    assert (where, line) == (field, None)
    assert words in message
    assert shop.count("Customer") == 0


def test_all_wrong_values_are_told_at_once_lines_included(shop: Shop) -> None:
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    with pytest.raises(Rejected) as refused:
        shop.create(
            shop.ann,
            "Order",
            Line({"product": pen.id}),
            Line({"product": 999}),
            Line({"product": pen.id, "quantity": 0}),
            customer=acme.id,
            remark="x" * 101,
        )
    assert [(field, line) for field, line, _ in problems(refused)] == [
        ("remark", None),
        ("product", 1),
    ]
    with pytest.raises(Rejected) as refused:
        shop.create(
            shop.ann,
            "Order",
            Line({"product": pen.id}),
            Line({"product": pen.id, "quantity": 0}),
            customer=acme.id,
        )
    assert ("quantity", 1) in [(field, line) for field, line, _ in problems(refused)]


def test_a_refusal_is_told_in_both_languages(shop: Shop) -> None:
    with pytest.raises(Rejected) as refused:
        shop.create(shop.ann, "Customer", name="")
    (problem,) = refused.value.problems
    assert problem.message.zh == "此字段必填"


def test_nobody_can_have_the_same_name_and_only_a_reader_is_told_who_has_it(shop: Shop) -> None:
    shop.create(shop.ann, "Customer", name="Acme", phone="aB1")
    with pytest.raises(Rejected) as told:
        shop.create(shop.ann, "Customer", name="Acme")
    assert problems(told) == [("name", None, "this Company is already taken by Acme")]
    with pytest.raises(Rejected) as untold:
        shop.create(shop.bob, "Customer", name="Zeta", phone="Ab1")
    ((field, _, message),) = problems(untold)
    assert field == "phone"
    assert "Acme" not in message
    shop.create(shop.bob, "Customer", name="Zeta")
    shop.create(shop.bob, "Customer", name="Yota")


def test_a_check_refuses_the_state_after_the_act_and_names_its_record(shop: Shop) -> None:
    pen = shop.product(stock=5)
    with pytest.raises(Rejected) as refused:
        shop.create(shop.mo, "Move", product=pen.id, quantity=-6)
    (problem,) = refused.value.problems
    assert problem.message.en == "Product “Pen”, On hand: Not enough Pen in stock"
    assert problem.origin is not None
    assert shop.count("Move") == 1


# --- access --------------------------------------------------------------------------------------


def test_what_one_may_not_read_is_not_there(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    with pytest.raises(NotFound):
        shop.update(shop.bob, "Customer", acme, name="Mine")
    with pytest.raises(NotFound):
        shop.delete(shop.bob, "Customer", acme)
    with pytest.raises(NotFound):
        shop.app.store.update(shop.ann, shop.app.entity("Customer"), 999, 1, {})
    with pytest.raises(Rejected) as refused:
        shop.create(shop.bob, "Order", customer=acme.id)
    assert problems(refused) == [("customer", None, "there is no such record of Customer")]


def test_what_one_may_read_but_not_do_is_forbidden_in_words(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    with pytest.raises(Forbidden) as refused:
        shop.update(shop.cleo, "Customer", acme, name="Mine")
    assert refused.value.message.en == "you may not change this Customer"
    with pytest.raises(Forbidden):
        shop.delete(shop.ann, "Customer", acme)
    with pytest.raises(Forbidden):
        shop.create(shop.cleo, "Customer", name="Zeta")
    assert shop.row("Customer", acme)["name"] == "Acme"


def test_rights_to_create_are_tested_on_the_new_record(shop: Shop) -> None:
    theirs = shop.create(shop.mo, "Customer", name="Acme", owner=shop.ann.user_id)
    assert shop.create(shop.ann, "Order", customer=theirs.id).version == 1
    with pytest.raises(Forbidden):
        shop.create(shop.bob, "Task", title="x", assignee=shop.bob.user_id)


def test_a_record_may_be_given_away(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    given = shop.update(shop.ann, "Customer", acme, owner=shop.bob.user_id)
    with pytest.raises(NotFound):
        shop.update(shop.ann, "Customer", given, name="Back")


def test_a_form_may_send_what_it_shows_though_it_may_not_be_changed(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    row = shop.row("Customer", acme)
    saved = shop.update(
        shop.ann, "Customer", acme, code=row["code"], paid=row["paid"], region="north", name="B"
    )
    assert saved.version == 2
    with pytest.raises(Rejected):
        shop.update(shop.ann, "Customer", saved, code="C-9")


# --- changing ------------------------------------------------------------------------------------


def test_a_change_is_kept_with_what_it_was(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme", credit=Decimal("10.50"))
    shop.app.clock.advance(hours=1)
    saved = shop.update(shop.mo, "Customer", acme, name="Acme Ltd", credit=None, region="north")
    row = shop.row("Customer", saved)
    assert (saved.version, row["version"], row["changed_by"]) == (2, 2, shop.mo.user_id)
    assert row["changed_at"] == shop.app.clock.at != row["created_at"]
    assert shop.app.query(
        "SELECT version, actor, name, old, new FROM _cw_history WHERE action = 'change' ORDER BY id"
    ) == [
        (2, shop.mo.user_id, "name", "Acme", "Acme Ltd"),
        (2, shop.mo.user_id, "credit", "10.50", None),
    ]


def test_saving_nothing_new_changes_nothing(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    assert shop.update(shop.ann, "Customer", acme, name="Acme").version == 1
    assert len(shop.app.query("SELECT id FROM _cw_history WHERE subject LIKE '%customer'")) == 1


def test_a_stale_save_is_told_what_both_did(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme", phone="1", region="south")
    shop.update(shop.mo, "Customer", acme, name="Acme Ltd", region="west", note="secret")
    with pytest.raises(Conflict) as told:
        shop.update(shop.ann, "Customer", acme, name="Acme Inc", phone="2", region="south")
    assert told.value.version == 2
    assert told.value.fields == {"name": Difference("Acme", "Acme Inc", "Acme Ltd")}
    assert told.value.taken_in == {"region": "west", "note": "secret"}
    assert told.value.who == shop.mo.user_id
    assert shop.row("Customer", acme)["name"] == "Acme Ltd"


def test_a_conflict_shows_nothing_that_may_not_be_read(shop: Shop) -> None:
    acme = shop.create(shop.mo, "Customer", name="Acme", owner=shop.ann.user_id)
    shop.update(shop.mo, "Customer", acme, note="secret", credit=Decimal(5))
    with pytest.raises(Conflict) as told:
        shop.update(shop.cleo, "Customer", acme, name="x")
    assert dict(told.value.taken_in) == {}
    assert dict(told.value.fields) == {}


def test_what_is_only_appended_never_changes(shop: Shop) -> None:
    shop.product(stock=3)
    (move,) = shop.app.rows("Move")
    store, entity = shop.app.store, shop.app.entity("Move")
    admin = shop.app.person("Root", "std.Admin")
    with pytest.raises(Forbidden):
        store.update(admin, entity, move["id"], 1, {"quantity": 4})
    with pytest.raises(Forbidden):
        store.delete(admin, entity, move["id"], 1)
    with pytest.raises(Forbidden):
        store.delete(SYSTEM, entity, move["id"], 1)


def test_sets_and_many_to_many_are_kept_and_compared_whole(shop: Shop) -> None:
    fair = shop.create(shop.mo, "Campaign", name="Fair", spots=2)
    web = shop.create(shop.mo, "Campaign", name="Web", spots=5)
    acme = shop.create(
        shop.mo, "Customer", name="Acme", skills={"sewing", "welding"}, campaigns=[fair.id]
    )
    assert shop.row("Customer", acme)["spots"] == 2
    saved = shop.update(shop.mo, "Customer", acme, skills={"welding"}, campaigns=[fair.id, web.id])
    assert shop.row("Customer", saved)["spots"] == 7
    assert shop.app.query(
        "SELECT name, old, new FROM _cw_history WHERE action = 'change' ORDER BY id"
    ) == [
        ("skills", '["sewing", "welding"]', '["welding"]'),
        ("campaigns", f"[{fair.id}]", f"[{fair.id}, {web.id}]"),
    ]
    shop.update(shop.mo, "Campaign", web, spots=6)
    assert shop.row("Customer", saved)["spots"] == 8
    shop.update(shop.mo, "Campaign", fair, customers=[])
    assert shop.row("Customer", saved)["spots"] == 6


# --- owned lines ---------------------------------------------------------------------------------


def test_lines_are_created_changed_and_deleted_with_their_record(shop: Shop) -> None:
    pen, ink = shop.product("Pen"), shop.product("Ink", "20")
    acme = shop.create(shop.ann, "Customer", name="Acme")
    order = shop.create(
        shop.ann,
        "Order",
        Line({"product": pen.id, "quantity": 4}),
        Line({"product": ink.id}),
        customer=acme.id,
    )
    first, second = shop.app.rows("OrderLine")
    cup = shop.product("Cup", "3")
    order = shop.update(
        shop.ann,
        "Order",
        order,
        Line({"quantity": 6}, first["id"]),
        Line({"product": cup.id, "quantity": 2}),
    )
    lines = shop.app.rows("OrderLine")
    assert [(line["product"], line["quantity"], line["version"]) for line in lines] == [
        (pen.id, 6, 2),
        (cup.id, 2, 1),
    ]
    assert order.version == 2
    assert shop.row("Order", order)["amount"] == 21
    assert shop.app.query(
        f"SELECT name, old FROM _cw_history WHERE action = 'delete' AND record = {second['id']}"
        " AND subject LIKE '%line' ORDER BY id"
    ) == [
        ("", None),
        ("parent", str(order.id)),
        ("product", str(ink.id)),
        ("quantity", "1"),
        ("price", "20.00"),
    ]


def test_a_line_of_another_record_is_no_line_of_this_one(shop: Shop) -> None:
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    theirs = shop.create(shop.ann, "Order", Line({"product": pen.id}), customer=acme.id)
    mine = shop.create(shop.ann, "Order", customer=acme.id)
    (line,) = shop.app.rows("OrderLine")
    with pytest.raises(Rejected):
        shop.update(shop.ann, "Order", mine, Line({"quantity": 9}, line["id"]))
    assert shop.app.rows("OrderLine") == [line]
    assert shop.row("Order", theirs)["version"] == 1


def test_a_changed_line_makes_a_form_of_its_record_stale(shop: Shop) -> None:
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    order = shop.create(shop.ann, "Order", Line({"product": pen.id}), customer=acme.id)
    (line,) = shop.app.rows("OrderLine")
    shop.app.store.update(shop.ann, shop.app.entity("OrderLine"), line["id"], 1, {"quantity": 2})
    with pytest.raises(Conflict):
        shop.update(shop.ann, "Order", order, remark="late")


def test_a_line_may_only_be_changed_by_who_may_change_its_record(shop: Shop) -> None:
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    shop.create(shop.ann, "Order", Line({"product": pen.id}), customer=acme.id)
    (line,) = shop.app.rows("OrderLine")
    store, entity = shop.app.store, shop.app.entity("OrderLine")
    with pytest.raises(NotFound):
        store.update(shop.bob, entity, line["id"], 1, {"quantity": 2})
    with pytest.raises(Forbidden):
        store.update(shop.cleo, entity, line["id"], 1, {"quantity": 2})


# --- deleting ------------------------------------------------------------------------------------


def test_what_is_referred_to_stays_and_only_readable_referrers_are_named(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    shop.create(shop.ann, "Order", customer=acme.id)
    with pytest.raises(Rejected) as refused:
        shop.delete(shop.mo, "Customer", acme)
    assert "202611-001" in refused.value.problems[0].message.en
    assert shop.count("Customer") == 1


def test_a_line_by_itself_is_as_closed_as_the_lines_of_its_record(shop: Shop) -> None:
    pen = shop.product("Pen")
    acme = shop.create(shop.ann, "Customer", name="Acme")
    order = shop.create(shop.ann, "Order", Line({"product": pen.id}), customer=acme.id)
    line = shop.app.rows("OrderLine")[0]
    kept = Saved(line["id"], line["version"])
    kept = shop.update(shop.ann, "OrderLine", kept, quantity=2)
    changed = shop.app.row("Order", order.id)
    shop.press(shop.ann, Saved(order.id, changed["version"]), "confirm")
    with pytest.raises(Rejected) as refused:
        shop.update(shop.ann, "OrderLine", kept, quantity=3)
    assert problems(refused) == [("quantity", None, "the lines cannot be changed now")]
    with pytest.raises(Rejected) as refused:
        shop.delete(shop.ann, "OrderLine", kept)
    assert problems(refused) == [("parent", None, "the lines cannot be changed now")]
    outcome = shop.app.store.update_many(
        shop.ann, shop.app.entity("OrderLine"), [(kept.id, {"quantity": 3})]
    )
    assert outcome.saved == {}


def test_deleting_takes_lines_and_cascades_and_clears(shop: Shop) -> None:
    pen, acme = shop.product(), shop.create(shop.ann, "Customer", name="Acme")
    order = shop.create(shop.ann, "Order", Line({"product": pen.id}), customer=acme.id)
    order = shop.press(shop.ann, order, "confirm")
    shop.create(shop.mo, "Task", title="Call", assignee=shop.ann.user_id, customer=acme.id)
    shop.delete(shop.ann, "Order", order)
    assert (shop.count("Order"), shop.count("OrderLine")) == (0, 0)
    assert [move["order"] for move in shop.app.rows("Move")] == [None, None]
    shop.delete(shop.mo, "Customer", acme)
    assert (shop.count("Customer"), shop.count("Task")) == (0, 0)


def test_an_id_is_never_given_twice(shop: Shop) -> None:
    fair = shop.create(shop.mo, "Campaign", name="Fair")
    shop.delete(shop.mo, "Campaign", fair)
    assert shop.create(shop.mo, "Campaign", name="Fair").id > fair.id


# --- numbers -------------------------------------------------------------------------------------


def test_a_number_too_large_to_keep_is_refused_wherever_it_arises(shop: Shop) -> None:
    acme = shop.create(shop.ann, "Customer", name="Acme")
    huge = Decimal("9" * 15 + ".99")
    gold, ink = shop.product("Gold", str(huge)), shop.product("Ink", str(huge))
    with pytest.raises(Rejected) as refused:
        shop.create(shop.mo, "Order", Line({"product": gold.id, "quantity": 50}), customer=acme.id)
    assert problems(refused) == [("amount", 0, "this number is too large to be kept")]
    with pytest.raises(Rejected):
        shop.create(
            shop.mo,
            "Order",
            Line({"product": gold.id, "quantity": 9}),
            Line({"product": ink.id, "quantity": 9}),
            customer=acme.id,
        )
    order = shop.create(
        shop.mo, "Order", Line({"product": gold.id, "quantity": 9}), customer=acme.id
    )
    (line,) = shop.app.rows("OrderLine")
    lines = (Line({}, line["id"]), Line({"product": ink.id, "quantity": 9}))
    with pytest.raises(Rejected) as refused:
        shop.update(shop.mo, "Order", order, *lines)
    assert "too large" in refused.value.problems[0].message.en
    assert shop.row("Order", order)["amount"] == huge * 9


def test_what_one_leaves_another_can_take_in_the_same_act(shop: Shop) -> None:
    one = shop.create(shop.mo, "Customer", name="One", phone="1")
    two = shop.create(shop.mo, "Customer", name="Two", phone="2")
    entity = shop.app.entity("Customer")
    outcome = shop.app.store.update_many(
        shop.mo, entity, [(one.id, {"phone": None}), (two.id, {"phone": "1"})], whole=True
    )
    assert outcome.problems == {}
    swapped = [(one.id, {"name": "Two"}), (two.id, {"name": "One"})]
    refused = shop.app.store.update_many(shop.mo, entity, swapped, whole=True)
    assert refused.saved == {}
    assert [row["name"] for row in shop.app.rows("Customer")] == ["One", "Two"]
