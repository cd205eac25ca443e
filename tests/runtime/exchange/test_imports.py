"""Imports: what cells mean, which record a row is, what is refused and what is then saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from compiler.bundle import Bundle
from compiler.model.base import EntityId
from runtime.access.actor import Actor
from runtime.clock import Clock
from runtime.db import Database
from runtime.exchange.faults import write_faults
from runtime.exchange.imports import Importer
from runtime.exchange.mapping import Fault, read
from runtime.exchange.plan import Planner
from runtime.exchange.results import ImportResult, Manner
from runtime.schema.prepare import prepare
from runtime.store.query import ListQuery, Reference, Sort
from runtime.store.reader import Reader
from runtime.store.records import Store
from runtime.tables import HISTORY
from stdlib.library import STANDARD
from tests.support.apps import app, shop

SHOP = """\
enum Kind "Kind"
  hard "Hardware" also "HW", "硬 件"
  soft "Software"

entity Product "Product"
  code "Code": text(8) required unique
  name "Name": text(20) required
  kind "Kind": Kind
  price "Price": money min 0
  share "Share": percent
  active "Active": bool required default true
  since "Since": date
  seen "Seen": datetime
  above "Above" -> Product tree
  tags "Tags" <-> Tag as products
  words "Words": tags max 2
  display "{name}"

entity Tag "Tag"
  name "Name": text(20) required unique
  display "{name}"

entity Order "Order"
  number "Number": serial "{0000}"
  placed "Placed": date required default today()
  lines "Lines": [Line]
  amount "Amount" = sum(lines.amount)
  display "{number}"

entity Line "Line"
  product "Product" -> Product required
  quantity "Quantity": int required min 1
  amount "Amount" = quantity * (product.price ?? 0)
  display "{quantity}"
  unique parent, product

flow Order.status "Status"
  state open "Open" initial
  state shipped "Shipped" final
  ship "Ship": open -> shipped
    by everyone

rule told "Told" on Product created
  when name == "bad"
  reject "No {name} here" at name
"""
ACTOR = Actor(None, authority="app", cause="import")
PRODUCT, ORDER, LINE, TAG = map(EntityId, ("shop.Product", "shop.Order", "shop.Line", "shop.Tag"))


class Desk:
    """A database of an app and a folder to import from."""

    def __init__(self, url: str, folder: Path, bundle: Bundle, module: str = "shop") -> None:
        self.bundle = bundle
        self.folder = folder
        self.module = module
        self.database = Database.open(url)
        self.catalog = prepare(self.database, bundle, STANDARD, Clock())
        self.store = Store(bundle, self.catalog, self.database, STANDARD, Clock())

    def put(self, name: str, text: str, encoding: str = "utf-8") -> None:
        (self.folder / name).write_text(text, encoding)

    def run(self, mapping: str, **manner: bool) -> ImportResult:
        done = Manner(**manner)
        planner = Planner(
            self.bundle.workspace, STANDARD, read(mapping), self.module, done.as_history
        )
        importer = Importer(self.bundle, self.catalog, self.database, STANDARD, Clock())
        return importer.run(planner.plan(self.folder), ACTOR, done)

    @property
    def reader(self) -> Reader:
        return self.store.reader(ACTOR)

    def rows(self, entity: EntityId, *columns: str) -> list[tuple[object, ...]]:
        paths = tuple((name,) for name in columns)
        query = ListQuery(paths, sort=(Sort(("id",)),), size=5_000)
        return [row.cells for row in self.reader.list(entity, query).rows]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "files"
    folder.mkdir()
    desk = Desk(database_url, folder, shop(SHOP))
    yield desk
    desk.database.close()


PRODUCTS = """\
[[file]]
name = "products.csv"
entity = "Product"
key = "code"
null = ["NULL"]

