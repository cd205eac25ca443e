"""A record's page: what it is, what can be done with it, what belongs to it, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape
from starlette.responses import Response

from compiler.model.entity import Collection, Entity
from compiler.model.flow import Transition
from compiler.model.view import Column, ListView, View
from compiler.model.view import Section as ModelSection
from runtime.store.histories import Change as ChangeOfField
from runtime.store.histories import Event
from runtime.store.moving import Pressed, TransitionState
from runtime.store.problems import NotFound
from runtime.store.query import ListQuery, ListRow, Record, Reference
from runtime.store.shape import PARENT
from runtime.web.cells import datetime_text, tone_class
from runtime.web.contexts import (
    Action,
    Badge,
    Change,
    Heading,
    HistoryEntry,
    Link,
    RecordPage,
    Related,
    Section,
    Shown,
    Style,
    Table,
)
from runtime.web.looks import Look, choices, entity_path, labelled, look, look_of, record_path
from runtime.web.pages import lists
from runtime.web.pages.frame import answer
from runtime.web.pages.lists import entity_of, view_of
from runtime.web.routing import Page, Policy
from runtime.web.visit import Visit, id_of

RELATED_ROWS = 10
HISTORY_ROWS = 30
LONG_TEXT = 60

HISTORY_ICONS = {
    "create": "plus", "import": "arrow-down", "change": "pencil", "delete": "trash-2",
    "transition": "arrow-right", "action": "check", "log": "info",
}  # fmt: skip


def record_of(visit: Visit, entity: Entity, names: frozenset[str] | None = None) -> Record:
    """The record that the address names, with all its fields or those that are named. Raises
    NotFound."""
    id = id_of(visit.param("id"))
    if id is None:
        raise NotFound
    return visit.reader.get(entity.id, id, names)


def show_record(visit: Visit) -> Response:
    entity = entity_of(visit)
    view = view_of(visit, entity)
    names = visit.serving.once(("shown", id(view)), lambda: frozenset(_names(entity, view)))
    record = record_of(visit, entity, names)
    return answer(visit, _page(visit, entity, view, record))


def _names(entity: Entity, view: View) -> Iterable[str]:
    """The fields that the page shows or asks."""
    yield from view.header
    for section in view.detail:
        yield from section.fields
    yield from (entity.flow, PARENT)


def _page(visit: Visit, entity: Entity, view: View, record: Record) -> RecordPage:
    path = record_path(entity, record.id)
    title = _title(visit, entity, record)
    header = [name for name in view.header if name in record.values]
    shown = set(header)
    return RecordPage(
        title=title,
        entity=crumb(visit, entity, record),
        version=str(record.version),
        key=visit.host.clock.token(),
        state=state_badge(visit, entity, record),
        facts=tuple(
            _shown(visit, entity, record, name)
            for name in header
            if name != entity.flow and record.values[name] != title
        ),
        actions=tuple(_actions(visit, entity, record, path)),
        edit_href=f"{path}/edit" if editable(entity, record) else "",
        delete_href=f"{path}/delete" if deletable(entity, record) else "",
        sections=tuple(_sections(visit, entity, view, record, shown)),
        related=tuple(_related(visit, entity, view, record)),
        history=tuple(_history(visit, entity, record)),
        warnings=visit.said.warnings,
    )


def _title(visit: Visit, entity: Entity, record: Record) -> str:
    name = record.display or f"#{record.id}"
    return name if entity.owner is None else f"{labelled(entity.label, visit.language)} {name}"


def crumb(visit: Visit, entity: Entity, record: Record) -> Link:
    """The way up: to the list, from an owned line to the record that owns it."""
    parent = record.values.get(PARENT)
    if entity.owner is None or not isinstance(parent, Reference):
        return Link(labelled(entity.label, visit.language), entity_path(entity))
    owner = visit.serving.bundle.workspace.entities[entity.owner]
    return Link(parent.display or f"#{parent.id}", record_path(owner, parent.id))


def editable(entity: Entity, record: Record) -> bool:
    """Whether this person may change the record; an owned line is changed in its owner's form."""
    return _on_its_own(entity) and bool(record.rights.writable)


def deletable(entity: Entity, record: Record) -> bool:
    """Whether this person may delete the record."""
    return _on_its_own(entity) and record.rights.deletable


def _on_its_own(entity: Entity) -> bool:
    return not entity.append_only and entity.owner is None


def state_badge(visit: Visit, entity: Entity, record: Record) -> Badge | None:
    """The record's state, if its entity has a flow and the person may know it."""
    name = record.values.get(entity.flow)
    return badge_of(visit, entity, name) if isinstance(name, str) else None


