"""Lists and reports: every row once, filters in words, and figures whose rows add up to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, event

from compiler.model.base import EntityId
from tests.runtime.web.browsing import Browser, Site

CITIES = ("上海", "北京", "Lyon")


@pytest.fixture(scope="module")
def stocked(shop: Site) -> Site:
    """60 customers, and 24 orders over three months, some of them placed."""
    store = shop.host.serving.store
    lamp = shop.add("shop.Boss", "shop.Product", name="灯", price=Decimal("12.50"))
    desk = shop.add("shop.Boss", "shop.Product", name="Desk", price=300)
    customers = [
        shop.add(
            "shop.Seller", "shop.Customer", name=f"{CITIES[number % 3]}公司{number}",
            kind=("big", "small", None)[number % 3], visited=date(2026, 11, 1 + number % 20),
        )
        for number in range(60)
    ]  # fmt: skip
    for number in range(24):
        lines = [{"product": lamp, "quantity": number + 1}, {"product": desk, "quantity": 1}]
        id = shop.add(
            "shop.Seller", "shop.Order", {"lines": lines}, customer=customers[number],
            placed=date(2026, 9, 1) + timedelta(days=3 * number),
        )  # fmt: skip
        if number % 4:
            store.transition(shop.actor("shop.Seller"), EntityId("shop.Order"), id, 1, "place")
    return shop


def rows_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="(/shop/\w+/\d+)"', page)


def pages_of(browser: Browser, path: str) -> Iterator[list[str]]:
    """The rows of a list, page by page."""
    while path:
        page = browser.page(path)
        yield rows_of(page)
        following = re.findall(r'rel="next" href="([^"]+)"', page)
        path = unescape(following[0]) if following else ""


@pytest.mark.parametrize("sort", ["", "sort=kind", "sort=-visited", "sort=-name&sort=kind"])
def test_paging_visits_each_row_once(stocked: Site, sort: str) -> None:
    seller = stocked.browser("shop.Seller")
    pages = list(pages_of(seller, f"/shop/customer?size=25&{sort}"))
    assert [len(each) for each in pages] == [25, 25, 10]
    assert len({row for page in pages for row in page}) == 60


def test_the_previous_page_is_the_one_before(stocked: Site) -> None:
    seller = stocked.browser("shop.Seller")
    first = seller.page("/shop/customer?size=25")
    second = seller.page(unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0]))
    back = seller.page(unescape(re.findall(r'rel="prev" href="([^"]+)"', second)[0]))
    assert rows_of(back) == rows_of(first)
    assert "1–25" in back


@pytest.mark.parametrize(
    ("query", "number"),
    [
        *(("q=上海", 20), ("q=公司5", 11), ("q=LYON", 20), ("q=nothing", 0)),
        *(("f=kind:in:big", 20), ("f=kind:in:big|small", 40), ("f=kind:null:", 20)),
        *(("f=visited:from:2026-11-10&f=visited:until:2026-11-10", 3), ("f=owner:me:", 60)),
        *(("f=name:contains:北京", 20), ("q=上海&f=kind:in:small", 0)),
    ],
)
def test_search_and_filters_leave_what_they_say(stocked: Site, query: str, number: int) -> None:
    page = stocked.browser("shop.Seller").page(f"/shop/customer?size=100&{quote(query, '=&:|')}")
    assert len(rows_of(page)) == number
    assert (f"{number} record" in page) or (number == 0 and "No match" in page)


def test_a_filter_is_added_by_its_form_and_removed_by_its_chip(stocked: Site) -> None:
    seller = stocked.browser("shop.Seller")
    added = seller.get("/shop/customer?q=公司&filter=kind&op=in&value=big&value=small")
    assert added.status_code == 303
    page = seller.page(added.headers["location"])
    assert len(rows_of(page)) == 40
    assert "Big" in page
    assert "Small" in page
    chip = re.findall(r'<a[^>]+class="chip[^"]*"[^>]*href="([^"]+)"', page)
    chip += re.findall(r'href="([^"]+)"[^>]*aria-label="Remove filter', page)
    assert len(rows_of(seller.page(unescape(chip[0])))) == 50


def test_a_longer_page_takes_no_more_statements(stocked: Site) -> None:
    seller = stocked.browser("shop.Seller")
    statements: list[int] = []
    for size in (25, 50):
        seller.page(f"/shop/customer?size={size}")
        with counted() as found:
            seller.page(f"/shop/customer?size={size}")
        statements.append(len(found))
    assert statements[0] == statements[1]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are run meanwhile, by anybody."""
    found: list[str] = []

    def note(*arguments: object) -> None:
        found.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def test_columns_are_chosen(stocked: Site) -> None:
    page = stocked.browser("shop.Seller").page("/shop/customer?cols=visited&cols=owner")
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]*)', page)
    assert heads == ["Name", "Visited", "Owner"]


def marks_of(page: str) -> list[str]:
    """The addresses of the rows behind the rows of a report's table."""
    return [unescape(each) for each in re.findall(r'<th scope="row"><a href="([^"]+)"', page)]


def test_the_rows_behind_each_figure_add_up_to_it(stocked: Site) -> None:
    boss = stocked.browser("shop.Boss")
    page = boss.page("/r/shop/sales")
    body = page[page.rindex("<tbody>") : page.rindex("</tbody>")]
    figures = [
        [Decimal(re.sub(r"[^\d.]", "", cell)) for cell in re.findall(r'<td class="n">(.*?)<', row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]
    assert len(figures) >= 6
    for (revenue, orders), mark in zip(figures, marks_of(page), strict=True):
        listed = boss.page(f"{mark}&cols=number&cols=total&size=100")
        totals = re.findall(r"¥([\d,.]+)", listed[listed.index("<tbody>") :])
        assert len(totals) == orders
        assert sum(Decimal(each.replace(",", "")) for each in totals) == revenue
    foot = page[page.rindex("<tfoot>") : page.rindex("</tfoot>")]
    total = Decimal(re.sub(r"[^\d.]", "", re.findall(r'<td class="n">(.*?)<', foot)[0]))
    assert total == sum(revenue for revenue, _ in figures)


def test_a_report_of_lines_leads_to_lines_and_they_to_their_records(stocked: Site) -> None:
    boss = stocked.browser("shop.Boss")
    rows = boss.page(marks_of(boss.page("/r/shop/lines"))[0])
    assert "/shop/order/" in rows


def test_a_report_has_only_what_its_reader_may_read(stocked: Site) -> None:
    stocked.add("shop.Boss", "shop.Customer", name="of the boss")
    seller, boss = stocked.browser("shop.Seller"), stocked.browser("shop.Boss")
    assert "of the boss" in boss.page("/shop/customer?q=boss")
    assert "of the boss" not in seller.page("/shop/customer?q=boss")
    assert seller.get("/r/shop/sales").status_code == 200


def test_the_inbox_tells_what_happened_and_forgets_what_was_read(stocked: Site) -> None:
    boss = stocked.browser("shop.Boss")
    page = boss.page("/inbox")
    told = re.findall(r'href="(/inbox/\d+)"', page)
    assert len(told) == 18
    assert "is placed" in page
    assert boss.get(told[0]).headers["location"].startswith("/shop/order/")
    assert len(re.findall(r'href="(/inbox/\d+)"', boss.page("/inbox"))) == 17
    assert stocked.browser("shop.Seller").get(told[1]).status_code == 404
    form = boss.form("/inbox", "/inbox/read")
    assert boss.send(form).status_code == 303
    assert "You are up to date" in boss.page("/inbox")
    assert "is placed" in boss.page("/inbox?show=all")
