"""What a compiled function reads: rows, and the act around it.

The runtime implements both protocols; generated code touches nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from compiler.model.expr import Pick


class Row(Protocol):
    """A record as expressions see it."""

    @property
    def id(self) -> int | None:
        """The record's id; None while it is not saved."""
        ...

    @property
    def display(self) -> str:
        """The text that names the record."""
        ...

    def __getitem__(self, field: str) -> Any:
        """The value of a field in its Python form (see `model.types.Type`): a reference is an id,
        a set-valued field a frozenset; fields that are computed when read are computed."""
        ...

    def ref(self, field: str) -> Row | None:
        """The row that a reference leads to."""
        ...

    def many(self, field: str) -> Sequence[Row]:
        """The rows of a to-many field, each once."""
        ...


class Env(Protocol):
    """The act: who acts, when, and all rows beyond the one at hand."""

    @property
    def now(self) -> datetime: ...

    @property
    def today(self) -> date: ...

    @property
    def zone(self) -> tzinfo: ...

    @property
    def me(self) -> Row | None: ...

    def extent(self, entity: str) -> Sequence[Row]:
        """All rows of an entity."""
        ...

    def holders(self, role: str) -> Sequence[Row]:
        """The users who hold a role directly and are active."""
        ...

    def data(self, entity: str, key: str) -> Row:
        """The row of reference data with that key."""
        ...

    def pick(self, pick: Pick, given: Mapping[str, Any]) -> Row | None:
        """The row that a `pick` chooses; `given` are its variables. A deed: in an act alone."""
        ...

    def tree(self, entity: str) -> str:
        """The name of the reference of a tree entity that leads to the row above."""
        ...
