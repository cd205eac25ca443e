"""The tables of sign-in. They belong to no app; a password never comes near the entity `User`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, MetaData, Table, Text

METADATA = MetaData()

USER_ROLE = Table(
    "_cw_user_role",
    METADATA,
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("role", Text, primary_key=True),
)
"""Who holds which role directly; `role` is a RoleId."""

CREDENTIAL = Table(
    "_cw_credential",
    METADATA,
    Column("user_id", Integer, primary_key=True, autoincrement=False),
    Column("password_hash", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

SESSION = Table(
    "_cw_session",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", Integer, nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
"""Instants are seconds since 1970, UTC."""

LINK = Table(
    "_cw_link",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("user_id", Integer),
    Column("expires_at", BigInteger, nullable=False),
)
"""One-time links: `bootstrap` makes the first admin, `invite` lets a user choose a password."""

ATTEMPT = Table(
    "_cw_attempt",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("allowance", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
)
"""A token bucket for each thing that is limited."""
