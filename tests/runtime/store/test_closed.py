"""Records that nobody writes, spans that do not meet, and choices that depend on others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from compiler.bundle import Bundle
from runtime.access.actor import Actor
from runtime.store.problems import Forbidden, Rejected
from runtime.store.records import Line, Saved
from tests.support.apps import shop as app_of
from tests.support.running import SYSTEM, Running, running

TEXT = """\
role Boss

entity Region
  name: text(40) required
  access
    Boss all

entity City
  name: text(40) required
  region -> Region required
  access
    Boss all

entity Month
  name: text(7) required
  closed: bool required default false
  visits <- Visit.month
  access
    Boss all

entity Visit
  title: text(40)
  month -> Month
  region -> Region
  city -> City where region == this.region
  engineer -> User
  starts: datetime
  ends: datetime
  notes: [Remark]
  paid: int = count(notes)
  frozen when month.closed "{month.name} is closed"
  no overlap engineer, starts..<ends
  access
    Boss all

entity Remark
  text: text(80)

flow Visit.state
  state open initial
  state done final
  finish: open -> done
    by Boss
    ask city

rule stamp on Month changed name
  do
    for each in visits
      each.title = name
"""


@dataclass(frozen=True)
class Visits:
    app: Running
    boss: Actor

    def create(self, entity: str, *lines: Line, **values: object) -> Saved:
        given = {"notes": lines} if lines else {}
        return self.app.store.create(self.boss, self.app.entity(entity), values, given)

    def update(self, entity: str, saved: Saved, *lines: Line, **values: object) -> Saved:
        given = {"notes": lines} if lines else {}
        id, version = saved.id, saved.version
        return self.app.store.update(self.boss, self.app.entity(entity), id, version, values, given)

    def visit(self, saved: Saved) -> Any:
        return self.app.row("Visit", saved.id)


@cache
def bundle() -> Bundle:
    return app_of(TEXT)


@pytest.fixture
def visits(database_url: str) -> Iterator[Visits]:
    with running(bundle(), database_url, "shop") as app:
        yield Visits(app, app.person("Mo", "Boss"))


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def told(refused: pytest.ExceptionInfo[Rejected]) -> list[tuple[str | None, str]]:
    return [(each.field, each.message.en) for each in refused.value.problems]


# --- frozen --------------------------------------------------------------------------------------


def test_nobody_writes_what_is_frozen(visits: Visits) -> None:
    march = visits.create("Month", name="March")
    visit = visits.create("Visit", Line({"text": "hello"}), title="Acme", month=march.id)
    march = visits.update("Month", march, closed=True)
    with pytest.raises(Forbidden) as forbidden:
        visits.update("Visit", visit, title="Bolt")
    assert "March is closed" in str(forbidden.value)
    with pytest.raises(Forbidden):
        visits.app.store.delete(visits.boss, visits.app.entity("Visit"), visit.id, visit.version)
    for actor in (visits.boss, SYSTEM):
        with pytest.raises((Forbidden, Rejected)):
            visits.app.store.update(
                actor, visits.app.entity("Visit"), visit.id, visit.version, {"title": "Bolt"}, {}
            )
    assert visits.visit(visit)["title"] == "Acme"


def test_nothing_becomes_frozen_by_being_written(visits: Visits) -> None:
    march = visits.create("Month", name="March", closed=True)
    with pytest.raises(Rejected) as refused:
        visits.create("Visit", title="Acme", month=march.id)
    assert told(refused) == [(None, "March is closed")]
    visit = visits.create("Visit", title="Acme")
    with pytest.raises(Rejected):
        visits.update("Visit", visit, month=march.id)


def test_a_rule_does_not_write_it_either(visits: Visits) -> None:
    march = visits.create("Month", name="March")
    visits.create("Visit", title="Acme", month=march.id)
    march = visits.update("Month", march, closed=True)
    with pytest.raises((Forbidden, Rejected)) as refused:
        visits.update("Month", march, name="April")
    assert "is closed" in str(refused.value)
    march = visits.update("Month", march, closed=False)
    march = visits.update("Month", march, name="April")


def test_the_lines_of_a_frozen_record_are_frozen(visits: Visits) -> None:
    march = visits.create("Month", name="March")
    visit = visits.create("Visit", Line({"text": "hello"}), month=march.id)
    (line,) = visits.app.rows("Remark")
    visits.update("Month", march, closed=True)
    with pytest.raises((Forbidden, Rejected)):
        visits.app.store.update(
            SYSTEM, visits.app.entity("Remark"), line["id"], line["version"], {"text": "bye"}, {}
        )
    with pytest.raises((Forbidden, Rejected)):
        visits.app.store.create(
            SYSTEM, visits.app.entity("Remark"), {"text": "more", "parent": visit.id}, {}
        )


# --- no overlap ----------------------------------------------------------------------------------


def test_spans_of_the_same_do_not_meet(visits: Visits) -> None:
    mo = visits.boss.user_id
    visits.create("Visit", title="one", engineer=mo, starts=at(1), ends=at(3))
    visits.create("Visit", title="next", engineer=mo, starts=at(3), ends=at(4))
    visits.create("Visit", title="nobody", starts=at(1), ends=at(9))
    visits.create("Visit", title="no time", engineer=mo)
    for start, end in ((1, 2), (2, 5), (3, None), (1, None)):
        with pytest.raises(Rejected) as refused:
            visits.create(
                "Visit", engineer=mo, starts=at(start), ends=None if end is None else at(end)
            )
        assert [field for field, _ in told(refused)] == ["starts"]
    later = visits.create("Visit", title="later", engineer=mo, starts=at(5))
    with pytest.raises(Rejected):
        visits.create("Visit", engineer=mo, starts=at(20), ends=at(21))
    visits.update("Visit", later, ends=at(6))
    visits.create("Visit", engineer=mo, starts=at(20), ends=at(21))


def test_a_change_is_held_to_it_too(visits: Visits) -> None:
    mo = visits.boss.user_id
    one = visits.create("Visit", title="one", engineer=mo, starts=at(1), ends=at(3))
    two = visits.create("Visit", title="two", engineer=mo, starts=at(5), ends=at(6))
    with pytest.raises(Rejected) as refused:
        visits.update("Visit", two, starts=at(2))
    assert told(refused) == [("starts", "this time is taken by one")]
    visits.update("Visit", one, ends=at(2))
    visits.update("Visit", two, starts=at(2))


# --- choices that depend on others ----------------------------------------------------------------


def test_a_reference_leads_to_what_fits_and_is_cleared_where_it_does_not(visits: Visits) -> None:
    north, south = (visits.create("Region", name=name) for name in ("North", "South"))
    oslo = visits.create("City", name="Oslo", region=north.id)
    with pytest.raises(Rejected) as refused:
        visits.create("Visit", region=south.id, city=oslo.id)
    assert [field for field, _ in told(refused)] == ["city"]
    visit = visits.create("Visit", region=north.id, city=oslo.id)
    visit = visits.update("Visit", visit, title="still fits")
    assert visits.visit(visit)["city"] == oslo.id
    visits.update("Visit", visit, region=south.id)
    assert visits.visit(visit)["city"] is None
    with pytest.raises(Rejected):
        visits.app.store.create(
            SYSTEM, visits.app.entity("Visit"), {"region": south.id, "city": oslo.id}, {}
        )


def test_what_a_transition_asks_for_fits_too(visits: Visits) -> None:
    north, south = (visits.create("Region", name=name) for name in ("North", "South"))
    oslo = visits.create("City", name="Oslo", region=north.id)
    visit = visits.create("Visit", region=south.id)

    def finish(visit: Saved) -> Saved:
        store, entity = visits.app.store, visits.app.entity("Visit")
        return store.transition(
            visits.boss, entity, visit.id, visit.version, "finish", {"city": oslo.id}
        )

    with pytest.raises(Rejected) as refused:
        finish(visit)
    assert [field for field, _ in told(refused)] == ["city"]
    finish(visits.update("Visit", visit, region=north.id))
