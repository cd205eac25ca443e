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

table Tint(price: money, color: Color?, paid: bool) -> Color hit first
  price | color | paid | result
  >= 1_000 | red, 蓝 | - | dark_blue
  -2.5..<99.99 | null | true | green
  0..12_345.67 | - | - | red
  - | != red | false | 蓝
  otherwise | - | - | green

table Rate(day: date?, count: int, name: text?) -> (rate: percent?, days: int) hit first
  day | count | name | rate | days
  2023-12-31..2024-02-29 | - | - | 10% | count
  > 2026-11-21 | > 0, -12 | "客户", "a", null | 2.5% | mod(count, 7)
  null | 7..<1_000 | - | null | 2
  - | <= 3 | != "0" | 0% | squared(count)
  otherwise | - | - | 1% | -1

table Extras(a: int, b: decimal(2)?, limit: int) -> decimal(2) hit collect sum
  a | b | limit | result
  > 0 | - | - | 1.5
  >= limit | - | - | 2
  - | < 0 | - | b ?? 0
  - | -0.005..2.5 | > 2 | a * 0.01
  otherwise | - | - | 0.25

table Longest(span: duration?, at: time, a: datetime) -> duration? hit collect max
  span | at | a | result
  > 1 hour | - | - | span
  - | 09:00..<17:30 | - | 90 minutes
  - | - | >= 2024-02-28 23:59 | 1 day
  null | - | - | null

table Matches(work: worktime?, month: month?, text: text) -> int hit collect count
  work | month | text
  > 1 workhour | - | -
  - | 2024-02..2026-11 | "a", "b", "客"
  null | null | -
"""

DECLARED = compile_app(Texts((("t/app.case", TEXT),)), STANDARD)


def workspace() -> Workspace:
    """What the text declares."""
    assert DECLARED.bundle is not None, DECLARED.diagnostics
    return DECLARED.bundle.workspace
