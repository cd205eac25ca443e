"""Forms from page to record: values kept, errors at their places, no work lost or done twice."""

from __future__ import annotations

import itertools
import re
from html import unescape

from compiler.model.base import EntityId
from tests.runtime.web.browsing import Site, form_of

NAMES = (f"公司{number}" for number in itertools.count(1))


def customer(site: Site, role: str = "shop.Seller") -> int:
    return site.add(role, "shop.Customer", name=next(NAMES))


def product(site: Site, price: int = 10) -> int:
    return site.add("shop.Boss", "shop.Product", name=next(NAMES), price=price)


def order(site: Site, *quantities: int) -> int:
    lines = [{"product": product(site), "quantity": quantity} for quantity in quantities]
    return site.add("shop.Seller", "shop.Order", {"lines": lines}, customer=customer(site))


def values(site: Site, entity: str, id: int) -> dict[str, object]:
    reader = site.host.serving.store.reader(site.actor("shop.Boss"))
    return dict(reader.get(EntityId(entity), id).values)


def errors_at(page: str) -> dict[str, str]:
    """The texts of the errors that stand at inputs, by the id of the input."""
    found = re.findall(r'<p class="field-error" id="([^"]+)-error">.*?</svg>(.*?)</p>', page, re.S)
    return {id: unescape(text) for id, text in found}


def test_a_record_goes_through_the_form_and_back(shop: Site) -> None:
    seller, name = shop.browser("shop.Seller"), next(NAMES)
    saved = seller.fill(
        "/shop/customer/new",
        name=name,
        kind="big",
        remarks="\n第一行\n第二行",
        visited="2026-11-20",
    )
    assert saved.status_code == 303
    path = saved.headers["location"]
    form = seller.form(f"{path}/edit")
    assert form.values["name"] == [name]
    assert form.values["kind"] == ["big"]
    assert form.values["visited"] == ["2026-11-20"]
    assert form.values["remarks"][0].strip() == "第一行\n第二行"
    assert seller.send(form, kind="", visited="").headers["location"] == path
    kept = values(shop, "shop.Customer", int(path.rpartition("/")[2]))
    assert (kept["name"], kept["kind"], kept["visited"]) == (name, None, None)


