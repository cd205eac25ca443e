"""What a reader gets: what grants show, in every way of asking, and nothing else."""

from __future__ import annotations

import pathlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert

from compiler.model.base import EntityId, RoleId
from runtime.access.actor import Actor, signed_in, visitor
from runtime.clock import ActTime, Clock
from runtime.db import Database
from runtime.schema.catalog import Catalog
from runtime.schema.prepare import prepare
from runtime.store.domain import Domain
from runtime.store.problems import NotFound
from runtime.store.query import (
    BadQuery,
    Comparison,
    Filter,
    ListQuery,
    Path,
    Reference,
    Sort,
)
from runtime.store.reader import ReadDoor, Reader
from stdlib.library import STANDARD
from tests.support.apps import shop

APP = """\
role Sales "Sales"
role Finance "Finance"
role Guest "Guest"

enum Tier "Tier"
  vip "VIP"
  normal "Normal"

entity Customer "Customer"
  name "Name": text(60) required search
  phone "Phone": text(20) search
  tier "Tier": Tier
  owner "Owner" -> User
  budget "Budget": money
  seen "Seen": datetime
  since "Since": date
  parent "Parent" -> Customer tree
  orders "Orders" <- Order.customer
  tags "Tags" <-> Tag as customers
  many "Tiers": Tier many
  display "{name}"
  access
    Sales read, update when owner == me
    Finance read except phone, many
    owner.manager read only name, tier

entity Tag "Tag"
  name "Name": text(20) required
  display "{name}"
  access
    everyone read

entity Order "Order"
  customer "Customer" -> Customer required
  placed "Placed": date required
  amount "Amount": money required
  lines "Lines": [Line]
  display "{customer} {amount}"
  access
    Sales, Finance read

entity Line "Line"
  product "Product": text(30) required
  display "{product}"
"""
CUSTOMER, ORDER, LINE, TAG, USER = map(
    EntityId, ("shop.Customer", "shop.Order", "shop.Line", "shop.Tag", "std.User")
)
NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
TIME = ActTime(NOW, ZoneInfo("Asia/Shanghai"))


class World:
    """A database of the app with some people, and readers of it."""

    def __init__(self, url: str) -> None:
        bundle = shop(APP)
        self.database = Database.open(url)
        self.catalog: Catalog = prepare(self.database, bundle, STANDARD, Clock())
        self.workspace = bundle.workspace
        domain = Domain(bundle, self.catalog, STANDARD, self.database.dialect)
        self.door = ReadDoor(domain, self.database)
        team = self.add("std.Team", name="Sales")
        self.boss = self.add("std.User", name="Boss", email="b@x.cn", team=team, active=True)
        self.ann = self.add(
            "std.User", name="Ann", email="a@x.cn", team=team, manager=self.boss, active=True
        )
        self.bob = self.add("std.User", name="Bob", email="o@x.cn", team=team, active=True)

    def add(self, entity: str, **values: Any) -> int:
        """A row written past the write door."""
        table = self.catalog.table(entity)
        statement = insert(table).values({"version": 1, **values}).returning(table.c.id)
        id: int = self.database.write(lambda c: c.execute(statement).scalar_one())
        return id

    def pair(self, table: str, **values: Any) -> None:
        self.database.write(lambda c: c.execute(insert(self.catalog.tables[table]).values(values)))

    def customer(self, name: str, owner: int | None = None, **values: Any) -> int:
        return self.add("shop.Customer", name=name, owner=owner, **values)

    def order(self, customer: int, amount: int, placed: date = date(2026, 3, 1)) -> int:
        return self.add("shop.Order", customer=customer, amount=amount, placed=placed)

    def reader(self, user: int, *roles: str) -> Reader:
        held = frozenset(RoleId(role if "." in role else f"shop.{role}") for role in roles)
        return self.as_(signed_in(self.workspace, user, held, "en"))

    def as_(self, actor: Actor) -> Reader:
        return self.door.reader(actor, TIME)

    @property
    def admin(self) -> Reader:
        return self.reader(self.boss, "std.Admin")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    world = World(database_url)
    yield world
    world.database.close()


def names(reader: Reader, **query: Any) -> list[object]:
    return [row.cells[0] for row in reader.list(CUSTOMER, ListQuery((("name",),), **query)).rows]


def where(path: Path, comparison: Comparison, *values: object) -> dict[str, Any]:
    return {"filters": (Filter(path, comparison, values),), "sort": (Sort(("name",)),)}


# --- rows ---------------------------------------------------------------------------------------


