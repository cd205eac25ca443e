"""The variables at a place of the text, in an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compiler.model.base import EntityId
from compiler.model.expr import INPUT, OLD, THIS, Expr
from compiler.model.rule import Rule

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Before, Row


class Blank:
    """A record that was not there: `old` of a new one. All its fields are null."""

    __slots__ = ()
    id = None
    display = ""

    def __getitem__(self, field: str) -> Any:
        return None

    def ref(self, field: str) -> None:
        return None

    def many(self, field: str) -> tuple[()]:
        return ()


class Inputs:
    """What was asked for a transition, as the row that `input` stands for."""

    __slots__ = ("_act", "_entities", "_values")
    id = None
    display = ""

    def __init__(
        self, act: Act, values: Mapping[str, object], entities: Mapping[str, EntityId]
    ) -> None:
        self._act = act
        self._values = values
        self._entities = entities

    def __getitem__(self, field: str) -> Any:
        return self._values.get(field)

    def ref(self, field: str) -> Row | None:
        id = self._values.get(field)
        return self._act.row(self._entities[field], id) if isinstance(id, int) else None

    def many(self, field: str) -> tuple[()]:
        return ()


BLANK = Blank()


@dataclass(frozen=True, slots=True)
class Scope:
    """See `runtime.engine.commands.Scope`. `partial` allows null in any field, for a record that
    is not complete or an `old` that was not there."""

    act: Act
    variables: Mapping[str, object]
    partial: bool = False

    @staticmethod
    def of(row: Row, inputs: Inputs | Blank = BLANK) -> Scope:
        """What a declaration on the record's entity sees."""
        return Scope(row.act, {THIS: row, OLD: row.old or BLANK, INPUT: inputs}, partial=True)

    @property
    def this(self) -> Row:
        this: Row = self.variables[THIS]  # type: ignore[assignment]
        return this

    def value(self, expr: Expr) -> Any:
        params = tuple(self.variables)
        function = self.act.domain.function(expr, params, self.partial)
        return function(self.act, *self.variables.values())

    def record(self, expr: Expr) -> Row | None:
        id = self.value(expr)
        return None if id is None else self.act.row(EntityId(expr.type.of), id)

    def records(self, expr: Expr) -> Sequence[Row]:
        item = expr.type.item
        assert item is not None
        return self.act.fetch(EntityId(item.of), self.value(expr))

    def bind(self, name: str, value: object) -> Scope:
        return Scope(self.act, {**self.variables, name: value}, self.partial)


class Truths:
    """Whether conditions of an act's records hold, now and before (`engine.rule.Truth`)."""

    def __init__(self, act: Act) -> None:
        self._act = act

    def now(self, condition: Expr, record: Row) -> bool:
        return Scope.of(record).value(condition) is True

    def before(self, condition: Expr, record: Row) -> bool:
        old: Before | None = record.old
        if old is None:
            return False
        function = self._act.domain.function(condition, (THIS, OLD), partial=True)
        return function(self._act, old, old) is True


def cause_of(rule: Rule) -> str:
    """What history calls the rule."""
    return f"rule {rule.id}"
