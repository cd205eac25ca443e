"""Home and inbox: what waits for this person, and where they were."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response

from compiler.model.entity import Entity
from runtime.store.inbox import Received
from runtime.store.problems import NotFound
from runtime.web.cells import datetime_text
from runtime.web.contexts import HomePage, InboxPage, Link, Notice, RecentRecord
from runtime.web.looks import labelled, record_path
from runtime.web.pages.frame import answer, hue_of
from runtime.web.pages.records import state_badge
from runtime.web.routing import Page, Policy
from runtime.web.visit import MOST_ID, Visit, id_of, see

NOTICES = 6
RECENT = 8
INBOX_ROWS = 50


def show_home(visit: Visit) -> Response:
    t, person = visit.t, visit.person
    assert person is not None
    page = HomePage(
        greeting=t("home.greeting", name=person.name),
        notices=tuple(_notice(visit, each) for each in visit.reader.notices(NOTICES, True)),
        recent=tuple(_recent(visit)),
        first_steps=_first_steps(visit),
    )
    return answer(visit, page)


def _first_steps(visit: Visit) -> tuple[Link, ...]:
    """What an admin of a new workspace does first."""
    if not visit.actor.is_admin or visit.host.settings.demo:
        return ()
    return (Link(visit.t("users.new"), "/users/new", "user-plus"),)


def _recent(visit: Visit) -> Iterable[RecentRecord]:
    """The records that this person changed last, those that they may still read."""
    workspace = visit.serving.bundle.workspace
    for touched in visit.reader.recent(RECENT):
        entity = workspace.entities[touched.entity]
        try:
            record = visit.reader.get(entity.id, touched.record)
        except NotFound:
            continue
        label = labelled(entity.label, visit.language)
        yield RecentRecord(
            title=record.display or f"#{record.id}",
            href=record_path(entity, record.id),
            entity=label,
            mark=label[:1].upper(),
            hue=hue_of(entity),
            when=datetime_text(touched.at, visit.language, visit.reader.time.zone),
            state=state_badge(visit, entity, record),
        )


def _notice(visit: Visit, received: Received) -> Notice:
    workspace = visit.serving.bundle.workspace
    entity = workspace.entities[received.entity] if received.entity else None
    href = f"/inbox/{received.id}" if entity is not None and entity.owner is None else ""
    return Notice(
        id=str(received.id),
        text=received.text,
        when=datetime_text(received.at, visit.language, visit.reader.time.zone),
        when_iso=received.at.isoformat(),
        href=href,
        subject=labelled(entity.label, visit.language) if entity is not None else "",
        read=received.read,
        read_action="" if received.read else f"/inbox/{received.id}/read",
    )


# --- the inbox ----------------------------------------------------------------------------------


def show_inbox(visit: Visit) -> Response:
    query = visit.request.query_params
    everything = query.get("show") == "all"
    found = visit.reader.notices(INBOX_ROWS + 1, not everything, id_of(query.get("before", "")))
    shown = found[:INBOX_ROWS]
    t = visit.t
    tabs = (
        Link(t("inbox.tab_unread"), "/inbox", current=not everything),
        Link(t("inbox.tab_all"), "/inbox?show=all", current=everything),
    )
    show = "show=all&" if everything else ""
    page = InboxPage(
        tabs=tabs,
        notices=tuple(_notice(visit, each) for each in shown),
        read_all_action="/inbox/read",
        older_href=f"/inbox?{show}before={shown[-1].id}" if len(found) > INBOX_ROWS else "",
        showing_unread=not everything,
    )
    return answer(visit, page)


def read_all(visit: Visit) -> Response:
    visit.serving.store.mark_read(visit.actor)
    return see("/inbox")


def read_one(visit: Visit) -> Response:
    id = id_of(visit.param("id"))
    if id is None:
        raise NotFound
    visit.serving.store.mark_read(visit.actor, id)
    return see("/inbox")


def open_one(visit: Visit) -> Response:
    """Go to what a notice is about; going there is reading it."""
    id = id_of(visit.param("id"))
    if id is None or id == MOST_ID:
        raise NotFound
    found = visit.reader.notices(1, before=id + 1)
    if not found or found[0].id != id or found[0].entity is None:
        raise NotFound
    visit.serving.store.mark_read(visit.actor, id)
    return see(record_path(_entity(visit, found[0]), found[0].record))


def _entity(visit: Visit, received: Received) -> Entity:
    assert received.entity is not None
    return visit.serving.bundle.workspace.entities[received.entity]


PAGES = (
    Page("/", show_home, Policy.SIGNED_IN),
    Page("/inbox", show_inbox, Policy.SIGNED_IN),
    Page("/inbox/read", read_all, Policy.SIGNED_IN, ("POST",)),
    Page("/inbox/{id:int}/read", read_one, Policy.SIGNED_IN, ("POST",)),
    Page("/inbox/{id:int}", open_one, Policy.SIGNED_IN),
)
