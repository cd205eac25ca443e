"""What the lines of a test do, and how they fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from compiler.pipeline import Compiled, compile_app
from runtime.testing.coverage import coverage
from runtime.testing.outcome import Failure, Outcome
from runtime.testing.playing import play
from runtime.testing.stage import Stage
from stdlib.library import STANDARD
from tests.support.apps import Texts

SHOP = """
app shop "Shop"
  languages en, zh
  timezone "Asia/Shanghai"
  currency CNY

role Sales
role Manager includes Sales

enum Colour
  red
  blue

data Region by code
  code | name
  north | North

entity Product
  name: text(20) required
  price: money required min 3
  moves <- Move.product
  on_hand: int = sum(moves.quantity)
  check on_hand >= 0 "Not enough {name} in stock"
  access
    everyone read

entity Move
  product -> Product required
  quantity: int required
  access
    Manager all

entity Order
  number: serial "SO-{0000}"
  customer: text(8) required
  email: email required
  phone: phone required
  web: url required
  colour: Colour required
  urgent: bool required
  share: percent required
  count: int required unique
  day: date required
  at_time: time required
  region -> Region required
  owner -> User required default me
  secret: text(10)
  lines: [OrderLine]
  amount: money = sum(lines.amount)
  access
    Sales create
    Sales read except secret when owner == me
    Sales update, delete when owner == me
    Manager all

entity OrderLine
  product -> Product required
  quantity: int required default 1
  amount: money = quantity * product.price

flow Order.status
  state draft initial
  state confirmed
    readonly lines
  state paid final
  confirm: draft -> confirmed
    by owner
    require exists(lines) "Add at least one line"
  pay: confirmed -> paid
    by Manager
    ask reference: text(20) required
    do
      notify owner "{number} is paid: {amount}"

rule take_stock on Order entered confirmed
  do
    for l in lines
      create Move(product: l.product, quantity: -l.quantity)

rule far_off on Order created or changed share
  when share > 50%
  warn "More than half" at share

report Sold on OrderLine
  by product
  show revenue = sum(amount), orders = count()
"""

SITUATION = """
  given
    ann is Sales
    mo is Manager
    pen = Product(name: "Pen", price: 5)
    Move(product: pen, quantity: 5)
    order = Order(customer: "Acme", owner: ann, lines: [(product: pen, quantity: 2)])
"""


@dataclass
class Theatre:
    """The shop, and tests to play in it."""

    stage: Stage
    compiled: Compiled | None = None

    def play(self, lines: str, situation: str = SITUATION) -> Outcome:
        text = f'{SHOP}\ntest "it"\n{situation}{lines}'
        self.compiled = compile_app(Texts((("shop/app.case", text),)), STANDARD, _shop())
        assert self.compiled.bundle is not None, self.compiled.diagnostics
        return play(self.stage, self.compiled.tests[0])

    def failure(self, lines: str, situation: str = SITUATION) -> Failure:
        failure = self.play(lines, situation).failure
        assert failure is not None
        return failure

    def written(self, failure: Failure) -> str:
        assert self.compiled is not None
        origin = failure.origin
        return self.compiled.sources.block(origin.block).text[origin.start : origin.end]

    def details(self, failure: Failure) -> list[str]:
        assert self.compiled is not None
        found = []
        for each in failure.details:
            text = (
                ""
                if each.origin is None
                else self.compiled.sources.block(each.origin.block).text[
                    each.origin.start : each.origin.end
                ]
            )
            found.append(f"{text} {each.text.en}".strip())
        return found


@cache
def _shop() -> Compiled:
    compiled = compile_app(Texts((("shop/app.case", SHOP),)), STANDARD)
    assert compiled.bundle is not None, compiled.diagnostics
    return compiled


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    bundle = _shop().bundle
    assert bundle is not None
    stage = Stage(bundle, STANDARD)
    yield Theatre(stage)
    stage.close()


def passes(theatre: Theatre, lines: str, situation: str = SITUATION) -> None:
    failure = theatre.play(lines, situation).failure
    assert failure is None, (theatre.written(failure), failure.message.en, failure.details)


# --- situations ----------------------------------------------------------------------------------


def test_what_is_left_open_is_filled_in_the_same_way_every_time(theatre: Theatre) -> None:
    passes(
        theatre,
        """
  expect order.customer == "custom 1" and order.email == "email1@test.example"
  expect order.phone == "13800000001" and order.web == "https://test.example/1"
  expect order.colour == red and not order.urgent and order.share == 0%
  expect order.count == 1 and other.count == 2
  expect order.day == 2026-01-05 and order.at_time == 09:00
  expect order.region == Region.north and order.owner.name == "Somebody"
  expect order.owner == other.owner
  expect one(order.lines).product.price == 3
  expect count(Product) == 1
""",
        """
  given
    order = Order(lines: [(quantity: 2)])
    other = Order()
