"""Sites to visit: a small shop of the tests' own, and the CRM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.web.browsing import Site, serving
from tests.support.apps import app, compiled

SHOP = """\
app shop "Shop"
  languages en, zh
  timezone "Asia/Shanghai"
  currency CNY

role Seller "Seller"
role Boss "Boss" includes Seller

enum Kind
  big color green
  small color gray

entity Customer
  name: text(40) required search
  kind: Kind
  remarks: note
  visited: date
  owner -> User required default me
  orders <- Order.customer
  unique name
  access
    Seller create
    Seller read, update, delete when owner == me
    Boss all

entity Product
  name: text(40) required search
  price: money required min 0
  access
    everyone read
    Boss all

entity Order
  number: serial "O-{0000}"
  customer -> Customer required
  placed: date required default today()
  secret_margin: percent
  note: note
  lines: [Line]
  total: money = sum(lines.amount)
  display "{number}"
  access
    Seller create, read, update except secret_margin when customer.owner == me
    Boss all

entity Line
  product -> Product required
  quantity: int required default 1 min 1
  amount: money = quantity * product.price
  unique parent, product

flow Order.status
  state draft initial color gray
  state placed color blue
    readonly all
  state cancelled final color red
    readonly all
  place: draft -> placed
    by Seller
    require exists(lines) "Add at least one line"
  cancel: draft, placed -> cancelled
    by Seller
    ask reason: text(80) required
    confirm "Cancel {number}?"

action remark "Add a remark" on Customer
  by Seller
  ask saying "Remark": text(80) required
  do
    log "Said: {saying}"

rule large on Line created or changed quantity
  when quantity > 100
  warn "That is a lot of {product.name}" at quantity

rule tell_boss on Order entered placed
  do
    notify Boss "{number} is placed: {total}"

report Sales on Order
  where status == placed
  by month = month(placed), kind = customer.kind
  show revenue = sum(total), orders = count()
  chart bar stacked revenue
  drill to Order

report Asked on Order
  param time: range = this_year
  param customer_is "Customer" -> Customer
  param least: money = 1.5
  param kind: Kind
  param noted: bool
  param since: date
  where placed in time and total >= least and (
    (customer_is is null or customer == customer_is) and (kind is null or customer.kind == kind)
  ) and (noted is null or noted == (note is not null)) and (since is null or placed >= since)
  by size = band(total, 10, 1_000)
  show orders = count(), part = share(orders)
  rows number, customer.name, total

report Crossed on Order
  by kind = customer.kind, month = month(placed)
  show orders = count(), sold = sum(total)
  total kind
  compare previous year

report Pivoted on Order
  by kind = customer.kind, month = month(placed)
  show orders = count()
  pivot kind

report Lines on Line
  by product
  show sold = sum(quantity)
  chart bar sold
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(compiled(("shop/app.case", SHOP)), tmp_path_factory.mktemp("shop")) as site:
        yield site


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Site]:
    with serving(app(root / "apps" / "crm"), tmp_path_factory.mktemp("crm")) as site:
        yield site
