"""What a reference field offers while one types; no page of its own."""

from __future__ import annotations

from decimal import InvalidOperation
from zoneinfo import ZoneInfo

from starlette.responses import Response

from compiler.model.base import EntityId
from compiler.model.entity import Entity
from compiler.model.expr import THIS
from runtime.store.narrowing import Narrowing, decided_by, narrowing
from runtime.web.contexts import OptionsFragment
from runtime.web.filters import read_value
from runtime.web.pages.lists import entity_of
from runtime.web.routing import Page, Policy
from runtime.web.templating import render_options
from runtime.web.visit import Visit, html
from runtime.web.widgets import Option

SIZE = 20
LONGEST = 100


def show_options(visit: Visit) -> Response:
    entity = entity_of(visit)
    query = visit.request.query_params.get("q", "").strip()[:LONGEST]
    found = visit.reader.options(entity.id, query, SIZE + 1, _narrowing(visit, entity))
    options = tuple(Option(str(each.id), each.display or f"#{each.id}") for each in found[:SIZE])
    fragment = OptionsFragment(options, query, more=len(found) > SIZE)
    return html(render_options(fragment, visit.language))


def _narrowing(visit: Visit, target: Entity) -> Narrowing | None:
    """What fits the record of the form, where the picker says which reference it fills in and with
    which values; None where it says nothing that can be understood."""
    params = visit.request.query_params
    workspace = visit.serving.bundle.workspace
    owner, _, name = params.get("of", "").rpartition(".")
    entity = workspace.entities.get(EntityId(owner))
    field = entity.fields.get(name) if entity else None
    if entity is None or field is None or field.type.of != target.id:
        return None
    values: dict[str, object] = {}
    for each in decided_by(entity, field):
        text = params.get(f"{THIS}.{each}")
        if text is None:
            return None
        try:
            zone = ZoneInfo(workspace.timezone)
            values[each] = read_value(entity.fields[each].type, text, zone) if text else None
        except (ValueError, KeyError, InvalidOperation):
            return None
    return narrowing(entity, field, values) if values else None


PAGES = (Page("/{module}/{entity}/options", show_options, Policy.SIGNED_IN),)
