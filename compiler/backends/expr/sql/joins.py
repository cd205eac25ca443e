"""Where a row stands in a statement, and the joins that lead on from it.

Every to-one path from a row becomes one LEFT JOIN, shared by all that follows the same path, so
that a list with columns and filters over references stays one query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause

Column = ColumnElement[Any]


@dataclass
class Source:
    """The FROM of one SELECT: a first table and what is joined to it."""

    clause: FromClause
    own: list[FromClause] = field(default_factory=list)
    _joined: dict[tuple[FromClause, str], Bound] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.own.append(self.clause)

    def joined(
        self, left: Bound, name: str, target: FromClause, entity: str, key: Callable[[], Column]
    ) -> Bound:
        """The row that the reference `name` of `left`, whose value is `key`, leads to."""
        place = (left.row, name)
        if place not in self._joined:
            row = target.alias()
            self.clause = self.clause.outerjoin(row, row.c["id"] == key())
            self.own.append(row)
            self._joined[place] = Bound(row, entity, self)
        return self._joined[place]


@dataclass(frozen=True)
class Bound:
    """A row at hand: its alias, its entity and the FROM that it stands in."""

    row: FromClause
    entity: str
    source: Source


Scope = Mapping[str, "Bound | Column"]
"""What each variable stands for: a row, or a value."""
