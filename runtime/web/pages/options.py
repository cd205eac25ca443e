"""What a reference field offers while one types; no page of its own."""

from __future__ import annotations

from starlette.responses import Response

from runtime.web.contexts import OptionsFragment
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
    found = visit.reader.options(entity.id, query, SIZE + 1)
    options = tuple(Option(str(each.id), each.display or f"#{each.id}") for each in found[:SIZE])
    fragment = OptionsFragment(options, query, more=len(found) > SIZE)
    return html(render_options(fragment, visit.language))


PAGES = (Page("/{module}/{entity}/options", show_options, Policy.SIGNED_IN),)
