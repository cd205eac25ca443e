"""How people come into a workspace and leave it: links, passwords, roles, deactivation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.model.base import RoleId
from runtime.people import RealUsers, demo_users, people_of
from tests.runtime.web.browsing import Browser, Site, serving
from tests.runtime.web.conftest import SHOP
from tests.support.apps import compiled

PASSWORD = "correct horse battery"


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Site]:
    """A workspace that nobody has entered yet."""
    with serving(compiled(("shop/app.case", SHOP)), tmp_path, demo=False) as site:
        yield site


def founder(site: Site) -> Browser:
    """The first admin, come in by the bootstrap link."""
    link = f"/welcome/{people_of(site.host, site.host.serving).bootstrap_link()}"
    browser = site.visitor()
    entered = browser.fill(link, name="Ann", email="ann@example.com", password=PASSWORD)
    assert entered.headers["location"] == "/"
    assert browser.get(link).status_code == 410
    return browser


def invite(admin: Browser, name: str, *roles: str) -> tuple[str, str]:
    """The link of an invitation, and the address of the person's form."""
    email = f"{name}@example.com"
    answer = admin.fill("/users/new", name=name, email=email, roles=list(roles), active="true")
    assert answer.status_code == 200
    link = re.findall(r"http://[^\"]+(/welcome/[^\"]+)", answer.text)[0]
    number = re.findall(rf'href="(/users/\d+)"[^>]*>\s*{name}', answer.text)[0]
    return link, number


def test_the_first_admin_signs_up_and_invites(new: Site) -> None:
    admin = founder(new)
    assert "shop.Boss" not in admin.page("/users")
    link, _ = invite(admin, "bo", "shop.Boss")
    bo = new.visitor()
    short = bo.fill(link, password="short")
    assert short.status_code == 422
    assert bo.fill(link, password=PASSWORD).headers["location"] == "/"
    assert bo.get("/shop/customer").status_code == 200
    used = new.visitor().get(link)
    assert used.status_code == 410
    assert "<h1>This link no longer works</h1>" in used.text
    assert '<form method="post" action="/welcome' not in used.text
    assert bo.get("/users").status_code == 404


def test_a_password_is_asked_and_a_wrong_one_told_alike(new: Site) -> None:
    founder(new)
    visitor = new.visitor()
    wrong = visitor.fill("/login", email="ann@example.com", password="wrong wrong wrong")
    unknown = visitor.fill("/login", email="nobody@example.com", password=PASSWORD)
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace("ann@", "nobody@") == unknown.text
    entered = visitor.fill("/login", email="ann@example.com", password=PASSWORD)
    assert entered.status_code == 303
    assert visitor.get("/").status_code == 200


def test_nobody_enters_as_a_demo_user_of_a_real_workspace(new: Site) -> None:
    founder(new)
    answer = new.visitor().client.post("/login", data={"demo": "ann@example.com"})
    assert answer.status_code == 422


def test_too_many_attempts_have_to_wait(new: Site) -> None:
    founder(new)
    visitor = new.visitor()
    statuses = {
        visitor.fill("/login", email="ann@example.com", password=f"wrong {n}").status_code
        for n in range(30)
    }
    assert 429 in statuses


def test_who_is_deactivated_is_signed_out_and_stays_out(new: Site) -> None:
    admin = founder(new)
    link, form = invite(admin, "bo", "shop.Seller")
    bo = new.visitor()
    bo.fill(link, password=PASSWORD)
    assert bo.get("/shop/customer").status_code == 200
    edit = admin.form(form)
    del edit.values["active"]
    assert admin.send(edit).status_code == 303
    assert bo.get("/shop/customer").status_code == 303
    refused = new.visitor().fill("/login", email="bo@example.com", password=PASSWORD)
    assert refused.status_code == 422


def test_a_role_counts_from_the_next_click(new: Site) -> None:
    admin = founder(new)
    link, form = invite(admin, "bo")
    bo = new.visitor()
    bo.fill(link, password=PASSWORD)
    assert bo.get("/shop/customer").status_code == 404
    assert admin.fill(form, roles=["shop.Seller"]).status_code == 303
    assert bo.get("/shop/customer").status_code == 200
    assert admin.fill(form, roles=[]).status_code == 303
    assert bo.get("/shop/customer").status_code == 404


def test_an_admin_cannot_lock_themselves_out(new: Site) -> None:
    admin = founder(new)
    refused = admin.fill("/users/1", roles=["shop.Boss"])
    assert refused.status_code == 422
    assert admin.get("/users").status_code == 200


def test_an_address_is_given_once(new: Site) -> None:
    admin = founder(new)
    answer = admin.fill("/users/new", name="Other", email="ann@example.com", active="true")
    assert answer.status_code == 422
    assert 'value="Other"' in answer.text


def test_who_is_invited_has_a_name_and_an_address(new: Site) -> None:
    answer = founder(new).fill("/users/new", name="bo", email=" ", active="true")
    assert answer.status_code == 422
    assert 'id="f-email-error"' in answer.text
    assert [each.name for each in people_of(new.host, new.host.serving).members()] == ["Ann"]


def test_an_invitation_sent_twice_makes_one_person(new: Site) -> None:
    admin = founder(new)
    form = admin.form("/users/new")
    for _ in range(2):
        answer = admin.send(form, name="bo", email="bo@example.com", active="true")
        assert answer.status_code == 200
    members = people_of(new.host, new.host.serving).members()
    assert [each.name for each in members].count("bo") == 1


def test_an_invited_person_leaves_the_demo_open(tmp_path: Path) -> None:
    with serving(compiled(("shop/app.case", SHOP)), tmp_path) as demo:
        link, _ = invite(demo.browser("std.Admin"), "bo", "shop.Boss")
        assert demo.visitor().fill(link, password=PASSWORD).status_code == 303
        assert demo.browser("shop.Seller").get("/shop/customer").status_code == 200
        with pytest.raises(RealUsers):
            demo_users(people_of(demo.host, demo.host.serving))


def test_demo_users_hold_up_no_change_of_the_text(tmp_path: Path) -> None:
    with serving(compiled(("shop/app.case", SHOP + "\nrole Guest\n")), tmp_path) as demo:
        assert "shop.Guest" in demo.members
        demo.host.replace(compiled(("shop/app.case", SHOP)))
        assert demo.browser("shop.Boss").get("/shop/customer").status_code == 200


def test_after_a_demo_the_first_person_is_still_asked_for(tmp_path: Path) -> None:
    with serving(compiled(("shop/app.case", SHOP)), tmp_path) as demo:
        assert people_of(demo.host, demo.host.serving).is_empty()
        invite(demo.browser("std.Admin"), "bo", "std.Admin")
        assert not people_of(demo.host, demo.host.serving).is_empty()


def test_a_demo_offers_each_role_once(shop: Site) -> None:
    roles = shop.host.serving.bundle.workspace.roles
    assert set(shop.members) == {RoleId(role) for role in roles}
    names = [member.name for member in shop.members.values()]
    assert len(set(names)) == len(names)
