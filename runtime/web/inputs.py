"""Fields of the model as inputs of a form, and what was sent for them as values.

An input holds a text; wrong input comes back exactly as it was typed, with the reason at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from compiler.field_type import Invalid
from compiler.model.base import EntityId
from compiler.model.entity import Collection, Entity
from compiler.model.entity import Field as ModelField
from compiler.model.expr import THIS
from compiler.model.types import Type
from runtime.host import Serving
from runtime.store.narrowing import decided_by
from runtime.store.query import Reference
from runtime.store.truths import beyond_limit
from runtime.web.cells import currency_symbol
from runtime.web.looks import choices, entity_path, labelled
from runtime.web.visit import Visit, id_of
from runtime.web.widgets import Field, Option, Span, WidgetKind

_WIDGETS: Mapping[str, WidgetKind] = {
    "money": "number", "percent": "number", "state": "choice",
}  # fmt: skip
_WIDE = frozenset({"note"})


@dataclass(frozen=True, slots=True)
class Input:
    """What stands in an input: the text sent, and for a reference the name of the record; several
    values where the field holds a set."""

    text: str = ""
    name: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Sent:
    """What a form sent: values by field for what can be read, texts in both languages' words for
    what cannot or may not be, and every input as it was typed."""

    values: dict[str, object] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, Input] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the form says about an input beside its value."""

    required: bool = False
    readonly: bool = False
    error: str = ""
    notice: str = ""
    cell_label: str = ""
    autofocus: bool = False
    narrowed: Mapping[str, str] = field(default_factory=dict)
    """What a dependent reference's picker asks with: which it is, and what decides it."""


NO_MARKS = Marks()


def is_chosen(known: ModelField | Collection) -> bool:
    """Whether values of a set are chosen by boxes, of which those not ticked are not sent; any
    other set is a text."""
    item = None if isinstance(known, Collection) else known.type.item
    return item is not None and item.kind == "enum"


# --- from values to inputs ----------------------------------------------------------------------


def input_of(visit: Visit, known: ModelField | Collection, value: object) -> Input:
    """What the input holds for a value as the store gives it."""
    if isinstance(known, Collection) or is_chosen(known):
        return Input(values=tuple(_member(each) for each in _several(value)))
    if isinstance(value, Reference):
        return Input(str(value.id), value.display or f"#{value.id}")
    return Input(_text(visit, known, value))


def _several(value: object) -> Sequence[object]:
    if isinstance(value, frozenset):  # from a conflict, as the store keeps it
        return sorted(value, key=str)
    return value if isinstance(value, tuple | list) else ()


def _member(value: object) -> tuple[str, str]:
    if isinstance(value, Reference):
        return str(value.id), value.display or f"#{value.id}"
    return str(value), ""


def _text(visit: Visit, known: ModelField, value: object) -> str:
    if value is None:
        return ""
    zone = ZoneInfo(visit.serving.bundle.workspace.timezone)
    if known.type.kind == "set":
        field_type = visit.serving.library.field_types[known.field_type]
        return field_type.show(value, known.type, visit.language)
    write = _WRITE.get(known.type.kind)
    return write(value, known.type, zone) if write else str(value)


def _write_decimal(value: object, type: Type, _: ZoneInfo) -> str:
    assert isinstance(value, Decimal)
    if type.unit == "%":
        shown = format((value * 100).normalize(), "f")
        return shown
    return format(value, "f")


def _write_instant(value: object, _: Type, zone: ZoneInfo) -> str:
    assert isinstance(value, datetime)
    return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _write_month(value: object, _: Type, __: ZoneInfo) -> str:
    assert isinstance(value, date)
    return value.strftime("%Y-%m")


