"""Functions that an app could declare over the model of `world`, compiled from their text."""

from __future__ import annotations

from compiler.model.app import Workspace
from compiler.pipeline import compile_app
from stdlib.library import STANDARD
from tests.support.apps import Texts

TEXT = """app t
  timezone "Asia/Shanghai"
  currency CNY

enum Color
  red
  green
  蓝
  dark_blue

entity Team
  name: text required
  lead -> Person
  people <- Person.team
  access
    everyone read

entity Person
  name: text required
  salary: money
  manager -> Person
  team -> Team required
  orders <- Order.owner
  access
    everyone read

entity Order
  code: text required
  quantity: int required
  price: money required
  color: Color required
  owner -> Person required
  buyer -> Person
  lines: [Line]
  access
    everyone read

entity Line
  product: text required
  quantity: int required
  price: money

function half(a: money) -> money = a / 2

function seven() -> int = 7

function squared(a: int) -> int = mod(a, 1000) * mod(a, 1000)

function fourth(a: int) -> int = squared(squared(a))

function middle(a: decimal(3), b: decimal(1)?) -> decimal(2)? = (a + b) / 2

function shorter(a: text, b: text?) -> text = case
  b is null: a
  length(a) <= length(b): "{a}<{b}"
  else: b

function value_of(o: Order) -> money = sum(quantity * (price ?? o.price) of o.lines)

function boss(p: Person?) -> Person? = p.manager ?? p.team.lead

function earns(p: Person?, least: money) -> bool = p.salary is not null and p.salary >= least

function same(a: bool, b: bool?) -> bool = a == b

function paint(a: Color?, o: Order) -> Color = a ?? o.color

function crowd(t: Team?, n: int) -> int = count(t.people where count(orders) > n and squared(n) > 0)

function later(a: date, by: int) -> date = add_months(a, mod(by, 12)) + 1 day
"""

DECLARED = compile_app(Texts((("t/app.case", TEXT),)), STANDARD)


def workspace() -> Workspace:
    """What the text declares."""
    assert DECLARED.bundle is not None, DECLARED.diagnostics
    return DECLARED.bundle.workspace
