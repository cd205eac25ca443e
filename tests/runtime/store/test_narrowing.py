"""What a dependent reference may lead to, asked of each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from compiler.bundle import Bundle
from compiler.model.base import EntityId
from runtime.store.narrowing import decided_by, narrowing
from tests.support.apps import compiled
from tests.support.running import Running, running

APP = """
app shop "Shop"
  languages en, zh
  timezone "Asia/Shanghai"
  currency CNY

role Seller "Seller"

entity Region "Region"
  name "Name": text(40) required
  access
    Seller all

entity City "City"
  name "Name": text(40) required
  region "Region" -> Region
  access
    Seller all

entity Office "Office"
  name "Name": text(40)
  region "Region" -> Region
  city "City" -> City where region == this.region
  other "Other" -> City where region.name == this.region.name and name != this.name
  access
    Seller all
"""
CITY, OFFICE = EntityId("shop.City"), EntityId("shop.Office")


@cache
def bundle() -> Bundle:
    return compiled(("shop/app.case", APP))


@pytest.fixture
def shop(database_url: str) -> Iterator[Running]:
    with running(bundle(), database_url, "shop") as app:
        yield app


def test_a_reference_is_narrowed_by_the_values_of_the_record(shop: Running) -> None:
    ann = shop.person("Ann", "Seller")
    north = shop.store.create(ann, EntityId("shop.Region"), {"name": "north"}, {}).id
    for name, region in (("Beijing", north), ("Harbin", north), ("Nowhere", None)):
        shop.store.create(ann, CITY, {"name": name, "region": region}, {})
    office = shop.store.domain.workspace.entities[OFFICE]

    def offered(reference: str, **values: object) -> list[str | None]:
        field = office.fields[reference]
        assert set(decided_by(office, field)) == set(values)
        found = shop.store.reader(ann).options(CITY, "", 10, narrowing(office, field, values))
        return [each.display for each in found]

    assert offered("city", region=north) == ["Beijing", "Harbin"]
    assert offered("other", region=north, name="Harbin") == ["Beijing"]
    assert offered("city", region=None) == ["Nowhere"]
