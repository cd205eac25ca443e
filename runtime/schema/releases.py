"""What a database remembers of its models: each that was applied, and every element it ever had."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Identity, Integer, MetaData, Table, Text

METADATA = MetaData()
FORMAT = 1
"""How `model` is written. A change of the model's classes that cannot read what stands in databases
raises it and says here how the older one is read."""
BIG = BigInteger().with_variant(Integer, "sqlite")

RELEASE = Table(
    "_cw_release",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("model_hash", Text, nullable=False),
    Column("parent_hash", Text, nullable=False),
    Column("format", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("schema_hash", Text, nullable=False),
    Column("git_commit", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("plan_hash", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("started", Text, nullable=False),
    Column("finished", Text, nullable=False),
    Column("status", Text, nullable=False),
)
"""`model` is the Bundle as canonical JSON in the `format` of the Casework that wrote it;
`schema_hash` is over its tables alone, which a new compiler may lay out differently for the same
model. Times are ISO text in UTC. `git_commit` and `approved_by` are empty where the app was served
as it stood, with nobody asked."""

ELEMENT = Table(
    "_cw_element",
    METADATA,
    Column("uid", BIG, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("scope_uid", BIG),
    Column("name", Text, nullable=False),
    Column("physical", Text, nullable=False),
    Column("born", Integer, nullable=False),
    Column("ended", Integer),
    sqlite_autoincrement=True,
)
"""Everything the database keeps an identity for. `physical` is the name of its table, column or
index, else empty; `born` and `ended` are releases."""
