"""Tags on the pages: typed as words, shown as chips, filtered and kept in a conflict."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compiler.model.base import EntityId
from tests.runtime.web.browsing import Site, form_of, serving
from tests.support.apps import compiled

APP = """\
app shop "Shop"
  languages en, zh
  timezone "Asia/Shanghai"
  currency CNY

role Seller "Seller"

enum Kind "Kind"
  big "Big"
  small "Small"

entity Customer "Customer"
  name "Name": text(40) required search
  tags "Tags": tags required max 3
  kinds "Kinds": Kind many
  access
    Seller all

report Urgent "Urgent" on Customer
  where tags contains "urgent"
  by name
  show customers "Customers" = count()

view Customer
  list
    name
    tags
    kinds
    filter tags, kinds
"""
CUSTOMER = EntityId("shop.Customer")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(compiled(("shop/app.case", APP)), tmp_path_factory.mktemp("tags")) as site:
        yield site


def values(site: Site, path: str) -> dict[str, object]:
    reader = site.host.serving.store.reader(site.actor("shop.Seller"))
    return dict(reader.get(CUSTOMER, int(path.rpartition("/")[2])).values)


def test_tags_go_through_the_form_and_back(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    path = seller.fill("/shop/customer/new", name="A", tags="urgent，<b> 展会").headers["location"]
    assert values(shop, path)["tags"] == ("<b>", "urgent", "展会")
    assert ">&lt;b&gt;</span>" in seller.page(path)
    form = seller.form(f"{path}/edit")
    assert form.values["tags"] == ["<b>, urgent, 展会"]
    assert seller.send(form, name="B").headers["location"] == path
    assert values(shop, path)["tags"] == ("<b>", "urgent", "展会")
    seller.send(seller.form(f"{path}/edit"), tags="new")
    page = seller.page(path)
    assert ">new</span>" in page
    assert "&lt;b&gt;" in page, "in the history"


@pytest.mark.parametrize("tags", ["", "a b c d", "x" * 41])
def test_wrong_tags_come_back_as_they_were_typed(shop: Site, tags: str) -> None:
    answer = shop.browser("shop.Seller").fill("/shop/customer/new", name="A", tags=tags)
    assert answer.status_code == 422
    assert form_of(answer, "/shop/customer/new").values["tags"] == [tags]
    assert 'id="f-tags-error"' in answer.text


def test_a_list_shows_and_filters_by_tags(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    seller.fill("/shop/customer/new", name="Ann & Co", tags="export", kinds=["big"])
    seller.fill("/shop/customer/new", name="Bob & Co", tags="import", kinds=["small"])
    for filter in ("tags:contains:export", "kinds:in:big"):
        page = seller.page(f"/shop/customer?f={filter}")
        assert "Ann &amp; Co" in page
        assert "Bob &amp; Co" not in page
    assert "Bob &amp; Co" not in seller.page("/shop/customer?f=tags:null")
    assert "Bob &amp; Co" in seller.page("/shop/customer?f=tags:set")


def test_a_report_asks_for_a_tag(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    seller.fill("/shop/customer/new", name="Hurry", tags="urgent")
    seller.fill("/shop/customer/new", name="Later", tags="none")
    page = seller.page("/r/shop/urgent")
    assert "Hurry" in page
    assert "Later" not in page


def test_what_another_person_did_with_tags_is_taken_in(shop: Site) -> None:
    seller = shop.browser("shop.Seller")
    path = seller.fill("/shop/customer/new", name="A", tags="a b").headers["location"]
    mine = seller.form(f"{path}/edit")
    seller.send(seller.form(f"{path}/edit"), tags="c", kinds=["big", "small"])
    answer = seller.send(mine, name="Mine")
    assert answer.status_code == 409
    merged = form_of(answer, f"{path}/edit")
    assert merged.values["tags"] == ["c"]
    assert merged.values["kinds"] == ["big", "small"]