def test_a_reader_finds_the_rows_of_his_grants_and_no_others(world: World) -> None:
    world.customer("Ann's", world.ann)
    world.customer("Bob's", world.bob)
    world.customer("Nobody's")
    by_name = {"sort": (Sort(("name",)),)}
    assert names(world.reader(world.ann, "Sales"), **by_name) == ["Ann's"]
    assert names(world.reader(world.bob, "Sales"), **by_name) == ["Bob's"]
    assert names(world.reader(world.boss), **by_name) == ["Ann's"]  # her manager
    assert names(world.reader(world.ann, "Finance"), **by_name) == ["Ann's", "Bob's", "Nobody's"]
    assert len(names(world.admin)) == 3


def test_what_may_not_be_read_is_not_found_like_what_never_was(world: World) -> None:
    his = world.customer("Bob's", world.bob)
    reader = world.reader(world.ann, "Sales")
    for id in (his, 99_999):
        with pytest.raises(NotFound):
            reader.get(CUSTOMER, id)
        with pytest.raises(NotFound):
            reader.related(CUSTOMER, id, "orders", ListQuery(()))
    with pytest.raises(NotFound):
        world.reader(world.bob, "Guest").list(ORDER, ListQuery(()))
    with pytest.raises(NotFound):
        world.as_(visitor("en")).list(CUSTOMER, ListQuery(()))


def test_a_record_has_its_values_and_names_what_it_refers_to(world: World) -> None:
    parent = world.customer("Mother")
    id = world.customer(
        "Child", world.ann, parent=parent, budget=Decimal("12.50"), seen=NOW, tier="vip",
        since=date(2026, 1, 31),
    )  # fmt: skip
    world.pair("shop.Customer.many", record=id, value="vip")
    world.pair("shop.Customer.many", record=id, value="normal")
    record = world.admin.get(CUSTOMER, id)
    assert (record.id, record.version, record.display) == (id, 1, "Child")
    assert record.values["parent"] == Reference(CUSTOMER, parent, "Mother")
    assert record.values["owner"] == Reference(USER, world.ann, "Ann")
    assert record.values["many"] == ("normal", "vip")
    assert [record.values[name] for name in ("budget", "seen", "tier", "since", "phone")] == [
        Decimal("12.50"), NOW, "vip", date(2026, 1, 31), None,
    ]  # fmt: skip


# --- fields -------------------------------------------------------------------------------------


def test_a_field_that_only_some_grants_show_is_null_elsewhere(world: World) -> None:
    """Ann sells and keeps the books: of her own customers she sees the phone, of others not."""
    mine = world.customer("Mine", world.ann, phone="111")
    theirs = world.customer("Theirs", world.bob, phone="222")
    for id in (mine, theirs):
        world.pair("shop.Customer.many", record=id, value="vip")
    both = world.reader(world.ann, "Sales", "Finance")
    assert both.get(CUSTOMER, mine).values["phone"] == "111"
    assert both.get(CUSTOMER, theirs).values["phone"] is None
    assert both.get(CUSTOMER, mine).values["many"] == ("vip",)
    assert both.get(CUSTOMER, theirs).values["many"] == ()
    columns = (("name",), ("phone",), ("many",))
    page = both.list(CUSTOMER, ListQuery(columns, sort=(Sort(("name",)),)))
    assert [row.cells for row in page.rows] == [("Mine", "111", ("vip",)), ("Theirs", None, ())]


def test_nothing_of_a_hidden_field_comes_out_of_filter_search_or_sort(world: World) -> None:
    world.customer("A", world.bob, phone="222")
    world.customer("B", world.ann, phone="111")
    world.customer("C", world.bob, phone="000")
    for id in (1, 2, 3):
        world.pair("shop.Customer.many", record=id, value="vip")
    both = world.reader(world.ann, "Sales", "Finance")
    assert names(both, **where(("phone",), "eq", "222")) == []
    assert names(both, **where(("phone",), "ne", "222")) == ["A", "B", "C"]
    assert names(both, **where(("phone",), "empty")) == ["A", "C"]
    assert names(both, **where(("phone",), "contains", "2")) == []
    assert names(both, **where(("many",), "contains", "vip")) == ["B"]
    assert names(both, search="222") == []
    assert names(both, search="111") == ["B"]
    assert names(both, sort=(Sort(("phone",)), Sort(("name",)))) == ["B", "A", "C"]
    finance = world.reader(world.ann, "Finance")
    assert "phone" not in finance.get(CUSTOMER, 1).values
    assert names(finance, search="222") == []
    for query in (
        ListQuery((("phone",),)),
        ListQuery((), sort=(Sort(("phone",)),)),
        ListQuery((), filters=(Filter(("phone",), "eq", ("222",)),)),
        ListQuery((("nothing",),)),
        ListQuery((("owner", "email"),)),
    ):
        with pytest.raises(BadQuery, match="unknown field"):
            finance.list(CUSTOMER, query)


