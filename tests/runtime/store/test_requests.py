"""An act with a key happens once, however often and however close together it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from runtime.store.problems import Conflict, Rejected
from runtime.store.records import Saved
from tests.runtime.store.conftest import Shop

AT_ONCE = 4


def create(shop: Shop, key: str, name: str = "Acme") -> Saved:
    store, customer = shop.app.store, shop.app.entity("Customer")
    return store.create(shop.mo, customer, {"name": name}, key=key)


def together(work: Callable[[], Saved]) -> set[tuple[int, int]]:
    """The records and versions that several requests which begin together get."""
    start = Barrier(AT_ONCE)

    def run() -> Saved:
        start.wait()
        return work()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [each.result() for each in [pool.submit(run) for _ in range(AT_ONCE)]]
    return {(each.id, each.version) for each in found}


def test_the_same_key_again_gets_what_the_first_one_got(shop: Shop) -> None:
    first, again = create(shop, "k"), create(shop, "k")
    assert (again.id, again.version) == (first.id, first.version)
    assert len(shop.app.rows("Customer")) == 1


def test_another_key_is_another_act(shop: Shop) -> None:
    create(shop, "k")
    with pytest.raises(Rejected):
        create(shop, "another")
    assert create(shop, "another", "Other").id != create(shop, "k").id


def test_a_refused_act_is_not_remembered(shop: Shop) -> None:
    create(shop, "k")
    with pytest.raises(Rejected):
        create(shop, "refused")
    assert shop.app.store.done(shop.mo, shop.app.entity("Customer"), "refused") is None
    assert create(shop, "refused", "Other").id


def test_requests_that_come_together_do_one_act(shop: Shop) -> None:
    found = together(lambda: create(shop, "k"))
    assert len(found) == 1
    assert len(shop.app.rows("Customer")) == 1


def test_updates_that_come_together_are_no_conflict(shop: Shop) -> None:
    acme = create(shop, "")
    store, customer = shop.app.store, shop.app.entity("Customer")
    found = together(
        lambda: store.update(shop.mo, customer, acme.id, acme.version, {"note": "x"}, key="k")
    )
    assert found == {(acme.id, acme.version + 1)}
    with pytest.raises(Conflict):
        store.update(shop.mo, customer, acme.id, acme.version, {"note": "y"}, key="later")


def test_a_key_is_forgotten_after_a_day(shop: Shop) -> None:
    create(shop, "k")
    shop.app.clock.advance(days=1, seconds=1)
    create(shop, "other", "Other")
    assert shop.app.store.done(shop.mo, shop.app.entity("Customer"), "k") is None