""",
    )


def test_each_test_begins_with_nothing(theatre: Theatre) -> None:
    for _ in range(2):
        passes(theatre, '  expect count(Order) == 1 and order.number == "SO-0001"\n')


def test_a_person_can_be_given_more_roles_and_another_team(theatre: Theatre) -> None:
    passes(
        theatre,
        """
  as ann
    cannot order.pay(reference: "R")
  given
    north = Team(name: "North")
    ann is Manager in north
    order.confirm()
  as ann
    order.pay(reference: "R")
  expect ann.team == north and exists(Manager as m where m == ann)
""",
    )


def test_a_record_can_be_given_in_a_state(theatre: Theatre) -> None:
    passes(
        theatre,
        "  expect order.status == confirmed and pen.on_hand == 3\n",
        SITUATION.replace('customer: "Acme"', "status: confirmed"),
    )


def test_a_situation_that_cannot_be_is_told(theatre: Theatre) -> None:
    failure = theatre.failure("", SITUATION + "    Product(price: 1)\n")
    assert theatre.written(failure) == "Product(price: 1)"
    assert failure.message.en == "this cannot be given"
    assert theatre.details(failure) == ["“price: this must be at least 3.00”"]


# --- time ----------------------------------------------------------------------------------------


def test_a_test_begins_when_it_says_first(theatre: Theatre) -> None:
    passes(
        theatre, "  expect today() == 2026-01-05\n  wait 1 day\n  expect today() == 2026-01-06\n"
    )
    passes(
        theatre,
        """
  at 2025-03-01 17:00
  expect order.created_at == now() and now() == 2025-03-01 17:00
  wait 90 minutes
  expect now() == 2025-03-01 18:30
  at 2025-03-02
  expect now() == 2025-03-02 00:00
""",
    )


def test_time_does_not_run_back(theatre: Theatre) -> None:
    failure = theatre.failure("  wait 30 days\n  at order.day\n")
    assert failure.message.en == "time does not run back: it is 2026-02-04 09:00 already"


# --- people --------------------------------------------------------------------------------------


def test_a_person_is_held_to_access_forms_and_flows(theatre: Theatre) -> None:
    passes(
        theatre,
        """
  as ann
    let line = one(order.lines)
    line.quantity = 3
    add order.lines(product: pen, quantity: 1)
    see order
    see order.amount
    cannot see order.secret
    update order
      urgent = true
      customer = "New"
    update Order where urgent
      colour = blue
    order.confirm()
    cannot line.quantity = 4 "the lines cannot be changed now"
    cannot add order.lines(product: pen)
    cannot delete line
    cannot create Order(customer: "Acme") "required"
    expect me == ann
  as mo
    see order.secret
    order.pay(reference: "R-1")
    delete order
  expect order is null and pen.on_hand == 1
""",
    )


def test_what_is_refused_says_why_and_where(theatre: Theatre) -> None:
    failure = theatre.failure("  as ann\n    delete pen\n")
    assert failure.message.en == "this is refused"
    assert theatre.details(failure) == ["“you may not delete this Product”"]
    failure = theatre.failure(
        "  as ann\n    let line = one(order.lines)\n    line.quantity = 6\n    order.confirm()\n"
    )
    assert theatre.written(failure) == "order.confirm()"
    assert theatre.details(failure) == ["“Product “Pen”, On hand: Not enough Pen in stock”"]
    assert failure.refused_by is not None
    assert [story.title.en for story in failure.stories] == ["Order “SO-0001”"]
    assert [line.en for line in failure.stories[0].lines] == ["2026-01-05 09:00 given: made"]


def test_what_should_be_refused_and_is_not(theatre: Theatre) -> None:
    failure = theatre.failure("  as ann\n    cannot order.confirm()\n")
    assert failure.message.en == "Ann can do this"
    failure = theatre.failure('  as mo\n    cannot order.confirm() "no such words"\n')
    assert failure.message.en == "the refusal does not say “no such words”"
    assert theatre.details(failure) == ["““Confirm” is not yours to press”"]


def test_what_somebody_does_not_see(theatre: Theatre) -> None:
    failure = theatre.failure("  as ann\n    see order.secret\n")
    assert failure.message.en == "this is refused"
    assert theatre.details(failure) == ["“Ann does not see this”"]


# --- expectations --------------------------------------------------------------------------------


def test_a_condition_is_told_with_the_values_of_its_parts(theatre: Theatre) -> None:
    failure = theatre.failure(
        "  expect order.owner == mo and order.status == paid and sum(order.lines.amount) > 20\n"
    )
    assert failure.message.en == "this does not hold"
    assert theatre.details(failure) == [
        "order.owner is Ann",
        "order.status is draft",
        "sum(order.lines.amount) is 10.00",
    ]


def test_notices(theatre: Theatre) -> None:
    done = '  as ann\n    order.confirm()\n  as mo\n    order.pay(reference: "R")\n'
    passes(theatre, done + '  expect notice to ann "{order.number} is paid: "\n')
    passes(theatre, done + '  expect no notice to mo\n  expect no notice to ann "cancelled"\n')
    failure = theatre.failure(done + '  expect notice to ann "cancelled"\n')
    assert failure.message.en == "Ann got no such notice"
    assert theatre.details(failure) == ["“SO-0001 is paid: 10.00”"]
    failure = theatre.failure(done + "  expect no notice to ann\n")
    assert failure.message.en == "Ann got this notice"


def test_warnings_are_of_the_last_act(theatre: Theatre) -> None:
    passes(
        theatre,
        """
  as ann
    order.share = 60%
    expect warning "More than half"
    order.urgent = true
    expect no warning