def test_a_record_that_may_not_be_read_is_not_named_by_others(world: World) -> None:
    his = world.customer("Secret", world.bob)
    order = world.order(his, 5)
    reader = world.reader(world.ann, "Sales")
    record = reader.get(ORDER, order)
    assert record.values["customer"] == Reference(CUSTOMER, his, None)
    assert "Secret" not in record.display
    query = ListQuery((("customer",), ("customer", "name")), sort=(Sort(("customer",)),))
    assert reader.list(ORDER, query).rows[0].cells == (Reference(CUSTOMER, his, None), None)
    hidden = ListQuery((), filters=(Filter(("customer", "name"), "eq", ("Secret",)),))
    assert reader.list(ORDER, hidden).rows == ()


# --- finding ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "comparison", "values", "found"),
    [
        (("budget",), "eq", (Decimal("10.00"),), "A"),
        (("budget",), "ne", (Decimal("10.00"),), "BC"),
        (("budget",), "lt", (Decimal("20"),), "A"),
        (("budget",), "ge", (Decimal("10"),), "AB"),
        (("budget",), "between", (Decimal("10"), Decimal("20")), "AB"),
        (("budget",), "empty", (), "C"),
        (("budget",), "filled", (), "AB"),
        (("tier",), "in", ("vip", "normal"), "AB"),
        (("tier",), "ne", ("vip",), "BC"),
        (("name",), "contains", ("b",), "B"),
        (("name",), "contains", ("%",), ""),
        (("owner",), "me", (), "A"),
        (("owner", "name"), "eq", ("Bob",), "B"),
        (("since",), "period", ("this_month",), "A"),
        (("since",), "period", ("last_month",), "B"),
        (("since",), "period", ("last_30_days",), "AB"),
        (("since",), "period", ("past",), "AB"),
        (("seen",), "period", ("today",), "A"),
        (("seen",), "period", ("yesterday",), "B"),
    ],
)
def test_filters_find_what_they_say(
    world: World, path: Path, comparison: Comparison, values: tuple[object, ...], found: str
) -> None:
    """It is noon of March 18 in Shanghai; B was seen one minute before midnight there."""
    world.customer("A", world.ann, budget=10, tier="vip", since=date(2026, 3, 1), seen=NOW)
    world.customer(
        "B", world.bob, budget=20, tier="normal", since=date(2026, 2, 28),
        seen=datetime(2026, 3, 17, 15, 59, tzinfo=UTC),
    )  # fmt: skip
    world.customer("C")
    reader = world.reader(world.ann, "std.Admin")
    assert names(reader, **where(path, comparison, *values)) == list(found)


def test_a_tree_is_searched_below(world: World) -> None:
    top = world.customer("top")
    middle = world.customer("middle", parent=top)
    world.customer("leaf", parent=middle)
    world.customer("apart")
    below = where(("parent",), "under", top)
    assert names(world.admin, **below) == ["leaf", "middle"]


@pytest.mark.parametrize("text", ["支道", "海支", "上海 支道", "acme", "ACME 上海", "50%", "a_c"])
def test_a_search_finds_every_word_anywhere(world: World, text: str) -> None:
    world.customer("上海支道软件 Acme 50% a_c")
    world.customer("北京别的公司 axc 500")
    assert names(world.admin, search=text) == ["上海支道软件 Acme 50% a_c"]


def test_a_search_of_entities_without_search_fields_looks_at_their_names(world: World) -> None:
    world.add("shop.Tag", name="blue")
    world.add("shop.Tag", name="red")
    assert [each.display for each in world.admin.options(TAG, "BLU")] == ["blue"]


def test_rows_are_counted_up_to_a_thousand(world: World) -> None:
    table = world.catalog.table("shop.Customer")
    rows = [{"name": f"c{number}", "version": 1} for number in range(1_001)]
    world.database.write(lambda c: c.execute(insert(table), rows))
    counted = world.admin.count(CUSTOMER, ListQuery(()))
    assert (counted.number, counted.capped) == (1_000, True)
    few = world.admin.count(CUSTOMER, ListQuery((), search="c100"))
    assert (few.number, few.capped) == (2, False)  # c100 and c1000


# --- pages --------------------------------------------------------------------------------------

