"""A database is brought to a model where that is safe, and left as it was where it is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, inspect, select, update

from compiler.bundle import Bundle
from runtime.clock import Clock
from runtime.db import Database
from runtime.schema import Refused
from runtime.schema.catalog import Catalog
from runtime.schema.prepare import prepare, unchanged
from runtime.schema.releases import ELEMENT, FORMAT, RELEASE
from stdlib.library import STANDARD
from tests.support.apps import shop

BASE = """\
enum Tier "Tier"
  gold "Gold"
  silver "Silver"

data Region "Region" by code
  code | name
  east | East
  west | West

entity Customer "Customer"
  name "Name": text(40) required
  tier "Tier": Tier
  region "Region" -> Region
  budget "Budget": money
  orders "Orders" <- Order.customer
  display "{name}"

entity Order "Order"
  customer "Customer" -> Customer required
  amount "Amount": money required
  display "Order"
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url)
    yield database
    database.close()


def prepared(database: Database, bundle: Bundle) -> Catalog:
    return prepare(database, bundle, STANDARD, Clock())


def add(database: Database, catalog: Catalog, entity: str, **values: Any) -> int:
    """A row written past the doors, as rows that were there before."""
    table = catalog.table(f"shop.{entity}")
    statement = insert(table).values({"version": 1, **values}).returning(table.c.id)
    id: int = database.write(lambda c: c.execute(statement).scalar_one())
    return id


def column(database: Database, catalog: Catalog, entity: str, field: str) -> list[Any]:
    table = catalog.table(f"shop.{entity}")
    statement = select(table.c[field]).order_by(table.c.id)
    return database.read(lambda connection: list(connection.execute(statement).scalars()))


def catalog_of(database: Database) -> Mapping[str, object]:
    """What the database says of itself, without the order of columns."""

    def look(connection: Connection) -> Mapping[str, object]:
        found = inspect(connection)
        return {
            table: (
                sorted(
                    (c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)
                ),
                found.get_pk_constraint(table),
                sorted(
                    (str(k["name"]), k["constrained_columns"], k["referred_table"])
                    for k in found.get_foreign_keys(table)
                ),
                sorted(
                    (str(i["name"]), i["column_names"], bool(i["unique"]))
                    for i in found.get_indexes(table)
                ),
            )
            for table in found.get_table_names()
        }

    return database.read(look)


def test_a_database_that_holds_the_model_is_left_alone(database: Database) -> None:
    prepared(database, shop(BASE))
    before = catalog_of(database)
    prepared(database, shop(BASE.replace("entity Order", "# Said to colleagues.\nentity Order")))
    assert catalog_of(database) == before
    assert releases(database) == [1]


def releases(database: Database) -> list[int]:
    return database.read(
        lambda c: list(c.execute(select(RELEASE.c.seq).order_by(RELEASE.c.seq)).scalars())
    )


