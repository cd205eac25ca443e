"""Which rules an act sets off for a record, and what their statements ask of the store."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.model.rule import Rule
from runtime.engine import rule
from runtime.engine.commands import Make, Remove, Write
from runtime.engine.statement import run
from tests.runtime.engine.world import ORDER, Scope, Thing, Truths, World, done, workspace


def named(name: str) -> Rule:
    return workspace().rules[f"shop.{name}"]


def fires(name: str, record: Thing) -> bool:
    return rule.fires(named(name), workspace().entities[ORDER], record, Truths())


def changed(before: dict[str, Any], **values: Any) -> Thing:
    order = World().order(**values)
    order.before = before
    return order


@pytest.mark.parametrize(
    ("made", "before", "amount", "expected"),
    [
        (True, None, 60, True),
        (True, None, 40, False),
        (False, 40, 60, True),
        (False, 60, 70, False),
        (False, 60, 40, False),
    ],
)
def test_a_condition_fires_when_it_becomes_true(
    made: bool, before: int | None, amount: int, expected: bool
) -> None:
    order = changed({} if before is None else {"amount": before}, amount=amount)
    order.made = made
    assert fires("large", order) == expected


def test_a_condition_does_not_fire_for_what_is_gone() -> None:
    order = changed({"amount": 40}, amount=60)
    order.gone = True
    assert not fires("large", order)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"made": True}, ["noted"]),
        ({"before": {"remark": "x"}}, ["noted"]),
        ({"before": {"amount": 1}}, []),
        ({"before": {"amount": 1, "remark": "x"}}, ["noted"]),
        ({"gone": True}, ["gone"]),
        ({"gone": True, "made": True}, []),
        ({"before": {"status": "draft"}, "status": "done"}, ["gone"]),
        ({"before": {"status": "draft"}, "status": "confirmed"}, []),
        ({"before": {"status": "draft"}, "status": "done", "gone": True}, ["gone"]),
    ],
)
def test_events_are_what_the_act_did_to_the_record(
    what: dict[str, Any], expected: list[str]
) -> None:
    order = World().order(status=what.get("status", "draft"))
    order.made, order.gone = what.get("made", False), what.get("gone", False)
    order.before = what.get("before", {})
    assert [name for name in ("noted", "gone") if fires(name, order)] == expected


@pytest.mark.parametrize(
    ("before", "expected"), [({"amount": 1}, True), ({"remark": "x"}, False), ({}, False)]
)
def test_a_rejection_concerns_acts_that_write_what_it_reads(
    before: dict[str, Any], expected: bool
) -> None:
    order = changed(before, amount=95)
    entity = workspace().entities[ORDER]
    assert rule.refuses(named("capped"), entity, order, Truths()) == expected
    order.made = True
    assert rule.refuses(named("capped"), entity, order, Truths())
    order.values["amount"] = 90
    assert not rule.refuses(named("capped"), entity, order, Truths())


def test_statements_become_commands_in_their_order() -> None:
    world = World()
    partner = world.order()
    order = world.order(partner=partner.id)
    one, two = world.add("OrderLine", quantity=1), world.add("OrderLine", quantity=5)
    order.members = {"lines": [one, two]}
    commands = done(run(named("noted").do, Scope.of(order)), world)
    assert [type(each) for each in commands] == [Make, Write, Write, Make, Make, Write, Remove]
    first, second, quantity, count_1, count_2, remark, gone = commands
    assert first.values == {"text": "first", "order": order.id}
    assert (second.record.entity_id, second.values) == ("shop.Note", {"text": "second"})
    assert (quantity.record, quantity.values) == (two, {"quantity": 1})
    assert [each.values["text"] for each in (count_1, count_2)] == ["1", "2"]
    assert (remark.record, gone.record) == (partner, partner)


def test_nothing_is_done_where_a_path_leads_nowhere() -> None:
    world = World()
    order = world.order()
    order.members = {"lines": []}
    commands = done(run(named("noted").do, Scope.of(order)), world)
    assert [type(each) for each in commands] == [Make, Write, Make, Make]
