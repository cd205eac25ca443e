"""What the text says of data that was there before it was changed: for the planner of a change."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import EntityId, Model, Origin
from compiler.model.expr import Expr
from compiler.model.statement import Statement
from compiler.model.types import Type

Kind = Literal["entity", "field", "link", "value", "role", "report"]
"""Of what keeps an identity; a state is a value."""


class Renamed(Model):
    """What is called `path` was called one of `was` before, the newest first (paths as well)."""

    kind: Kind
    path: str
    was: tuple[str, ...]


class Retired(Model):
    """`path` is there no more; what it held goes to `to`, if there is one."""

    kind: Kind
    path: str
    to: str = ""
    origin: Origin


class Reused(Model):
    """A name that was retired is used again: for the same (`revive`), or for something new."""

    kind: Kind
    path: str
    how: Literal["revive", "fresh"]
    origin: Origin


class Filled(Model):
    """What rows get that have no value in a field; `this` is the row."""

    entity: EntityId
    field: str
    value: Expr


class Converted(Model):
    """What becomes of a value that `was` of another type; in `value` it is the variable of that
    name."""

    entity: EntityId
    field: str
    was: str
    type: Type
    value: Expr
    on_error: Literal["fail", "quarantine", "null"] = "fail"
    origin: Origin


class Upgrade(Model):
    """Statements that run once on a database that the text finds in an earlier state."""

    id: str
    module: str
    name: str
    when: Literal["before", "after"]
    do: tuple[Statement, ...]
    origin: Origin


class Intent(Model):
    """All of it, in the order of the text."""

    renamed: tuple[Renamed, ...] = ()
    retired: tuple[Retired, ...] = ()
    reused: tuple[Reused, ...] = ()
    filled: tuple[Filled, ...] = ()
    converted: tuple[Converted, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()