def test_what_an_act_did_is_said_once(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    path = seller.fill("/shop/customer/new", name=next(NAMES)).headers["location"]
    assert "Created" in seller.page(path)
    assert "Created" not in seller.page(path)


def test_a_warning_is_told_and_stops_nothing(shop: Site) -> None:
    seller, lamp = shop.browser("shop.Seller"), product(shop)
    form = seller.form(f"/shop/order/new?customer={customer(shop)}", "/shop/order/new")
    saved = seller.send(form, lines__0__product=str(lamp), lines__0__quantity="101")
    assert "That is a lot of" in seller.page(saved.headers["location"])


def test_wrong_input_comes_back_with_the_errors_at_their_fields(shop: Site) -> None:
    seller, lamp = shop.browser("shop.Seller"), product(shop)
    answer = seller.fill(
        "/shop/order/new",
        placed="soon",
        note="stays",
        lines__0__product=str(lamp),
        lines__0__quantity="none",
        lines__1__quantity="0",
        lines__2__quantity="1",
    )
    assert answer.status_code == 422
    found = errors_at(answer.text)
    assert {"f-customer", "f-placed", "f-lines.0.quantity", "f-lines.1.quantity"} <= found.keys()
    form = form_of(answer, "/shop/order/new")
    assert form.values["placed"] == ["soon"]
    assert form.values["note"] == ["stays"]
    assert form.values["lines.0.product"] == [str(lamp)]
    assert form.values["lines.0.quantity"] == ["none"]


def test_what_the_store_refuses_comes_back_at_its_field(shop: Site) -> None:
    seller, taken = shop.browser("shop.Seller"), next(NAMES)
    shop.add("shop.Seller", "shop.Customer", name=taken)
    answer = seller.fill("/shop/customer/new", name=taken, remarks="stays")
    assert answer.status_code == 422
    assert errors_at(answer.text).keys() == {"f-name"}
    form = form_of(answer, "/shop/customer/new")
    assert form.values["remarks"] == ["stays"]
    assert seller.send(form, name=next(NAMES)).status_code == 303


def test_a_refusal_of_a_line_stands_at_the_line(shop: Site) -> None:
    seller, lamp = shop.browser("shop.Seller"), product(shop)
    form = seller.form(f"/shop/order/new?customer={customer(shop)}", "/shop/order/new")
    answer = seller.send(
        form,
        lines__0__product=str(lamp), lines__0__quantity="1",
        lines__1__product=str(lamp), lines__1__quantity="0",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "f-lines.1.quantity" in errors_at(answer.text)


def test_a_name_typed_without_script_finds_its_record(shop: Site) -> None:
    seller, id = shop.browser("shop.Seller"), customer(shop)
    name = str(values(shop, "shop.Customer", id)["name"])
    form = seller.form("/shop/order/new")
    assert seller.send(form, customer__text=name).status_code == 303
    wrong = seller.send(seller.form("/shop/order/new"), customer__text="nobody")
    assert wrong.status_code == 422
    assert "nobody" in errors_at(wrong.text)["f-customer"]


def test_lines_are_added_and_taken_out_without_script(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    path = f"/shop/order/{order(shop, 1, 2)}/edit"
    more = form_of(seller.send(seller.form(path), **{"cw-add": "lines"}), path)
    assert {"lines.0.quantity", "lines.1.quantity", "lines.2.quantity"} <= more.values.keys()
    less = form_of(seller.send(more, **{"cw-remove": "lines.0"}), path)
    assert "lines.0.quantity" not in less.values
    assert less.values["lines.1.quantity"] == ["2"]


def test_a_form_sent_twice_is_saved_once(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    form, id = seller.form("/shop/order/new"), str(customer(shop))
    before = shop.count("shop.Order")
    first = seller.send(form, customer=id)
    again = seller.send(form, customer=id)
    assert first.headers["location"] == again.headers["location"]
    assert shop.count("shop.Order") == before + 1
    other = seller.send(form, customer=id, note="another one")
    assert other.headers["location"] != first.headers["location"]


def test_an_edit_sent_twice_is_no_conflict(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    path = f"/shop/customer/{customer(shop)}/edit"
    form = seller.form(path)
    answers = [seller.send(form, remarks="new") for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]


def test_a_conflict_shows_both_values_and_drops_nothing(shop: Site) -> None:
    boss, seller = shop.browser("shop.Boss"), shop.browser("shop.Seller")
    id = customer(shop)
    path = f"/shop/customer/{id}/edit"
    mine, theirs = seller.form(path), boss.form(path)
    assert boss.send(theirs, remarks="theirs", kind="big").status_code == 303
    answer = seller.send(mine, remarks="mine")
    assert answer.status_code == 409
    assert "theirs" in answer.text
    merged = form_of(answer, path)
    assert merged.values["remarks"] == ["mine"]
    assert merged.values["kind"] == ["big"]
    assert merged.values["cw-choose.remarks"] == ["mine"]
    chosen = seller.send(merged, **{"cw-choose.remarks": "theirs"})
    assert chosen.status_code == 303
    kept = values(shop, "shop.Customer", id)
    assert (kept["remarks"], kept["kind"]) == ("theirs", "big")


def test_a_conflict_keeps_the_lines_of_both(shop: Site) -> None:
    boss, seller = shop.browser("shop.Boss"), shop.browser("shop.Seller")
    id = order(shop, 1, 2, 3)
    path = f"/shop/order/{id}/edit"
    mine, theirs = seller.form(path), boss.form(path)
    for name in ("id", "version", "product", "product.text", "quantity"):
        theirs.values.pop(f"lines.0.{name}")
    added = str(product(shop))
    boss.send(theirs, lines__1__quantity="20", lines__9__product=added, lines__9__quantity="4")
    answer = seller.send(mine, lines__0__quantity="10", lines__2__quantity="30")
    assert answer.status_code == 409
    for told in ("deleted this line", "changed this line to: Quantity 20", "added this line"):
        assert told in answer.text
    saved = seller.send(form_of(answer, path))
    assert saved.status_code == 303
    amounts = [line["quantity"] for line in lines_of(shop, id)]
    assert sorted(map(str, amounts)) == ["10", "2", "30", "4"]


def lines_of(site: Site, id: int) -> list[dict[str, object]]:
    from runtime.store.query import ListQuery

    query = ListQuery(columns=(("quantity",),), size=500)
    reader = site.host.serving.store.reader(site.actor("shop.Boss"))
    rows = reader.related(EntityId("shop.Order"), id, "lines", query).rows
    return [{"quantity": row.cells[0]} for row in rows]


def test_a_form_holds_all_lines_however_many(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    lines = [{"product": product(shop), "quantity": 1} for _ in range(230)]
    id = shop.add("shop.Seller", "shop.Order", {"lines": lines}, customer=customer(shop))
    assert seller.fill(f"/shop/order/{id}/edit", note="only this").status_code == 303
    assert len(lines_of(shop, id)) == 230


def test_a_change_needs_the_token_of_the_session(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    id = customer(shop)
    form = seller.form(f"/shop/customer/{id}/edit")
    form.values["remarks"] = ["forged"]
    for token in ("", "another"):
        form.values["cw-csrf"] = [token]
        assert seller.send(form).status_code == 403
    foreign = {"origin": "https://evil.example"}
    sent = seller.client.post(form.action, data=form.values, headers=foreign)
    assert sent.status_code == 403
    assert values(shop, "shop.Customer", id)["remarks"] is None


def test_a_form_of_an_ended_session_asks_to_sign_in(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    form = seller.form("/shop/customer/new")
    seller.client.cookies.clear()
    answer = seller.send(form, name=next(NAMES))
    assert answer.status_code == 401


def test_a_step_says_why_not_and_asks_before_it_is_taken(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    empty = f"/shop/order/{shop.add('shop.Seller', 'shop.Order', customer=customer(shop))}"
    assert "Add at least one line" in seller.page(empty)
    refused = seller.send(seller.form(empty + "/do/place"))
    assert refused.status_code == 422
    path = f"/shop/order/{order(shop, 2)}"
    record = form_of(seller.get(path), f"{path}/do/place")
    taken = [seller.send(record) for _ in range(2)]
    assert [each.headers["location"] for each in taken] == [path, path]
    assert "Now: Placed" in seller.page(path)
    asked = seller.fill(f"{path}/do/cancel", reason="")
    assert asked.status_code == 422
    assert "f-reason" in errors_at(asked.text)
    assert seller.fill(f"{path}/do/cancel", reason="顾客改变主意").status_code == 303
    assert "Now: Cancelled" in (page := seller.page(path))
    assert "顾客改变主意" in page


def test_an_action_is_a_button_on_a_record_without_a_flow(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    path = f"/shop/customer/{customer(shop)}"
    assert f"{path}/do/remark" in seller.page(path)
    assert seller.fill(f"{path}/do/remark", saying="").status_code == 422
    assert seller.fill(f"{path}/do/remark", saying="常来").status_code == 303
    page = seller.page(path)
    assert "Add a remark" in page
    assert "常来" in page


def test_a_step_on_a_record_that_moved_on_is_refused(shop: Site) -> None:
    seller, boss = shop.browser("shop.Seller"), shop.browser("shop.Boss")
    path = f"/shop/order/{order(shop, 2)}"
    stale = form_of(seller.get(path), f"{path}/do/place")
    boss.fill(f"{path}/do/cancel", reason="too late")
    answer = seller.send(stale)
    assert answer.status_code == 422
    assert "Cancelled" in answer.text


def test_a_closed_record_is_not_edited(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    path = f"/shop/order/{order(shop, 1)}"
    stale = seller.form(f"{path}/edit")
    seller.send(form_of(seller.get(path), f"{path}/do/place"))
    assert seller.send(stale, note="too late").status_code in (409, 422)


def test_a_deletion_is_refused_with_its_reason_and_done_once(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    used = customer(shop)
    shop.add("shop.Seller", "shop.Order", customer=used)
    refused = seller.fill(f"/shop/customer/{used}/delete")
    assert refused.status_code == 422
    assert "Order" in refused.text
    path = f"/shop/customer/{customer(shop)}"
    form = seller.form(f"{path}/delete")
    answers = [seller.send(form) for _ in range(2)]
    assert [each.headers["location"] for each in answers] == ["/shop/customer"] * 2
    assert seller.get(path).status_code == 404


def test_before_a_deletion_it_says_which_lines_go_with_the_record(shop: Site) -> None:
    id = order(shop, 1)
    assert "1 line goes with it" in shop.browser("shop.Boss").page(f"/shop/order/{id}/delete")


def test_an_owned_line_is_changed_in_its_owners_form_alone(shop: Site) -> None:
    boss = shop.browser("shop.Boss")
    id = order(shop, 1)
    page = boss.page("/shop/line")
    line = re.findall(r'href="(/shop/line/\d+)"', page)[0]
    assert f'href="/shop/order/{id}"' in page or "/shop/order/" in page
    shown = boss.page(line)
    assert 'href="/shop/order/' in shown
    assert f'{line}/edit"' not in shown
    assert boss.get(f"{line}/edit").status_code == 403
    assert boss.get(f"{line}/delete").status_code == 403
    assert boss.get("/shop/line/new").status_code == 404
