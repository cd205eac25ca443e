"""What names mean where they are written, and giving them others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.workspace import FolderWorkspace
from compiler.navigation import Navigation
from compiler.pipeline import Compiled, compile_app
from compiler.rename import CannotRename, renamable, rename
from compiler.resolve.symbols import Symbol
from dsl.build.base import RESERVED
from dsl.edit import apply
from stdlib.library import STANDARD
from tests.support.apps import HEAD, Texts

APPS = Path(__file__).parents[2] / "apps"
SHOP = f"""{HEAD}
role Sales

mixin Tracked
  note: text

enum Tier
  vip
  plain

entity Customer with Tracked
  name: text required
  tier: Tier
  orders <- Order.customer
  total = sum(amount of orders where status == paid)
  display "{{name}}"
  access
    Sales all when tier == vip or note is null

entity Order with Tracked
  customer -> Customer required
  amount: money
  access
    everyone read except note

flow Order.status
  state open initial
  state paid final
  pay: open -> paid
    by Sales
    ask reason: text required
    do
      customer.note = reason

rule pay_small on Order created
  when amount < 1 and customer.tier == vip
  do
    let other = customer
    other.note = "small"
    this.pay(reason: "small")

report Sold on Order
  by customer
  show total = sum(amount), each = total / count()
  sort -each

view Customer
  list
    name
    total

locale zh
  Customer.name "名称"
  Order.status.paid "已付"
"""


def compiled(text: str) -> Compiled:
    return compile_app(
        Texts((("shop/app.case", text.replace("languages en", "languages en, zh")),)), STANDARD
    )


def uses(result: Compiled, symbol: Symbol) -> list[int]:
    """The lines on which a symbol is named."""
    found = Navigation(result.build).uses(symbol)
    return sorted(result.sources.locate(place).line for place in found)


def lines_with(word: str) -> list[int]:
    lines = SHOP.replace("languages en", "languages en, zh").splitlines()
    return [number for number, line in enumerate(lines, 1) if re.search(rf"\b{word}\b", line)]


@pytest.mark.parametrize(
    ("kind", "id", "word"),
    [
        ("entity", "shop.Customer", "Customer"),
        ("role", "shop.Sales", "Sales"),
        ("mixin", "shop.Tracked", "Tracked"),
        ("member", "shop.Tracked.note", "note"),
        ("member", "shop.Customer.name", "name"),
        ("member", "shop.Order.status", "status"),
        ("value", "shop.Tier.vip", "vip"),
        ("value", "shop.Order.status.paid", "paid"),
        ("transition", "shop.Order.pay", "pay"),
        ("local", "shop/app.case:rule pay_small.other", "other"),
        ("local", "shop/app.case:flow Order.status.reason", "reason"),
        ("local", "shop/app.case:report Sold.each", "each"),
    ],
)
def test_every_place_that_names_a_symbol_is_known(kind: str, id: str, word: str) -> None:
    assert uses(compiled(SHOP), Symbol(kind, id)) == lines_with(word)  # type: ignore[arg-type]


def test_a_name_is_found_where_it_stands_and_leads_to_its_declaration() -> None:
    result = compiled(SHOP)
    navigation = Navigation(result.build)
    block = result.sources.block("shop/app.case:report Sold")
    found = navigation.at(block.key, block.text.index("customer") + 3)
    assert found is not None
    place = navigation.definition(found.symbol)
    assert place is not None
    assert place.block == "shop/app.case:entity Order"
    assert navigation.at(block.key, block.text.index("sum")) is None


def renamed(result: Compiled, symbol: Symbol, name: str) -> dict[str, str]:
    edits = rename(result.build, Navigation(result.build), symbol, name)
    return apply(result.sources, edits)


def test_renaming_any_name_of_an_app_leaves_an_app_without_faults() -> None:
    result = compile_app(FolderWorkspace(APPS), STANDARD)
    files = result.sources.files
    own = [path for path in files if not path.startswith("std/")]
    navigation = Navigation(result.build)
    symbols = [each for each in navigation.symbols() if renamable(navigation, each)]
    assert len(symbols) > 300
    changes = [
        (each, apply(result.sources, rename(result.build, navigation, each, f"{each.name}_x")))
        for each in symbols[::11]
    ]
    again = result
    for symbol, texts in changes:
        after = Texts(tuple((path, texts.get(path, files[path].text)) for path in own))
        again = compile_app(after, STANDARD, again)
        found = [item.message.en for item in again.diagnostics if item.severity == "error"]
        assert not found, (symbol, found)
        uses_now = Navigation(again.build).uses(_named(symbol, f"{symbol.name}_x"))
        assert len(uses_now) == len(navigation.uses(symbol)), symbol


COMPOSED = Texts(
    (
        (
            "crm/app.case",
            """\
