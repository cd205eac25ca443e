"""Functions in Python: loaded where that is on, held to their types, refused where it is off."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from compiler.model.base import EntityId
from runtime.db import Database
from runtime.externs import ExternFault, WrongResult, extended
from runtime.schema.prepare import prepare
from runtime.schema.refusal import Refused
from runtime.store.records import Store
from stdlib.library import STANDARD
from tests.support.apps import shop
from tests.support.running import Running, SetClock

APP = """\
entity Trip
  start: text required
  goal: text
  far: decimal(1)
  note: text
  access
    everyone all

rule measure on Trip created or changed start, goal
  do
    far = distance(start, goal)
    note = label_of(this)

extern function distance(a: text, b: text?) -> decimal(1)?

extern function label_of(trip: Trip) -> text
"""
GEO = """\
def distance(a, b):
    return None if b is None else len(a) / 1 if b == "float" else len(a + b)
"""
LABELS = """\
def label_of(trip):
    return f"{trip['start']} #{trip.id > 0}"
"""
TRIP = EntityId("shop.Trip")


def written(folder: Path, **files: str) -> Path:
    (folder / "shop" / "extern").mkdir(parents=True)
    for name, text in files.items():
        (folder / "shop" / "extern" / f"{name}.py").write_text(text, "utf-8")
    return folder


def test_a_rule_calls_the_apps_own_python(tmp_path: Path, database_url: str) -> None:
    bundle, clock = shop(APP), SetClock()
    library = extended(STANDARD, bundle, written(tmp_path, geo=GEO, labels=LABELS))
    database = Database.open(database_url)
    catalog = prepare(database, bundle, library, clock)
    store = Store(bundle, catalog, database, library, clock)
    app = Running(bundle, database, store, clock, "shop")
    ann = app.person("Ann")
    trip = store.create(ann, TRIP, {"start": "Bonn", "goal": "Rome"})
    row = app.row("Trip", trip.id)
    assert (row["far"], row["note"]) == (Decimal("8.0"), "Bonn #True")
    assert app.row("Trip", store.create(ann, TRIP, {"start": "Bonn"}).id)["far"] is None
    with pytest.raises(WrongResult):
        store.create(ann, TRIP, {"start": "Bonn", "goal": "float"})
    assert len(app.rows("Trip")) == 2
    database.close()


def test_what_is_declared_has_to_be_there_once(tmp_path: Path) -> None:
    bundle = shop(APP)
    with pytest.raises(ExternFault, match="label_of"):
        extended(STANDARD, bundle, written(tmp_path / "a", geo=GEO))
    with pytest.raises(ExternFault, match="more than one"):
        extended(STANDARD, bundle, written(tmp_path / "b", geo=GEO, twice=GEO, labels=LABELS))


def test_without_the_switch_the_app_is_refused(database_url: str) -> None:
    database = Database.open(database_url)
    with pytest.raises(Refused) as refused:
        prepare(database, shop(APP), STANDARD, SetClock())
    assert "CASEWORK_EXTERN" in refused.value.changes[0].words.en
    database.close()
