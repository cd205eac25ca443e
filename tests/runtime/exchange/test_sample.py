"""Made-up data: for any app, plausible, true to the app's own rules, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compiler.bundle import Bundle
from compiler.model.app import TEAM, USER
from compiler.model.base import EntityId
from runtime.clock import Clock
from runtime.db import Database
from runtime.exchange.sample.generator import ACTOR, Generator, NotEmpty, SampleResult
from runtime.exchange.sample.recipe import BadRecipe, Recipe, read
from runtime.people import People, demo_users
from runtime.schema.prepare import prepare
from runtime.store.query import ListQuery, Reference, Sort
from runtime.store.records import Store
from stdlib.library import STANDARD
from tests.support.apps import app, shop

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


class Fixed(Clock):
    def now(self) -> datetime:
        return NOW


class Office:
    """An app with its demo users, to be filled."""

    def __init__(self, url: str, bundle: Bundle) -> None:
        clock = Fixed()
        self.workspace = bundle.workspace
        self.database = Database.open(url)
        catalog = prepare(self.database, bundle, STANDARD, clock)
        self.store = Store(bundle, catalog, self.database, STANDARD, clock)
        users, teams = catalog.table(USER), catalog.table(TEAM)
        self.people = People(self.workspace, self.store, self.database, clock, users, teams)
        demo_users(self.people)

    def fill(self, module: str, rows: int, recipe: Recipe) -> SampleResult:
        made = Generator(self.workspace, module, self.store, self.people, recipe, Fixed())
        return made.run(rows)

    def rows(self, entity: str, *columns: str) -> list[tuple[Any, ...]]:
        query = ListQuery(tuple((name,) for name in columns), sort=(Sort(("id",)),), size=9_999)
        page = self.store.reader(ACTOR).list(EntityId(entity), query)
        return [
            tuple(cell.display if isinstance(cell, Reference) else cell for cell in row.cells)
            for row in page.rows
        ]


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[list[Office]]:
    opened: list[Office] = []
    yield opened
    for office in opened:
        office.database.close()


def office(offices: list[Office], folder: Path, bundle: Bundle) -> Office:
    offices.append(Office(f"sqlite:///{folder / f'{len(offices)}.db'}", bundle))
    return offices[-1]


def test_the_crm_is_filled_without_a_refusal_and_the_same_again(
    offices: list[Office], tmp_path: Path, root: Path
) -> None:
    bundle = app(root / "apps" / "crm")
    recipe = read((root / "apps" / "crm" / "sample.toml").read_text("utf-8"))
    first, second = (office(offices, tmp_path, bundle) for _ in range(2))
    result = first.fill("crm", 60, recipe)
    assert result.refused == {}
    assert result.made[EntityId("crm.Customer")] == 60
    assert result.made[EntityId("crm.Order")] == 48
    second.fill("crm", 60, recipe)
    for entity in result.made:
        fields = tuple(self_made(bundle, entity))
        assert first.rows(entity, *fields) == second.rows(entity, *fields)
    for rows in (first.rows("crm.Order", "status"), first.rows("crm.Deal", "stage")):
        assert len(set(rows)) >= 4
    made = [at for (at,) in first.rows("crm.Customer", "created_at")]
    assert min(made) >= NOW - timedelta(days=731)
    assert max(made) <= NOW
    assert max(made) - min(made) > timedelta(days=365)
    texts = "".join(name for (name,) in first.rows("crm.Customer", "name"))
    assert any("\u4e00" <= sign <= "\u9fff" for sign in texts)
    assert any(sign.isascii() and sign.isalpha() for sign in texts)


def self_made(bundle: Bundle, entity: str) -> list[str]:
    fields = bundle.workspace.entities[EntityId(entity)].fields.values()
    return [each.name for each in fields if each.type.kind != "set" and each.upkeep != "read"]


HOTEL = """\
entity Room "Room"
  number "Number": int required unique
  beds "Beds": int required min 1 max 4
  display "{number}"

