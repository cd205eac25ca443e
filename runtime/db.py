"""The database: the only place that knows which one runs, and how its transactions behave.

SQLite has one writer at a time and a queue. Acts that wait share a transaction, each in a
savepoint, and are answered when it is committed, so that the full price of durability
(`synchronous=FULL`) is paid once for all of them. PostgreSQL writes in every thread, at READ
COMMITTED, and repeats an act that lost against another one.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from compiler.backends.expr.sql import register
from dsl.diagnostic import Message

T = TypeVar("T")
Work = Callable[[Connection], T]
Dialect = Literal["sqlite", "postgresql"]

READERS = 40
"""As many as the threads that serve requests: a reader never waits for a connection."""
GROUP_ACTS = 64
BUSY_MS = 5_000
COUNT_EVERY = 500
COUNTED_ROWS = 1_000
"""How many commits lie between two looks at what indexes hold, and how many rows those look at."""
REPEATS = 3
LOST = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the act did nothing and can be done again."""


class UnknownDatabase(Exception):
    """A URL of a database that Casework cannot keep data in."""

    def __init__(self, url: URL) -> None:
        self.message = Message(
            "no data can be kept in `{url}`: use sqlite:///path/to/file.db"
            " or postgresql://user@host/name",
            "`{url}` 不能存放数据：请用 sqlite:///路径/文件.db 或 postgresql://用户@主机/库名",
        ).filled({"url": url.render_as_string(hide_password=True)})
        super().__init__(self.message.en)


class _Moment(threading.local):
    """What a thread reads in: its connection, kept from one transaction to the next, whether a
    transaction has begun there, whether reads share it, and how many works read in it now, one
    within the other."""

    connection: Connection | None = None
    begun = False
    shared = False
    works = 0


class Database(ABC):
    """A database with many readers, and writes that are done whole or not at all."""

    dialect: Dialect
    _reading: Engine
    _writing: Engine

    def __init__(self) -> None:
        self._moment = _Moment()
        self._kept: weakref.WeakSet[Connection] = weakref.WeakSet()

    @staticmethod
    def open(url: str) -> Database:
        """The database at a SQLAlchemy URL; a SQLite file is created. Raises UnknownDatabase."""
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
            return SqliteDatabase(parsed)
        if backend in ("postgresql", "postgres"):
            return PostgresDatabase(parsed.set(drivername="postgresql+psycopg"))
        raise UnknownDatabase(parsed)

    def read(self, work: Work[T]) -> T:
        """What `work` reads in one read-only transaction, which sees one moment."""
        moment = self._moment
        if not moment.shared:
            with self.one_moment():
                return self.read(work)
        moment.works += 1
        try:
            return work(self._begun())
        except DBAPIError:
            self._drop()  # PostgreSQL does nothing more in a transaction that saw an error
            raise
        finally:
            moment.works -= 1

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """All reads of this thread in here see the same moment, until it writes: they share a
        transaction, which the first of them begins, and the first after a write anew."""
        moment = self._moment
        if moment.shared:
            yield
            return
        moment.shared = True
        try:
            yield
        finally:
            moment.shared = False
            self._end()

    def write(self, work: Work[T]) -> T:
        """Do `work` in one transaction and return its result once that is durable.

        An exception of `work` undoes all it did and is raised here. `work` may be begun again
        after it was undone, so it must have no effect but through its connection.
        """
        if self._moment.works:
            return self._write(work)
        self._end()
        try:
            return self._write(work)
        finally:
            self._end()

    @abstractmethod
    def _write(self, work: Work[T]) -> T:
        """See `write`."""

    def _begun(self) -> Connection:
        """This thread's connection, in a transaction."""
        moment = self._moment
        if moment.connection is None:
            moment.connection = self._reading.connect()
            self._kept.add(moment.connection)
        if not moment.begun:
            self._begin(moment.connection)
            moment.begun = True
        return moment.connection

    def _begin(self, connection: Connection) -> None:
        """Begin a transaction to read in."""
        connection.begin()

    def _rollback(self, connection: Connection) -> None:
        """End it."""
        connection.rollback()

    def _end(self) -> None:
        """End this thread's transaction, if it has one. (Nothing then refers to the connection but
        the thread, so that it goes back into the pool when the thread ends.)"""
        moment = self._moment
        if not moment.begun:
            return
        assert moment.connection is not None
        moment.begun = False
        try:
            self._rollback(moment.connection)
        except (DBAPIError, sqlite3.Error):
            self._drop()

    def _drop(self) -> None:
        """Give this thread's connection back, which finds out whether it is still good."""
        moment = self._moment
        connection, moment.connection, moment.begun = moment.connection, None, False
        if connection is not None:
            connection.close()

    def close(self) -> None:
        for connection in list(self._kept):
            connection.close()
        self._reading.dispose()
        self._writing.dispose()


