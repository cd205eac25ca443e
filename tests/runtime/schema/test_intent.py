"""What the text says of earlier data is done to it: renames keep it, `fill` gives values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert, inspect, select

from runtime.db import Database
from runtime.schema import Refused
from runtime.schema.catalog import Catalog
from runtime.schema.releases import ELEMENT, RELEASE
from runtime.tables import ROLE_HOLDER
from tests.runtime.schema.test_prepare import add, catalog_of, column, prepared
from tests.support.apps import shop

OLD = """\
role Seller

enum Tier
  golden
  plain

entity Client
  name: text(40) required unique
  tier: Tier
  tiers: Tier many
  owner -> User
  budget: money
  double = budget * 2
  marks <-> Tag as clients
  index tier, owner
  access
    Seller read

entity Order
  client -> Client required
  amount: money required

entity Tag
  name: text

flow Client.stage
  state begun initial
  state won final
  win: begun -> won
    by Seller
"""
NEW = """\
role Sales was Salesman, Seller

enum Tier
  gold was golden
  plain

entity Customer was Account, Client
  title: text(40) required unique was name
  level: Tier was tier
  levels: Tier many was tiers
  seller -> User was owner
  limit: money was budget
  double = limit * 2
  tags <-> Tag as customers was marks
  index level, seller
  access
    Sales read

entity Order
  customer -> Customer required was client
  amount: money required

entity Tag
  name: text

flow Customer.stage
  state lead initial was begun
  state won final
  win: lead -> won
    by Sales
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url)
    yield database
    database.close()


def filled(database: Database) -> tuple[Catalog, int]:
    catalog = prepared(database, shop(OLD))
    id = add(
        database, catalog, "Client", name="Acme", tier="golden", budget=5, double=10, stage="begun"
    )
    add(database, catalog, "Client", name="Bolt", tier="plain", stage="won")
    add(database, catalog, "Order", client=id, amount=7)
    values, link = catalog.values("shop.Client", "tiers"), catalog.link("shop.Client.marks")
    tag = add(database, catalog, "Tag", name="x")

    def write(connection: Connection) -> None:
        connection.execute(insert(values).values(record=id, value="golden"))
        connection.execute(insert(link).values(near=id, far=tag))
        connection.execute(insert(ROLE_HOLDER).values(user_id=1, role="shop.Seller"))

    database.write(write)
    return catalog, id


def tables(database: Database) -> set[str]:
    return database.read(lambda connection: set(inspect(connection).get_table_names()))


def living(database: Database) -> dict[int, tuple[str, str]]:
    query = select(ELEMENT).where(ELEMENT.c.ended.is_(None))
    rows = database.read(lambda connection: connection.execute(query).all())
    return {row.uid: (row.name, row.physical) for row in rows}


def all_of(database: Database, query: Any) -> list[Any]:
    return database.read(lambda connection: list(connection.execute(query).scalars()))


def test_what_is_renamed_keeps_its_data_and_its_place(database: Database) -> None:
    _, id = filled(database)
    before, elements = catalog_of(database), living(database)
    catalog = prepared(database, shop(NEW))
    assert catalog_of(database) == before
    assert column(database, catalog, "Customer", "title") == ["Acme", "Bolt"]
    assert column(database, catalog, "Customer", "level") == ["gold", "plain"]
    assert column(database, catalog, "Customer", "stage") == ["lead", "won"]
    assert column(database, catalog, "Customer", "limit") == [5, None]
    assert column(database, catalog, "Customer", "double") == [10, None]
    assert column(database, catalog, "Order", "customer") == [id]
    assert all_of(database, select(catalog.values("shop.Customer", "levels").c.value)) == ["gold"]
    assert all_of(database, select(catalog.link("shop.Customer.tags").c.near)) == [id]
    assert all_of(database, select(ROLE_HOLDER.c.role)) == ["shop.Sales"]
    renamed = living(database)
    assert renamed.keys() == elements.keys()
    assert {uid: row[1] for uid, row in renamed.items() if "_ix" not in row[1]} == {
        uid: row[1] for uid, row in elements.items() if "_ix" not in row[1]
    }


def test_a_second_time_nothing_is_left_to_do(database: Database) -> None:
    filled(database)
    prepared(database, shop(NEW))
    catalog = prepared(database, shop(NEW))
    assert column(database, catalog, "Customer", "title") == ["Acme", "Bolt"]
    assert all_of(database, select(RELEASE.c.seq)) == [1, 2]
    later = NEW.replace("amount: money required", "amount: money required\n  at: date")
    catalog = prepared(database, shop(later))
    assert column(database, catalog, "Customer", "level") == ["gold", "plain"]


def test_a_new_database_has_it_all_under_the_new_names(database: Database) -> None:
    catalog = prepared(database, shop(NEW))
    assert "shop_customer" in tables(database)
    assert column(database, catalog, "Customer", "title") == []


def test_a_renamed_field_with_another_type_is_refused_while_rows_have_it(
    database: Database,
) -> None:
    filled(database)
    before = catalog_of(database), living(database)
    changed = NEW.replace("limit: money was budget", 'limit: text was budget: money convert "?"')
    with pytest.raises(Refused) as refused:
        prepared(database, shop(changed.replace("double = limit * 2", "double = 2")))
    assert [change.place for change in refused.value.changes] == ["shop.Customer.limit"]
    assert (catalog_of(database), living(database)) == before


def test_a_name_that_goes_without_a_word_is_refused(database: Database) -> None:
    filled(database)
    with pytest.raises(Refused) as refused:
        prepared(database, shop(NEW.replace(" was begun", "").replace(" was budget", "")))
    places = {change.place for change in refused.value.changes}
    assert places == {"shop.Customer.budget", "shop.Customer.stage.begun"}


def test_rows_get_what_fill_says(database: Database) -> None:
    filled(database)
    text = OLD.replace(
        "  budget: money\n",
        '  budget: money required fill 1.50\n  code: text(20) required fill "C-{id}"\n'
        "  first: money fill min(orders.amount)\n  orders <- Order.client\n",
    )
    catalog = prepared(database, shop(text))
    assert column(database, catalog, "Client", "code") == ["C-1", "C-2"]
    assert column(database, catalog, "Client", "budget") == [5, 1.5]
    assert column(database, catalog, "Client", "first") == [7, None]
    assert column(database, catalog, "Client", "double") == [10, 3]


def test_a_value_that_others_take_over_is_refused_while_rows_have_it(database: Database) -> None:
    filled(database)
    with pytest.raises(Refused) as refused:
        prepared(database, shop(OLD.replace("  plain\n", "  plain retired -> golden\n")))
    assert [change.place for change in refused.value.changes] == ["shop.Tier.plain"]


def test_what_cannot_be_done_yet_is_refused_by_name(database: Database) -> None:
    for text in (
        OLD.replace("  budget: money\n", "  budget: money revive\n"),
        f'{OLD}\nupgrade "once" after\n  update Client\n    budget = 1\n',
    ):
        with pytest.raises(Refused):
            prepared(database, shop(text))
    assert tables(database) == set()
