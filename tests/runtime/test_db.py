"""Transactions: no update is lost, nothing is half done, readers cannot write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from runtime.db import READERS, Database, MemoryDatabase, UnknownDatabase


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url)
    database.write(lambda c: c.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")))
    yield database
    database.close()


def insert(connection: Connection, id: int, n: int = 0) -> None:
    connection.execute(text("INSERT INTO t VALUES (:id, :n)"), {"id": id, "n": n})


def ids(database: Database) -> list[int]:
    return database.read(lambda c: list(c.execute(text("SELECT id FROM t ORDER BY id")).scalars()))


def test_no_update_is_lost_between_threads(database: Database) -> None:
    database.write(lambda c: insert(c, 1))
    lock = " FOR UPDATE" if database.dialect == "postgresql" else ""

    def increment(connection: Connection) -> None:
        n = connection.execute(text(f"SELECT n FROM t WHERE id = 1{lock}")).scalar_one()
        connection.execute(text("UPDATE t SET n = :n WHERE id = 1"), {"n": n + 1})

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(database.write, increment) for _ in range(200)]:
            done.result()
    assert database.read(lambda c: c.execute(text("SELECT n FROM t")).scalar_one()) == 200


def test_an_act_that_fails_leaves_no_trace_and_spares_those_committed_with_it(
    database: Database,
) -> None:
    """All acts wait behind the first, so that SQLite commits them together."""
    started, go = threading.Event(), threading.Event()

    def first(connection: Connection) -> None:
        started.set()
        go.wait()
        insert(connection, 1)

    def good(connection: Connection) -> None:
        insert(connection, 2)

    def refused(connection: Connection) -> None:
        insert(connection, 3)
        raise ValueError("refused")

    def duplicate(connection: Connection) -> None:
        insert(connection, 4)
        insert(connection, 4)

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(database.write, first)]
        started.wait()
        waiting += [pool.submit(database.write, work) for work in (good, refused, duplicate)]
        go.set()
        errors = [each.exception() for each in waiting]
    assert errors[:2] == [None, None]
    assert isinstance(errors[2], ValueError)
    assert isinstance(errors[3], IntegrityError)
    assert ids(database) == [1, 2]


def test_schema_changes_are_undone_with_their_act(database: Database) -> None:
    def change(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE u (id INTEGER)"))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        database.write(change)
    with pytest.raises(DBAPIError):
        database.read(lambda c: c.execute(text("SELECT * FROM u")))


def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        database.read(lambda c: insert(c, 1))
    assert ids(database) == []


def test_a_reader_sees_one_moment(database: Database) -> None:
    def twice(connection: Connection) -> tuple[int, int]:
        count = text("SELECT count(*) FROM t")
        before = connection.execute(count).scalar_one()
        database.write(lambda c: insert(c, 1))
        return before, connection.execute(count).scalar_one()

    assert database.read(twice) == (0, 0)
    assert ids(database) == [1]


def test_committed_acts_survive_closing(database_url: str) -> None:
    first = Database.open(database_url)
    first.write(lambda c: c.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")))
    first.write(lambda c: insert(c, 7))
    first.close()
    second = Database.open(database_url)
    assert ids(second) == [7]
    second.close()


def test_postgresql_repeats_an_act_that_lost_to_a_deadlock(postgres_url: str) -> None:
    database = Database.open(postgres_url)
    database.write(lambda c: c.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")))
    for id in (1, 2):
        database.write(lambda c, id=id: insert(c, id))  # type: ignore[misc]
    met = threading.Barrier(2)
    first_time = threading.local()

    def crosswise(*order: int) -> None:
        def work(connection: Connection) -> None:
            for id in order:
                connection.execute(text("UPDATE t SET n = n + 1 WHERE id = :id"), {"id": id})
                if not hasattr(first_time, "gone"):
                    first_time.gone = True
                    met.wait()

        database.write(work)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(crosswise, 1, 2), pool.submit(crosswise, 2, 1)]:
            done.result()
    assert database.read(lambda c: c.execute(text("SELECT sum(n) FROM t")).scalar_one()) == 4
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u@h/db"])
def test_a_database_that_keeps_nothing_is_refused(url: str) -> None:
    with pytest.raises(UnknownDatabase, match="no data can be kept"):
        Database.open(url)


def test_reads_of_one_moment_do_not_see_what_others_write_meanwhile(database: Database) -> None:
    with ThreadPoolExecutor(1) as another, database.one_moment():
        before = ids(database)
        another.submit(database.write, lambda c: insert(c, 1)).result()
        assert ids(database) == before == []
    assert ids(database) == [1]


def test_a_moment_ends_with_a_write_so_that_one_sees_what_one_wrote(database: Database) -> None:
    with database.one_moment():
        assert ids(database) == []
        database.write(lambda c: insert(c, 1))
        assert ids(database) == [1]


def test_a_read_that_fails_does_not_spoil_the_moment(database: Database) -> None:
    with database.one_moment():
        with pytest.raises(DBAPIError):
            database.read(lambda c: c.execute(text("SELECT nothing FROM nowhere")))
        assert ids(database) == []


def test_what_is_tried_in_memory_is_undone() -> None:
    database = MemoryDatabase()

    def add(connection: Connection) -> None:
        connection.execute(text("INSERT INTO t (x) VALUES (1)"))

    def add_and_fail(connection: Connection) -> None:
        add(connection)
        raise ValueError

    def count(connection: Connection) -> object:
        return connection.scalar(text("SELECT count(*) FROM t"))

    database.write(lambda connection: connection.execute(text("CREATE TABLE t (x INTEGER)")))
    for _ in range(2):
        with database.undone():
            database.write(add)
            with pytest.raises(ValueError):
                database.write(add_and_fail)
            assert database.read(count) == 1
        assert database.read(count) == 0
    database.close()


def test_sqlite_counts_what_it_chooses_indexes_by(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'counted.db'}"
    database = Database.open(url)
    database.write(lambda c: c.execute(text("CREATE TABLE t (few INTEGER, many INTEGER)")))
    database.write(lambda c: c.execute(text("CREATE INDEX many ON t (many)")))
    database.write(lambda c: c.execute(text("CREATE INDEX few ON t (few)")))
    rows = [{"few": n % 3, "many": n} for n in range(3_000)]
    database.write(lambda c: c.execute(text("INSERT INTO t VALUES (:few, :many)"), rows))
    update = text("UPDATE t SET many = 7 WHERE few = 1 AND many = 7")
    database.write(lambda c: c.execute(update))
    database.close()
    again = Database.open(url)
    plan = again.read(lambda c: c.execute(text(f"EXPLAIN QUERY PLAN {update}")).all())
    again.close()
    assert "USING INDEX many" in str(plan)


def test_threads_that_end_give_their_connections_back(database: Database) -> None:
    for _ in range(READERS + 5):
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(ids, database).result() == []
