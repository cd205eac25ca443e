"""What is kept equals what would be computed, whatever was done to get there; history tells it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from runtime.store.history import to_text
from runtime.store.problems import Refusal
from runtime.store.records import Line, Saved
from tests.runtime.store.conftest import Shop, bundle
from tests.support.postgres_server import PostgresServer
from tests.support.running import SYSTEM, Running, running

NAMES = ["Acme", "Zeta", "Yota"]
STEP = st.tuples(
    st.sampled_from(
        ["order", "lines", "confirm", "pay", "cancel", "delete", "hand over", "stock", "meet"]
    ),
    st.integers(0, 2),
    st.integers(0, 5),
    st.integers(1, 4),
)


class Market:
    """Three customers, three products, and whatever the steps do with them."""

    def __init__(self, app: Running) -> None:
        boss = app.person("Mo", "Boss", "std.Admin")
        self.shop = Shop(app, boss, boss, boss, boss)
        self.admin = boss
        self.products = [self.shop.product(name, "99.99", stock=6) for name in ("P", "Q", "R")]
        self.fairs = [self.shop.create(boss, "Campaign", name=n, spots=2) for n in "FGH"]
        for name in NAMES:
            self.shop.create(boss, "Customer", name=name)

    def step(self, what: str, one: int, other: int, amount: int) -> None:
        customers = self.shop.app.rows("Customer")
        orders = self.shop.app.rows("Order")
        if what == "order":
            self.shop.create(
                self.admin,
                "Order",
                *(Line({"product": p.id, "quantity": amount}) for p in self.products[:one]),
                customer=customers[one]["id"],
            )
        elif what == "stock":
            product = self.products[one].id
            self.shop.create(self.admin, "Move", product=product, quantity=amount - other)
        elif what == "meet":
            row = customers[one]
            fairs = [fair.id for fair in self.fairs[:amount]]
            self.shop.update(self.admin, "Customer", _saved(row), campaigns=fairs)
        elif orders:
            self._with(orders[other % len(orders)], what, customers[one]["id"], amount)

    def _with(self, order: Any, what: str, customer: int, amount: int) -> None:
        saved = _saved(order)
        if what == "hand over":
            self.shop.update(self.admin, "Order", saved, customer=customer)
        elif what == "delete":
            self.shop.delete(self.admin, "Order", saved)
        elif what == "lines":
            lines = (Line({"product": p.id, "quantity": amount}) for p in self.products[:amount])
            self.shop.update(self.admin, "Order", saved, *lines)
        elif what == "cancel":
            self.shop.press(self.admin, saved, "cancel", reason="x")
        else:
            self.shop.press(self.admin, saved, what)


def _saved(row: Any) -> Saved:
    return Saved(row["id"], row["version"])


@pytest.fixture(autouse=True, scope="module")
def compiled_before() -> None:
    """Hypothesis does not like the recursion limit to change under it, as a compiler must."""
    bundle()


@contextmanager
def market(url: str) -> Iterator[Market]:
    with running(bundle(), url, "shop") as app:
        yield Market(app)


def kept_equals_computed(app: Running) -> None:
    def compare(act: Any) -> None:
        for entity, name in app.bundle.upkeep.order:
            for row in act.extent(entity):
                assert row.values[name] == act.domain.compute(act, row, entity, name)

    app.store.look(SYSTEM, compare)


def history_leads_to_now(app: Running) -> None:
    """Each change begins where the one before ended, and the last ends at what is kept now."""
    for shape in app.store.domain.shapes.values():
        rows = {row["id"]: row for row in app.rows(shape.id)}
        ends: dict[tuple[int, str], str | None] = {}
        for record, action, name, old, new in app.query(
            "SELECT record, action, name, old, new FROM _cw_history"
            f" WHERE subject = '{shape.subject}' AND action IN ('change', 'transition', 'delete')"
            " ORDER BY id"
        ):
            field = shape.entity.flow if action == "transition" else name
            assert ends.get((record, field), old) == old
            ends[record, field] = new
        for (record, name), end in ends.items():
            if record in rows and name in rows[record]:
                type = shape.entity.fields[name].type
                assert to_text(rows[record][name], type) == end


@given(steps=st.lists(STEP, min_size=4, max_size=25))
@settings(max_examples=25)
def test_what_is_kept_is_right_after_any_history_on_sqlite(
    tmp_path_factory: Any, steps: list[tuple[str, int, int, int]]
) -> None:
    with market(f"sqlite:///{tmp_path_factory.mktemp('market') / 'app.db'}") as here:
        _walk(here, steps)


@given(steps=st.lists(STEP, min_size=4, max_size=25))
@settings(max_examples=8)
def test_what_is_kept_is_right_after_any_history_on_postgres(
    postgres_server: PostgresServer, steps: list[tuple[str, int, int, int]]
) -> None:
    with postgres_server.database() as url, market(url) as here:
        _walk(here, steps)


def _walk(here: Market, steps: list[tuple[str, int, int, int]]) -> None:
    for step in steps:
        try:
            here.step(*step)
            event(f"{step[0]} done")
        except Refusal:
            event(f"{step[0]} refused")
    kept_equals_computed(here.shop.app)
    history_leads_to_now(here.shop.app)


def test_a_moved_order_leaves_one_total_for_the_other(shop: Shop) -> None:
    gold = shop.product("Gold", "600")
    acme = shop.create(shop.mo, "Customer", name="Acme", owner=shop.mo.user_id)
    zeta = shop.create(shop.mo, "Customer", name="Zeta", owner=shop.mo.user_id)
    order = shop.create(shop.mo, "Order", Line({"product": gold.id}), customer=acme.id)
    paid = shop.press(shop.cleo, shop.press(shop.mo, order, "confirm"), "pay")
    totals = [row["paid"] for row in shop.app.rows("Customer")]
    assert totals == [Decimal(600), Decimal(0)]

    def hand_over(act: Any) -> None:
        act.assign(act.row(shop.app.entity("Order"), paid.id), "customer", zeta.id)

    shop.app.store.act(shop.mo, hand_over)
    totals = [row["paid"] for row in shop.app.rows("Customer")]
    assert totals == [Decimal(0), Decimal(600)]


def test_an_order_that_comes_to_count_and_stops_counting_in_one_act_leaves_the_total(
    shop: Shop,
) -> None:
    gold = shop.product("Gold", "600")
    acme = shop.create(shop.mo, "Customer", name="Acme", owner=shop.mo.user_id)
    order = shop.create(shop.mo, "Order", Line({"product": gold.id}), customer=acme.id)
    seen = []

    def there_and_back(act: Any) -> None:
        row = act.row(shop.app.entity("Order"), order.id)
        for state in ("paid", "draft"):
            act.enter(row, "status", state)
            act.settle()
            seen.append(act.row(shop.app.entity("Customer"), acme.id)["paid"])

    shop.app.store.act(shop.mo, there_and_back)
    assert seen == [Decimal(600), Decimal(0)]
    assert [row["paid"] for row in shop.app.rows("Customer")] == [Decimal(0)]
