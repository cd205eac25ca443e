"""Passwords, sessions, one-time links and limits, on both databases."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from runtime.access import limits, links, passwords, sessions
from runtime.db import Database
from runtime.tables import SYSTEM
from tests.support.running import SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    opened.write(SYSTEM.create_all)
    yield opened
    opened.close()


def test_only_the_right_password_matches() -> None:
    kept = passwords.hashed("correct horse battery")
    assert passwords.matches("correct horse battery", kept)
    assert not passwords.matches("correct horse batterx", kept)
    assert not passwords.matches("correct horse battery", None)
    assert "correct" not in kept


def test_short_passwords_are_refused_with_a_reason() -> None:
    with pytest.raises(passwords.WeakPassword) as refusal:
        passwords.hashed("short")
    assert str(passwords.MIN_LENGTH) in refusal.value.message.en
    assert str(passwords.MIN_LENGTH) in refusal.value.message.zh


def test_a_session_lasts_until_it_ends(database: Database, clock: SetClock) -> None:
    token = database.write(lambda c: sessions.begin(c, clock, 7))
    found = database.read(lambda c: sessions.find(c, clock, token))
    assert found is not None
    assert found.user_id == 7
    assert database.read(lambda c: sessions.find(c, clock, "another token")) is None
    clock.at += sessions.LIFETIME
    assert database.read(lambda c: sessions.find(c, clock, token)) is None


def test_signing_out_ends_one_session_and_a_new_password_all(
    database: Database, clock: SetClock
) -> None:
    first, second, third = (database.write(lambda c: sessions.begin(c, clock, 7)) for _ in range(3))
    database.write(lambda c: sessions.end(c, first))
    assert database.read(lambda c: sessions.find(c, clock, first)) is None
    assert database.read(lambda c: sessions.find(c, clock, second)) is not None
    database.write(lambda c: sessions.end_all(c, 7))
    assert database.read(lambda c: sessions.find(c, clock, third)) is None


def test_the_database_never_holds_a_token(database: Database, clock: SetClock) -> None:
    session = database.write(lambda c: sessions.begin(c, clock, 7))
    link = database.write(lambda c: links.issue(c, clock, "invitation", 7))
    kept = database.read(
        lambda c: [
            str(value)
            for table in SYSTEM.sorted_tables
            for row in c.execute(table.select())
            for value in row
        ]
    )
    assert kept
    assert session not in kept
    assert link not in kept


def test_a_link_works_once_and_not_for_ever(database: Database, clock: SetClock) -> None:
    token = database.write(lambda c: links.issue(c, clock, "invitation", 7))
    assert database.read(lambda c: links.find(c, clock, token)) == ("invitation", 7)
    assert database.write(lambda c: links.spend(c, token))
    assert not database.write(lambda c: links.spend(c, token))
    assert database.read(lambda c: links.find(c, clock, token)) is None
    late = database.write(lambda c: links.issue(c, clock, "bootstrap", None))
    clock.at += links.LIFETIME
    assert database.read(lambda c: links.find(c, clock, late)) is None


def test_a_newer_link_voids_the_older(database: Database, clock: SetClock) -> None:
    older = database.write(lambda c: links.issue(c, clock, "bootstrap", None))
    newer = database.write(lambda c: links.issue(c, clock, "bootstrap", None))
    assert database.read(lambda c: links.find(c, clock, older)) is None
    assert database.read(lambda c: links.find(c, clock, newer)) == ("bootstrap", None)


def test_too_many_tries_wait_for_their_turn(database: Database, clock: SetClock) -> None:
    limit = limits.Limit(burst=3, refill=timedelta(seconds=30))

    def take(name: str = "email ann@example.com") -> timedelta:
        return database.write(lambda c: limits.take(c, clock, name, limit))

    assert [take() for _ in range(3)] == [timedelta(0)] * 3
    assert timedelta(0) < take() <= timedelta(seconds=30)
    assert take("email bob@example.com") == timedelta(0)
    clock.at += timedelta(seconds=30)
    assert take() == timedelta(0)
    assert take() > timedelta(0)
    database.write(lambda c: limits.forget(c, "email ann@example.com"))
    assert take() == timedelta(0)
