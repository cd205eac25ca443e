"""Values for what a record must have and a test leaves open: plain, and the same in every run.

`docs/language/tests.md` says which value a field gets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from compiler.backends.expr.python import python_value
from compiler.model.app import TEAM, USER
from compiler.model.base import EntityId, EnumId
from compiler.model.entity import Entity, Field
from compiler.model.expr import ME, Const, Expr, Var
from compiler.model.rewrite import walk
from compiler.model.types import Type
from dsl.diagnostic import Message
from runtime.people import SYSTEM
from runtime.store.values import Line
from runtime.testing.outcome import Failed

if TYPE_CHECKING:
    from runtime.testing.stage import Stage

DOMAIN = "test.example"
PHONE = 13_800_000_000
NEEDS_ITSELF = Message(
    "a record of `{entity}` needs another one to refer to: give it one",
    "`{entity}` 的记录需要引用另一条记录：请写明",
)


class Dummies:
    """Makes what is left open in one test."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._counts: Counter[tuple[EntityId, str]] = Counter()
        self._records: dict[EntityId, int] = {}
        self._under_way: set[EntityId] = set()

    def completed(self, entity: EntityId, given: Mapping[str, object]) -> dict[str, object]:
        """The values with those that a new record must have as well."""
        values = dict(given)
        for field in self._entity(entity).fields.values():
            if field.name not in values and _is_open(field):
                values[field.name] = self._value(entity, field)
        return values

    def line(self, entity: EntityId, given: Mapping[str, object]) -> Line:
        """An owned line that comes with its record."""
        return Line(self.completed(entity, given))

    def record(self, entity: EntityId) -> int:
        """The record of an entity that stands wherever one must be referred to."""
        if entity == TEAM:
            return self._stage.people.root_team()
        if entity not in self._records:
            if entity in self._under_way:
                raise Failed(NEEDS_ITSELF.filled({"entity": self._entity(entity).name}))
            self._under_way.add(entity)
            self._records[entity] = self._made(entity)
        return self._records[entity]

    def _made(self, entity: EntityId) -> int:
        known = self._entity(entity)
        if known.data_key:
            tables = self._stage.workspace.data
            table = next(each for each in tables if each.entity == entity)
            key = table.rows[0][table.key]
            assert isinstance(key, Const)
            return self._stage.store.domain.catalog.data_id(entity, str(key.value))
        given: dict[str, object] = {"name": "Somebody"} if entity == USER else {}
        if known.owner is not None:
            given["parent"] = self.record(known.owner)
        return self._stage.store.create(SYSTEM, entity, self.completed(entity, given)).id

    def _entity(self, entity: EntityId) -> Entity:
        return self._stage.workspace.entities[entity]

    # --- values

    def _value(self, entity: EntityId, field: Field) -> object:
        self._counts[entity, field.name] += 1
        count = self._counts[entity, field.name]
        type = field.type
        if type.kind == "ref":
            return self.record(EntityId(type.of))
        if type.kind == "set":
            assert type.item is not None
            return frozenset({self._value(entity, field.but(type=type.item))})
        if type.kind == "enum":
            return self._choice(type)
        if type.is_number:
            return _number(field, count)
        if type.kind == "text":
            return _text(field, count)
        return _VALUES[type.kind](self)

    def _choice(self, type: Type) -> str:
        values = self._stage.workspace.enums[EnumId(type.of)].values
        return next((each.name for each in values if not each.retired), values[0].name)

    @property
    def _now(self) -> datetime:
        return self._stage.clock.now()

    @property
    def _today(self) -> date:
        return self._stage.clock.act(self._stage.workspace.timezone).today


_VALUES: Mapping[str, Callable[[Dummies], object]] = {
    "bool": lambda dummies: False,
    "date": lambda dummies: dummies._today,
    "month": lambda dummies: dummies._today.replace(day=1),
    "instant": lambda dummies: dummies._now,
    "time": lambda dummies: time(9),
    "duration": lambda dummies: timedelta(hours=1),
    "worktime": lambda dummies: 60,
}


def _is_open(field: Field) -> bool:
    """Whether a record must have the field and gets no value for it without somebody who acts."""
    if not field.required or field.system or field.computed:
        return False
    return field.default is None or _asks_for_me(field.default)


def _asks_for_me(default: Expr) -> bool:
    return any(isinstance(part, Var) and part.name == ME for part in walk(default))


def _number(field: Field, count: int) -> object:
    plain = 0 if field.type.unit == "%" else 1
    wanted = Decimal(count if field.unique else plain)
    least, most = _limit(field.minimum), _limit(field.maximum)
    if least is not None and wanted < least:
        wanted = least + (count - 1 if field.unique else 0)
    if most is not None:
        wanted = min(wanted, most)
    return int(wanted) if field.type.kind == "int" else wanted


def _limit(limit: Expr | None) -> Decimal | None:
    value = python_value(limit) if isinstance(limit, Const) else None
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _text(field: Field, count: int) -> str:
    match field.field_type:
        case "email":
            return f"{_ascii(field.name)}{count}@{DOMAIN}"
        case "phone":
            return str(PHONE + count)
        case "url":
            return f"https://{DOMAIN}/{count}"
        case "tags":
            return f"{field.name}{count}"
    size = field.parameters.get("size")
    number = f" {count}"
    if not isinstance(size, int):
        return field.name + number
    return f"{field.name[: max(size - len(number), 0)]}{number}"[-size:].strip()


def _ascii(name: str) -> str:
    return name if name.isascii() else "address"
