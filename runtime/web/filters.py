"""Filters as a page has them: in the address, as chips in words, and as small forms.

In the address a filter is `f=<path>:<operator>:<value>`; several values are parted by `|`, which
no value but a text can hold, and a text filter has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.entity import Field as ModelField
from compiler.model.types import Type
from dsl.diagnostic import Message
from runtime.store.problems import NotFound
from runtime.store.query import BadQuery, Comparison, Filter, Path, unknown_field
from runtime.web.contexts import FilterEditor
from runtime.web.looks import choices, entity_path, field_at, labelled
from runtime.web.messages import Messages
from runtime.web.visit import MOST_ID, Visit
from runtime.web.widgets import Field, Option, WidgetKind

# What an operator of the address asks of the store. Those of `_BARE` have no value.
_COMPARISONS: Mapping[str, Comparison] = {
    "eq": "eq", "ne": "ne", "in": "in", "contains": "contains", "lt": "lt", "le": "le",
    "gt": "gt", "ge": "ge", "from": "ge", "until": "le", "period": "period", "me": "me",
    "null": "empty", "set": "filled",
}  # fmt: skip
_BARE = frozenset({"me", "null", "set"})

_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": ("contains", "eq", "null", "set"),
    "int": ("eq", "ge", "le", "null", "set"),
    "decimal": ("eq", "ge", "le", "null", "set"),
    "date": ("from", "until", "eq", "null", "set"),
    "month": ("from", "until", "eq", "null", "set"),
    "time": ("from", "until", "null", "set"),
    "instant": ("from", "until", "null", "set"),
    "bool": ("eq",),
    "enum": ("in", "null", "set"),
    "ref": ("eq", "null", "set"),
}
"""Kinds that are not here have no editor."""
_OF_TAGS = ("contains", "null", "set")

INPUTS: Mapping[str, WidgetKind] = {
    "text": "text", "int": "number", "decimal": "number", "date": "date", "month": "month",
    "time": "time", "instant": "datetime",
}  # fmt: skip

MOST_DIGITS = 18
"""A number of more digits is none that a field holds."""

PERIODS = (
    "today", "this_week", "this_month", "last_month", "this_quarter", "this_year", "last_year",
    "last_7_days", "last_30_days",
)  # fmt: skip
"""The periods offered; the address may name any that the store knows."""

_BAD_VALUE = Message(
    "the filter on `{name}` has a value that does not fit: `{value}`",
    "`{name}` 的筛选值不合适：`{value}`",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as the address has it."""

    path: Path
    operator: str
    texts: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Asked:
        """A filter of the address. Raises BadQuery."""
        name, _, rest = text.partition(":")
        operator, _, value = rest.partition(":")
        if operator not in _COMPARISONS or not name:
            raise _bad(name, text)
        texts = (value,) if operator == "contains" else tuple(value.split("|"))
        return cls(tuple(name.split(".")), operator, () if operator in _BARE else texts)

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}:{self.operator}:{'|'.join(self.texts)}"


def added(visit: Visit) -> Asked | None:
    """The filter that a small form asks to add, if the request is one."""
    query = visit.request.query_params
    name, operator = query.get("filter", ""), query.get("op", "")
    if not name or operator not in _COMPARISONS:
        return None
    texts = tuple(text.strip() for text in query.getlist("value") if text.strip())
    if not texts and operator not in _BARE:
        return None
    return Asked(tuple(name.split(".")), operator, () if operator in _BARE else texts)


def store_filter(visit: Visit, entity: EntityId, asked: Asked) -> Filter:
    """The filter as the store is asked. Raises BadQuery."""
    try:
        field = field_at(visit.serving.bundle.workspace, entity, asked.path)
    except KeyError as error:
        raise unknown_field(asked.path) from error
    comparison = _COMPARISONS[asked.operator]
    if asked.operator == "period":
        return Filter(asked.path, comparison, asked.texts[:1])
    type = field.type.item if field.type.kind == "set" and field.type.item else field.type
    values = tuple(_value(visit, field, type, text) for text in asked.texts)
    return Filter(asked.path, comparison, values)


def _value(visit: Visit, field: ModelField, type: Type, text: str) -> object:
    try:
        return read_value(type, text, ZoneInfo(visit.serving.bundle.workspace.timezone))
    except (ValueError, KeyError, InvalidOperation) as error:
        raise _bad(field.name, text) from error


def read_value(type: Type, text: str, zone: ZoneInfo) -> object:
    """The value of a type that a text of an address means. Raises ValueError, KeyError for a type
    that none can mean, and InvalidOperation."""
    return _READ[type.kind](text, zone)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _decimal(text: str, _: ZoneInfo) -> Decimal:
    value = Decimal(text.replace(",", ""))
    if not value.is_finite() or value.adjusted() >= MOST_DIGITS:
        raise ValueError(text)
    return value


