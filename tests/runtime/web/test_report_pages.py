"""Pages of reports: what a reader sets, and the way to the rows behind."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.runtime.web.browsing import Site


@pytest.fixture(scope="module")
def stocked(shop: Site) -> Site:
    product = shop.add("shop.Boss", "shop.Product", name="Ladder", price=5)
    for name, kind, quantity in (("One", "big", 1), ("Two", "small", 10), ("Three", "big", 100)):
        customer = shop.add("shop.Boss", "shop.Customer", name=name, kind=kind)
        lines: dict[str, list[dict[str, object]]] = {
            "lines": [{"product": product, "quantity": quantity}]
        }
        shop.add("shop.Boss", "shop.Order", lines, customer=customer)
    return shop


def cells(page: str) -> list[list[str]]:
    """The rows of the page's last table, as texts."""
    table = page.rpartition("<table")[2]
    rows = re.findall(r"<tr[ >].*?</tr>|<tr>.*?</tr>", table, re.DOTALL)
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_a_report_shows_what_is_set_and_its_bands(stocked: Site) -> None:
    page = stocked.browser("shop.Boss").page("/r/shop/asked")
    assert cells(page)[1:] == [
        ["below ¥10.00", "1", "33.33%"],
        ["¥10.00 to below ¥1,000.00", "2", "66.67%"],
        ["Total", "3", "100%"],
    ]
    assert '<option value="this_year" selected>this year</option>' in page
    assert re.search(r'value="1.50" id="f-p.least"', page)


@pytest.mark.parametrize(
    ("asked", "orders"),
    [
        ("p.least=50", "2"),
        ("p.kind=big", "2"),
        ("p.kind=big&p.least=", "2"),
        ("p.since=2020-01-01&p.noted=false", "3"),
        ("p.noted=true", "0"),
        ("p.time=last_year", "0"),
    ],
)
def test_parameters_narrow_the_report(stocked: Site, asked: str, orders: str) -> None:
    page = stocked.browser("shop.Boss").page(f"/r/shop/asked?{asked}")
    if orders == "0":
        assert "No data for this report" in page
    else:
        assert cells(page)[-1][1] == orders


def test_a_mark_leads_to_its_rows_with_their_own_columns(stocked: Site) -> None:
    browser = stocked.browser("shop.Boss")
    page = browser.page("/r/shop/asked?p.kind=big&p.least=3")
    links = [unescape(href) for href in re.findall(r'href="(/shop/order\?report[^"]*)"', page)]
    listed = browser.page(links[-1])
    assert [row[1:] for row in cells(listed)[1:]] == [["Three", "¥500.00"]]


@pytest.mark.parametrize("asked", ["p.time=zz", "p.least=x", "p.since=2026-02-30", "p.kind=huge"])
def test_a_choice_that_makes_no_sense_says_so(stocked: Site, asked: str) -> None:
    answer = stocked.browser("shop.Boss").get(f"/r/shop/asked?{asked}")
    assert answer.status_code == 400


def test_a_reference_that_is_set_is_named(stocked: Site) -> None:
    browser = stocked.browser("shop.Boss")
    page = browser.page("/r/shop/asked?p.customer_is=2")
    assert re.search(r'name="p.customer_is.text"[^>]*value="Two"', page)
    assert cells(page)[-1][1] == "1"
    with_none = browser.page("/r/shop/asked?p.customer_is=")
    assert cells(with_none)[-1][1] == "3"


def test_totals_and_an_earlier_time_stand_in_the_table(stocked: Site) -> None:
    page = stocked.browser("shop.Boss").page("/r/shop/crossed")
    heads, *rows = cells(page)
    assert heads[2:5] == ["Orders", "A year before", "Change"]
    assert [(row[0], row[1], row[-3]) for row in rows if "Total" in row[:2]] == [
        ("Big", "Total", "¥505.00"), ("Small", "Total", "¥50.00"), ("Total", "3", "¥555.00"),
    ]  # fmt: skip


def test_a_dimension_is_laid_across(stocked: Site) -> None:
    browser = stocked.browser("shop.Boss")
    page = browser.page("/r/shop/pivoted")
    heads, line, foot = cells(page)
    assert heads[1:] == ["Big", "Small", "Total"]
    assert line[1:] == ["2", "1", "3"]
    assert foot == ["Total", "2", "1", "3"]
    links = [unescape(href) for href in re.findall(r'class="n"><a href="([^"]*)"', page)]
    counts = [len(cells(browser.page(href))) - 1 for href in links[-5:]]
    assert counts == [2, 1, 3, 2, 1]