def badge_of(visit: Visit, entity: Entity, name: str) -> Badge:
    """A state of an entity's flow."""
    field = entity.fields[entity.flow]
    known = choices(visit.serving.bundle.workspace, field.type, visit.language)
    choice = known.get(name)
    return Badge(choice.label, tone_class(choice.colour)) if choice else Badge(name)


def _actions(visit: Visit, entity: Entity, record: Record, path: str) -> Iterable[Action]:
    """The flow's next steps, in the order of the text; the first that leads on stands out."""
    if not visit.serving.once(("steps", entity.id), lambda: _has_steps(visit, entity)):
        return
    states = visit.serving.store.transitions(visit.actor, entity.id, record.id)
    onward = [each for each in states if not ends_badly(visit, entity, each.transition)]
    for state in states:
        leads_on = onward[:1] == [state]
        style: Style = "primary" if leads_on else "plain" if state in onward else "danger"
        yield _action(visit, state, path, style)


def _has_steps(visit: Visit, entity: Entity) -> bool:
    """Whether there is anything to press in any record of the entity."""
    workspace = visit.serving.bundle.workspace
    return bool(entity.flow) or any(each.entity == entity.id for each in workspace.actions)


def ends_badly(visit: Visit, entity: Entity, step: Pressed) -> bool:
    """Whether a step leads to an end that the app's text shows in red."""
    if not isinstance(step, Transition):
        return False
    states = visit.serving.bundle.workspace.flows[entity.id].states
    return step.target is not None and states[step.target].color == "red"


def _action(visit: Visit, state: TransitionState, path: str, style: Style) -> Action:
    asks = bool(state.transition.asks) or state.confirm is not None
    return Action(
        label=labelled(state.transition.label, visit.language),
        href=f"{path}/do/{state.transition.name}",
        method="get" if asks else "post",
        style=style,
        why_not=" · ".join(visit.say(reason) for reason in state.why_not),
        dialog=asks,
    )


# --- fields -------------------------------------------------------------------------------------


def _sections(
    visit: Visit, entity: Entity, view: View, record: Record, taken: set[str]
) -> Iterable[Section]:
    holding = _holding(visit, entity, record, view.detail)
    reasons = _reasons(visit, entity, record)
    for section in holding:
        fields = tuple(
            _shown(visit, entity, record, name, reasons.get(name, ""))
            for name in section.fields
            if name in record.values and name not in taken
        )
        if fields:
            title = labelled(section.label, visit.language) if section.label else ""
            yield Section(title or visit.t("record.details"), fields)


def _holding(
    visit: Visit, entity: Entity, record: Record, sections: Sequence[ModelSection]
) -> list[ModelSection]:
    """The sections whose condition holds for the record."""
    conditions = [each.when for each in sections if each.when is not None]
    if not conditions:
        return list(sections)
    truths = iter(visit.serving.store.tests(visit.actor, entity.id, record.id, conditions))
    return [each for each in sections if each.when is None or next(truths)]


def _reasons(visit: Visit, entity: Entity, record: Record) -> dict[str, str]:
    """Why scores are what they are, in words."""
    if not any(score.entity == entity.id for score in visit.serving.bundle.workspace.scores):
        return {}
    found = visit.serving.store.reasons(visit.actor, entity.id, record.id)
    return {
        name: "; ".join(f"{each.points:+} {each.why.text(visit.language)}" for each in reasons)
        for name, reasons in found.items()
    }


def _shown(visit: Visit, entity: Entity, record: Record, name: str, reasons: str = "") -> Shown:
    known, note, help_ = visit.serving.once(
        ("field shown", entity.id, name, visit.language), lambda: _look(visit, entity, name)
    )
    value = record.values[name]
    wide = note or (isinstance(value, str) and len(value) > LONG_TEXT)
    return Shown(known.label, known.markup(value), wide, reasons or help_)


def _look(visit: Visit, entity: Entity, name: str) -> tuple[Look, bool, str]:
    """How a field looks, whether it is a note, and its help."""
    known, field = look(visit.serving, entity.id, (name,), visit.language), entity.fields[name]
    help_ = labelled(field.help, visit.language) if field.help else field.doc
    return known, field.field_type == "note", help_


# --- what belongs to the record -----------------------------------------------------------------


def _related(visit: Visit, entity: Entity, view: View, record: Record) -> Iterable[Related]:
    readable = visit.reader.fields("read", entity.id)
    listed = [
        (labelled(tab.label, visit.language), entity.collections[name])
        for tab in view.tabs
        for name in tab.collections
    ]
    for title, collection in listed:
        if collection.name in readable and visit.reader.can("read", collection.target):
            yield _collection(visit, entity, record, title, collection)