SORTS = [
    (),
    (Sort(("name",)),),
    (Sort(("budget",)),),
    (Sort(("budget",), True),),
    (Sort(("budget",)), Sort(("name",), True)),
    (Sort(("owner",)), Sort(("seen",), True)),
    (Sort(("tier",)), Sort(("since",)), Sort(())),
]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_show_every_row_once_forward_and_back(world: World, sort: tuple[Sort, ...]) -> None:
    for number in range(11):
        world.customer(
            f"n{number % 4}",
            (world.ann, world.bob, None)[number % 3],
            budget=(None, 1, 2)[number % 3],
            tier=("vip", "normal", None)[number % 3],
            seen=NOW if number % 2 else None,
            since=date(2026, 1, 1 + number % 2),
        )
    admin = world.admin
    everything = [r.id for r in admin.list(CUSTOMER, ListQuery((), sort=sort, size=100)).rows]
    forward, query = [], ListQuery((), sort=sort, size=3)
    page = admin.list(CUSTOMER, query)
    assert page.previous is None
    forward += [row.id for row in page.rows]
    while page.next:
        page = admin.list(CUSTOMER, ListQuery((), sort=sort, size=3, after=page.next))
        forward += [row.id for row in page.rows]
    assert forward == everything
    back = [row.id for row in page.rows]
    while page.previous:
        page = admin.list(CUSTOMER, ListQuery((), sort=sort, size=3, before=page.previous))
        back = [row.id for row in page.rows] + back
    assert back == everything


def test_what_has_no_value_comes_last_either_way(world: World) -> None:
    for name, budget, tier in (("a", None, None), ("b", 2, "normal"), ("c", 1, "vip")):
        world.customer(name, budget=budget, tier=tier)
    assert names(world.admin, sort=(Sort(("budget",)),)) == ["c", "b", "a"]
    assert names(world.admin, sort=(Sort(("budget",), True),)) == ["b", "c", "a"]
    assert names(world.admin, sort=(Sort(("tier",)),)) == ["c", "b", "a"]  # as it is listed


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd", "eyJhIjoxfQ", "W1siYSJdLCIxIl0", "中"])
def test_a_broken_cursor_is_told(world: World, cursor: str) -> None:
    with pytest.raises(BadQuery, match="broken"):
        world.admin.list(CUSTOMER, ListQuery((), sort=(Sort(("budget",)),), after=cursor))


# --- collections and rights ---------------------------------------------------------------------


def test_collections_have_the_rows_that_may_be_read(world: World) -> None:
    mine, other = world.customer("Mine", world.ann), world.customer("Other", world.ann)
    first, second = world.order(mine, 1), world.order(mine, 2)
    world.order(other, 3)
    tag = world.add("shop.Tag", name="blue")
    world.pair("shop.Customer.tags", near=mine, far=tag)
    reader = world.reader(world.ann, "Sales")
    orders = reader.related(CUSTOMER, mine, "orders", ListQuery((("amount",),)))
    assert [row.id for row in orders.rows] == [first, second]
    tags = reader.related(CUSTOMER, mine, "tags", ListQuery((("name",),)))
    assert [row.cells for row in tags.rows] == [("blue",)]
    back = world.admin.related(TAG, tag, "customers", ListQuery(()))
    assert [row.display for row in back.rows] == ["Mine"]
    guest = world.reader(world.bob, "Guest")
    assert guest.related(TAG, tag, "customers", ListQuery(())).rows == ()


def test_lines_are_read_by_whoever_reads_their_owner(world: World) -> None:
    order = world.order(world.customer("Mine", world.ann), 1)
    line = world.add("shop.Line", parent=order, product="Pen")
    reader = world.reader(world.ann, "Sales")
    assert reader.get(LINE, line).values["product"] == "Pen"
    lines = reader.related(ORDER, order, "lines", ListQuery((("product",),)))
    assert [row.cells for row in lines.rows] == [("Pen",)]
    with pytest.raises(NotFound):
        world.reader(world.ann, "Guest").get(LINE, line)


def test_rights_are_told_for_the_entity_and_for_the_record(world: World) -> None:
    mine, his = world.customer("Mine", world.ann), world.customer("His", world.bob)
    reader = world.reader(world.ann, "Sales", "Finance")
    assert reader.can("update", CUSTOMER)
    assert reader.can("update", CUSTOMER, mine)
    assert not reader.can("update", CUSTOMER, his)
    assert not reader.can("delete", CUSTOMER)
    assert "phone" in reader.fields("read", CUSTOMER, mine)
    assert "phone" not in reader.fields("read", CUSTOMER, his)
    assert reader.fields("update", CUSTOMER, his) == frozenset()


def test_a_list_is_one_statement_however_long_it_is(tmp_path: pathlib.Path) -> None:
    world = World(f"sqlite:///{tmp_path / 'app.db'}")
    for number in range(20):
        world.order(world.customer(f"c{number}", world.ann), number)
    query = ListQuery((("customer",), ("customer", "owner"), ("customer", "owner", "name")))
    statements: list[str] = []

    def listen(connection: Connection) -> None:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_trace_callback(statements.append)

    with world.database.one_moment():
        world.database.read(listen)
        assert len(world.admin.list(ORDER, query).rows) == 20
    assert len([each for each in statements if each.startswith("SELECT")]) == 1
    world.database.close()