""",
    )
    failure = theatre.failure('  as ann\n    order.urgent = true\n    expect warning "half"\n')
    assert failure.message.en == "nothing was said against it"


def test_reports_are_those_of_who_reads_them(theatre: Theatre) -> None:
    sold = "Sold where product == pen has revenue == 10 and orders == 1"
    passes(theatre, f"  expect {sold}\n  as ann\n    expect {sold}\n")
    failure = theatre.failure("  expect Sold where product == pen has revenue == 11\n")
    assert failure.message.en == "this is not true of the report"
    assert theatre.details(failure) == ["product Pen, revenue 10.00, orders 1"]
    failure = theatre.failure("  expect Sold where orders > 1 has revenue == 11\n")
    assert failure.message.en == "the report has no such row"


def test_mail_is_not_passed_over(theatre: Theatre) -> None:
    assert not theatre.play("  expect no mail to ann\n").passed


# --- coverage ------------------------------------------------------------------------------------


def test_what_a_test_reaches_is_known(theatre: Theatre) -> None:
    outcome = theatre.play(
        """
  as ann
    order.share = 60%
    order.confirm()
    cannot order.pay(reference: "R")
"""
    )
    assert {each.id for each in outcome.reached} == {
        "shop.Order.status.draft",
        "shop.Order.status.confirmed",
        "shop.Order.confirm",
        "shop.take_stock",
        "shop.far_off",
    }


def test_rows_of_decision_tables_are_reached_by_records_that_take_them() -> None:
    text = f"""{SHOP}
table Grade(amount: money, colour: Colour) -> (grade: int, note: text?) hit first
  amount | colour | grade | note
  >= 100 | red | 3 | "large"
  >= 100 | - | 2 | null
  otherwise | - | 1 | null

table Points(amount: money) -> int hit collect sum
  amount | result
  >= 10 | 5
  >= 20 | 7

entity Rated
  amount: money required
  colour: Colour required
  grade = Grade(amount, colour).grade
  note = Grade(amount, colour).note
  points = Points(amount)
  access
    everyone read

report Grades on Rated
  by grade
  show points = sum(points)

test "graded"
  given
    Rated(amount: 100, colour: blue)
    Rated(amount: 15, colour: red)
  expect Grades where grade == 2 has points == 12
  expect Grades where grade == 1 has points == 5
"""
    compiled = compile_app(Texts((("shop/app.case", text),)), STANDARD)
    assert compiled.bundle is not None, compiled.diagnostics
    stage = Stage(compiled.bundle, STANDARD)
    outcome = play(stage, compiled.tests[0])
    stage.close()
    assert outcome.failure is None
    assert {each.id for each in outcome.reached if each.kind == "row"} == {
        "shop.Grade 2", "shop.Grade 3", "shop.Points 1", "shop.Points 2",
    }  # fmt: skip
    missed = coverage(compiled.bundle.workspace, outcome.reached).missed()
    assert [each.id for each, _ in missed if each.kind == "row"] == ["shop.Grade 1"]


def test_names_are_of_any_script() -> None:
    text = """
app shop "商店"
  languages zh, en
  timezone "Asia/Shanghai"
  currency CNY

role 销售

entity 订单 as orders
  名称: text(20) required
  邮箱: email required
  负责人 -> User required default me
  access
    销售 create
    销售 read, update when 负责人 == me
    负责人.manager read

flow 订单.状态
  state 草稿 initial
  state 已付 final
  付款: 草稿 -> 已付
    by 负责人
    require 名称 != "名称 1" "请先填写名称"
    do
      notify 负责人.manager "{名称} 已付款"

test "订单由负责人付款"
  given
    小王 is 销售
    小李 is 销售
    小王.manager = 小李
    订单一 = 订单(负责人: 小王)
  as 小李
    see 订单一
    cannot 订单一.名称 = "铅笔"
  as 订单一.负责人
    cannot 订单一.付款() "请先填写名称"
    订单一.名称 = "钢笔"
    订单一.付款()
  expect 订单一.状态 == 已付 and 订单一.邮箱 == "address1@test.example"
  expect notice to 小李 "钢笔 已付款"
"""
    compiled = compile_app(Texts((("shop/app.case", text),)), STANDARD)
    assert compiled.bundle is not None, compiled.diagnostics
    stage = Stage(compiled.bundle, STANDARD)
    outcome = play(stage, compiled.tests[0])
    stage.close()
    assert outcome.failure is None
