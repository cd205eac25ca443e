"""The tables that the runtime keeps beside those of the apps; all begin with `_cw_`.

They name an app's tables and columns by their physical names, which a rename in the text never
changes. `SYSTEM.create_all` makes what is missing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Double,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

SYSTEM = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware time in UTC: TIMESTAMPTZ, or on SQLite the text `YYYY-MM-DD HH:MM:SS.ffffff`."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        assert value is None or isinstance(value, datetime)
        return value and value.astimezone(UTC)


BIG = BigInteger().with_variant(Integer, "sqlite")


def _identity() -> Column[int]:
    return Column("id", BIG, Identity(), primary_key=True)


def _table(name: str, *parts: Column[Any] | Index) -> Table:
    return Table(f"_cw_{name}", SYSTEM, *parts)


HISTORY = _table(
    "history",
    _identity(),
    Column("subject", Text, nullable=False),
    Column("record", BIG, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", BIG),
    Column("cause", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("old", Text),
    Column("new", Text),
    Index("_cw_history_record", "subject", "record", "id"),
    Index("_cw_history_actor", "actor", "id"),
)
"""What happened to each record. `action` is `create`, `import`, `change`, `transition`, `action`,
`delete` or `log`; `name` is the column that changed, or the transition or action taken; `old` and
`new` are values in their canonical text."""

NOTICE = _table(
    "notice",
    _identity(),
    Column("recipient", BIG, nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("record", BIG, nullable=False),
    Column("read_at", Instant),
    Index("_cw_notice_recipient", "recipient", "id"),
)
"""The in-app inbox: a text in the recipient's language about a record."""

SERIAL = _table(
    "serial",
    Column("name", Text, primary_key=True),
    Column("last", BIG, nullable=False),
)
"""The last number given, by column and period."""

TURN = _table(
    "turn",
    Column("pick", Text, primary_key=True),
    Column("record", BIG, primary_key=True, autoincrement=False),
    Column("turn", BIG, nullable=False),
)
"""When each record was last chosen by a `pick`, in turns of that pick."""

ROLE_HOLDER = _table(
    "role_holder",
    Column("user_id", BIG, primary_key=True, autoincrement=False),
    Column("role", Text, primary_key=True),
    Index("_cw_role_holder_role", "role", "user_id"),
)
"""Who holds which role directly."""

PASSWORD = _table(
    "password",
    Column("user_id", BIG, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
"""Argon2id hashes; never on the user, so that no view of users can show them."""

SESSION = _table(
    "session",
    Column("token", Text, primary_key=True),
    Column("user_id", BIG, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index("_cw_session_user", "user_id"),
)
"""Who is signed in; `token` is the hash of what the browser holds."""

LINK = _table(
    "link",
    Column("token", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("user_id", BIG),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index("_cw_link_user", "user_id"),
)
"""One-time links, for the first admin (`bootstrap`) or an invited person (`invitation`); `token`
is a hash, and a used link is deleted."""

REQUEST = _table(
    "request",
    Column("user_id", BIG, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("record", BIG, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Index("_cw_request_at", "at"),
)
"""What the acts of the last day saved that came with a key, so that none happens twice."""

ATTEMPT = _table(
    "attempt",
    Column("name", Text, primary_key=True),
    Column("left", Double, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Token buckets: how many sign-in attempts were left to a name or address at a time."""
