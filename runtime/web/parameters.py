"""The parameters of a report as a page has them: in the address, as `p.<name>=…`, and as inputs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from compiler.model.base import EntityId
from compiler.model.report import Param, Report
from dsl.diagnostic import Message
from runtime.store.parameters import RANGE, Chosen, Parameters
from runtime.store.query import BadQuery
from runtime.web.filters import INPUTS, PERIODS, read_value
from runtime.web.looks import choices, entity_path, labelled
from runtime.web.visit import Visit
from runtime.web.widgets import Field, Option

PREFIX = "p."
_BAD_VALUE = Message("`{value}` does not fit `{name}`", "“{value}”不适用于“{name}”")


def chosen(visit: Visit, report: Report) -> Chosen:
    """What the address sets; an empty text leaves the default. Raises BadQuery."""
    asked = visit.request.query_params
    texts = ((each, asked.get(PREFIX + each.name, "").strip()) for each in report.params)
    return {each.name: _read(visit, each, text) for each, text in texts if text}


def _read(visit: Visit, param: Param, text: str) -> object:
    if param.type.kind == RANGE:
        return text
    try:
        value = read_value(param.type, text, ZoneInfo(visit.serving.bundle.workspace.timezone))
    except (ValueError, KeyError, InvalidOperation) as error:
        raise BadQuery(_BAD_VALUE.filled({"name": param.name, "value": text})) from error
    if param.type.kind == "enum" and text not in choices(
        visit.serving.bundle.workspace, param.type, visit.language
    ):
        raise BadQuery(_BAD_VALUE.filled({"name": param.name, "value": text}))
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-param.type.scale))
    return value


def inputs(visit: Visit, parameters: Parameters) -> Iterator[Field]:
    """An input for each parameter, with what it is set to."""
    for each in parameters.report.params:
        yield _input(visit, each, parameters.value(each))


def _input(visit: Visit, param: Param, value: object) -> Field:
    name, label = PREFIX + param.name, labelled(param.label, visit.language)
    kind, t = param.type.kind, visit.t
    if kind == RANGE:
        offered = dict.fromkeys((*PERIODS, str(value)))
        options = [(each, _period(visit, each)) for each in offered]
        return _choice(name, label, options, str(value), required=True)
    if kind == "enum":
        known = choices(visit.serving.bundle.workspace, param.type, visit.language)
        pairs = [(each, choice.label) for each, choice in known.items()]
        return _choice(name, label, pairs, str(value or ""))
    if kind == "bool":
        shown = "" if value is None else str(value).lower()
        return _choice(name, label, [("true", t("value.yes")), ("false", t("value.no"))], shown)
    if kind == "ref":
        target = EntityId(param.type.of)
        href = f"{entity_path(visit.serving.bundle.workspace.entities[target])}/options"
        named = visit.reader.reference(target, value) if isinstance(value, int) else None
        text = (named.display or f"#{named.id}") if named else ""
        return Field("reference", name, label, str(value or ""), text, options_href=href)
    return Field(INPUTS.get(kind, "text"), name, label, "" if value is None else str(value))


def _period(visit: Visit, name: str) -> str:
    return visit.t(f"filter.period.{name}") if name in PERIODS else name.replace("_", " ")


def _choice(
    name: str, label: str, pairs: list[tuple[str, str]], value: str, required: bool = False
) -> Field:
    options = tuple(Option(each, shown, each == value) for each, shown in pairs)
    return Field("choice", name, label, value, options=options, required=required)
