"""What is asked of the model about the values that fields can have."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from compiler.model.base import EntityId
from compiler.model.expr import Const


@dataclass(frozen=True, slots=True)
class Limits:
    """What a stored field can hold, whatever its row: `min` and `max` that are constants."""

    lowest: Const | None = None
    highest: Const | None = None


class Knowledge(Protocol):
    def values_of(self, enum: str) -> Collection[str]:
        """The values of an enum, or the states of a flow."""
        ...

    def limits_of(self, entity: EntityId, field: str) -> Limits | None:
        """The limits of a field that is filled in freely; None of one that is worked out from
        others, whose value says something of theirs."""
        ...
