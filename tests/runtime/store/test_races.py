"""Acts at the same time: nothing is lost, nothing is given twice, and who came second is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from runtime.store.problems import Conflict, Rejected
from runtime.store.records import Line
from tests.runtime.store.conftest import Shop

AT_ONCE = 6


def together(work: Callable[[int], object]) -> list[object]:
    """What each of several threads that begin together returns or raises."""
    start = Barrier(AT_ONCE)

    def run(number: int) -> object:
        start.wait()
        try:
            return work(number)
        except (Conflict, Rejected) as refused:
            return refused

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [each.result() for each in [pool.submit(run, n) for n in range(AT_ONCE)]]


def kinds(results: list[object]) -> dict[str, int]:
    names = [type(each).__name__ for each in results]
    return {name: names.count(name) for name in names}


def test_no_update_is_lost(shop: Shop) -> None:
    acme = shop.create(shop.mo, "Customer", name="Acme")
    done = together(lambda n: shop.update(shop.mo, "Customer", acme, name=f"Acme {n}"))
    assert kinds(done) == {"Saved": 1, "Conflict": AT_ONCE - 1}
    assert shop.row("Customer", acme)["version"] == 2


def test_one_name_is_given_once_and_the_others_are_told_in_words(shop: Shop) -> None:
    done = together(lambda n: shop.create(shop.mo, "Customer", name="Acme"))
    assert kinds(done) == {"Saved": 1, "Rejected": AT_ONCE - 1}
    told = {p.message.en for each in done if isinstance(each, Rejected) for p in each.problems}
    assert told == {"this Company is already taken by Acme"}
    assert shop.count("Customer") == 1


def test_no_number_is_given_twice(shop: Shop) -> None:
    done = together(lambda n: shop.create(shop.mo, "Customer", name=f"Acme {n}"))
    assert kinds(done) == {"Saved": AT_ONCE}
    codes = sorted(str(row["code"]) for row in shop.app.rows("Customer"))
    assert codes == [f"C-2026-{n + 1:04}" for n in range(AT_ONCE)]


def test_stock_cannot_be_oversold(shop: Shop) -> None:
    pen = shop.product(stock=3)
    done = together(lambda n: shop.create(shop.mo, "Move", product=pen.id, quantity=-1))
    assert kinds(done) == {"Saved": 3, "Rejected": AT_ONCE - 3}
    assert shop.row("Product", pen)["on_hand"] == 0


def test_a_total_counts_what_is_added_at_the_same_time(shop: Shop) -> None:
    gold = shop.product("Gold", "10", stock=0)
    acme = shop.create(shop.mo, "Customer", name="Acme")

    def add(number: int) -> object:
        product = shop.product(f"P{number}", "1", stock=0)
        lines = (Line({"product": gold.id}), Line({"product": product.id}))
        return shop.create(shop.mo, "Order", *lines, customer=acme.id)

    orders = together(add)
    assert kinds(orders) == {"Saved": AT_ONCE}

    def pay(number: int) -> object:
        order = orders[number]
        for name in ("pay",):
            order = shop.press(shop.mo, order, name)  # type: ignore[arg-type]
        return order

    def stock(number: int) -> object:
        return shop.create(shop.mo, "Move", product=gold.id, quantity=number)

    assert kinds(together(stock)) == {"Saved": AT_ONCE}
    assert shop.row("Product", gold)["on_hand"] == sum(range(AT_ONCE))
    for product in shop.app.rows("Product")[1:]:
        shop.create(shop.mo, "Move", product=product["id"], quantity=1)
    orders[:] = [shop.press(shop.mo, order, "confirm") for order in orders]  # type: ignore[arg-type]
    assert kinds(together(pay)) == {"Saved": AT_ONCE}
    assert shop.row("Customer", acme)["paid"] == Decimal(11 * AT_ONCE)


def test_a_record_is_not_deleted_from_under_one_that_refers_to_it(shop: Shop) -> None:
    acme = shop.create(shop.mo, "Customer", name="Acme")

    def work(number: int) -> object:
        if number == 0:
            return shop.delete(shop.mo, "Customer", acme)
        return shop.create(shop.mo, "Order", customer=acme.id)

    done = together(work)
    deleted = not isinstance(done[0], Rejected)
    assert deleted == (shop.count("Customer") == 0)
    assert all(isinstance(each, Rejected) == deleted for each in done[1:]) or not deleted
    assert {row["customer"] for row in shop.app.rows("Order")} <= {acme.id}
    if deleted:
        assert shop.count("Order") == 0


def test_an_act_that_fails_leaves_those_beside_it_alone(shop: Shop) -> None:
    """Acts that wait share a transaction on SQLite; one that is refused is undone alone."""

    def work(number: int) -> object:
        credit = Decimal(9_000 if number % 2 else 1)
        return shop.create(shop.mo, "Customer", name=f"Acme {number}", credit=credit)

    assert kinds(together(work)) == {"Saved": AT_ONCE / 2, "Rejected": AT_ONCE / 2}
    assert shop.count("Customer") == AT_ONCE / 2
    history = shop.app.query("SELECT count(*) FROM _cw_history WHERE subject LIKE '%customer'")
    assert history == [(AT_ONCE // 2,)]


def test_an_error_of_ours_leaves_nothing(shop: Shop) -> None:
    def broken(act: object) -> None:
        from runtime.store import changing
        from runtime.store.act import Act

        assert isinstance(act, Act)
        changing.create(act, shop.app.entity("Customer"), {"name": "Acme"}, {})
        act.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shop.app.store.act(shop.mo, broken)
    assert shop.count("Customer") == 0