app crm "Customers"
  languages en

role Sales

mixin Tracked
  seen: date

enum Tier
  gold
  normal

entity Customer with Tracked
  name: text
  tier: Tier
  display "{name}"
  access
    Sales read

flow Customer.stage
  state lead initial
  state won final
  win: lead -> won
    by Sales

rule hello on Customer created
  do
    log "Hello {name}"

view Customer
  list
    name
""",
        ),
        (
            "erp/app.case",
            """\
app erp "Orders"
  use crm

role Clerk

extend role Sales includes Clerk

mixin Coded
  code: text(20)

extend crm.Customer with Coded
  place: text
  access
    Clerk read

override crm.Customer
  name: text(40) search
  seen: date required default today()

override Tracked
  seen: date

extend enum Tier
  silver

override enum crm.Tier
  gold color gold

extend flow crm.Customer.stage
  state lost final
  lose: lead -> lost
    by Clerk
    ask reason: text

override rule crm.hello on Customer created
  when tier == gold or tier == silver
  do
    this.lose(reason: name)

extend view crm.Customer
  list
    code, place

override view crm.Customer
  list
    name, seen, stage
""",
        ),
    )
)


def test_renaming_any_name_that_apps_share_leaves_apps_without_faults() -> None:
    result = compile_app(COMPOSED, STANDARD)
    assert result.diagnostics == ()
    navigation, paths = Navigation(result.build), [path for path, _ in COMPOSED.texts]
    for symbol in [each for each in navigation.symbols() if renamable(navigation, each)]:
        texts = apply(result.sources, rename(result.build, navigation, symbol, f"{symbol.name}_x"))
        after = Texts(tuple((p, texts.get(p, result.sources.files[p].text)) for p in paths))
        found = [item.message.en for item in compile_app(after, STANDARD).diagnostics]
        assert [text for text in found if "usually written" not in text] == [], symbol


def _named(symbol: Symbol, name: str) -> Symbol:
    return Symbol(symbol.kind, f"{symbol.owner}.{name}")


@pytest.mark.parametrize("name", ["a b", "", "1st", "where", "tier", "orders", "name"])
def test_a_name_that_would_change_the_meaning_is_refused(name: str) -> None:
    result = compiled(SHOP)
    with pytest.raises(CannotRename):
        renamed(result, Symbol("member", "shop.Tracked.note"), name)


def test_what_the_language_gives_keeps_its_name() -> None:
    result = compiled(SHOP)
    with pytest.raises(CannotRename):
        renamed(result, Symbol("entity", "std.User"), "Person")


KEYWORD = re.compile(r"^[a-z]+$|^[A-Z]{3}$")


def unknown_names(result: Compiled) -> Iterator[str]:
    """Names in the text of which it is not known what they mean, but for words of the language."""
    navigation = Navigation(result.build)
    for file in result.sources.files.values():
        if file.path == "std/connectors.case":
            continue  # a connector is understood where an app connects to it
        for block in file.blocks:
            known = {(each.span.start, each.span.end) for each in navigation.in_block(block.key)}
            for match in re.finditer(r"(?<![\w.])[^\W\d]\w*", _without_texts(block.text)):
                if match.span() not in known and match.group() not in RESERVED:
                    yield match.group()


def _without_texts(text: str) -> str:
    return re.sub(r'"[^"]*"|#[^\n]*', lambda match: " " * len(match.group()), text)


def test_of_every_name_in_the_apps_it_is_known_what_it_means() -> None:
    result = compile_app(FolderWorkspace(APPS), STANDARD)
    odd = {name for name in unknown_names(result) if not KEYWORD.match(name)}
    assert not odd