def _write_length(value: object, _: Type, __: ZoneInfo) -> str:
    """A length of time as hours and minutes; a worktime comes in minutes."""
    minutes = value if isinstance(value, int) else _minutes(value)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _minutes(value: object) -> int:
    assert isinstance(value, timedelta)
    return int(value.total_seconds() // 60)


_WRITE: Mapping[str, Callable[[object, Type, ZoneInfo], str]] = {
    "decimal": _write_decimal,
    "bool": lambda value, *_: "true" if value else "",
    "instant": _write_instant,
    "month": _write_month,
    "time": lambda value, *_: str(value)[:5],
    "duration": _write_length,
    "worktime": _write_length,
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the input of a field says whatever it holds; `choices` are what can be chosen: the text
    sent, the label, and whether it is offered no more."""

    kind: WidgetKind
    label: str
    help: str
    span: Span
    max_length: int
    currency: str
    suffix: str
    choices: tuple[tuple[str, str, bool], ...]


def widget(
    visit: Visit, known: ModelField | Collection, name: str, given: Input, marks: Marks = NO_MARKS
) -> Field:
    """The input of a field or of a many-to-many; `name` is that of the form."""
    plain = visit.serving.once(("widget", id(known), visit.language), lambda: _known(visit, known))
    return Field(
        kind=plain.kind,
        name=name,
        label=plain.label,
        value=given.text,
        text=given.name,
        options=_options(known, plain, given),
        options_href=_options_href(visit, known, marks),
        required=marks.required,
        readonly=marks.readonly,
        span=plain.span,
        help=plain.help,
        error=marks.error,
        notice=marks.notice,
        prefix="" if marks.cell_label else plain.currency,  # a cell of a grid is too narrow for it
        suffix=plain.suffix,
        max_length=plain.max_length,
        autofocus=marks.autofocus,
        cell_label=marks.cell_label,
    )


def _known(visit: Visit, known: ModelField | Collection) -> _Known:
    help_, size, unit, wide = "", 0, "", True
    if isinstance(known, ModelField):
        help_ = labelled(known.help, visit.language) if known.help else known.doc
        size = int(known.parameters.get("size", 0))
        unit = known.type.unit
        wide = known.field_type in _WIDE or known.type.kind == "set"
    own = unit == visit.serving.bundle.workspace.currency
    return _Known(
        kind=_kind(visit, known),
        label=labelled(known.label, visit.language),
        help=help_,
        span="full" if wide else "half",
        max_length=size,
        currency="" if unit == "%" else currency_symbol(unit, visit.language, own),
        suffix=unit if unit == "%" else "",
        choices=tuple(_choices(visit, known)),
    )


def _kind(visit: Visit, known: ModelField | Collection) -> WidgetKind:
    if isinstance(known, Collection):
        return "references"
    if is_chosen(known):
        return "choices"
    if known.type.kind == "ref":
        return "reference"
    name = visit.serving.library.field_types[known.field_type].widget
    return _WIDGETS.get(name, name)  # type: ignore[arg-type]  # every other widget has its own name


def _choices(visit: Visit, known: ModelField | Collection) -> Iterator[tuple[str, str, bool]]:
    if isinstance(known, Collection):
        return
    type = known.type.item if known.type.kind == "set" and known.type.item else known.type
    if type.kind != "enum":
        return
    workspace = visit.serving.bundle.workspace
    retired = {
        value.name
        for value in workspace.enums[type.of].values  # type: ignore[index]
        if value.retired
    }
    for value, choice in choices(workspace, type, visit.language).items():
        yield value, choice.label, value in retired


def _options(known: ModelField | Collection, plain: _Known, given: Input) -> tuple[Option, ...]:
    if isinstance(known, Collection):
        return tuple(Option(value, label, True) for value, label in given.values)
    if not plain.choices:
        return ()
    chosen = {value for value, _ in given.values} | {given.text}
    return tuple(
        Option(value, label, value in chosen)
        for value, label, retired in plain.choices
        if not retired or value in chosen
    )


def narrowed(
    entity: Entity, known: ModelField | Collection, around: Mapping[str, Input]
) -> Mapping[str, str]:
    """What the picker of a reference of a record with these inputs is asked with; nothing where it
    depends on nothing, or on what is not there."""
    names = () if isinstance(known, Collection) else decided_by(entity, known)
    if not names or not all(name in around for name in names):
        return {}
    given = {f"{THIS}.{name}": around[name].text for name in names}
    return {"of": f"{entity.id}.{known.name}", **given}


def _options_href(visit: Visit, known: ModelField | Collection, marks: Marks) -> str:
    target = known.target if isinstance(known, Collection) else known.type.of
    is_reference = isinstance(known, Collection) or known.type.kind == "ref"
    if not is_reference:
        return ""
    path = f"{entity_path(visit.serving.bundle.workspace.entities[EntityId(target)])}/options"
    return f"{path}?{urlencode(marks.narrowed)}" if marks.narrowed else path


# --- from what was sent to values ---------------------------------------------------------------


def read(visit: Visit, fields: Mapping[str, ModelField | Collection], prefix: str = "") -> Sent:
    """What the form sent for these fields; inputs are named by `prefix` and the field."""
    sent = Sent()
    for name, known in fields.items():
        _read_one(visit, known, name, f"{prefix}{name}", sent)
    return sent


def _read_one(
    visit: Visit, known: ModelField | Collection, name: str, sent_as: str, sent: Sent
) -> None:
    if isinstance(known, Collection) or is_chosen(known):
        values = tuple(each for each in visit.texts.get(sent_as, ()) if each)
        sent.inputs[name] = Input(values=tuple((value, value) for value in values))
        sent.values[name] = tuple(map(_id_or_text, values))
        return
    text = _one_text(visit, sent_as)
    refers = known.type.kind == "ref"
    typed = _one_text(visit, f"{sent_as}.text") if refers else ""
    sent.inputs[name] = Input(text, typed)
    try:
        value = _reference(visit, known, text, typed) if refers else _parser(visit, known)(text)
        sent.values[name] = value
    except Invalid as invalid:
        sent.errors[name] = visit.say(invalid.message)
        return
    beyond = None if value is None else beyond_limit(visit.serving.store.domain, known, value)
    if beyond is not None:  # told with what cannot be read, not one round later
        sent.errors[name] = visit.say(beyond)


def _one_text(visit: Visit, name: str) -> str:
    found = visit.texts.get(name)
    return found[0].strip() if found else ""


def _id_or_text(value: str) -> object:
    id = id_of(value)
    return value if id is None else id


def _parser(visit: Visit, known: ModelField) -> Callable[[str], object]:
    """The function from what stands in a field's input to its value. It raises Invalid."""
    return visit.serving.once(("parser", id(known)), lambda: _parser_of(visit.serving, known))


def _parser_of(serving: Serving, known: ModelField) -> Callable[[str], object]:
    type, parameters = known.type, known.parameters
    if type.kind == "bool":
        return lambda text: text == "true"
    parse = serving.library.field_types[known.field_type].parse
    zone = ZoneInfo(serving.bundle.workspace.timezone)

    def value(text: str) -> object:
        found = parse(text, type, parameters)
        naive = isinstance(found, datetime) and found.tzinfo is None
        return found.replace(tzinfo=zone) if naive else found  # type: ignore[attr-defined]

    return (lambda text: value(_in_percent(text))) if type.unit == "%" else value


def _in_percent(text: str) -> str:
    return f"{text}%" if text and not text.endswith(("%", "％")) else text


def _reference(visit: Visit, known: ModelField, text: str, typed: str) -> object:
    """The record chosen, or the only one that is called what was typed."""
    id = id_of(text)
    if id is not None:
        return id
    typed = typed or text
    if not typed:
        return None
    found = visit.reader.options(EntityId(known.type.of), typed)
    same = [each for each in found if (each.display or "").casefold() == typed.casefold()]
    if len(same) == 1:
        return same[0].id
    raise Invalid(
        visit.words("form.fault.ambiguous" if same else "form.fault.reference", text=typed)
    )
