"""Sets of values, of an enum and of people's own tags: kept, found, and asked in conditions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from compiler.bundle import Bundle
from compiler.model.base import EntityId
from runtime.access.actor import Actor
from runtime.store.problems import Conflict, Rejected
from runtime.store.query import BadQuery, Comparison, Filter, ListQuery, Path, Sort
from tests.support.apps import compiled
from tests.support.running import Running, running

APP = """
app shop "Shop"
  languages en, zh
  timezone "Asia/Shanghai"
  currency CNY

role Sales "Sales"
role Guest "Guest"

enum Tier "Tier"
  gold "Gold"
  silver "Silver"

entity Customer "Customer"
  name "Name": text(40) required search
  tags "Tags": tags search max 3
  tiers "Tiers": Tier many
  wanted "Wanted": text(20)
  urgent "Urgent": bool = tags contains "urgent"
  cold "Cold": bool = wanted not in tags
  mentor "Mentor" -> Customer
  access
    Sales all
    Guest read except tags

rule told "Told" on Customer changed tags
  when tags contains "bad" and not (old.tags contains "bad")
  reject "{name} is not bad" at tags
"""
CUSTOMER = EntityId("shop.Customer")


@cache
def bundle() -> Bundle:
    return compiled(("shop/app.case", APP))


@pytest.fixture
def shop(database_url: str) -> Iterator[Running]:
    with running(bundle(), database_url, "shop") as app:
        yield app


@pytest.fixture
def ann(shop: Running) -> Actor:
    return shop.person("Ann", "Sales")


def make(shop: Running, actor: Actor, name: str, *tags: str, **values: object) -> int:
    return shop.store.create(actor, CUSTOMER, {"name": name, "tags": tags, **values}, {}).id


def found(shop: Running, actor: Actor, *filters: Filter, search: str = "") -> list[object]:
    query = ListQuery((("name",),), filters=filters, search=search, sort=(Sort(("name",)),))
    return [row.cells[0] for row in shop.store.reader(actor).list(CUSTOMER, query).rows]


def test_tags_are_kept_and_asked(shop: Running, ann: Actor) -> None:
    id = make(shop, ann, "A", "urgent", "#展会", "urgent", "", wanted="fair")
    seen = shop.store.reader(ann).get(CUSTOMER, id).values
    assert seen["tags"] == ("urgent", "展会")
    assert (seen["urgent"], seen["cold"]) == (True, True)
    shop.store.update(ann, CUSTOMER, id, 1, {"tags": ["fair"]}, {})
    seen = shop.store.reader(ann).get(CUSTOMER, id).values
    assert (seen["tags"], seen["urgent"], seen["cold"]) == (("fair",), False, False)


@pytest.mark.parametrize("tags", [["a", "b", "c", "d"], ["key account"], "vip", [1], ["bad"]])
def test_what_is_not_allowed_is_refused(shop: Running, ann: Actor, tags: object) -> None:
    id = make(shop, ann, "A")
    with pytest.raises(Rejected) as refused:
        shop.store.update(ann, CUSTOMER, id, 1, {"tags": tags}, {})
    assert {each.field for each in refused.value.problems} == {"tags"}


@pytest.mark.parametrize(
    ("path", "comparison", "values", "names"),
    [
        (("tags",), "contains", ("vip",), "A"),
        (("tags",), "contains", ("vi",), ""),
        (("tags",), "in", ("vip", "new"), "AB"),
        (("tags",), "empty", (), "C"),
        (("tags",), "filled", (), "AB"),
        (("mentor", "tags"), "contains", ("vip",), "B"),
        (("mentor", "tags"), "filled", (), "B"),
        (("tiers",), "contains", ("gold",), "A"),
        (("tiers",), "in", ("gold", "silver"), "AC"),
        (("tiers",), "in", (), ""),
        (("tiers",), "empty", (), "B"),
    ],
)
def test_filters_find_what_is_in_a_set(
    shop: Running,
    ann: Actor,
    path: Path,
    comparison: Comparison,
    values: tuple[str, ...],
    names: str,
) -> None:
    first = make(shop, ann, "A", "vip", tiers=["gold", "silver"])
    make(shop, ann, "B", "new", "old", mentor=first)
    make(shop, ann, "C", tiers=["silver"])
    assert found(shop, ann, Filter(path, comparison, values)) == list(names)


def test_a_set_has_no_order(shop: Running, ann: Actor) -> None:
    with pytest.raises(BadQuery):
        found(shop, ann, Filter(("tags",), "lt", ("vip",)))


def test_a_search_finds_a_part_of_a_tag(shop: Running, ann: Actor) -> None:
    make(shop, ann, "A", "Urgent", "展会")
    make(shop, ann, "B")
    assert found(shop, ann, search="urg") == ["A"]
    assert found(shop, ann, search="展 a") == ["A"]
    assert found(shop, ann, search="%") == []


def test_tags_that_may_not_be_read_are_as_good_as_none(shop: Running, ann: Actor) -> None:
    make(shop, ann, "A", "vip")
    guest = shop.person("Gus", "Guest")
    assert found(shop, guest, search="vip") == []
    with pytest.raises(BadQuery):
        found(shop, guest, Filter(("tags",), "filled"))


def test_what_is_computed_of_tags_is_found(shop: Running, ann: Actor) -> None:
    make(shop, ann, "A", "urgent")
    make(shop, ann, "B", "new")
    assert found(shop, ann, Filter(("urgent",), "eq", (True,))) == ["A"]


def test_history_tells_which_tags_there_were(shop: Running, ann: Actor) -> None:
    id = make(shop, ann, "A", "b", "a")
    shop.store.update(ann, CUSTOMER, id, 1, {"tags": ("c",)}, {})
    events = shop.store.reader(ann).history(CUSTOMER, id, 20)
    changes = {each.field: each for event in events for each in event.changes}
    assert (set(changes["tags"].old), set(changes["tags"].new)) == ({"a", "b"}, {"c"})  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["tags", "tiers"])
def test_a_set_that_was_not_changed_is_no_conflict(shop: Running, ann: Actor, name: str) -> None:
    values = {"tags": ("a", "b"), "tiers": ("gold", "silver")}
    id = make(shop, ann, "A", "a", "b", tiers=values["tiers"])
    other = {"tags": ("c",), "tiers": ("gold",)}
    shop.store.update(ann, CUSTOMER, id, 1, {name: other[name]}, {})
    with pytest.raises(Conflict) as conflict:
        shop.store.update(ann, CUSTOMER, id, 1, {**values, "name": "B"}, {})
    assert not conflict.value.fields
    assert conflict.value.taken_in == {name: frozenset(other[name])}
