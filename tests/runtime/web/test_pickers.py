"""Pickers of references that depend on other fields: they offer what fits the form as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.runtime.web.browsing import Browser, Site, serving
from tests.support.apps import compiled

APP = """\
app shop "Shop"
  languages en, zh
  timezone "Asia/Shanghai"
  currency CNY

role Seller "Seller"
role Boss "Boss"

entity Region "Region"
  name "Name": text(40) required search
  secret "Secret": bool required default false
  access
    Seller read except secret
    Boss all

entity City "City"
  name "Name": text(40) required search
  region "Region" -> Region required
  size "Size": int
  access
    everyone read
    Boss all

entity Office "Office"
  name "Name": text(40) required search
  region "Region" -> Region
  city "City" -> City where region == this.region
  least "Least": int
  big "Big" -> City where size >= this.least
  hidden "Hidden" -> City where region.secret and region == this.region
  twice "Twice": int = least * 2
  larger "Larger" -> City where size >= this.twice
  visits "Visits": [Visit]
  access
    Seller, Boss all

entity Visit "Visit"
  region "Region" -> Region
  city "City" -> City where region == this.region
  near "Near" -> City where region == this.parent.region
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(compiled(("shop/app.case", APP)), tmp_path_factory.mktemp("pickers")) as site:
        yield site


@pytest.fixture(scope="module")
def north(shop: Site) -> int:
    made = {
        name: shop.add("shop.Boss", "shop.Region", name=name, secret=True)
        for name in ("north", "south")
    }
    for name, region, size in (
        ("Beijing", "north", 20),
        ("Harbin", "north", 5),
        ("Sanya", "south", 1),
    ):
        shop.add("shop.Boss", "shop.City", name=name, region=made[region], size=size)
    return made["north"]


def source(page: str, name: str) -> str:
    """Where the picker of an input asks."""
    found = re.search(rf'data-src="([^"]*)"[^>]*>\s*<input type="text" name="{name}\.text"', page)
    assert found is not None
    return unescape(found[1])


def offered(person: Browser, address: str) -> set[str]:
    return set(re.findall(r'<li role="option"[^>]*>([^<]*)</li>', person.page(address)))


def test_a_picker_offers_what_fits_the_record(shop: Site, north: int) -> None:
    seller = shop.browser("shop.Seller")
    path = f"/shop/office/{shop.add('shop.Seller', 'shop.Office', name='A', region=north)}/edit"
    address = source(seller.page(path), "city")
    assert offered(seller, address) == {"Beijing", "Harbin"}
    assert offered(seller, f"{address}&q=har") == {"Harbin"}


def test_it_offers_what_fits_what_was_typed_since(shop: Site, north: int) -> None:
    seller = shop.browser("shop.Seller")
    form = seller.form("/shop/office/new")
    address = source(seller.page("/shop/office/new"), "city")
    assert offered(seller, address) == set()
    answer = seller.send(form, region=str(north), least="10", name="")
    assert answer.status_code == 422
    assert offered(seller, source(answer.text, "city")) == {"Beijing", "Harbin"}
    assert offered(seller, source(answer.text, "big")) == {"Beijing"}


def test_a_line_asks_with_its_own_fields(shop: Site, north: int) -> None:
    seller = shop.browser("shop.Seller")
    lines = {"visits": [{"region": north}]}
    office = shop.add("shop.Seller", "shop.Office", lines, name="A")
    page = seller.page(f"/shop/office/{office}/edit")
    assert offered(seller, source(page, r"visits\.0\.city")) == {"Beijing", "Harbin"}
    assert offered(seller, source(page, r"visits\.0\.near")) == {"Beijing", "Harbin", "Sanya"}


def test_what_is_worked_out_elsewhere_does_not_narrow(shop: Site, north: int) -> None:
    seller = shop.browser("shop.Seller")
    assert "?" not in source(seller.page("/shop/office/new"), "larger")


def test_a_condition_tells_nothing_that_may_not_be_read(shop: Site, north: int) -> None:
    address = f"/shop/city/options?of=shop.Office.hidden&this.region={north}"
    assert offered(shop.browser("shop.Boss"), address) == {"Beijing", "Harbin"}
    assert offered(shop.browser("shop.Seller"), address) == set()


@pytest.mark.parametrize(
    "query",
    ["of=shop.Office.city", "of=shop.Office.city&this.region=x", "of=x", "of=shop.Office.name",
     "of=shop.Office.region&this.region=1", "of=shop.Office.larger&this.twice=1"],
)  # fmt: skip
def test_what_is_not_understood_does_not_narrow(shop: Site, north: int, query: str) -> None:
    found = offered(shop.browser("shop.Seller"), f"/shop/city/options?{query}")
    assert found == {"Beijing", "Harbin", "Sanya"}