def _whole(text: str, _: ZoneInfo) -> int:
    value = int(text.replace(",", ""))
    if abs(value) > MOST_ID:
        raise ValueError(text)
    return value


_READ: Mapping[str, Callable[[str, ZoneInfo], object]] = {
    "text": lambda text, _: text,
    "enum": lambda text, _: text,
    "int": _whole,
    "ref": _whole,
    "decimal": _decimal,
    "bool": lambda text, _: text == "true",
    "date": lambda text, _: date.fromisoformat(text),
    "month": lambda text, _: date.fromisoformat(f"{text[:7]}-01"),
    "time": lambda text, _: time.fromisoformat(text),
    "instant": _instant,
}


def words(visit: Visit, entity: EntityId, asked: Asked) -> tuple[str, str, str]:
    """The filter for people: field, operator, value."""
    field = field_at(visit.serving.bundle.workspace, entity, asked.path)
    t = visit.t
    if asked.operator == "me":
        return labelled(field.label, visit.language), t("filter.op.eq"), t("filter.me")
    shown = [_shown(visit, field, asked.operator, text) for text in asked.texts]
    value = shown[0] if len(shown) == 1 else t("conflict.separator").join(shown)
    operator = "eq" if asked.operator == "in" and len(shown) == 1 else asked.operator
    return labelled(field.label, visit.language), t(f"filter.op.{operator}"), value


def _shown(visit: Visit, field: ModelField, operator: str, text: str) -> str:
    if operator == "period":
        return visit.t(f"filter.period.{text}") if text in PERIODS else text.replace("_", " ")
    type = field.type.item if field.type.kind == "set" and field.type.item else field.type
    if type.kind == "enum":
        known = choices(visit.serving.bundle.workspace, type, visit.language)
        return known[text].label if text in known else text
    if type.kind == "ref":
        return _name_of(visit, EntityId(type.of), int(text))
    if type.kind == "bool":
        return visit.t("value.yes" if text == "true" else "value.no")
    return text.replace("T", " ")


def _name_of(visit: Visit, entity: EntityId, id: int) -> str:
    try:
        return visit.reader.get(entity, id).display
    except NotFound:
        return f"#{id}"


def editors(visit: Visit, entity: EntityId, path: Path) -> Iterable[FilterEditor]:
    """The small forms that filter by a field: one, and for times another one by period."""
    field = field_at(visit.serving.bundle.workspace, entity, path)
    type = field.type.item if field.type.kind == "set" and field.type.item else field.type
    name, label, t = ".".join(path), labelled(field.label, visit.language), visit.t
    if type.kind in ("date", "instant", "month"):
        options = tuple(Option(each, t(f"filter.period.{each}")) for each in PERIODS)
        period = t("filter.period_of", field=label)
        given = _Input(f"period-{name}", period)("choice", options)
        yield FilterEditor(name, period, _options(("period",), t), given)
    if type.kind not in _OPERATORS:
        return
    is_tags = field.type.kind == "set" and type.kind == "text"
    operators = _OF_TAGS if is_tags else _OPERATORS[type.kind]
    if type.kind == "ref" and type.of == USER:
        operators = ("eq", "me", *operators[1:])
    if not type.nullable and field.type.kind != "set":
        operators = tuple(each for each in operators if each not in ("null", "set"))
    yield FilterEditor(name, label, _options(operators, t), _input(visit, type, name, label))


def _options(operators: Sequence[str], t: Messages) -> tuple[Option, ...]:
    return tuple(
        Option(each, t("filter.me") if each == "me" else t(f"filter.op.{each}"))
        for each in operators
    )


def _input(visit: Visit, type: Type, name: str, label: str) -> Field:
    workspace = visit.serving.bundle.workspace
    made = _Input(f"filter-{name}", label)
    if type.kind == "enum":
        known = choices(workspace, type, visit.language).items()
        return made("choices", tuple(Option(value, choice.label) for value, choice in known))
    if type.kind == "bool":
        t = visit.t
        return made("choice", (Option("true", t("value.yes")), Option("false", t("value.no"))))
    if type.kind == "ref":
        target = workspace.entities[EntityId(type.of)]
        return made("reference", options_href=f"{entity_path(target)}/options")
    return made(INPUTS[type.kind])


@dataclass(frozen=True, slots=True)
class _Input:
    """The input of an editor: every one is sent as `value`, so each has an id of its own."""

    id: str
    label: str

    def __call__(
        self, kind: WidgetKind, options: tuple[Option, ...] = (), options_href: str = ""
    ) -> Field:
        return Field(
            kind,
            "value",
            self.label,
            options=options,
            options_href=options_href,
            required=kind == "choice",
            cell_label=self.label,
            id=self.id,
        )


def _bad(name: str, value: str) -> BadQuery:
    return BadQuery(_BAD_VALUE.filled({"name": name, "value": value}))
