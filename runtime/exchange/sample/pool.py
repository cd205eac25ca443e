"""The records made so far, as later ones refer to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from compiler.model.app import USER
from compiler.model.base import EntityId


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A record that is there: what it refers to, what it is called, when it was made."""

    entity: EntityId
    id: int
    at: datetime
    name: str = ""
    refs: Mapping[str, Made] = field(default_factory=dict)


class Pool:
    """Finds made records, also those that refer to a certain other one."""

    def __init__(self) -> None:
        self._all: defaultdict[EntityId, list[Made]] = defaultdict(list)
        self._by: defaultdict[tuple[EntityId, str, EntityId, int], list[Made]] = defaultdict(list)

    def add(self, made: Made) -> None:
        self._all[made.entity].append(made)
        for name, other in made.refs.items():
            self._by[made.entity, name, other.entity, other.id].append(made)

    def rank(self, entity: EntityId) -> tuple[bool, int]:
        """The place of an entity in the order in which they were filled; people come last."""
        return entity == USER, list(self._all).index(entity) if entity in self._all else -1

    def all(self, entity: EntityId) -> Sequence[Made]:
        return self._all[entity]

    def referring(self, entity: EntityId, field: str, other: Made) -> Sequence[Made]:
        """The records of an entity whose reference `field` leads to `other`."""
        return self._by[entity, field, other.entity, other.id]
