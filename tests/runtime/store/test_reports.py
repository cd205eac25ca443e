"""Reports: exact figures at their own level, and marks that lead to their rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from compiler.model.base import EntityId, RoleId
from runtime.access.actor import signed_in, visitor
from runtime.clock import ActTime, Clock
from runtime.db import Database
from runtime.schema.prepare import prepare
from runtime.store.domain import Domain
from runtime.store.figures import ReportResult
from runtime.store.marks import Others
from runtime.store.problems import NotFound
from runtime.store.query import BadQuery, Filter, ListQuery, Reference
from runtime.store.reader import ReadDoor, Reader
from stdlib.library import STANDARD
from tests.support.apps import shop

APP = """\
role Sales "Sales"
role Books "Books"

enum Kind "Kind"
  small "Small"
  big "Big"

entity Customer "Customer"
  name "Name": text(60) required
  owner "Owner" -> User
  display "{name}"
  access
    Sales read when owner == me
    Books read

entity Order "Order"
  customer "Customer" -> Customer
  owner "Owner" -> User
  placed "Placed": date
  kind "Kind": Kind
  amount "Amount": decimal(4) required
  cost "Cost": money
  lines "Lines": [Line]
  display "{amount}"
  access
    Sales read when owner == me
    Books read except cost
    Books read when kind == small

entity Line "Line"
  quantity "Quantity": int required
  display "{quantity}"

report Total "Total" on Order
  show revenue "Revenue" = sum(amount), orders "Orders" = count()

report ByMonth "By month" on Order
  by month "Month" = month(placed)
  show revenue "Revenue" = sum(amount), average "Average" = revenue / count()

report ByCustomer "By customer" on Order
  where amount > 0
  by customer
  show revenue "Revenue" = sum(amount), share "Big" = 100% * sum(1 where kind == big) / count()
  sort -revenue

report Top "Top" on Order
  by customer
  show revenue "Revenue" = sum(amount), orders "Orders" = count(), mean "Mean" = revenue / orders
  top 2 customer by revenue others

report TopOnly "Top only" on Order
  by customer, kind
  show revenue "Revenue" = sum(amount)
  top 1 customer by revenue

report Matrix "Matrix" on Order
  by kind, month "Month" = month(placed)
  show units "Units" = sum(lines.quantity), buyers "Buyers" = count(distinct customer)

report Costs "Costs" on Order
  by kind
  show spent "Cost" = sum(cost), known "Known" = sum(1 where cost is not null)

report Course "Course" on Order
  by month "Month" = month(placed)
  show revenue = sum(amount), share = share(revenue), whole = total(revenue)
  show so_far = running(revenue), mean = moving(revenue, 2)
  show before = previous(revenue), growth = (revenue - before) / before

report KindCourse "Course by kind" on Order
  by kind, month "Month" = month(placed)
  show revenue = sum(amount), so_far = running(revenue)

report Having "Having" on Order
  by customer
  show revenue = sum(amount), part = share(revenue)
  having revenue > 5 and part > 40%
  top 3 customer by revenue

report Bands "Bands" on Order
  by size = band(amount, 10, 30)
  show orders = count()

report Compared "Compared" on Order
  by month "Month" = month(placed)
  show revenue = sum(amount)
  compare previous month

report Moved "Moved" on Order
  param time: range = this_year
  where placed in time
  by kind
  show revenue = sum(amount)
  compare previous month

report Crossed "Crossed" on Order
  by kind, month "Month" = month(placed)
  show orders = count(), mean = avg(amount)
  total kind
  pivot month

report Asked "Asked" on Order
  param time: range = this_year
  param who -> User
  param which: Kind
  param least: decimal(2) = 1.5
  where placed in time and amount >= least and (
    (who is null or owner == who) and (which is null or kind == which)
  )
  show revenue = sum(amount), twice = revenue * 2
  chart table