entity Guest "Guest"
  name "Name": text(12) required
  email "E-mail": email
  display "{name}"

entity Trip "Trip"
  guest "Guest" -> Guest required
  room "Room" -> Room required
  display "{guest}"

entity Stay "Stay"
  guest "Guest" -> Guest required
  trip "Trip" -> Trip
  begins "Begins": date required default today()
  left_on "Left on": date readonly
  paid "Paid": money min 50 max 60
  reason "Reason": text(40)
  extras "Extras": [Extra]
  display "{guest}"
  check trip is null or trip.guest == guest "It must be the guest's trip"

entity Extra "Extra"
  thing "Thing": text(20) required
  pieces "Pieces": int required min 1
  display "{thing}"

flow Stay.state "State"
  state booked "Booked" initial
  state here "Here"
    required reason
  state gone "Gone" final
  arrive "Arrive": booked -> here
    by everyone
    ask paid required
  leave "Leave": here -> gone
    by everyone
    do
      left_on = today()
"""


def test_any_app_is_filled_as_its_text_demands(offices: list[Office], tmp_path: Path) -> None:
    hotel = office(offices, tmp_path, shop(HOTEL))
    result = hotel.fill("shop", 60, Recipe(states={"Stay": {"booked": 1, "here": 1, "gone": 2}}))
    assert result.refused == {}
    rows = hotel.rows("shop.Stay", "state", "paid", "reason", "left_on", "created_at", "begins")
    assert {row[0] for row in rows} == {"booked", "here", "gone"}
    for state, paid, reason, left_on, created_at, begins in rows:
        assert (paid is None) == (state == "booked")
        assert paid is None or 50 <= paid <= 60
        assert reason is not None or state != "here"
        assert (left_on is None) == (state != "gone")
        assert left_on is None or created_at.date() <= left_on <= date(2026, 11, 20)
        assert abs(begins - created_at.date()) <= timedelta(days=1)
    numbers = [number for (number,) in hotel.rows("shop.Room", "number")]
    assert len(numbers) == len(set(numbers)) == 40
    assert all(len(name) <= 12 for (name,) in hotel.rows("shop.Guest", "name"))


def test_a_recipe_says_how_many_and_which(offices: list[Office], tmp_path: Path) -> None:
    recipe = read(
        'main = "Stay"\n[rows]\nRoom = 3\n[share]\nGuest = 0.5\n[lines]\nExtra = [2, 2]\n'
        '[values]\n"Extra.thing" = ["{parent}tea", "milk"]\n"Stay.trip" = { empty = 1.0 }\n'
        '"Room.beds" = { min = 2, max = 2 }\n'
    )
    hotel = office(offices, tmp_path, shop(HOTEL))
    made = hotel.fill("shop", 10, recipe).made
    assert {name.partition(".")[2]: count for name, count in made.items()} == {
        "Room": 3, "Guest": 5, "Trip": 10, "Stay": 10, "Extra": 20,
    }  # fmt: skip
    assert {thing for (thing,) in hotel.rows("shop.Extra", "thing")} == {"tea", "milk"}
    assert {trip for (trip,) in hotel.rows("shop.Stay", "trip")} == {None}
    assert {beds for (beds,) in hotel.rows("shop.Room", "beds")} == {2}


def test_an_app_in_use_is_left_alone(offices: list[Office], tmp_path: Path) -> None:
    hotel = office(offices, tmp_path, shop(HOTEL))
    hotel.store.create(ACTOR, EntityId("shop.Room"), {"number": 7, "beds": 1})
    with pytest.raises(NotEmpty, match=r"shop\.Room"):
        hotel.fill("shop", 10, Recipe())
    assert hotel.rows("shop.Guest", "name") == []


@pytest.mark.parametrize("text", ["rows = 3", "mian = 'x'", "[values]\nx = { mni = 3 }", "["])
def test_a_recipe_that_says_nothing_known_is_told(text: str) -> None:
    with pytest.raises(BadRecipe, match=r"sample\.toml cannot be used"):
        read(text)
