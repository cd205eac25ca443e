"""Measures of how records went through their flow."""

from __future__ import annotations

from functools import cache

import pytest

from compiler.bundle import Bundle
from runtime.access.actor import Actor
from runtime.store.records import Saved
from tests.support.apps import shop
from tests.support.running import Running, running

APP = """\
role Sales "Sales"
role Clerk "Clerk"

enum Kind
  small
  big

entity Deal "Deal"
  name: text(60) required
  kind: Kind
  access
    Sales all
    Clerk read except stage

flow Deal.stage "Stage"
  state open "Open" initial
  state offered "Offered"
  state won "Won" final
  state lost "Lost" final
  offer "Offer": open -> offered
    by Sales
  withdraw "Withdraw": offered -> open
    by Sales
  note "Note": * -> stay
    by Sales
  win "Win": offered -> won
    by Sales
  lose "Lose": open, offered -> lost
    by Sales

report Course "Course" on Deal
  show deals = count(), opened = entered(open), offered = entered(offered), won = entered(won)
  show left = left(open), back = returned(open), now = in(open), share = won / offered
  show past = in(open, 2020-01-01), today = in(offered, today()), before = in(open, now() - 1 day)

report ByKind "By kind" on Deal
  by kind
  show offered = entered(offered)
"""


@cache
def bundle() -> Bundle:
    return shop(APP)


def press(app: Running, actor: Actor, deal: Saved, *names: str) -> None:
    for name in names:
        deal = app.store.transition(actor, app.entity("Deal"), deal.id, deal.version, name, {})


@pytest.fixture
def figures(database_url: str) -> dict[str, dict[str, object]]:
    """What the reports say to a seller and to a clerk, who may not read the stage."""
    with running(bundle(), database_url, "shop") as app:
        ann, cleo = app.person("Ann", "Sales"), app.person("Cleo", "Clerk")
        for kind, steps in (
            ("small", ()),
            ("small", ("note", "offer", "win")),
            ("big", ("offer", "withdraw", "offer", "withdraw", "note")),
            ("big", ("lose",)),
            ("big", ("offer", "note")),
        ):
            values = {"name": str(steps)[:60], "kind": kind}
            press(app, ann, app.store.create(ann, app.entity("Deal"), values), *steps)
        found = {}
        for name, actor in (("ann", ann), ("cleo", cleo)):
            reader = app.store.reader(actor)
            course, kinds = reader.report("shop.Course"), reader.report("shop.ByKind")
            names = [each.name for each in course.report.measures]
            found[name] = dict(zip(names, course.total, strict=True)) | {
                str(group.keys[0]): group.measures[0] for group in kinds.groups
            }
        return found


def test_moves_are_counted_once_for_each_record(figures: dict[str, dict[str, object]]) -> None:
    ann = figures["ann"]
    assert {name: ann[name] for name in ("deals", "opened", "offered", "won")} == {
        "deals": 5, "opened": 5, "offered": 3, "won": 1,
    }  # fmt: skip
    assert {name: ann[name] for name in ("left", "back", "now")} == {
        "left": 4, "back": 1, "now": 2,
    }  # fmt: skip
    assert {name: ann[name] for name in ("past", "today", "before")} == {
        "past": 0, "today": 1, "before": 0,
    }  # fmt: skip
    assert (ann["small"], ann["big"]) == (1, 2)
    assert f"{ann['share']:.4f}" == "0.3333"


def test_who_may_not_know_the_state_learns_nothing_of_it(
    figures: dict[str, dict[str, object]],
) -> None:
    cleo = figures["cleo"]
    assert cleo.pop("deals") == 5
    assert set(cleo.values()) == {0, None}
