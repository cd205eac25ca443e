"""The hand-written app's PostgreSQL: the same statements, but for what the two databases say in
different words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg

from bench.byhand import sqlite
from bench.byhand.data import Data, Statements

Connection = psycopg.Connection[tuple[Any, ...]]


def _statements() -> Statements:
    texts = {name: text.replace("?", "%s") for name, text in asdict(sqlite.SQL).items()}
    said = Statements(**texts)
    return replace(
        said,
        session=said.session.replace("max(", "bool_or(").replace("by u.id", "by u.id, s.csrf"),
        next_number=said.next_number.replace("set last = last", "set last = _cw_serial.last"),
        customer_to_change=f"{said.customer} for update of c",
        order=f"{said.order} for update of o",
        add_customer=f"{said.add_customer} returning id",
    )


class Postgres(Data):
    """A connection for reading and one for writing for each thread."""

    sql = _statements()

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = threading.local()

    def _connection(self, name: str, level: psycopg.IsolationLevel) -> Connection:
        connection: Connection | None = getattr(self._own, name, None)
        if connection is None:
            connection = psycopg.connect(self._url)
            connection.isolation_level = level
            connection.read_only = name == "reading"
            setattr(self._own, name, connection)
        return connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        connection = self._connection("reading", psycopg.IsolationLevel.REPEATABLE_READ)
        try:
            yield connection
        finally:
            connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        connection = self._connection("writing", psycopg.IsolationLevel.READ_COMMITTED)
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    def added(self, cursor: psycopg.Cursor[tuple[Any, ...]]) -> int:
        ((id,),) = cursor.fetchall()
        assert isinstance(id, int)
        return id

    def now(self) -> datetime:
        return datetime.now(UTC)

    def kept(self, amount: Decimal) -> Decimal:
        return amount

    def amount(self, kept: Decimal) -> Decimal:
        return kept

    def money(self, kept: Decimal) -> str:
        return f"{kept:,.2f}"

    def day(self, kept: date) -> date:
        return kept

    def moment(self, kept: datetime) -> datetime:
        return kept.astimezone(UTC).replace(tzinfo=None)
