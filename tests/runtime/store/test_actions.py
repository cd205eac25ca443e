"""Actions: steps that move nothing, on records with a flow and without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from compiler.bundle import Bundle
from runtime.access.actor import Actor
from runtime.store.problems import Conflict, Forbidden, NotFound, Rejected
from runtime.store.records import Saved
from tests.support.apps import shop as compiled
from tests.support.running import Running, running

DESK = """
role Sales
role Boss

entity Customer
  name: text(60) required
  rating: int readonly
  merged: bool required default false
  owner -> User required default me
  access
    Sales, Boss create, read
    Sales update

entity Note
  text: text(60) required
  access
    Sales, Boss read
    Sales create, update

flow Note.status
  state open initial
  state closed final
  close: open -> closed
    by Sales

action rate "Rate" on Customer
  by Boss
  ask rating required
  ask reason: text(40) required
  require not merged "{name} is merged"
  do
    create Note(text: "{name}: {reason}")

action shout "Shout" on Note
  by Sales
  do
    text = "{text}!"

rule loud on Note created
  when text starts with "!"
  do
    this.shout()
"""


@dataclass
class Desk:
    app: Running
    ann: Actor
    mo: Actor

    def create(self, entity: str, **values: object) -> Saved:
        return self.app.store.create(self.ann, self.app.entity(entity), values, {})

    def press(self, actor: Actor, entity: str, saved: Saved, name: str, **inputs: object) -> Saved:
        found = self.app.entity(entity)
        return self.app.store.transition(actor, found, saved.id, saved.version, name, inputs)

    def buttons(self, actor: Actor, entity: str, saved: Saved) -> list[tuple[str, bool]]:
        found = self.app.store.transitions(actor, self.app.entity(entity), saved.id)
        return [(each.transition.name, each.allowed) for each in found]


@cache
def bundle() -> Bundle:
    return compiled(DESK)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with running(bundle(), database_url, "shop") as app:
        yield Desk(app, ann=app.person("Ann", "Sales"), mo=app.person("Mo", "Boss"))


def test_an_action_asks_and_does_and_history_says_so(desk: Desk) -> None:
    acme = desk.create("Customer", name="Acme")
    saved = desk.press(desk.mo, "Customer", acme, "rate", rating=4, reason="pays")
    assert desk.app.row("Customer", acme.id)["rating"] == 4
    assert [row["text"] for row in desk.app.rows("Note")] == ["Acme: pays"]
    assert saved.version == 2
    told = desk.app.query(
        "SELECT actor, cause, action, name, new FROM _cw_history"
        " WHERE subject LIKE '%customer' AND action IN ('action', 'input') ORDER BY id"
    )
    cause = "action shop.Customer.rate"
    assert told == [
        (desk.mo.user_id, cause, "action", "rate", None),
        (desk.mo.user_id, cause, "input", "reason", "pays"),
    ]


def test_only_those_named_in_by_see_and_press_it(desk: Desk) -> None:
    acme = desk.create("Customer", name="Acme")
    assert desk.buttons(desk.mo, "Customer", acme) == [("rate", True)]
    assert desk.buttons(desk.ann, "Customer", acme) == []
    with pytest.raises(Forbidden):
        desk.press(desk.ann, "Customer", acme, "rate", rating=1, reason="no")
    with pytest.raises(NotFound):
        desk.press(desk.mo, "Customer", acme, "explode")


def test_what_it_asks_and_requires_holds(desk: Desk) -> None:
    acme = desk.create("Customer", name="Acme", merged=True)
    assert desk.buttons(desk.mo, "Customer", acme) == [("rate", False)]
    with pytest.raises(Rejected) as refused:
        desk.press(desk.mo, "Customer", acme, "rate", rating=4, reason="pays")
    assert refused.value.problems[0].message.en == "Acme is merged"
    with pytest.raises(Rejected) as missing:
        desk.press(desk.mo, "Customer", acme, "rate", rating=4)
    assert [each.field for each in missing.value.problems] == ["reason"]
    assert desk.app.row("Customer", acme.id)["rating"] is None


def test_it_stands_behind_the_transitions_and_in_every_state(desk: Desk) -> None:
    note = desk.create("Note", text="hello")
    assert desk.buttons(desk.ann, "Note", note) == [("close", True), ("shout", True)]
    closed = desk.press(desk.ann, "Note", note, "close")
    assert desk.buttons(desk.ann, "Note", note) == [("shout", True)]
    desk.press(desk.ann, "Note", closed, "shout")
    assert desk.app.row("Note", note.id)["text"] == "hello!"
    assert desk.app.row("Note", note.id)["status"] == "closed"


def test_a_stale_version_is_a_conflict(desk: Desk) -> None:
    acme = desk.create("Customer", name="Acme")
    desk.press(desk.mo, "Customer", acme, "rate", rating=4, reason="pays")
    with pytest.raises(Conflict):
        desk.press(desk.mo, "Customer", acme, "rate", rating=2, reason="late")


def test_a_rule_calls_an_action(desk: Desk) -> None:
    note = desk.create("Note", text="!hey")
    assert desk.app.row("Note", note.id)["text"] == "!hey!"