[file.fields]
code = "Code"
name = "Name"
"""


def told(result: ImportResult) -> list[tuple[int, str, str, str]]:
    return [(f.row, f.column, f.value, f.message.en) for f in result.faults]


def test_an_import_again_changes_what_is_not_right_and_nothing_else(desk: Desk) -> None:
    desk.put("products.csv", "Code,Name,Other\nA,Pen,x\nB, Ink ,y\n\n,,\n")
    (file,) = desk.run(PRODUCTS).files
    assert (file.rows, file.new, file.changed, file.same, file.refused) == (2, 2, 0, 0, 0)
    desk.put("products.csv", "Code,Name\nA,Pen\nB,Blue ink\nC,Cap\n")
    (file,) = desk.run(PRODUCTS).files
    assert (file.new, file.changed, file.same) == (1, 1, 1)
    assert desk.rows(PRODUCT, "code", "name") == [("A", "Pen"), ("B", "Blue ink"), ("C", "Cap")]


def test_tags_come_in_as_words_of_one_cell(desk: Desk) -> None:
    mapping = PRODUCTS + 'words = "Words"\n'
    desk.put("products.csv", 'Code,Name,Words\nA,Pen,"blue, new"\nB,Ink,\nC,Cap,a b c\n')
    result = desk.run(mapping)
    assert [(row, column) for row, column, *_ in told(result)] == [(4, "Words")]
    desk.put("products.csv", "Code,Name,Words\nA,Pen,new；blue\nB,Ink,old\n")
    (file,) = desk.run(mapping).files
    assert (file.same, file.changed) == (1, 1)
    assert desk.rows(PRODUCT, "code", "words") == [("A", ("blue", "new")), ("B", ("old",))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_are_read_in_their_encoding(desk: Desk, encoding: str) -> None:
    desk.put("products.csv", "Code,Name\nA,钢笔\n", encoding)
    stated = "gb18030" if encoding == "gb18030" else "utf-8"
    desk.run(PRODUCTS.replace('key = "code"', f'key = "code"\nencoding = "{stated}"'))
    assert desk.rows(PRODUCT, "name") == [("钢笔",)]


CELLS = (
    PRODUCTS
    + """\
kind = "Kind"
price = "Price"
share = { column = "Share", unit = "fraction" }
active = { column = "Off", values = { "0" = "true", "1" = "false" } }
since = "Since"
seen = "Seen"
"""
)


def test_cells_mean_values_of_their_fields(desk: Desk) -> None:
    desk.put(
        "products.csv",
        "Code,Name,Kind,Price,Share,Off,Since,Seen\n"
        'A,Pen,hw,"1,234.50",0.05,0,2026-01-31,2026-03-18 12:00\n'
        "B,Ink,硬件,7,5%,1,2026-01-31 00:00:00,NULL\n"
        "C,Cap,SOFT,,,0,,2026-03-18T04:00:00Z\n",
    )
    result = desk.run(CELLS)
    assert told(result) == []
    seen = datetime(2026, 3, 18, 4, tzinfo=UTC)
    assert desk.rows(PRODUCT, "kind", "price", "share", "active", "since", "seen") == [
        ("hard", Decimal("1234.50"), Decimal("0.0500"), True, date(2026, 1, 31), seen),
        ("hard", Decimal("7.00"), Decimal("0.0500"), False, date(2026, 1, 31), None),
        ("soft", None, None, True, None, seen),
    ]


def test_marks_and_formats_are_as_the_mapping_says(desk: Desk) -> None:
    desk.put("products.csv", "Code;Name;Price;Share;Since\nA;Pen;1.234,5;5;31.01.2026\n")
    desk.run(
        'delimiter = ";"\ndecimal = ","\ndate_format = "%d.%m.%Y"\n' + PRODUCTS
        + 'price = "Price"\nshare = { column = "Share", unit = "percent" }\nsince = "Since"\n'
        + 'kind = { value = "soft" }\n'
    )  # fmt: skip
    assert desk.rows(PRODUCT, "price", "share", "since", "kind") == [
        (Decimal("1234.50"), Decimal("0.0500"), date(2026, 1, 31), "soft")
    ]


def test_all_faults_of_a_row_are_told_and_the_good_rows_are_in(desk: Desk) -> None:
    desk.put(
        "products.csv",
        "Code,Name,Kind,Price,Share,Off,Since,Seen\n"
        "A,Pen,hw,1.234,0.05,0,2026-01-31,\n"
        "B,Ink,wood,x,0.05,maybe,2026-01-31 09:30,2026-13-01\n"
        "C,,hw,1,0.05,0,,\n"
        "D,Cap,hw,-1,0.05,0,,\n"
        "E,bad,hw,1,0.05,0,,\n"
        "F,Good,hw,1,0.05,0,,\n"
        "F,Again,hw,1,0.05,0,,\n"
        "G,A name that is far too long for it,hw,1,0.05,0,,\n",
    )
    result = desk.run(CELLS)
    rows = told(result)
    assert {(row, column, value) for row, column, value, _ in rows} == {
        (2, "Price", "1.234"),
        (3, "Kind", "wood"),
        (3, "Price", "x"),
        (3, "Off", "maybe"),
        (3, "Since", "2026-01-31 09:30"),
        (3, "Seen", "2026-13-01"),
        (4, "Name", ""),
        (5, "Price", "-1"),
        (6, "Name", "bad"),
        (8, "", ""),
        (9, "Name", "A name that is far too long for it"),
    }
    assert any("No bad here" in message for *_, message in rows)
    assert desk.rows(PRODUCT, "code") == [("F",)]
    (file,) = result.files
    assert (file.rows, file.new, file.refused) == (8, 1, 7)


@pytest.mark.parametrize("manner", [{"all_or_nothing": True}, {"dry_run": True}])
def test_what_is_not_to_be_saved_leaves_no_trace(desk: Desk, manner: dict[str, bool]) -> None:
    desk.put("products.csv", "Code,Name\nA,Pen\nB,\n")
    (file,) = desk.run(PRODUCTS, **manner).files
    assert (file.new, file.refused) == (1, 1)
    assert desk.rows(PRODUCT, "code") == []
    desk.put("products.csv", "Code,Name\nA,Pen\n")
    desk.run(PRODUCTS, **manner)
    assert desk.rows(PRODUCT, "code") == ([] if "dry_run" in manner else [("A",)])


def test_a_row_may_refer_to_any_row_of_its_file(desk: Desk) -> None:
    desk.put("products.csv", "Code,Name,Above\nA,Pen,B\nB,Ink,\nC,Cap,A\nD,Box,Z\n")
    mapping = PRODUCTS + 'above = { column = "Above", find = "code" }\n'
    result = desk.run(mapping)
    assert told(result) == [(5, "Above", "Z", "nothing is found under `Z`")]
    above = [row[0] for row in desk.rows(PRODUCT, "above")]
    assert [each and isinstance(each, Reference) and each.display for each in above] == [
        "Ink", None, "Pen",
    ]  # fmt: skip
    (file,) = desk.run(mapping).files
    assert (file.same, file.changed, file.refused) == (3, 0, 1)


ORDERS = (
    PRODUCTS
    + """\
