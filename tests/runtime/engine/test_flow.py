"""What taking a transition asks of the store, step by step."""

from __future__ import annotations

import pytest

from compiler.model.flow import Flow
from runtime.engine import flow
from runtime.engine.commands import Enter, Make, Note, Refuse, Write
from tests.runtime.engine.world import ORDER, Scope, World, done, workspace


@pytest.fixture
def orders() -> Flow:
    return workspace().flows[ORDER]


def test_the_steps_of_a_transition_are_in_their_order(orders: Flow) -> None:
    world = World()
    order = world.order()
    inputs = {"remark": "soon", "reason": "asked"}
    steps = flow.take(
        orders, orders.transitions["confirm"], order, Scope.of(order, **inputs), inputs
    )
    commands = done(steps, world)
    assert [type(each) for each in commands] == [Write, Note, Enter, Make, Note]
    write, _, enter, make, _ = commands
    assert write.values == {"remark": "soon"}
    assert (enter.transition.target, enter.inputs) == ("confirmed", {"reason": "asked"})
    assert make.values == {"text": "asked", "order": order.id}


@pytest.mark.parametrize(
    ("amount", "unmet"), [(0, ["Nothing to pay"]), (10, []), (100, ["Too much for "])]
)
def test_each_condition_that_does_not_hold_refuses(
    orders: Flow, amount: int, unmet: list[str]
) -> None:
    world = World()
    order, confirm = world.order(amount=amount), orders.transitions["confirm"]
    scope = Scope.of(order, reason=None, remark=None)
    assert len(list(flow.unmet(confirm, scope))) == len(unmet)
    refused = [
        each
        for each in done(flow.take(orders, confirm, order, scope, {}), world)
        if isinstance(each, Refuse)
    ]
    assert [each.scope.value(each.message.texts["en"]) for each in refused] == unmet


def test_a_transition_starts_only_where_it_may(orders: Flow) -> None:
    world = World()
    order = world.order(status="done")
    with pytest.raises(flow.Impossible) as stuck:
        done(flow.take(orders, orders.transitions["confirm"], order, Scope.of(order), {}), world)
    assert stuck.value.state.name == "done"
    assert [each.name for each in flow.possible(orders, order)] == []
    order.values["status"] = "draft"
    assert [each.name for each in flow.possible(orders, order)] == ["confirm", "touch"]


def test_staying_neither_leaves_nor_enters(orders: Flow) -> None:
    world = World()
    order = world.order(status="confirmed")
    steps = flow.take(orders, orders.transitions["touch"], order, Scope.of(order), {})
    assert [type(each) for each in done(steps, world)] == [Enter]


def test_an_automatic_transition_is_due_when_its_condition_holds(orders: Flow) -> None:
    world = World()
    order = world.order(status="confirmed")
    assert flow.due(orders, order, Scope.of(order)) is None
    order.values["remark"] = "finish"
    due = flow.due(orders, order, Scope.of(order))
    assert due is not None and due.name == "finish"
    order.values["status"] = "draft"
    assert flow.due(orders, order, Scope.of(order)) is None