def test_data_rows_stand_in_their_table_and_follow_the_text(database: Database) -> None:
    catalog = prepared(database, shop(BASE))
    east = catalog.data_id("shop.Region", "east")
    changed = BASE.replace("east | East", "east | Far east").replace(
        "west | West", "west | West\n  north | North"
    )
    catalog = prepared(database, shop(changed))
    assert sorted(column(database, catalog, "Region", "name")) == ["Far east", "North", "West"]
    assert catalog.data_id("shop.Region", "east") == east


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('  display "Order"', '  note "Note": note\n  display "Order"', id="field"),
        pytest.param(
            '  display "Order"',
            '  count "Count": int required default 1\n  display "Order"',
            id="required with default",
        ),
        pytest.param(
            '  display "{name}"',
            '  total "Total" = sum(orders.amount)\n  display "{name}"',
            id="computed",
        ),
        pytest.param(
            '  display "{name}"',
            '  best "Best" -> Order\n  likes "Likes" <-> Region as fans\n  index tier\n'
            '  display "{name}"',
            id="references, links, indexes",
        ),
        pytest.param('  silver "Silver"', '  silver "Silver"\n  bronze "Bronze"', id="value"),
        pytest.param(
            'entity Order "Order"',
            'entity Note "Note"\n  about "About" -> Customer\n  next "Next" -> Note\n'
            '  display "n"\n\nentity Order "Order"',
            id="entity",
        ),
        pytest.param('budget "Budget": money', 'budget "Budget": decimal(4)', id="type of empty"),
        pytest.param("text(40) required", "text(90)", id="wider"),
        pytest.param('  budget "Budget": money\n', "", id="empty field dropped"),
        pytest.param('  region "Region" -> Region\n', "", id="empty reference dropped"),
        pytest.param("text(40) required", "text(40) required unique", id="unique"),
    ],
)
def test_a_database_that_grew_is_as_one_made_at_once(
    database: Database, tmp_path_factory: pytest.TempPathFactory, old: str, new: str,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    assert old in BASE
    after = shop(BASE.replace(old, new))
    prepared(database, shop(BASE))
    prepared(database, after)
    fresh = another(database, tmp_path_factory, request)
    prepared(fresh, after)
    try:
        assert catalog_of(database) == catalog_of(fresh)
    finally:
        fresh.close()


def another(
    database: Database, folders: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Database:
    """A second empty database of the same kind."""
    if database.dialect == "sqlite":
        return Database.open(f"sqlite:///{folders.mktemp('fresh') / 'app.db'}")
    server = request.getfixturevalue("postgres_server")
    context = server.database()
    url = context.__enter__()
    request.addfinalizer(lambda: context.__exit__(None, None, None))
    return Database.open(url)


MEMBERS = (
    '  note "Note": note',
    '  visits "Visits": int required default 0',
    '  limit "Limit": money',
    '  share "Share": percent',
    '  kind "Kind": Tier',
    '  kinds "Kinds": Tier many',
    '  first_order "First order" -> Order',
    '  best "Best" -> Customer',
    '  shown_in "Shown in" <-> Region as shown',
    '  total "Total" = sum(orders.amount)',
    '  count "Count" = count(orders)',
    "  index name, region",
    "  unique name, tier",
)
OTHERS = (
    'entity Visit "Visit"\n  at "At": datetime\n  by "By" -> User\n  display "visit"\n',
    'enum Colour "Colour"\n  red "Red"\n',
    'entity Box "Box"\n  inside "Inside" -> Box\n  things "Things": [Thing]\n  display "box"\n\n'
    'entity Thing "Thing"\n  size "Size": decimal(3)\n  display "thing"\n',
    'flow Order.status "Status"\n  state new "New" initial\n  state done "Done" final\n'
    '  finish "Finish": new -> done\n    by everyone\n',
)
VALUES = ('  bronze "Bronze"', '  tin "Tin"')


def text_with(members: Iterable[str], others: Iterable[str], values: Iterable[str]) -> str:
    """The base with more members of Customer, declarations and values of Tier, in stable order."""
    text = BASE.replace('  silver "Silver"\n', "\n".join(['  silver "Silver"', *values, ""]))
    text = text.replace('  display "{name}"\n', "\n".join([*members, '  display "{name}"', ""]))
    return "\n".join([text, *others])


@st.composite
def growing(draw: st.DrawFn) -> tuple[str, str]:
    """A text and one with more in it."""
    before, after = [], []
    for pool in (MEMBERS, OTHERS, VALUES):
        more = draw(st.sets(st.sampled_from(pool)))
        first = draw(st.sets(st.sampled_from(sorted(more)))) if more else set()
        before.append([each for each in pool if each in first])
        after.append([each for each in pool if each in more])
    return text_with(*before), text_with(*after)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_whatever_grows_is_as_if_made_at_once(
    kind: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> None:
    @contextmanager
    def empty() -> Iterator[Database]:
        if kind == "sqlite":
            database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('grown') / 'app.db'}")
            yield database
            database.close()
        else:
            with request.getfixturevalue("postgres_server").database() as url:
                database = Database.open(url)
                yield database
                database.close()

    @settings(max_examples=15 if kind == "sqlite" else 5)
    @given(growing())
    def grows(texts: tuple[str, str]) -> None:
        before, after = map(shop, texts)
        with empty() as grown, empty() as fresh:
            prepared(grown, before)
            prepared(grown, after)
            prepared(fresh, after)
            assert catalog_of(grown) == catalog_of(fresh)
            prepared(grown, after)
            assert len(releases(grown)) == 1 + (before.hash != after.hash)

    shop(BASE)  # the first compilation changes the recursion limit, which hypothesis watches
    grows()


def test_rows_get_what_new_fields_need(database: Database) -> None:
    catalog = prepared(database, shop(BASE))
    ada = add(database, catalog, "Customer", name="Ada")
    add(database, catalog, "Customer", name="Bo")
    add(database, catalog, "Order", customer=ada, amount=5)
    add(database, catalog, "Order", customer=ada, amount=7)
    catalog = prepared(
        database,
        shop(
            BASE.replace(
                '  display "{name}"',
                '  total "Total" = sum(orders.amount)\n'
                '  twice "Twice" = total * 2\n'
                '  rank "Rank": int required default 3\n  display "{name}"',
            )
        ),
    )
    assert column(database, catalog, "Customer", "total") == [12, 0]
    assert column(database, catalog, "Customer", "twice") == [24, 0]
    assert column(database, catalog, "Customer", "rank") == [3, 3]


def test_records_begin_a_new_flow_in_its_initial_state(database: Database) -> None:
    catalog = prepared(database, shop(BASE))
    ada = add(database, catalog, "Customer", name="Ada")
    add(database, catalog, "Order", customer=ada, amount=5)
    flow = (
        'flow Order.status "Status"\n  state new "New" initial\n  state done "Done" final\n'
        '  finish "Finish": new -> done\n    by everyone\n'
    )
    catalog = prepared(database, shop(f"{BASE}\n{flow}"))
    assert column(database, catalog, "Order", "status") == ["new"]


def test_numbers_get_more_places_without_change(database: Database) -> None:
    before = BASE.replace('budget "Budget": money', 'budget "Budget": decimal(1)')
    catalog = prepared(database, shop(before))
    add(database, catalog, "Customer", name="Ada", budget=12)
    catalog = prepared(database, shop(before.replace("decimal(1)", "decimal(4)")))
    assert str(column(database, catalog, "Customer", "budget")[0]) == "12.0000"


REFUSALS = [
    pytest.param(
        '  tier "Tier": Tier\n', "", "refused", "shop.Customer.tier", 2, "no longer in the text",
        id="field",
    ),
    pytest.param(
        '  silver "Silver"\n', "", "refused", "shop.Tier.silver", 1, "no longer in the text",
        id="value",
    ),
    pytest.param(
        "  west | West\n", "", "refused", "shop.Region.west", 1, "no longer in the text",
        id="data row",
    ),
    pytest.param(
        '  display "{name}"', '  code "Code": text(9) required\n  display "{name}"',
        "backfill", "shop.Customer.code", 2, "new and required", id="new required field",
    ),
    pytest.param(
        'budget "Budget": money', 'budget "Budget": money required',
        "backfill", "shop.Customer.budget", 1, "becomes required", id="required",
    ),
    pytest.param(
        'budget "Budget": money', 'budget "Budget": date',
        "backfill", "shop.Customer.budget", 1, "from money(CNY) to date", id="type",
    ),
    pytest.param(
        'text(40) required', 'text(3) required',
        "lossy", "shop.Customer.name", 1, "3 characters", id="shorter text",
    ),
    pytest.param(
        'region "Region" -> Region', 'region "Region" -> Region unique',
        "backfill", "shop.Customer.region", 1, "repeat another", id="unique",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "change_class", "place", "rows", "words"), REFUSALS)
def test_what_rows_stand_against_is_refused_and_nothing_is_changed(
    database: Database, old: str, new: str, change_class: str, place: str, rows: int, words: str
) -> None:
    catalog = prepared(database, shop(BASE))
    west = catalog.data_id("shop.Region", "west")
    east = catalog.data_id("shop.Region", "east")
    second = east if "west" in old else west
    add(database, catalog, "Customer", name="Ada", tier="gold", region=west, budget=1)
    add(database, catalog, "Customer", name="Bo L", tier="silver", region=second)
    before = catalog_of(database)
    with pytest.raises(Refused) as refused:
        prepared(database, shop(BASE.replace(old, new)))
    (change,) = refused.value.changes
    assert (change.change_class, change.place, change.rows) == (change_class, place, rows)
    assert words in change.words.en
    assert str(rows) in change.words.zh
    assert catalog_of(database) == before
    assert releases(database) == [1]
    prepared(database, shop(BASE))


def test_a_name_that_ended_and_comes_again_is_somebody_else(database: Database) -> None:
    without = BASE.replace('  budget "Budget": money\n', "")
    for body in (BASE, without, BASE):
        prepared(database, shop(body))
    found = database.read(
        lambda c: c.execute(
            select(ELEMENT.c.born, ELEMENT.c.ended)
            .where(ELEMENT.c.name == "budget")
            .order_by(ELEMENT.c.uid)
        ).all()
    )
    assert [tuple(each) for each in found] == [(1, 2), (3, None)]


def test_a_database_of_a_newer_casework_is_refused(database: Database) -> None:
    prepared(database, shop(BASE))
    database.write(lambda c: c.execute(update(RELEASE).values(format=FORMAT + 1)))
    with pytest.raises(Refused, match="newer Casework"):
        prepared(database, shop(BASE.replace("Silver", "Silber") + '\nenum More "More"\n  x "X"\n'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('budget "Budget": money', 'budget "Budget": money\n  phone: phone'),
        ('gold "Gold"', 'gold "Gold"\n  iron "Iron"'),
        ("east | East", "east | Orient"),
        ('"Orders" <- Order.customer', '"Orders" <- Order.customer\n  due = sum(orders.amount)'),
    ],
)
def test_a_served_model_is_only_exchanged_where_the_database_keeps_the_same(
    database: Database, old: str, new: str
) -> None:
    catalog = prepare(database, shop(BASE), STANDARD, Clock())
    relabelled = shop(BASE.replace('"Amount"', '"Total"'))
    exchanged = unchanged(catalog, relabelled, STANDARD)
    assert exchanged is not None
    assert exchanged.bundle is relabelled
    assert exchanged.tables == catalog.tables
    assert old in BASE
    assert unchanged(catalog, shop(BASE.replace(old, new)), STANDARD) is None