"""
ORDER = EntityId("shop.Order")
TIME = ActTime(datetime(2026, 3, 18, 4, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))


class Books:
    """Orders of three customers, kept by two people."""

    def __init__(self, url: str) -> None:
        bundle = shop(APP)
        self.workspace = bundle.workspace
        self.database = Database.open(url)
        self.catalog = prepare(self.database, bundle, STANDARD, Clock())
        self.door = ReadDoor(
            Domain(bundle, self.catalog, STANDARD, self.database.dialect), self.database
        )
        team = self.add("std.Team", name="T")
        self.ann, self.bob = (
            self.add("std.User", name=name, email=f"{name}@x.cn", team=team, active=True)
            for name in ("Ann", "Bob")
        )
        self.a, self.b, self.c = (
            self.add("shop.Customer", name=name, owner=self.ann) for name in "ABC"
        )
        for customer, owner, placed, kind, amount in (
            (self.a, self.ann, date(2026, 1, 31), "small", "10.0001"),
            (self.a, self.bob, date(2026, 1, 1), "big", "20.0002"),
            (self.b, self.ann, date(2026, 4, 1), "small", "30.0003"),
            (self.c, self.bob, None, None, "0.5"),
            (None, self.ann, date(2026, 4, 30), "big", "5"),
        ):
            order = self.add(
                "shop.Order", customer=customer, owner=owner, placed=placed, kind=kind,
                amount=Decimal(amount), cost=1,
            )  # fmt: skip
            for quantity in (1, 2):
                self.add("shop.Line", parent=order, quantity=quantity)

    def add(self, entity: str, **values: Any) -> int:
        table = self.catalog.table(entity)
        statement = insert(table).values({"version": 1, **values}).returning(table.c.id)
        id: int = self.database.write(lambda c: c.execute(statement).scalar_one())
        return id

    def reader(self, user: int, *roles: str) -> Reader:
        held = frozenset(RoleId(role) for role in roles)
        return self.door.reader(signed_in(self.workspace, user, held, "en"), TIME)

    @property
    def admin(self) -> Reader:
        return self.reader(self.ann, "std.Admin")


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    books = Books(database_url)
    yield books
    books.database.close()


def shown(result: ReportResult) -> dict[Any, tuple[object, ...]]:
    """The measures by their keys, records by their names."""
    return {
        tuple(key.display if isinstance(key, Reference) else key for key in group.keys): (
            group.measures
        )
        for group in result.groups
    }


def test_a_total_is_exact_to_the_last_digit(books: Books) -> None:
    result = books.admin.report("shop.Total")
    assert result.total == (Decimal("65.5006"), 5)
    assert [group.measures for group in result.groups] == [result.total]


def test_time_has_no_gaps_and_null_is_a_bucket_of_its_own(books: Books) -> None:
    result = books.admin.report("shop.ByMonth")
    months = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), None)
    assert result.axes == (months,)
    assert [group.keys for group in result.groups] == [(month,) for month in months]
    assert [group.measures for group in result.groups] == [
        (Decimal("30.0003"), Decimal("15.00015")),
        (Decimal("0"), None),
        (Decimal("0"), None),
        (Decimal("35.0003"), Decimal("17.50015")),
        (Decimal("0.5"), Decimal("0.5")),
    ]
    assert result.total == (Decimal("65.5006"), Decimal("13.10012"))  # not the sum of averages


def test_groups_are_sorted_as_said_and_ratios_are_of_their_own_rows(books: Books) -> None:
    result = books.admin.report("shop.ByCustomer")
    assert list(shown(result)) == [("A",), ("B",), (None,), ("C",)]
    assert shown(result)[("A",)] == (Decimal("30.0003"), Decimal("0.5"))
    assert shown(result)[("B",)] == (Decimal("30.0003"), Decimal("0"))
    assert result.total[1] == Decimal("0.4")


def test_the_others_are_one_group_measured_as_one(books: Books) -> None:
    result = books.admin.report("shop.Top")
    *first, others = result.groups
    assert [group.keys[0] for group in first] == [
        Reference(EntityId("shop.Customer"), books.a, "A"),
        Reference(EntityId("shop.Customer"), books.b, "B"),
    ]
    assert others.keys == (Others((books.a, books.b)),)
    assert others.measures == (Decimal("5.5"), 2, Decimal("2.75"))
    assert result.total == (Decimal("65.5006"), 5, Decimal("13.10012"))


def test_the_first_ones_of_a_dimension_are_ranked_at_its_own_level(books: Books) -> None:
    result = books.admin.report("shop.TopOnly")
    assert shown(result) == {
        ("A", "big"): (Decimal("20.0002"),),
        ("A", "small"): (Decimal("10.0001"),),
    }


def test_two_dimensions_and_sums_over_lines_do_not_fan_out(books: Books) -> None:
    result = books.admin.report("shop.Matrix")
    assert shown(result) == {
        ("small", date(2026, 1, 1)): (3, 1),
        ("small", date(2026, 4, 1)): (3, 1),
        ("big", date(2026, 1, 1)): (3, 1),
        ("big", date(2026, 4, 1)): (3, 0),
        (None, None): (3, 1),
    }
    assert result.total == (15, 3)
    assert result.axes[0] == ("small", "big", None)  # as they are listed
    assert result.axes[1] == (*(date(2026, month, 1) for month in range(1, 5)), None)


@pytest.mark.parametrize(
    "report",
    ["Total", "ByMonth", "ByCustomer", "Top", "TopOnly", "Matrix", "Costs", "Course", "Bands"],
)
def test_the_rows_behind_a_mark_add_up_to_it(books: Books, report: str) -> None:
    """Measured over the rows listed behind it, each mark says what it said."""
    for reader in (books.admin, books.reader(books.ann, "shop.Sales")):
        result = reader.report(f"shop.{report}")
        names = [measure.name for measure in result.report.measures]
        for group in result.groups:
            page = reader.rows_behind(
                f"shop.{report}", group.drill, ListQuery((("amount",), ("cost",)), size=100)
            )
            amounts: list[Any] = [row.cells[0] for row in page.rows]
            if "revenue" in names:
                revenue = group.measures[names.index("revenue")]
                assert sum(amounts, start=Decimal(0)) == revenue
            if "orders" in names:
                assert len(amounts) == group.measures[names.index("orders")]
            counted = reader.count_behind(f"shop.{report}", group.drill, ListQuery(()))
            assert counted.number == len(amounts)
        everything = reader.rows_behind(f"shop.{report}", result.drill, ListQuery((), size=100))
        expected = 5 if reader.can("delete", ORDER) else 3
        assert len(everything.rows) == expected


def test_no_figure_counts_what_the_reader_may_not_see(books: Books) -> None:
    ann = books.reader(books.ann, "shop.Sales")
    assert ann.report("shop.Total").total == (Decimal("45.0004"), 3)
    keeper = books.reader(books.ann, "shop.Books")
    assert shown(keeper.report("shop.Costs")) == {
        ("small",): (Decimal("2"), 2),
        ("big",): (Decimal("0"), 0),
        (None,): (Decimal("0"), 0),
    }
    for reader in (books.reader(books.bob), books.door.reader(visitor("en"), TIME)):
        with pytest.raises(NotFound):
            reader.report("shop.Total")
    with pytest.raises(NotFound):
        books.admin.report("shop.Nothing")


def test_a_filter_narrows_figures_and_rows_alike(books: Books) -> None:
    filters = (Filter(("kind",), "eq", ("small",)),)
    result = books.admin.report("shop.ByMonth", filters)
    assert result.total[0] == Decimal("40.0004")
    (january, *_) = result.groups
    page = books.admin.rows_behind(
        "shop.ByMonth", january.drill, ListQuery((("amount",),), filters=filters)
    )
    assert [row.cells for row in page.rows] == [(Decimal("10.0001"),)]


def test_a_mark_says_what_it_is(books: Books) -> None:
    admin = books.admin
    group = admin.report("shop.Top").groups[0]
    ((dimension, value),) = admin.mark("shop.Top", group.drill)
    assert dimension.name == "customer"
    assert value == Reference(EntityId("shop.Customer"), books.a, "A")
    for broken in ("", "x", "W10", "W1siaXMiXV0", "W1sib3RoZXJzIl1d"):
        with pytest.raises(BadQuery):
            admin.rows_behind("shop.Top", broken, ListQuery(()))


def test_a_report_over_nothing_is_empty_and_not_wrong(books: Books) -> None:
    nothing = (Filter(("amount",), "gt", (Decimal(1000),)),)
    result = books.admin.report("shop.Top", nothing)
    assert result.groups == ()
    assert result.total == (Decimal("0"), 0, None)


def found(result: ReportResult, *names: str) -> dict[Any, tuple[object, ...]]:
    """Some measures by their keys."""
    places = [[each.name for each in result.report.measures].index(name) for name in names]
    return {keys: tuple(values[p] for p in places) for keys, values in shown(result).items()}


def test_measures_stand_beside_those_of_other_groups(books: Books) -> None:
    result = books.admin.report("shop.Course")
    months = [(date(2026, month, 1),) for month in range(1, 5)]
    assert found(result, "share", "whole") == {
        months[0]: (Decimal("0.45801565"), Decimal("65.5006")),
        months[1]: (Decimal("0E-8"), Decimal("65.5006")),
        months[2]: (Decimal("0E-8"), Decimal("65.5006")),
        months[3]: (Decimal("0.53435083"), Decimal("65.5006")),
        (None,): (Decimal("0.00763352"), Decimal("65.5006")),
    }
    assert found(result, "so_far", "mean", "before", "growth") == {
        months[0]: (Decimal("30.0003"), None, None, None),
        months[1]: (Decimal("30.0003"), Decimal("15.00015000"), Decimal("30.0003"), Decimal(-1)),
        months[2]: (Decimal("30.0003"), Decimal("0E-8"), Decimal(0), None),
        months[3]: (Decimal("65.0006"), Decimal("17.50015000"), Decimal(0), None),
        (None,): (None, None, None, None),
    }
    assert result.total[1:] == (Decimal(1), Decimal("65.5006"), None, None, None, None)


def test_what_goes_on_passes_over_months_without_a_cell(books: Books) -> None:
    """Each kind has every month, and its own course."""
    result = books.admin.report("shop.KindCourse")
    march = date(2026, 3, 1)
    assert found(result, "so_far")["small", march] == (Decimal("10.0001"),)
    assert found(result, "so_far")["big", march] == (Decimal("20.0002"),)
    assert found(result, "so_far")["small", date(2026, 4, 1)] == (Decimal("40.0004"),)


def test_groups_are_shown_for_their_measures(books: Books) -> None:
    result = books.admin.report("shop.Having")
    assert list(shown(result)) == [("A",), ("B",)]
    assert result.total == (Decimal("65.5006"), Decimal(1))


def test_numbers_are_parted_in_bands(books: Books) -> None:
    result = books.admin.report("shop.Bands")
    assert shown(result) == {(0,): (2,), (1,): (2,), (2,): (1,)}
    (low, *_) = result.groups
    page = books.admin.rows_behind("shop.Bands", low.drill, ListQuery((("amount",),)))
    amounts: list[Any] = [row.cells[0] for row in page.rows]
    assert sorted(amounts) == [Decimal("0.5"), Decimal("5")]


def test_a_reader_sets_parameters_and_finds_the_rows_behind(books: Books) -> None:
    for chosen, expected in (
        ({}, Decimal("65.0006")),
        ({"time": "this_month"}, Decimal(0)),
        ({"time": "last_90_days"}, Decimal("30.0003")),
        ({"time": "2026-01-01..2026-01-31"}, Decimal("30.0003")),
        ({"time": "this_year", "who": books.bob}, Decimal("20.0002")),
        ({"which": "small", "least": Decimal(20)}, Decimal("30.0003")),
    ):
        result = books.admin.report("shop.Asked", chosen=chosen)
        assert result.total[0] == expected
        assert result.total[1] == expected * 2
        page = books.admin.rows_behind("shop.Asked", result.drill, ListQuery((("amount",),)))
        amounts: list[Any] = [row.cells[0] for row in page.rows]
        assert sum(amounts, Decimal(0)) == expected
    for wrong in ({"tmie": "this_year"}, {"time": "this_yaer"}, {"time": "2026-02-30..2026-03-01"}):
        with pytest.raises(BadQuery):
            books.admin.report("shop.Asked", chosen=wrong)
    for broken in ("", "W10", "W1siaXMiXV0"):
        with pytest.raises(BadQuery):
            books.admin.rows_behind("shop.Asked", broken, ListQuery(()))


def test_a_time_is_compared_with_the_same_time_before(books: Books) -> None:
    """It is 18 March: of the month before March 18 days count, and what is to come is left out."""
    result = books.admin.report("shop.Compared")
    assert {group.keys[0]: group.before for group in result.groups} == {
        date(2026, 1, 1): (),
        date(2026, 2, 1): (Decimal("30.0003"),),
        date(2026, 3, 1): (),
        date(2026, 4, 1): (),
        None: (),
    }
    assert result.before == (Decimal("30.0003"),)


def test_a_range_that_is_compared_is_moved(books: Books) -> None:
    chosen = {"time": "2026-02-01..2026-04-30"}
    result = books.admin.report("shop.Moved", chosen=chosen)
    assert (result.total, result.before) == ((Decimal("35.0003"),), (Decimal("30.0003"),))
    assert [group.before for group in result.groups] == [
        (Decimal("10.0001"),),
        (Decimal("20.0002"),),
    ]


def test_totals_stand_at_their_own_level(books: Books) -> None:
    result = books.admin.report("shop.Crossed")
    assert {group.keys: group.measures for group in result.levels[(1,)]} == {
        (date(2026, 1, 1),): (2, Decimal("15.00015")),
        (date(2026, 4, 1),): (2, Decimal("17.50015")),
        (None,): (1, Decimal("0.5")),
    }
    assert {group.keys: group.measures[0] for group in result.levels[(0,)]} == {
        ("small",): 2, ("big",): 2, (None,): 1,
    }  # fmt: skip
    for by, level in result.levels.items():
        for group in level:
            page = books.admin.rows_behind("shop.Crossed", group.drill, ListQuery((("amount",),)))
            parts = [each for each in result.groups if each.keys[by[0]] == group.keys[0]]
            orders: list[Any] = [each.measures[0] for each in parts]
            assert len(page.rows) == group.measures[0] == sum(orders)
