"""Entities: what is kept, what is computed, who may do what."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from compiler.model.base import EntityId, EnumId, Labels, Model, Origin, RoleId
from compiler.model.expr import Expr
from compiler.model.types import Type


class Phrase(Model):
    """A text for people, by language; each is an expression of type text."""

    texts: dict[str, Expr]


class EnumValue(Model):
    name: str
    label: Labels
    color: str = ""
    retired: bool = False
    also: tuple[str, ...] = ()


class Enum(Model):
    """An enum, or the states of a flow seen as one."""

    id: EnumId
    label: Labels
    values: tuple[EnumValue, ...]


Upkeep = Literal["row", "aggregate", "read"]
"""How a computed field is kept right: stored and local to its row; stored and recomputed when
related rows change; computed when read (depends on time, `me` or unrelated rows)."""


class Field(Model):
    """A field that has a value: stored or computed, to-one references included.

    `field_type` names the library's field type (`email`, `money`, `serial`, `reference`, `enum`,
    `state` …), `parameters` its arguments (`text(120)` has `{"size": 120}`; a serial its
    `pattern`). `type` is nullable unless the field can never be null. `unique` is of the field
    alone.
    """

    name: str
    label: Labels
    doc: str = ""
    help: Labels = field(default_factory=dict)
    field_type: str
    parameters: dict[str, str | int] = field(default_factory=dict)
    type: Type
    required: bool = False
    required_when: Expr | None = None
    visible_when: Expr | None = None
    readonly: bool = False
    readonly_when: Expr | None = None
    unique: bool = False
    search: bool = False
    default: Expr | None = None
    minimum: Expr | None = None
    maximum: Expr | None = None
    matches: str = ""
    on_delete: Literal["restrict", "clear", "cascade"] = "restrict"
    tree: bool = False
    among: Expr | None = None
    """What of a reference's target may be chosen: a condition on `among_row`, with `this` as the
    record."""
    among_row: str = ""
    most: int | None = None
    """The most values of a set."""
    secret: bool = False
    computed: Expr | None = None
    upkeep: Upkeep | None = None
    system: bool = False
    """Written by the runtime alone: id, created_at, created_by, changed_at, changed_by, a state,
    a serial, `parent` of an owned line."""
    origin: Origin | None = None


class Collection(Model):
    """A to-many field: an inverse (`via` is the reference of `target` that leads here), owned
    `lines` (`via` is `parent`), or one side of a many-to-many (`via` is the other side's field;
    `link` names the pair of both sides and `near` says whether this is the declaring one)."""

    name: str
    label: Labels
    doc: str = ""
    kind: Literal["inverse", "lines", "link"]
    target: EntityId
    via: str
    link: str = ""
    near: bool = True
    origin: Origin | None = None


class Check(Model):
    """A standing truth of every row, tested on the state after each act."""

    condition: Expr
    message: Phrase
    fields: tuple[str, ...]
    """Fields of the row that the condition reads: where a form shows the message."""
    origin: Origin


class Unique(Model):
    """No two rows alike in all `fields`; nulls never clash."""

    fields: tuple[str, ...]
    when: Expr | None = None
    ignoring_case: bool = False
    origin: Origin | None = None


class Frozen(Model):
    """Nobody writes a row for which this held before, or would hold after."""

    condition: Expr
    message: Phrase
    origin: Origin


class NoOverlap(Model):
    """No two rows alike in all `fields` whose spans from `start` to `end` meet; an end that is not
    there is never reached. With `open_end` the end itself is no part of a span."""

    fields: tuple[str, ...]
    start: str
    end: str
    open_end: bool
    origin: Origin


class Index(Model):
    fields: tuple[str, ...]


Action = Literal["create", "read", "update", "delete", "export", "import"]


class RoleSubject(Model, tag_field="kind", tag="role"):
    """The holders of a role, roles that include it among them."""

    role: RoleId


class EveryoneSubject(Model, tag_field="kind", tag="everyone"):
    """Everybody who is signed in."""


class PublicSubject(Model, tag_field="kind", tag="public"):
    """Anybody, signed in or not."""


class PeopleSubject(Model, tag_field="kind", tag="people"):
    """The people that a path from the row leads to: one user (`ref`) or a set of users."""

    path: Expr


Subject = RoleSubject | EveryoneSubject | PublicSubject | PeopleSubject


class Grant(Model):
    """What a subject may do with rows for which `when` holds (with `this` as the row).

    `fields` lists the readable or writable fields; None means all. Grants add up.
    """

    subject: Subject
    actions: tuple[Action, ...]
    when: Expr | None = None
    fields: tuple[str, ...] | None = None
    origin: Origin


class Entity(Model):
    """An entity with all members, those of its mixins and the built-in ones included.

    `fields` are in written order with the built-in `id` first and `created_at`, `created_by`,
    `changed_at`, `changed_by` last. `slug` is the ASCII name for table, URL and API. `owner` is
    set for owned lines: the entity that owns them. `display` is the text that names a record.
    `flow` is the name of its state field, if it has a flow.
    """

    id: EntityId
    module: str
    name: str
    slug: str
    label: Labels
    doc: str = ""
    fields: dict[str, Field]
    collections: dict[str, Collection] = field(default_factory=dict)
    display: Expr
    uniques: tuple[Unique, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[Check, ...] = ()
    grants: tuple[Grant, ...] = ()
    append_only: bool = False
    frozen: tuple[Frozen, ...] = ()
    apart: tuple[NoOverlap, ...] = ()
    owner: EntityId | None = None
    data_key: str = ""
    """The key field of reference data that belongs to the text, else empty."""
    flow: str = ""
    origin: Origin | None = None


class DataTable(Model):
    """Rows of reference data that belong to the text; each cell is an expression or None."""

    entity: EntityId
    key: str
    rows: tuple[dict[str, Expr], ...]
    origin: Origin
