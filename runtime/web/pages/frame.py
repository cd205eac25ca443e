"""The frame around every page: where the person can go, and what waits for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from starlette.responses import Response

from compiler.model.entity import Entity
from runtime.access.permission import Standing
from runtime.host import Serving
from runtime.web.contexts import (
    NOWHERE,
    Link,
    NavArea,
    NavEntry,
    Navigation,
    Page,
    Shell,
    Theme,
    Toast,
)
from runtime.web.looks import entity_path, labelled
from runtime.web.pages.overlay import overlay
from runtime.web.pages.static import DEV_EVENTS
from runtime.web.templating import render
from runtime.web.visit import SAID_COOKIE, Visit, html

HUES = 8
THEMES: Mapping[str, Theme] = {"auto": "auto", "light": "light", "dark": "dark"}
PRELUDE = "std"


def answer(
    visit: Visit,
    page: Page,
    status: int = 200,
    *,
    create: Link | None = None,
) -> Response:
    """A page in its frame; `create` is what the key `c` does."""
    response = html(render(page, shell(visit, create=create)), status)
    # The script fetches where a form led to and then goes there: only then is it read.
    if SAID_COOKIE in visit.request.cookies and "hx-request" not in visit.request.headers:
        response.delete_cookie(SAID_COOKIE)
    return response


def shell(visit: Visit, *, create: Link | None = None) -> Shell:
    """The frame of a page of this visit."""
    host, person, language = visit.host, visit.person, visit.language
    return Shell(
        language=language,
        workspace=workspace_label(visit.serving, language),
        csrf=person.csrf if person else "",
        theme=THEMES.get(visit.theme, "auto"),
        reader=person.name if person else "",
        reader_detail=person.email if person else "",
        is_admin=visit.actor.is_admin,
        navigation=_navigation(visit) if person else NOWHERE,
        path=visit.path,
        unread=visit.reader.unread(),
        create=create,
        toasts=(Toast(visit.said.text),) if visit.said.text else (),
        dev_events=DEV_EVENTS if host.settings.dev else "",
        overlay=overlay(host.faults, language) if host.settings.dev and host.faults else None,
        demo=host.settings.demo,
    )


def workspace_label(serving: Serving, language: str) -> str:
    """What the whole workspace is called: its one app's label, or `Casework`."""
    apps = [each for each in serving.bundle.workspace.modules.values() if not each.library]
    return labelled(apps[0].label, language) if len(apps) == 1 else "Casework"


def hue_of(entity: Entity) -> int:
    """The colour of an entity's mark: the same on every page and every start."""
    return sum(entity.id.encode()) % HUES


def _navigation(visit: Visit) -> Navigation:
    """The navigation with the entry of this page marked."""
    serving, standing, language = visit.serving, Standing.of(visit.actor), visit.language
    plain = serving.once(
        ("navigation", standing, language), lambda: Navigation(_areas(serving, standing, language))
    )
    places = serving.once(("places", standing, language), lambda: frozenset(_places(plain)))
    path = visit.path
    here = path if path in places else "/".join(path.split("/")[:3])
    if here not in places:
        return plain
    return serving.once(
        ("navigation", standing, language, here), lambda: Navigation(_marked(plain, here))
    )


def _places(navigation: Navigation) -> Iterable[str]:
    for area in navigation.areas:
        yield from (entry.href for entry in area.entities)
        yield from (report.href for report in area.reports)


def _marked(navigation: Navigation, here: str) -> tuple[NavArea, ...]:
    return tuple(
        replace(
            area,
            entities=tuple(replace(each, current=each.href == here) for each in area.entities),
            reports=tuple(replace(each, current=each.href == here) for each in area.reports),
        )
        for area in navigation.areas
    )


def _areas(serving: Serving, standing: Standing, language: str) -> tuple[NavArea, ...]:
    """The apps as somebody of this standing may see them: what they may not read is absent."""
    workspace = serving.bundle.workspace
    permissions = serving.store.domain.permissions
    areas = []
    for module in workspace.modules.values():
        readable = {
            entity.id
            for entity in workspace.entities.values()
            if permissions.rights(standing, entity.id, "read")
        }
        entities = tuple(
            _entry(entity, language)
            for entity in workspace.entities.values()
            if entity.module == module.name and entity.id in readable and entity.owner is None
        )
        reports = tuple(
            Link(labelled(report.label, language), f"/r/{report.module}/{report.slug}")
            for report in workspace.reports.values()
            if report.module == module.name and report.entity in readable
        )
        if module.name != PRELUDE and (entities or reports):
            areas.append(NavArea(labelled(module.label, language), entities, reports))
    return tuple(areas)


def _entry(entity: Entity, language: str) -> NavEntry:
    label = labelled(entity.label, language)
    return NavEntry(label, entity_path(entity), label[:1].upper(), hue_of(entity))
