"""What the hand-written app knows of its database: the statements, and how values are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    email: str
    csrf: str
    is_manager: bool


@dataclass(frozen=True, slots=True)
class Statements:
    """The hand-written SQL, in the dialect of one database."""

    session: str
    unread: str
    list: str
    count: str
    customer: str
    customer_to_change: str
    orders: str
    history: str
    user: str
    next_number: str
    add_customer: str
    add_history: str
    request: str
    add_request: str
    same_name: str
    change_customer: str
    order: str
    confirm: str
    managers: str
    add_notice: str


class Data(ABC):
    """A database with connections of its driver, and the Python form of what it keeps."""

    sql: Statements

    @abstractmethod
    def reading(self) -> AbstractContextManager[Any]:
        """A connection in one read transaction: all that a page shows is of one moment."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Any]:
        """A connection in one write transaction, undone by an exception."""

    @abstractmethod
    def added(self, cursor: Any) -> int:
        """The id of a record that was added."""

    @abstractmethod
    def now(self) -> Any:
        """The time as it is kept."""

    @abstractmethod
    def kept(self, amount: Decimal) -> Any:
        """An amount of money as it is kept."""

    @abstractmethod
    def amount(self, kept: Any) -> Decimal: ...

    @abstractmethod
    def money(self, kept: Any) -> str:
        """A kept amount as it is shown."""

    @abstractmethod
    def day(self, kept: Any) -> date: ...

    @abstractmethod
    def moment(self, kept: Any) -> datetime:
        """A kept time, in UTC without saying so."""

    def person_of(self, connection: Any, token: str) -> Person | None:
        key = sha256(token.encode()).hexdigest()
        row = connection.execute(self.sql.session, (key, self.now())).fetchone()
        return Person(row[0], row[1], row[2], row[3], bool(row[4])) if row else None
