"""`pick`: who is chosen, in turn, by lot, and by several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.runtime.store.test_races import AT_ONCE, together
from tests.support.apps import shop as app_of
from tests.support.running import SYSTEM, Running, running

Open = Callable[[str], AbstractContextManager[Running]]

LEADS = """
role Sales

entity Lead
  name: text(40)
  hot: bool default false
  team -> Team
  owner -> User
  open: bool default true
  access
    everyone all

rule route on Lead created
  when owner is null
  do
    owner = {pick}
"""


@pytest.fixture
def leads(database_url: str) -> Open:
    """Opens an app of leads that get an owner by this pick."""

    @contextmanager
    def opened(pick: str) -> Iterator[Running]:
        with running(app_of(LEADS.replace("{pick}", pick)), database_url, "shop") as app:
            yield app

    return opened


def owners(app: Running) -> list[str]:
    """The names of the owners of all leads, in order."""
    names = {row["id"]: row["name"] for row in app.rows("std.User")}
    return [names.get(row["owner"], "-") for row in app.rows("Lead")]


def create(app: Running, **values: object) -> None:
    app.store.create(SYSTEM, app.entity("Lead"), values)


def test_the_one_with_the_least_is_chosen_and_ties_go_in_turn(leads: Open) -> None:
    pick = "pick(Sales as s, lowest count(Lead where owner == s and open))"
    with leads(pick) as app:
        ann, bob = app.person("Ann", "Sales"), app.person("Bob", "Sales")
        app.person("Mo")
        for _ in range(4):
            create(app)
        assert owners(app) == ["Ann", "Bob", "Ann", "Bob"]
        create(app, owner=ann.user_id)
        for _ in range(2):
            create(app)
        assert owners(app)[4:] == ["Ann", "Bob", "Ann"]
        assert bob.user_id != ann.user_id


def test_turns_go_on_whatever_else_is_the_same(leads: Open) -> None:
    with leads("pick(Sales)") as app:
        for name in ("Ann", "Bob", "Cid"):
            app.person(name, "Sales")
        for _ in range(5):
            create(app)
        assert owners(app) == ["Ann", "Bob", "Cid", "Ann", "Bob"]


def test_nobody_fits_and_something_else_is_taken(leads: Open) -> None:
    pick = 'pick(Sales as s where s.name == "Zoe") ?? first(Admin sort created_at)'
    with leads(pick) as app:
        app.person("Ann", "Sales")
        create(app)
        app.person("Root", "std.Admin")
        create(app)
        assert owners(app) == ["-", "Root"]


def test_conditions_may_speak_of_the_record_and_of_rows_around(leads: Open) -> None:
    pick = "pick(Sales as s where this.team is not null and s.team == this.team)"
    with leads(pick) as app:
        app.person("Ann", "Sales")
        north = app.store.create(SYSTEM, app.entity("std.Team"), {"name": "North"}).id
        app.person("Bob", "Sales", team=north)
        create(app, team=north)
        create(app)
        assert owners(app) == ["Bob", "-"]


def test_by_lot_the_one_seam_of_chance_decides(leads: Open) -> None:
    with leads("pick(Sales, random)") as app:
        for name in ("Ann", "Bob", "Cid"):
            app.person(name, "Sales")
        drawn = iter([2, 0, 2])
        app.clock.lot = lambda count: next(drawn)  # type: ignore[method-assign]
        for _ in range(3):
            create(app)
        assert owners(app) == ["Cid", "Ann", "Cid"]


def test_several_at_once_are_shared_out_fairly(leads: Open) -> None:
    pick = "pick(Sales as s, lowest count(Lead where owner == s))"
    with leads(pick) as app:
        for name in ("Ann", "Bob", "Cid"):
            app.person(name, "Sales")
        together(lambda n: create(app, name=str(n)))
        assert Counter(owners(app)) == dict.fromkeys(["Ann", "Bob", "Cid"], AT_ONCE // 3)
