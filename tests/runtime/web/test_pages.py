"""Every page for everybody: what is there for whom, in both languages, and nothing missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from compiler.model.base import EntityId, RoleId
from tests.runtime.web.browsing import Browser, Site

MISSING = re.compile(r"\b(None|Undefined|KeyError)\b|\{\{|\{%|\{[a-z_]+\}")
ROLES = ["Sales", "SalesManager", "Director", "Finance", "Service"]


def seed(site: Site) -> None:
    """A little of everything, so that lists, records and reports show values of each type."""
    product = site.add(
        "crm.SalesManager", "crm.Product", name="标准版", code="L-1", price=1200, stocked=False
    )
    customer = site.add("crm.Sales", "crm.Customer", name="上海远洋贸易有限公司", region="east")
    site.add("crm.Sales", "crm.Contact", name="王芳", customer=customer, phone="13800000000")
    deal = site.add("crm.Sales", "crm.Deal", name="年度框架", customer=customer, amount=90_000)
    lines: dict[str, list[dict[str, object]]] = {"lines": [{"product": product, "quantity": 2}]}
    site.add("crm.Sales", "crm.Order", lines, customer=customer, deal=deal)
    site.add("crm.Sales", "crm.Quote", lines, deal=deal)
    site.add("crm.Sales", "crm.Lead", name="李女士", company="新公司", phone="13900000000")
    site.add("crm.Sales", "crm.Task", title="打电话", customer=customer)


@pytest.fixture(scope="module")
def seeded(crm: Site) -> Site:
    seed(crm)
    return crm


def addresses(site: Site) -> Iterator[tuple[str, EntityId | None]]:
    """The pages of the app, each with the entity that has to be readable for it."""
    workspace = site.host.serving.bundle.workspace
    for entity in workspace.entities.values():
        path = f"/{entity.module}/{entity.slug}"
        for each in (path, f"{path}/1", f"{path}/1/edit", f"{path}/1/delete", f"{path}/new"):
            yield each, entity.id
    for report in workspace.reports.values():
        yield f"/r/{report.module}/{report.slug}", report.entity
    yield from ((path, None) for path in ("/", "/inbox", "/inbox?show=all", "/me"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ROLES)
def test_each_page_answers_as_the_access_says(seeded: Site, role: str, language: str) -> None:
    browser = seeded.browser(f"crm.{role}", language)
    reader = seeded.host.serving.store.reader(seeded.actor(f"crm.{role}"))
    for path, entity in addresses(seeded):
        answer = browser.get(path)
        assert answer.status_code in (200, 403, 404), path
        if entity is None:
            assert answer.status_code == 200, path
        elif path.count("/") == 2 or path.startswith("/r/"):
            assert (answer.status_code == 200) == reader.can("read", entity), path
        shown = text_of(answer.text)
        assert not MISSING.search(shown), (path, MISSING.search(shown))
        assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.text


def text_of(page: str) -> str:
    """What a reader sees of a page."""
    return unescape(re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_admin_sees_the_people_and_nobody_else_does(seeded: Site, language: str) -> None:
    for path in ("/users", "/users/new", "/users/1"):
        assert seeded.browser("std.Admin", language).get(path).status_code == 200
        assert seeded.browser("crm.Director", language).get(path).status_code == 404


def test_a_visitor_is_led_to_the_sign_in_and_back(seeded: Site) -> None:
    visitor = seeded.visitor()
    answer = visitor.get("/crm/customer?q=上海")
    assert answer.status_code == 303
    page = visitor.client.get(answer.headers["location"])
    assert "/crm/customer?q=%E4%B8%8A%E6%B5%B7" in unescape(page.text)
    member = seeded.members[RoleId("crm.Sales")]
    next_ = "/crm/customer?q=%E4%B8%8A%E6%B5%B7"
    entered = visitor.client.post(
        "/login", data={"demo": member.email, "next": next_}, follow_redirects=False
    )
    assert entered.headers["location"] == next_


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", ""]
)
def test_a_sign_in_leads_to_no_foreign_page(seeded: Site, target: str) -> None:
    member = seeded.members[RoleId("crm.Sales")]
    entered = seeded.visitor().client.post(
        "/login", data={"demo": member.email, "next": target}, follow_redirects=False
    )
    assert entered.headers["location"] == "/"


def test_the_language_is_negotiated_chosen_and_kept(seeded: Site) -> None:
    visitor = seeded.visitor("zh-TW;q=0.4, zh-CN;q=0.9, en;q=0.5")
    assert "登录" in visitor.page("/login")
    assert "Sign in" in seeded.visitor("fr, en;q=0.2").page("/login")
    chosen = visitor.client.post("/language", data={"language": "en", "cw-next": "/login"})
    assert "Sign in" in chosen.text
    browser = seeded.browser("crm.Finance")
    browser.client.headers["accept-language"] = "zh"
    assert "Home" in browser.page("/")


def test_the_language_chosen_before_signing_in_holds_after_it(shop: Site) -> None:
    person = shop.visitor("en")
    person.client.post("/language", data={"language": "zh", "cw-next": "/login"})
    member = shop.members[RoleId("shop.Seller")]
    person.client.post("/login", data={"demo": member.email})
    assert '<html lang="zh' in person.page("/")


def test_what_may_not_be_read_is_like_what_never_was(shop: Site) -> None:
    hidden = shop.add("shop.Boss", "shop.Customer", name="hidden")
    order = shop.add("shop.Boss", "shop.Order", customer=hidden)
    seller = shop.browser("shop.Seller")
    for path in ("/shop/customer/{}", "/shop/customer/{}/edit", "/shop/customer/{}/delete"):
        assert_alike(seller, path.format(hidden), path.format(999_999))
    for path in ("/shop/order/{}", "/shop/order/{}/do/place", "/shop/order/{}/do/cancel"):
        assert_alike(seller, path.format(order), path.format(999_999))
    form = seller.form("/me")
    for action in (f"/shop/order/{order}/do/place", "/shop/order/999999/do/place"):
        assert seller.client.post(action, data=form.values).status_code == 404


@pytest.mark.parametrize(
    ("language", "wrong_way", "too_large"),
    [("en", "This address is not for that", "This is too large"),
     ("zh", "该地址不支持此操作", "内容过大")],
)  # fmt: skip
def test_a_refused_request_is_told_in_its_own_words(
    seeded: Site, language: str, wrong_way: str, too_large: str
) -> None:
    browser = seeded.browser("crm.Sales", language)
    answer = browser.client.post("/", data=browser.form("/me").values)
    assert answer.status_code == 405
    assert f"<h1>{wrong_way}</h1>" in answer.text
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = browser.client.post("/me", headers=form, content=iter([b"x" * 50_000_000]))
    assert answer.status_code == 413
    assert f"<h1>{too_large}</h1>" in answer.text


def test_a_form_of_too_many_fields_is_refused(shop: Site) -> None:
    boss = shop.browser("shop.Boss")
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = boss.client.post("/me", headers=form, content="x=1&" * 20_001)
    assert answer.status_code == 400


def assert_alike(browser: Browser, hidden: str, absent: str) -> None:
    one, other = browser.get(hidden), browser.get(absent)
    assert one.status_code == other.status_code == 404
    assert one.content == other.content
    dropped = ("set-cookie", "date")
    assert [pair for pair in one.headers.items() if pair[0] not in dropped] == [
        pair for pair in other.headers.items() if pair[0] not in dropped
    ]


@pytest.mark.parametrize(
    "query",
    [
        *("f=zz", "f=zz:eq:1", "f=secret_margin:ge:0", "f=lines:eq:1", "f=customer:eq:x"),
        *("f=customer:eq:99999999999999999999", "f=total:ge:1e400", "f=placed:eq:2026-99-01"),
        *("f=placed:period:zz", "sort=zz", "sort=secret_margin", "after=zz", "before=zz"),
        "report=shop.Sales&mark=zz",
    ],
)
def test_an_address_that_makes_no_sense_says_so(shop: Site, query: str) -> None:
    seller = shop.browser("shop.Seller")
    shop.add("shop.Seller", "shop.Customer", name=f"of {query}")
    answer = seller.get(f"/shop/order?{query}")
    assert answer.status_code == 400
    assert 'href="/shop/order"' in answer.text


def test_a_column_that_may_not_be_seen_is_not_offered(shop: Site) -> None:
    seller, boss = shop.browser("shop.Seller"), shop.browser("shop.Boss")
    assert "Secret margin" in boss.page("/shop/order/new")
    for path in ("/shop/order/new", "/shop/order", "/shop/order?cols=secret_margin"):
        assert "Secret margin" not in seller.page(path)
