"""A made-up value for any field that is no reference."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from compiler.backends.expr.python import python_value
from compiler.model.app import Workspace
from compiler.model.base import EnumId
from compiler.model.entity import Entity, Field
from compiler.model.expr import Const, Expr, Func
from runtime.exchange.sample import texts, words
from runtime.exchange.sample.recipe import Range, Recipe
from runtime.exchange.sample.texts import Writer

AMOUNTS: tuple[tuple[str, float, float], ...] = (
    (r"price|rate|fee|单价|价格", 20, 20_000),
    (r"freight|shipping|cost|运费|成本", 10, 800),
    (r"amount|budget|value|revenue|salary|limit|金额|预算", 5_000, 600_000),
)
COUNTS: tuple[tuple[str, int, int], ...] = (
    (r"quantity|qty|count|pieces|数量", 1, 20),
    (r"stock|level|库存", 20, 500),
    (r"year|年", 2_015, 2_026),
)
DAYS: tuple[tuple[str, int, int], ...] = (
    (r"birth|born|生日", -60 * 365, -22 * 365),
    (r"hired|joined|founded|入职", -12 * 365, -100),
    (r"until|due|deadline|expir|valid|clos|required|deliver|plan|至|截止|预计|交付", 5, 60),
)
"""What a field's name says of its numbers and days (from the day the record was made)."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes values for the fields of an app."""

    workspace: Workspace
    recipe: Recipe
    random: Random
    zone: ZoneInfo

    def value(
        self, entity: Entity, field: Field, writer: Writer, at: datetime, count: int
    ) -> object:
        """A value as of `at`; `count` tells the records of the entity apart."""
        listed = self.recipe.choices(entity.name, field.name)
        if listed:
            return self._listed(field, self.random.choice(listed))
        kind = field.type.kind
        if kind in ("int", "decimal"):
            return self._number(entity, field, count)
        if kind == "text":
            return self._text(entity, field, writer)
        if field.field_type == "tags":
            return _some(field, lambda: writer.one_of(words.TAGS))
        return _MAKERS[kind](self, field, at)

    def _listed(self, field: Field, value: object) -> object:
        if field.type.kind == "decimal":
            return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.type.scale))
        return frozenset({value}) if field.type.kind == "set" else value

    def _text(self, entity: Entity, field: Field, writer: Writer) -> str:
        text = texts.maker(entity, field)(writer)
        return text[: int(field.parameters.get("size", len(text)))].strip()

    # --- numbers

    def _number(self, entity: Entity, field: Field, count: int) -> object:
        name = f"{field.name} {field.label.get('en', '')}".lower()
        if field.type.kind == "int":
            if field.unique:
                return count + 1
            low, high = _limits(name, COUNTS, 0, 100)
            bounds = self._bounds(entity, field, low, high)
            return self.random.randint(int(bounds[0]), int(max(bounds)))
        if field.type.unit == "%":
            shares = [Decimal(0)] * 5 + [Decimal(each) / 100 for each in (5, 10, 15, 20)]
            return self.random.choice(shares).quantize(Decimal("0.0001"))
        low, high = _limits(name, AMOUNTS, 10, 10_000)
        return self._amount(field, *self._bounds(entity, field, low, high))

    def _bounds(self, entity: Entity, field: Field, low: float, high: float) -> tuple[float, float]:
        """What the recipe says, else the name, within the field's own limits."""
        range: Range = self.recipe.range(entity.name, field.name)
        low = low if range.min is None else range.min
        high = high if range.max is None else range.max
        least, most = _constant(field.minimum), _constant(field.maximum)
        low = low if least is None else max(low, float(least))
        high = high if most is None else min(high, float(most))
        return low, max(low, high)

    def _amount(self, field: Field, low: float, high: float) -> Decimal:
        """Small ones more often than large ones; large ones are round."""
        number = math.exp(self.random.uniform(math.log(max(low, 0.01)), math.log(max(high, 0.01))))
        digits = 2 if number < 100 else 0 if number < 1_000 else -1 if number < 10_000 else -2
        return Decimal(round(number, digits)).quantize(Decimal(1).scaleb(-field.type.scale))

    # --- other kinds

    def bool(self, field: Field, at: datetime) -> object:
        usual = isinstance(field.default, Const) and field.default.value is True
        return self.random.random() < (0.9 if usual else 0.3)

    def day(self, field: Field, at: datetime) -> date:
        name = f"{field.name} {field.label.get('en', '')}".lower()
        today = at.astimezone(self.zone).date()
        if isinstance(field.default, Func) and field.default.name == "today":
            return today
        low, high = _limits(name, DAYS, 0, 20)
        return today + timedelta(days=self.random.randint(int(low), int(high)))

    def month(self, field: Field, at: datetime) -> date:
        return self.day(field, at).replace(day=1)

    def instant(self, field: Field, at: datetime) -> datetime:
        return at

    def clock(self, field: Field, at: datetime) -> time:
        return time(self.random.randrange(8, 19), self.random.choice((0, 15, 30, 45)))

    def span(self, field: Field, at: datetime) -> timedelta:
        return timedelta(minutes=15 * self.random.randrange(1, 33))

    def worktime(self, field: Field, at: datetime) -> int:
        return 15 * self.random.randrange(1, 33)

    def choice(self, field: Field, at: datetime) -> str:
        """One of the values; those listed first are more frequent."""
        enum = self.workspace.enums[EnumId((field.type.item or field.type).of)]
        names = [value.name for value in enum.values if not value.retired]
        weights = [1 / (place + 1) ** 0.5 for place in range(len(names))]
        return self.random.choices(names, weights)[0]

    def set(self, field: Field, at: datetime) -> object:
        if field.type.item is not None and field.type.item.kind == "enum":
            return _some(field, lambda: self.choice(field, at))
        return frozenset()


def _some(field: Field, one: Callable[[], str]) -> frozenset[str]:
    """One or two values, as far as the field takes two."""
    return frozenset(one() for _ in range(min(2, field.most or 2)))


_MAKERS: dict[str, Callable[[Maker, Field, datetime], object]] = {
    "bool": Maker.bool,
    "date": Maker.day,
    "month": Maker.month,
    "instant": Maker.instant,
    "time": Maker.clock,
    "duration": Maker.span,
    "worktime": Maker.worktime,
    "enum": Maker.choice,
    "set": Maker.set,
}


def _limits(
    name: str, known: tuple[tuple[str, float, float], ...], low: float, high: float
) -> tuple[float, float]:
    return next(
        ((least, most) for pattern, least, most in known if re.search(pattern, name)), (low, high)
    )


def _constant(expr: Expr | None) -> Decimal | int | None:
    value = python_value(expr) if isinstance(expr, Const) else None
    return value if isinstance(value, Decimal | int) else None


def business_hour(moment: datetime, random: Random, zone: ZoneInfo) -> datetime:
    """A time of work near a moment: from nine to six, not on a weekend."""
    local = moment.astimezone(zone)
    day = local.date() - timedelta(days=max(0, local.weekday() - 4))
    at = datetime.combine(day, time(9), zone) + timedelta(minutes=random.randrange(9 * 60))
    return at.astimezone(UTC)