def _collection(
    visit: Visit, entity: Entity, record: Record, title: str, collection: Collection
) -> Related:
    workspace = visit.serving.bundle.workspace
    target = workspace.entities[collection.target]
    view = view_of(visit, target).list
    columns, query = visit.serving.once(
        ("related", visit.reader.standing, id(view), entity.id, collection.name),
        lambda: _asked_of(visit, target, view, collection),
    )
    owned = collection.kind == "lines"
    page = visit.reader.related_to(record, collection.name, query)
    inverse = collection.kind == "inverse"
    path = entity_path(target)
    return Related(
        id=f"related-{collection.name}",
        title=title,
        table=_table(visit, target, columns, page.rows, title, owned) if page.rows else None,
        count_text=visit.t("list.count_more" if page.next else "list.count", n=len(page.rows)),
        create_href=(
            f"{path}/new?{collection.via}={record.id}"
            if inverse and lists.creatable(visit, target)
            else ""
        ),
        all_href=(
            f"{path}?f={collection.via}:eq:{record.id}" if (inverse or owned) and page.next else ""
        ),
    )


def _asked_of(
    visit: Visit, target: Entity, view: ListView, collection: Collection
) -> tuple[tuple[Column, ...], ListQuery]:
    """The columns that show members of a collection, and the query that reads them."""
    columns = tuple(
        column
        for column in lists.columns_of(visit, target, view)
        if column.path != (collection.via,)
    )
    size = 200 if collection.kind == "lines" else RELATED_ROWS
    return columns, ListQuery(columns=tuple(each.path for each in columns), size=size)


def _table(
    visit: Visit,
    target: Entity,
    columns: tuple[Column, ...],
    rows: Sequence[ListRow],
    title: str,
    owned: bool,
) -> Table:
    headings = tuple(
        Heading(
            labelled(column.label, visit.language),
            look(visit.serving, target.id, column.path, visit.language).numeric,
        )
        for column in columns
    )
    return Table(title, headings, lists.body(visit, target, columns, rows, linked=not owned))


# --- history ------------------------------------------------------------------------------------


def _history(visit: Visit, entity: Entity, record: Record) -> Iterable[HistoryEntry]:
    for event in visit.reader.history_of(record, HISTORY_ROWS):
        yield _entry(visit, entity, event)


def _entry(visit: Visit, entity: Entity, event: Event) -> HistoryEntry:
    zone = visit.reader.time.zone
    return HistoryEntry(
        who=event.who or visit.t("record.act.nobody"),
        what=_what(visit, entity, event),
        when=datetime_text(event.at, visit.language, zone),
        when_iso=event.at.isoformat(),
        icon=HISTORY_ICONS[event.action],
        changes=(
            *(_answer_given(visit, entity, event.step, each) for each in event.inputs),
            *(_change(visit, entity, each) for each in event.changes),
        ),
        source=_source(visit, event),
    )


def _source(visit: Visit, event: Event) -> str:
    """The rule of the app that acted for the person, in words; a step tells of itself."""
    kind, _, name = event.cause.partition(" ")
    rule = visit.serving.bundle.workspace.rules.get(name) if kind == "rule" else None
    return visit.t("record.act.by", rule=labelled(rule.label, visit.language)) if rule else ""


def _what(visit: Visit, entity: Entity, event: Event) -> str:
    t = visit.t
    if event.action in ("transition", "action"):
        step = visit.serving.bundle.workspace.step(entity.id, event.step)
        label = labelled(step.label, visit.language) if step else event.step
        return t("record.act.step", step=label)
    if event.action == "log":
        return event.text
    return t(f"record.act.{event.action}")


def _answer_given(visit: Visit, entity: Entity, step: str, given: ChangeOfField) -> Change:
    """What was answered to a question of a step, which no field keeps."""
    taken = visit.serving.bundle.workspace.step(entity.id, step)
    assert taken is not None, "histories tell no answers to a step that there is not"
    field = next(ask.field for ask in taken.asks if ask.field.name == given.field)
    known = look_of(visit.serving, field, visit.language)
    return Change(known.label, Markup(), known.markup(given.new))


def _change(visit: Visit, entity: Entity, change: ChangeOfField) -> Change:
    if change.field not in entity.fields:
        label = entity.collections[change.field].label
        return Change(labelled(label, visit.language), _plain(change.old), _plain(change.new))
    known = look(visit.serving, entity.id, (change.field,), visit.language)
    return Change(known.label, known.markup(change.old), known.markup(change.new))


def _plain(value: object) -> Markup:
    return escape("" if value is None else value)


PAGES = (Page("/{module}/{entity}/{id:int}", show_record, Policy.SIGNED_IN),)