price = "Price"

[[file]]
name = "orders.csv"
entity = "Order"
key = "number"

[file.fields]
placed = "Placed"

[file.history]
number = "No"
created_at = "Placed"
status = { column = "Sent", filled = "shipped", empty = "open" }

[[file]]
name = "lines.csv"
entity = "Line"
key = ["parent", "product"]

[file.fields]
parent = { column = "No", find = "number" }
product = { column = "Code", find = "code" }
quantity = "Quantity"

[[file]]
name = "tags.csv"
entity = "Tag"
key = "name"

[file.fields]
name = "Tag"

[[file]]
name = "pairs.csv"
link = "Product.tags"
from = { column = "Code", find = "code" }
to = { column = "Tag", find = "name" }
"""
)


def put_orders(desk: Desk) -> None:
    desk.put("products.csv", "Code,Name,Price\nA,Pen,0.5\nB,Ink,2\n")
    desk.put("orders.csv", "No,Placed,Sent\n0070,2020-01-02,2020-01-05\n0080,2020-01-03,\n")
    desk.put(
        "lines.csv",
        "No,Code,Quantity\n0070,A,3\n0080,A,1\n0070,B,2\n0080,B,0\n0080,Z,1\n0090,A,1\n",
    )
    desk.put("tags.csv", "Tag\nred\nblue\n")
    desk.put("pairs.csv", "Code,Tag\nA,red\nA,blue\nA,red\nB,green\n")


def test_history_is_taken_down_as_it_was(desk: Desk) -> None:
    put_orders(desk)
    result = desk.run(ORDERS, as_history=True)
    assert desk.rows(ORDER, "number", "status", "amount") == [
        ("0070", "shipped", Decimal("5.50")),
        ("0080", "open", Decimal("0.00")),
    ]
    created = desk.rows(ORDER, "created_at")[0][0]
    assert created == datetime(2020, 1, 1, 16, tzinfo=UTC)  # midnight in Shanghai
    by_file = {file.name: file for file in result.files}
    assert by_file["lines.csv"].new == 2
    refused = [fault.row for fault in by_file["lines.csv"].faults]
    assert set(refused) == {3, 5, 6, 7}  # all lines of an order with a bad one
    assert (by_file["pairs.csv"].new, by_file["pairs.csv"].same) == (2, 1)
    assert [fault.row for fault in by_file["pairs.csv"].faults] == [5]
    after = desk.store.create(ACTOR, ORDER, {})
    assert desk.reader.get(ORDER, after.id).values["number"] == "0081"
    begins = desk.database.read(
        lambda c: (
            c.execute(select(HISTORY.c.at).where(HISTORY.c.action == "import")).scalars().all()
        )
    )
    assert created in begins


def test_a_second_import_of_history_is_the_same(desk: Desk) -> None:
    put_orders(desk)
    desk.run(ORDERS, as_history=True)
    result = desk.run(ORDERS, as_history=True)
    assert [(file.new, file.changed) for file in result.files] == [(0, 0)] * 5


def test_without_history_a_record_begins_as_every_other(desk: Desk) -> None:
    desk.put("orders.csv", "No,Placed,Sent\n0070,2020-01-02,2020-01-05\n")
    mapping = (
        '[[file]]\nname = "orders.csv"\nentity = "Order"\n[file.fields]\nplaced = "Placed"\n'
        '[file.history]\nnumber = "No"\nstatus = { column = "Sent", filled = "shipped" }\n'
    )
    desk.run(mapping)
    assert desk.rows(ORDER, "number", "status") == [("0001", "open")]


MISTAKES: list[tuple[str, str, str]] = [
    ('entity = "Product"', 'entity = "Produkt"', "there is no entity `Produkt`"),
    ('name = "Name"', 'nahme = "Name"', "has no field `nahme`"),
    ('name = "Name"', 'name = "Nahme"', "has no column `Nahme`"),
    ('name = "Name"', 'name = "Twice"', "more than one column `Twice`"),
    ('name = "Name"', 'name = { colum = "Name" }', "there is no such key"),
    ('name = "Name"', 'name = { column = "Name", value = "x" }', "one of them"),
    ('name = "Name"', 'name = "Name"\nshare = "Name"', "say how percents are written"),
    ('name = "Name"', 'name = "Name"\nabove = "Name"', "by which field the record is found"),
    ('name = "Name"', 'name = "Name"\nabove = {column = "Name", find = "name"}', "not unique"),
    ('name = "Name"', 'name = "Name"\ncreated_at = "Name"', "only `--as-history`"),
    ('key = "code"', 'key = "name"', "is no key"),
    ('key = "code"', 'key = "since"', "in the key and not mapped"),
    ('name = "products.csv"', 'name = "nothing.csv"', "there is no such file"),
    ('key = "code"', 'key = "code"\nencoding = "klingon"', "there is no encoding"),
    ('key = "code"', 'key = "code"\nkeys = 3', "there is no such key"),
    ("[[file]]", "[[file]", "this is no TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "words"), MISTAKES)
def test_a_mapping_that_is_wrong_is_told_before_anything_is_saved(
    desk: Desk, right: str, wrong: str, words: str
) -> None:
    desk.put("products.csv", "Code,Name,Twice,Twice\nA,Pen,,\n")
    with pytest.raises(Fault) as fault:
        desk.run(PRODUCTS.replace(right, wrong))
    assert any(words in message.en for _, message in fault.value.faults)
    assert all(message.zh for _, message in fault.value.faults)
    assert desk.rows(PRODUCT, "code") == []


def test_refused_rows_are_listed_for_a_spreadsheet(desk: Desk, tmp_path: Path) -> None:
    desk.put("products.csv", 'Code,Name,Price\nA,Pen,"=cmd|1"\n')
    result = desk.run(PRODUCTS + 'price = "Price"\n')
    write_faults(tmp_path / "errors.csv", result.faults, "zh")
    text = (tmp_path / "errors.csv").read_bytes().decode("utf-8-sig")
    assert text.splitlines() == [
        "file,row,column,value,reason",
        "products.csv,2,Price,'=cmd|1,`=cmd|1` 不是数字",
    ]


def test_northwind_comes_in_whole_with_its_well_known_figures(
    database_url: str, root: Path, shared_data: Path
) -> None:
    desk = Desk(
        database_url, shared_data / "northwind", app(root / "apps" / "northwind"), "northwind"
    )
    try:
        mapping = (root / "apps" / "northwind" / "import.toml").read_text("utf-8")
        result = desk.run(mapping, as_history=True)
        assert told(result) == []
        rows = {file.name: file.new for file in result.files}
        assert (rows["orders.csv"], rows["order_details.csv"]) == (830, 2155)
        reader = desk.reader
        for name in ("TotalRevenue", "RevenueByMonth", "RevenueByCategory", "RevenueByEmployee"):
            report = reader.report(f"northwind.{name}")
            assert report.total[0] == Decimal("1265793.0395")
            assert sum(measure(group, 0) for group in report.groups) == report.total[0]
        group = reader.report("northwind.RevenueByMonth").groups[0]
        behind = reader.rows_behind(
            "northwind.RevenueByMonth", group.drill, ListQuery((("amount",),), size=1_000)
        )
        amounts: list[Any] = [row.cells[0] for row in behind.rows]
        assert sum(amounts) == group.measures[0]
        again = desk.run(mapping, as_history=True)
        assert {(file.new, file.changed) for file in again.files} == {(0, 0)}
    finally:
        desk.database.close()


def measure(group: Any, place: int) -> Decimal:
    value = group.measures[place]
    assert isinstance(value, Decimal)
    return value
