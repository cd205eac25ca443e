"""How a field of the model looks: which widget shows its values, with which options and label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from compiler.model.app import Workspace
from compiler.model.base import EntityId, EnumId, Labels
from compiler.model.entity import Entity, Field
from compiler.model.types import Type
from runtime.host import Serving
from runtime.store.query import Reference
from runtime.web.cells import CellOptions, Choice, Show, show

_CELLS = {"number": "decimal", "state": "choice"}
"""The cells that show what these widgets edit, where they have another name."""
MOST_DECIMALS = 6
"""A number with more is an intermediate result, shown with as many as it has."""
NUMERIC = frozenset({"int", "decimal", "duration", "worktime"})


@dataclass(frozen=True, slots=True)
class Look:
    """A field as it is shown: its label, the function that shows a value, and its alignment."""

    label: str
    show: Show
    numeric: bool
    type: Type

    def markup(self, value: object) -> Markup:
        """A value as it stands in a page; empty for null."""
        return Markup(self.show(value))


def labelled(label: Labels, language: str) -> str:
    """A label in a language, or in the first one of the app where it has no other."""
    return label.get(language) or next(iter(label.values()))


def entity_path(entity: Entity) -> str:
    """The address of an entity's list."""
    return f"/{entity.module}/{entity.slug}"


def record_path(entity: Entity, id: int) -> str:
    """The address of a record."""
    return f"{entity_path(entity)}/{id}"


def field_at(workspace: Workspace, entity: EntityId, path: Sequence[str]) -> Field:
    """The field at the end of a path of to-one steps; KeyError if there is none."""
    field = workspace.entities[entity].fields[path[0]]
    for name in path[1:]:
        field = workspace.entities[EntityId(field.type.of)].fields[name]
    return field


def look(serving: Serving, entity: EntityId, path: Sequence[str], language: str) -> Look:
    """How the field at a path of an entity looks to readers of a language."""
    return serving.once(
        ("look", entity, tuple(path), language),
        lambda: look_of(serving, field_at(serving.bundle.workspace, entity, path), language),
    )


def look_of(serving: Serving, field: Field, language: str) -> Look:
    """How a field looks, wherever it is declared (a transition may ask for one of its own)."""
    shown = value_show(serving, field.field_type, field.type, language)
    return Look(labelled(field.label, language), shown, field.type.kind in NUMERIC, field.type)


def value_show(serving: Serving, field_type: str, type: Type, language: str) -> Show:
    """The function that shows values of a field type."""
    workspace = serving.bundle.workspace
    if type.kind == "ref":
        return _reference(workspace, type, language)
    if type.kind == "set" and type.item is not None and type.item.kind == "enum":
        return show(
            "choices", language, CellOptions(choices=choices(workspace, type.item, language))
        )
    if type.kind == "enum":
        return show("choice", language, CellOptions(choices=choices(workspace, type, language)))
    if type.kind == "decimal" and type.unit not in ("", "%"):
        return money_show(serving, type.unit, language)
    widget = serving.library.field_types[field_type].widget
    options = CellOptions(
        scale=type.scale if type.scale <= MOST_DECIMALS else None,
        zone=ZoneInfo(workspace.timezone),
    )
    if type.kind == "worktime":
        return _worktime(show("duration", language, options))
    return show("int" if type.kind == "int" else _CELLS.get(widget, widget), language, options)


def money_show(serving: Serving, currency: str, language: str) -> Show:
    """The function that shows amounts of a currency, rounded to its decimals: an amount that was
    computed may have more, which are kept and not shown."""
    money = serving.library.field_types["money"].value_type({"currency": currency}, currency)
    own = currency == serving.bundle.workspace.currency
    options = CellOptions(scale=money.scale, currency=currency, own_currency=own)
    return show("money", language, options)


def _worktime(shown: Show) -> Show:
    """Minutes of work, shown as a length of time."""
    return lambda value: "" if value is None else shown(timedelta(minutes=value))


def choices(workspace: Workspace, type: Type, language: str) -> dict[str, Choice]:
    """The values of an enum or a flow's states, with their labels and colours."""
    return {
        value.name: Choice(labelled(value.label, language), value.color)
        for value in workspace.enums[EnumId(type.of)].values
    }


def _reference(workspace: Workspace, type: Type, language: str) -> Show:
    """Shows a Reference as a link; one whose name its reader may not know, by its number."""
    entity = workspace.entities[EntityId(type.of)]
    linked = show("reference", language, CellOptions(href=f"{entity_path(entity)}/"))
    plain = show("reference", language, CellOptions())

    def shown(value: Reference | None) -> str:
        if value is None:
            return ""
        if value.display is None:
            return plain((value.id, f"#{value.id}"))
        return linked((value.id, value.display))

    return shown
