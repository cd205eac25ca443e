"""What a reader is asked, and what he gets: plain data.

Lists make rows and references by the hundred; msgspec makes such objects in a third of the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from compiler.model.base import EntityId
from dsl.diagnostic import Message

Path = tuple[str, ...]
"""Names of fields from the record on, to-one steps first."""

Comparison = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "between", "period", "empty", "filled",
    "me", "under",
]  # fmt: skip
"""`contains` is for texts (case aside) and sets; `period` takes the name of a period of time
(see `periods`); `between` includes both ends; `under` is for trees."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a field; `values` are Python values of its type."""

    path: Path
    comparison: Comparison
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Sort:
    """By a field; the empty path is the record's own name."""

    path: Path
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which rows, in which order, with which columns.

    `search` holds words that must all occur in the entity's search fields. `after` and `before`
    are cursors of a page got with the same sort; at most one is given.
    """

    columns: tuple[Path, ...]
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    search: str = ""
    after: str = ""
    before: str = ""
    size: int = 50


class Reference(Struct, frozen=True):
    """A record as another one names it; `display` is None where its name may not be read."""

    entity: EntityId
    id: int
    display: str | None


@dataclass(frozen=True, slots=True)
class Rights:
    """What a reader may do with a record: `readable` are the fields and collections that some right
    to it shows, `writable` those that one lets them change."""

    readable: frozenset[str]
    writable: frozenset[str]
    deletable: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A record as its reader may know it.

    `values` has the fields that some grant shows; those that no grant shows for this record are
    None. A reference is a Reference, a set a tuple. `rights` are those at the moment it was read.
    """

    entity: EntityId
    id: int
    version: int
    display: str
    values: Mapping[str, object]
    rights: Rights


class ListRow(Struct, frozen=True):
    """A row of a list; `cells` are the values of the query's columns."""

    id: int
    version: int
    display: str
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the cursors of the pages after and before, if there are any."""

    rows: tuple[ListRow, ...]
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows; `capped` says that there are more than were counted."""

    number: int
    capped: bool


class BadQuery(Exception):
    """A query that makes no sense: an unknown field, a broken cursor."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


def unknown_field(path: Path) -> BadQuery:
    """What a reader is told of a field that is not there, or that no grant shows him."""
    name = ".".join(path)
    return BadQuery(Message("unknown field `{name}`", "没有字段 `{name}`").filled({"name": name}))
