"""What the logic of conditions asks of the model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from compiler.analyse.enums import value_names
from compiler.analyse.field import field
from compiler.analyse.member import member
from compiler.build import Build
from compiler.logic import Limits
from compiler.model.base import EntityId
from compiler.model.expr import Const, Expr


@dataclass(frozen=True, slots=True)
class Known:
    """The model of a build, for `compiler.logic`; asked for inside a query."""

    build: Build

    def values_of(self, enum: str) -> Collection[str]:
        return value_names(self.build, enum)

    def limits_of(self, entity: EntityId, name: str) -> Limits | None:
        found = member(self.build, entity, name)
        if found is None or found.is_computed or found.is_collection:
            return None
        if found.source in ("builtin", "serial", "parent"):
            return Limits()
        made = field(self.build, entity, name)
        if made is None:
            return Limits()
        return Limits(_constant(made.minimum), _constant(made.maximum))


def _constant(value: Expr | None) -> Const | None:
    return value if isinstance(value, Const) and value.value is not None else None