class Nested(Database):
    """A database seen from inside one of its transactions: what is written is undone with it."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        super().__init__()
        self.dialect = dialect
        self._connection = connection

    def read(self, work: Work[T]) -> T:
        return work(self._connection)

    def _write(self, work: Work[T]) -> T:
        with self._connection.begin_nested():
            return work(self._connection)

    def close(self) -> None:
        """The transaction ends where it began."""


# --- SQLite -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: object = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Act:
    """A piece of work in the writer's queue, and what came of it when it was done. Only who has the
    turn writes here, and whoever waits for it takes the turn to look."""

    work: Work[Any]
    outcome: _Outcome | None = None


class SqliteDatabase(Database):
    dialect: Dialect = "sqlite"

    def __init__(self, url: URL) -> None:
        super().__init__()
        self._writing = _sqlite_engine(url, "BEGIN IMMEDIATE", query_only=False)
        self._reading = _sqlite_engine(url, "BEGIN", query_only=True)
        self._queue: deque[_Act] = deque()
        self._turn = threading.Lock()
        self._writer: int | None = None
        self._commits = 0
        self._closed = False
        # Makes the file and its log, without which a reader could not open it.
        self._connection = self._writing.connect()

    # What reads goes straight to the driver, and so does its transaction: SQLAlchemy's own costs
    # more than the two statements. It joins in where something is read through it.

    def _begin(self, connection: Connection) -> None:
        _driver_of(connection).execute("BEGIN")

    def _rollback(self, connection: Connection) -> None:
        if connection.in_transaction():
            connection.rollback()
        else:
            _driver_of(connection).rollback()

    def _write(self, work: Work[T]) -> T:
        """Queue the act, and when it is this thread's turn to write, do all that waits: this act
        was done by then if another thread had the turn before and took it along."""
        if self._writer == threading.get_ident():
            raise RuntimeError("an act began another act; it must use the connection it was given")
        act = _Act(work)
        self._queue.append(act)
        with self._turn:
            if self._closed:
                raise RuntimeError("the database is closed")
            self._writer = threading.get_ident()
            try:
                while act.outcome is None:
                    self._do_waiting()
            finally:
                self._writer = None
        if act.outcome.error is not None:
            raise act.outcome.error
        result: T = act.outcome.result  # type: ignore[assignment]  # what the work gave
        return result

    def _do_waiting(self) -> None:
        """Do the acts that wait, in the order they came."""
        count = min(len(self._queue), GROUP_ACTS)
        acts = [self._queue.popleft() for _ in range(count)]
        for act, outcome in zip(acts, _commit(self._connection, acts), strict=True):
            act.outcome = outcome
        self._commits += 1
        if self._commits % COUNT_EVERY == 0:
            self._count()

    def _count(self) -> None:
        """Let SQLite count what its indexes hold, where it missed that when it chose one: between
        a state and a customer it would take the state, which a third of all orders have."""
        raw: Any = self._connection.connection.driver_connection
        with suppress(sqlite3.Error):  # another process may be writing
            raw.execute("PRAGMA optimize")

    def close(self) -> None:
        with self._turn:
            if not self._closed:
                self._closed = True
                self._count()
                self._connection.close()
                super().close()


class MemoryDatabase(Database):
    """SQLite in memory, for one user at a time: a place where what is tried can be undone."""

    dialect: Dialect = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        url = make_url("sqlite://")
        self._reading = self._writing = _sqlite_engine(url, "BEGIN", query_only=False)
        self._connection = self._writing.connect()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is written in here is undone at the end."""
        with self._connection.begin() as transaction:
            yield
            transaction.rollback()

    def read(self, work: Work[T]) -> T:
        if self._connection.in_transaction():
            return work(self._connection)
        return self._write(work)

    def _write(self, work: Work[T]) -> T:
        inside = self._connection.in_transaction()
        with self._connection.begin_nested() if inside else self._connection.begin():
            return work(self._connection)

    def close(self) -> None:
        self._connection.close()
        super().close()


def _commit(connection: Connection, acts: list[_Act]) -> list[_Outcome]:
    """Do the acts in one transaction; if that cannot be committed they have all failed."""
    try:
        with connection.begin() as transaction:
            attempt = _attempt_alone if len(acts) == 1 else _attempt
            outcomes = [attempt(connection, act) for act in acts]
            if all(outcome.error is not None for outcome in outcomes):
                transaction.rollback()  # a commit would write and sync pages that did not change
            return outcomes
    except BaseException as error:
        return [_Outcome(error=error) for _ in acts]


def _attempt_alone(connection: Connection, act: _Act) -> _Outcome:
    """Do the only act of a transaction, which is undone with it."""
    try:
        return _Outcome(act.work(connection))
    except BaseException as error:
        return _Outcome(error=error)


def _attempt(connection: Connection, act: _Act) -> _Outcome:
    """Do one act in a savepoint of its own. Raises if SQLite gave up the whole transaction."""
    raw = _driver_of(connection)
    raw.execute("SAVEPOINT act")
    try:
        result = act.work(connection)
    except BaseException as error:
        if not raw.in_transaction:
            raise  # a full disk, say: the acts before this one are lost with it
        raw.execute("ROLLBACK TO act")
        raw.execute("RELEASE act")
        return _Outcome(error=error)
    raw.execute("RELEASE act")
    return _Outcome(result)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _sqlite_engine(url: URL, begin: str, *, query_only: bool) -> Engine:
    """An engine whose transactions begin as said.

    The driver's own transaction mode loses updates and does not undo schema changes; it is off
    (`isolation_level=None`).
    """
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=READERS if query_only else 1,
        max_overflow=0,
        connect_args={"isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"analysis_limit = {COUNTED_ROWS}",
            f"query_only = {'ON' if query_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        register(connection)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        raw = _driver_of(connection)
        if not raw.in_transaction:
            raw.execute(begin)

    return engine


# --- PostgreSQL ---------------------------------------------------------------------------------


class PostgresDatabase(Database):
    dialect: Dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        super().__init__()
        self._writing = create_engine(
            url, isolation_level="READ COMMITTED", pool_size=READERS, max_overflow=0
        )
        self._reading = create_engine(
            url, isolation_level="REPEATABLE READ", pool_size=READERS, max_overflow=0
        )

        @event.listens_for(self._reading, "connect")
        def only_read(connection: Any, _record: object) -> None:
            connection.read_only = True

    def _write(self, work: Work[T]) -> T:
        for _ in range(REPEATS):
            try:
                return self._once(work)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in LOST:
                    raise
        return self._once(work)

    def _once(self, work: Work[T]) -> T:
        with self._writing.connect() as connection, connection.begin():
            return work(connection)
