"""A shop that has a bit of everything that the store promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pytest

from compiler.bundle import Bundle
from runtime.access.actor import Actor
from runtime.store.records import Line, Saved
from tests.support.apps import compiled
from tests.support.running import Running, running

SHOP = """
app shop "Shop"
  languages en, zh
  timezone "Asia/Shanghai"
  currency CNY

role Sales "Sales rep"
role Boss "Boss" includes Sales
role Clerk "Clerk"

enum Tier "Tier"
  normal "Normal"
  vip "VIP"

enum Skill "Skill"
  sewing "Sewing"
  welding "Welding"

entity Customer "Customer"
  name "Company": text(60) required search
  code: serial "C-{year}-{0000}"
  owner -> User required default me
  phone "Phone": text(20)
  region: text(20) default "north"
  credit "Credit": money min 0 max 5000
  note "Internal note": text(200)
  size: int matches "[1-9][0-9]*"
  vat: text(20) required when region == "eu"
  locked "Locked": bool required default false
  contract: text(40) readonly when locked
  skills: Skill many
  campaigns <-> Campaign as customers
  orders <- Order.customer
  paid "Paid": money = sum(orders.amount where status == paid)
  spots = sum(campaigns.spots)
  tier: Tier = case
    paid >= 1_000: vip
    else: normal
  display "{name}"
  unique name
  unique phone ignoring case
  check credit is null or paid <= 1_000_000 "{name} has paid too much"
  access
    Sales create
    Sales read, update when owner == me
    Clerk read except note, credit
    Boss all

entity Campaign "Campaign"
  name: text(60) required
  spots: int required default 1
  access
    everyone read
    Boss all

entity Product "Product"
  name: text(60) required
  price: money required
  moves <- Move.product
  on_hand: int = sum(moves.quantity)
  check on_hand >= 0 "Not enough {name} in stock"
  access
    everyone read
    Boss all

entity Move "Move"
  product -> Product required
  quantity: int required
  order -> Order on delete clear
  append only
  access
    everyone read
    Boss create

entity Order "Order"
  number: serial "{year}{month}-{000}"
  customer -> Customer required
  remark: text(100)
  lines: [OrderLine]
  amount: money = sum(lines.amount)
  moves <- Move.order
  display "{number}"
  access
    Sales create, read, update, delete when customer.owner == me
    Boss all
    Clerk read

entity OrderLine "Line"
  product -> Product required
  quantity: int required default 1 min 1
  price: money required default product.price
  amount: money = quantity * price
  unique parent, product

entity Task "Task"
  title: text(120) required
  assignee -> User required
  customer -> Customer on delete cascade
  access
    assignee read, update
    Boss all

flow Order.status "Order"
  state draft "Draft" initial
  state confirmed "Confirmed"
    readonly customer, lines
  state paid "Paid" final
    readonly all
  state cancelled "Cancelled" final
  confirm "Confirm": draft -> confirmed
    by Sales
    require exists(lines) "Add a line to {number}"
  pay "Book payment": confirmed -> paid
    by Boss, Clerk
  cancel "Cancel": draft, confirmed -> cancelled
    by customer.owner
    ask reason: text(40) required
    ask remark
    do
      notify customer.owner, Boss "{number} cancelled: {reason}"

rule take_stock "Take from stock" on Order entered confirmed
  do
    for l in lines
      create Move(product: l.product, quantity: -l.quantity, order: this)

rule welcome "VIP welcome" on Customer
  when tier == vip
  do
    notify Boss, owner, Clerk "{name} is VIP, credit {credit}"
    create Task(title: "Visit {name}", assignee: owner, customer: this)

rule bulk "Bulk" on OrderLine created or changed quantity
  when quantity > 50
  reject "No more than 50 {product.name}" at quantity

rule cheap "Cheap" on OrderLine created or changed price
  when price < product.price
  warn "Below list price" at price

rule no_return "No way back" on Customer changed region
  when old.region == "north"
  reject "{name} stays in the north" at region
"""


@dataclass
class Shop:
    """The shop at work: Ann and Bob sell, Mo is the boss, Cleo the clerk."""

    app: Running
    ann: Actor
    bob: Actor
    mo: Actor
    cleo: Actor

    def create(self, actor: Actor, entity: str, *lines: Line, **values: object) -> Saved:
        given = {"lines": lines} if lines else {}
        return self.app.store.create(actor, self.app.entity(entity), values, given)

    def update(
        self, actor: Actor, entity: str, saved: Saved, *lines: Line, **values: object
    ) -> Saved:
        given = {"lines": lines} if lines else {}
        return self.app.store.update(
            actor, self.app.entity(entity), saved.id, saved.version, values, given
        )

    def delete(self, actor: Actor, entity: str, saved: Saved) -> Saved:
        return self.app.store.delete(actor, self.app.entity(entity), saved.id, saved.version)

    def press(self, actor: Actor, saved: Saved, name: str, **inputs: object) -> Saved:
        return self.app.store.transition(
            actor, self.app.entity("Order"), saved.id, saved.version, name, inputs
        )

    def product(self, name: str = "Pen", price: str = "2.50", stock: int = 100) -> Saved:
        made = self.create(self.mo, "Product", name=name, price=Decimal(price))
        if stock:
            self.create(self.mo, "Move", product=made.id, quantity=stock)
        return made

    def count(self, entity: str) -> int:
        return len(self.app.rows(entity))

    def row(self, entity: str, saved: Saved) -> dict[str, object]:
        return dict(self.app.row(entity, saved.id))


@cache
def bundle() -> Bundle:
    return compiled(("shop/app.case", SHOP))


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """The shop on each kind of database."""
    with running(bundle(), database_url, "shop") as app:
        yield Shop(
            app,
            ann=app.person("Ann", "Sales"),
            bob=app.person("Bob", "Sales", language="zh"),
            mo=app.person("Mo", "Boss"),
            cleo=app.person("Cleo", "Clerk"),
        )
