"""Records in memory, and the app whose flow and rules the engine is asked about.

The engine is pure: it needs no database, only rows, and answers with commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from compiler.backends.expr.python import compile_function
from compiler.model.app import Workspace
from compiler.model.base import EntityId
from compiler.model.expr import INPUT, OLD, THIS, Expr
from runtime.engine.commands import Make, Steps
from stdlib.library import STANDARD
from tests.support.apps import shop

TEXT = """
entity Order
  remark: text(60)
  amount: money required default 0
  size: text(20)
  partner -> Order
  lines: [OrderLine]
  access
    everyone all

entity OrderLine
  quantity: int required default 1

entity Note
  text: text(60)
  order -> Order
  access
    everyone all

flow Order.status
  state draft initial
    leave
      log "left draft"
  state confirmed
    enter
      log "entered confirmed"
  state done final
  confirm: draft -> confirmed
    by everyone
    ask remark required
    ask reason: text(60)
    require amount > 0 "Nothing to pay"
    require amount < 100 "Too much for {remark}"
    do
      create Note(text: reason, order: this)
  touch: * -> stay
    by everyone
  finish: confirmed -> done
    when remark == "finish"

rule large on Order
  when amount >= 50
  do
    size = "large"

rule noted on Order created or changed remark
  do
    let n = create Note(text: "first", order: this)
    n.text = "second"
    for l in lines where quantity > 1
      l.quantity = 1
    for i in 1..2
      create Note(text: "{i}")
    partner.remark = "partner"
    delete partner

rule gone on Order deleted or entered done
  do
    log "gone"

rule capped on Order created or changed remark, amount
  when amount > 90
  reject "capped" at amount
"""


@cache
def workspace() -> Workspace:
    return shop(TEXT).workspace


ORDER = EntityId("shop.Order")
UTC_ZONE = ZoneInfo("UTC")


@dataclass(eq=False)
class Thing:
    """A record. `before` holds what it was, where it differs."""

    id: int
    entity_id: EntityId
    values: dict[str, Any]
    world: World
    before: Mapping[str, Any] = field(default_factory=dict)
    made: bool = False
    gone: bool = False
    members: Mapping[str, Sequence[Thing]] = field(default_factory=dict)

    @property
    def display(self) -> str:
        return str(self.id)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def ref(self, name: str) -> Thing | None:
        return self.world.things.get(self.values[name])

    def many(self, name: str) -> Sequence[Thing]:
        return self.members[name]

    def changes(self) -> frozenset[str]:
        return frozenset(self.values) if self.made else frozenset(self.before)

    @property
    def old(self) -> Thing:
        return Thing(self.id, self.entity_id, {**self.values, **self.before}, self.world)


@dataclass
class World:
    """All records by id, at a fixed time; the environment of expressions."""

    things: dict[int, Thing] = field(default_factory=dict)
    now: datetime = datetime(2026, 11, 21, tzinfo=UTC)
    today: date = date(2026, 11, 21)
    zone: ZoneInfo = UTC_ZONE
    me: None = None

    def add(self, entity: str, *, made: bool = False, **values: Any) -> Thing:
        thing = Thing(len(self.things) + 1, EntityId(f"shop.{entity}"), values, self, made=made)
        self.things[thing.id] = thing
        return thing

    def order(self, **values: Any) -> Thing:
        given = {"remark": None, "amount": 10, "partner": None, "status": "draft", **values}
        return self.add("Order", **given)


@dataclass(frozen=True)
class Scope:
    """Variables of a text, over a world."""

    world: World
    variables: Mapping[str, Any]

    @staticmethod
    def of(thing: Thing, **inputs: Any) -> Scope:
        asked = Thing(0, thing.entity_id, inputs, thing.world)
        return Scope(thing.world, {THIS: thing, OLD: thing.old, INPUT: asked})

    def value(self, expr: Expr) -> Any:
        function = compile_function(expr, tuple(self.variables), STANDARD.functions, partial=True)
        return function(self.world, *self.variables.values())

    def record(self, expr: Expr) -> Thing | None:
        return self.world.things.get(self.value(expr))

    def records(self, expr: Expr) -> Sequence[Thing]:
        return [self.world.things[id] for id in sorted(self.value(expr))]

    def bind(self, name: str, value: object) -> Scope:
        return Scope(self.world, {**self.variables, name: value})


class Truths:
    """Conditions now and before, over a world."""

    def now(self, condition: Expr, record: Thing) -> bool:
        return Scope.of(record).value(condition) is True

    def before(self, condition: Expr, record: Thing) -> bool:
        return not record.made and Scope.of(record.old).value(condition) is True


def done(steps: Steps, world: World) -> list[Any]:
    """The commands of some steps; a record that is to be made is made."""
    commands: list[Any] = []
    answer = None
    try:
        while True:
            command = steps.send(answer)
            commands.append(command)
            made = isinstance(command, Make)
            answer = world.add("Note", **command.values) if made else None  # type: ignore[union-attr]
    except StopIteration:
        return commands
