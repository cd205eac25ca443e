"""The bench's data: customers, orders and people, written straight into tables made from the model.

The same number of customers gives the same rows, whichever the database.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert

from cli.workspace import FolderWorkspace
from compiler.bundle import Bundle
from compiler.model.app import ADMIN, TEAM, USER
from compiler.model.base import EntityId, to_json
from compiler.pipeline import compile_app
from runtime.access.tokens import token_hash
from runtime.clock import Clock
from runtime.db import Database
from runtime.prepared import Prepared, Values, dialect_named
from runtime.schema.catalog import Catalog
from runtime.schema.prepare import prepare
from runtime.tables import HISTORY, ROLE_HOLDER, SERIAL, SESSION
from stdlib.library import STANDARD

APPS = Path(__file__).parent / "apps"
CUSTOMER = EntityId("sales.Customer")
ORDER = EntityId("sales.Order")

INDUSTRIES = ("internet", "manufacturing", "retail", "finance", "healthcare", "education")
TIERS = ("normal", "silver", "normal", "gold", "normal")
STATUSES = ("draft", "confirmed", "paid", "paid", "paid", "draft")
MADE = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
FIRST_DAY = date(2024, 1, 1)
OF_A_REP = 5_000
"""Customers that one sales rep owns."""
EVERY, MANY, FEW = 10, 12, 2
"""Every tenth customer has twelve orders, the others two: three on average."""
BATCH = 5_000
MANAGER = 1
"""The user who manages; the reps follow."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is in a loaded database: as many customers, and the people who own them."""

    bundle: Bundle
    customers: int

    @property
    def reps(self) -> int:
        return max(1, self.customers // OF_A_REP)

    def owned(self, rep: int) -> range:
        """The customers of a rep, the first of whom is rep 0; every tenth has the many orders."""
        return range(1 + rep, self.customers + 1, self.reps)


def session_token(user: int) -> str:
    """The cookie of a user's session in every loaded database."""
    return f"bench-session-{user}"


def csrf_token(user: int) -> str:
    return f"bench-csrf-{user}"


def dataset(customers: int) -> Dataset:
    """The bench's app, and so many customers of it."""
    bundle = compile_app(FolderWorkspace(APPS), STANDARD).bundle
    assert bundle is not None, "the bench's app has faults: casework check bench/apps"
    return Dataset(bundle, customers)


def layout(data: Dataset) -> str:
    """Model, tables and these rows: a database that was filled for others is filled anew."""
    model = data.bundle.hash, to_json(data.bundle.schema_plan)
    return token_hash("".join((*model, Path(__file__).read_text())))[:12]


def fill(url: str, data: Dataset) -> None:
    """Make the tables of an empty database and write the rows."""
    database = Database.open(url)
    catalog = prepare(database, data.bundle, STANDARD, Clock())
    for table, rows in _tables(data, catalog):
        for batch in _batches(rows):
            database.write(partial(_write, table=table, rows=batch))
    database.close()


def _write(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    statement = insert(table).values({key: bindparam(key) for key in rows[0]})
    Prepared(statement, dialect_named("sqlite")).run_many(connection, rows)


def _copy(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """As PostgreSQL takes many rows; ids that are given later go on after these."""
    cursor: Any = connection.connection.cursor()
    columns = ", ".join(f'"{table.c[key].name}"' for key in rows[0])
    with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))
    if "id" in rows[0]:
        sequence = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
        cursor.execute(f"SELECT setval({sequence}, %s)", (rows[-1]["id"],))


def _batches(rows: Iterable[Values]) -> Iterator[list[Values]]:
    remaining = iter(rows)
    while batch := list(itertools.islice(remaining, BATCH)):
        yield batch


def _tables(data: Dataset, catalog: Catalog) -> Iterator[tuple[Table, Iterable[Values]]]:
    yield catalog.table(TEAM), _teams()
    yield catalog.table(USER), _users(data)
    yield ROLE_HOLDER, _roles(data)
    yield SESSION, _sessions(data)
    yield catalog.table(CUSTOMER), _customers(data)
    yield catalog.table(ORDER), _orders(data)
    yield HISTORY, _history(data, catalog)
    yield SERIAL, _serials(data, catalog)


def _made(id: int, by: int = MANAGER) -> dict[str, object]:
    return {
        "id": id,
        "version": 1,
        "created_at": MADE,
        "created_by": by,
        "changed_at": MADE,
        "changed_by": by,
    }


# --- people -------------------------------------------------------------------------------------


def _teams() -> Iterator[Values]:
    yield {**_made(1), "created_by": None, "changed_by": None, "name": "Company", "parent": None}


def _users(data: Dataset) -> Iterator[Values]:
    for user in range(MANAGER, MANAGER + 1 + data.reps):
        yield {
            **_made(user),
            "created_by": None,
            "changed_by": None,
            "name": f"Person {user:04}",
            "email": f"person{user}@bench.example",
            "team": 1,
            "active": True,
            "language": "en",
        }


def _roles(data: Dataset) -> Iterator[Values]:
    yield {"user_id": MANAGER, "role": "sales.Manager"}
    yield {"user_id": MANAGER, "role": ADMIN}
    for rep in range(data.reps):
        yield {"user_id": rep_user(rep), "role": "sales.Sales"}


def _sessions(data: Dataset) -> Iterator[Values]:
    for user in range(MANAGER, MANAGER + 1 + data.reps):
        yield {
            "token": token_hash(session_token(user)),
            "user_id": user,
            "csrf": csrf_token(user),
            "began_at": MADE,
            "ends_at": MADE + timedelta(days=36_500),
        }


def rep_user(rep: int) -> int:
    """The user who is a rep."""
    return MANAGER + 1 + rep


# --- business -----------------------------------------------------------------------------------


def _customers(data: Dataset) -> Iterator[Values]:
    orders = itertools.groupby(_orders(data), key=lambda order: order["customer"])
    for id, group in orders:
        assert isinstance(id, int)
        owner = rep_user((id - 1) % data.reps)
        paid = (Decimal(str(each["amount"])) for each in group if each["status"] == "paid")
        yield {
            **_made(id, owner),
            "name": customer_name(id),
            "code": f"C-2026-{id:07}",
            "industry": INDUSTRIES[id * 7 // 3 % len(INDUSTRIES)],
            "tier": TIERS[id // 7 % len(TIERS)],
            "owner": owner,
            "phone": f"+86 138 {id // 10_000 % 10_000:04} {id % 10_000:04}",
            "email": f"office@customer{id}.example",
            "annual_value": Decimal(1_000 + id * 7_919 % 999_983),
            "paid_total": sum(paid, Decimal(0)),
        }


def customer_name(id: int) -> str:
    return f"Customer {id * 48_271 % 2_147_483_647:010} Ltd"


def _orders(data: Dataset) -> Iterator[dict[str, object]]:
    """In the order of their customers."""
    id = 0
    for customer in range(1, data.customers + 1):
        for number in range(orders_of(data, customer)):
            id += 1
            status = STATUSES[(customer + number) % len(STATUSES)]
            yield {
                **_made(id, rep_user((customer - 1) % data.reps)),
                "number": f"O-2026-{id:07}",
                "customer": customer,
                "ordered_on": FIRST_DAY + timedelta(days=id * 131 % 730),
                "amount": Decimal(100 + id * 37 % 9_973),
                "remarks": None,
                "status": status,
            }


def orders_of(data: Dataset, customer: int) -> int:
    """How many orders a customer has."""
    return MANY if (customer - 1) // data.reps % EVERY == 0 else FEW


def _history(data: Dataset, catalog: Catalog) -> Iterator[Values]:
    subject = catalog.table(CUSTOMER).name
    for customer in range(1, data.customers + 1):
        yield {
            "subject": subject,
            "record": customer,
            "version": 1,
            "at": MADE,
            "actor": rep_user((customer - 1) % data.reps),
            "cause": "",
            "action": "create",
            "name": "",
            "old": None,
            "new": None,
        }


def _serials(data: Dataset, catalog: Catalog) -> Iterator[Values]:
    year = Clock().act(data.bundle.workspace.timezone).today.year
    for entity, field, letter, last in (
        (CUSTOMER, "code", "C", data.customers),
        (ORDER, "number", "O", data.customers * 3),
    ):
        table = catalog.table(entity)
        name = f"{table.name}.{table.c[field].name} {letter}-{year}-{{0000000}}"
        yield {"name": name, "last": last}
