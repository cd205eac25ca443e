"""Steps (transitions and actions), and deleting: what is asked before, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import Response

from compiler.model.entity import Entity
from compiler.model.flow import Transition
from compiler.model.step import Ask
from runtime.store.moving import Pressed, TransitionState
from runtime.store.problems import Conflict, Forbidden, NotFound, Problem, Rejected
from runtime.store.query import ListQuery, Record
from runtime.store.reader import NO_FIELDS
from runtime.store.records import Saved
from runtime.web import inputs
from runtime.web.cells import tone_class
from runtime.web.contexts import Badge, DeletePage, ErrorPage, FormError, Link, TransitionPage
from runtime.web.inputs import Input, Marks, Sent
from runtime.web.looks import choices, entity_path, labelled, record_path
from runtime.web.pages.forms import warnings
from runtime.web.pages.frame import answer
from runtime.web.pages.lists import entity_of
from runtime.web.pages.records import badge_of, deletable, ends_badly, record_of, state_badge
from runtime.web.routing import Page, Policy
from runtime.web.visit import Visit, id_of, see
from runtime.web.widgets import Field

MOST_LINES = 1_000
"""Lines of a record are counted up to here before it is deleted."""

# --- taking a step ------------------------------------------------------------------------------


def show_step(visit: Visit) -> Response:
    entity = entity_of(visit)
    record = record_of(visit, entity)
    state = _state(visit, entity, record)
    asked = _asked(visit, entity, record, state.transition)
    return answer(visit, _page(visit, entity, record, state, asked))


def take_step(visit: Visit) -> Response:
    entity = entity_of(visit)
    step = _pressed(visit, entity)
    store, actor, id = visit.serving.store, visit.actor, id_of(visit.param("id"))
    sent = inputs.read(visit, {ask.field.name: ask.field for ask in step.asks})
    if id is None:
        raise NotFound
    if sent.errors:
        saved = store.done(actor, entity.id, visit.key)
        return _taken(visit, entity, saved) if saved else _again(visit, entity, step, sent, ())
    version = _version(visit, entity)
    try:
        saved = store.transition(actor, entity.id, id, version, step.name, sent.values, visit.key)
    except Rejected as refusal:
        return _again(visit, entity, step, sent, refusal.problems)
    except Conflict:
        way_out = _back(record_of(visit, entity), entity)
        return answer(visit, ErrorPage(409, way_out=way_out), 409)
    return _taken(visit, entity, saved)


def _taken(visit: Visit, entity: Entity, saved: Saved) -> Response:
    """On to the record; to the list, where the step put it out of this person's sight."""
    told = warnings(visit, saved)
    if not saved.readable:
        return see(entity_path(entity), visit.t("record.said.saved"), told)
    state = badge_of(visit, entity, saved.state) if saved.state else None
    said = visit.t("record.said.moved", state=state.label) if state else ""
    return see(record_path(entity, saved.id), said, told)


def _back(record: Record, entity: Entity) -> Link:
    return Link(record.display, record_path(entity, record.id))


def _pressed(visit: Visit, entity: Entity) -> Pressed:
    found = visit.serving.bundle.workspace.step(entity.id, visit.param("step"))
    if found is None:
        raise NotFound
    return found


def _state(visit: Visit, entity: Entity, record: Record) -> TransitionState:
    """The step as this person could take it now. Raises NotFound where they could not."""
    states = visit.serving.store.transitions(visit.actor, entity.id, record.id)
    name = visit.param("step")
    found = next((each for each in states if each.transition.name == name), None)
    if found is None:
        raise NotFound
    return found


def _again(
    visit: Visit,
    entity: Entity,
    step: Pressed,
    sent: Sent,
    problems: Iterable[Problem],
) -> Response:
    """The step's page with the reasons; where the step is gone by now, the reasons alone."""
    record = record_of(visit, entity)
    told = [(each.field, visit.say(each.message)) for each in problems]
    states = visit.serving.store.transitions(visit.actor, entity.id, record.id)
    state = next((each for each in states if each.transition.name == step.name), None)
    if state is None:
        details = tuple(text for _, text in told)
        page = ErrorPage(422, details=details, way_out=_back(record, entity))
        return answer(visit, page, 422)
    page_ = _page(visit, entity, record, state, sent.inputs, sent.errors, told)
    return answer(visit, page_, 422)


def _asked(visit: Visit, entity: Entity, record: Record, step: Pressed) -> dict[str, Input]:
    """What the inputs hold at first: the values of the record's own fields."""
    draft = visit.serving.store.draft(visit.actor, entity.id, record)
    return {
        ask.field.name: inputs.input_of(visit, ask.field, draft.values.get(ask.field.name))
        for ask in step.asks
        if ask.is_field
    }


def _page(
    visit: Visit,
    entity: Entity,
    record: Record,
    state: TransitionState,
    given: Mapping[str, Input],
    errors: Mapping[str, str] | None = None,
    told: Sequence[tuple[str | None, str]] = (),
) -> TransitionPage:
    step, path = state.transition, record_path(entity, record.id)
    asked = {ask.field.name: ask for ask in step.asks}
    at = dict(errors or {})
    at.update({name: text for name, text in told if name in asked})
    general = [text for name, text in told if name not in asked]
    fields = tuple(
        _field(visit, ask, given.get(name, Input()), at.get(name, ""), first=number == 0)
        for number, (name, ask) in enumerate(asked.items())
    )
    label = labelled(step.label, visit.language)
    return TransitionPage(
        title=label,
        subject=Link(record.display, path),
        entity=Link(labelled(entity.label, visit.language), entity_path(entity)),
        action=f"{path}/do/{step.name}",
        cancel_href=path,
        version=str(record.version),
        key=visit.host.clock.token(),
        submit=label,
        danger=ends_badly(visit, entity, step),
        before=state_badge(visit, entity, record),
        after=_target(visit, entity, step),
        confirm=visit.say(state.confirm) if state.confirm else "",
        fields=fields,
        errors=(
            *(FormError(text) for text in general),
            *(FormError(at[f.name], f.input_id, f.label) for f in fields if f.name in at),
        ),
    )


def _field(visit: Visit, ask: Ask, given: Input, error: str, first: bool) -> Field:
    marks = Marks(required=ask.field.required, error=error, autofocus=first and not error)
    return inputs.widget(visit, ask.field, ask.field.name, given, marks)


def _target(visit: Visit, entity: Entity, step: Pressed) -> Badge | None:
    if not isinstance(step, Transition) or step.target is None:
        return None
    known = choices(visit.serving.bundle.workspace, entity.fields[entity.flow].type, visit.language)
    choice = known[step.target]
    return Badge(choice.label, tone_class(choice.colour))


def _version(visit: Visit, entity: Entity) -> int:
    """The version that the form was drawn for; that of now if it does not say."""
    text = visit.text("cw-version")
    if text.isdecimal() and len(text) < 10:
        return int(text)
    return record_of(visit, entity, NO_FIELDS).version


# --- deleting -----------------------------------------------------------------------------------


def show_delete(visit: Visit) -> Response:
    entity = entity_of(visit)
    return answer(visit, _delete_page(visit, entity, _deletable(visit, entity)))


def delete(visit: Visit) -> Response:
    entity = entity_of(visit)
    if visit.serving.store.done(visit.actor, entity.id, visit.key) is not None:
        return _deleted(visit, entity)
    record = _deletable(visit, entity)
    version = _version(visit, entity)
    try:
        visit.serving.store.delete(visit.actor, entity.id, record.id, version, visit.key)
    except Rejected as refusal:
        errors = tuple(FormError(visit.say(each.message)) for each in refusal.problems)
        return answer(visit, _delete_page(visit, entity, record, errors), 422)
    except Conflict:
        return answer(visit, ErrorPage(409, way_out=_back(record, entity)), 409)
    return _deleted(visit, entity)


def _deleted(visit: Visit, entity: Entity) -> Response:
    return see(entity_path(entity), visit.t("record.said.deleted"))


def _deletable(visit: Visit, entity: Entity) -> Record:
    record = record_of(visit, entity)
    if not deletable(entity, record):
        raise Forbidden(visit.words("error.403.about"))
    return record


def _delete_page(
    visit: Visit, entity: Entity, record: Record, errors: tuple[FormError, ...] = ()
) -> DeletePage:
    path = record_path(entity, record.id)
    return DeletePage(
        subject=Link(record.display, path),
        entity=Link(labelled(entity.label, visit.language), entity_path(entity)),
        action=f"{path}/delete",
        cancel_href=path,
        version=str(record.version),
        key=visit.host.clock.token(),
        consequences=tuple(_consequences(visit, entity, record)),
        errors=errors,
    )


def _consequences(visit: Visit, entity: Entity, record: Record) -> Iterable[str]:
    """What goes with the record: its own lines, as far as this person may read them."""
    for each in entity.collections.values():
        if each.kind == "lines" and each.name in record.rights.readable:
            query = ListQuery(columns=(), size=MOST_LINES)
            rows = visit.reader.related_to(record, each.name, query).rows
            if rows:
                yield visit.t("delete.lines", n=len(rows))


PAGES = (
    Page("/{module}/{entity}/{id:int}/do/{step}", show_step, Policy.SIGNED_IN),
    Page("/{module}/{entity}/{id:int}/do/{step}", take_step, Policy.SIGNED_IN, ("POST",)),
    Page("/{module}/{entity}/{id:int}/delete", show_delete, Policy.SIGNED_IN),
    Page("/{module}/{entity}/{id:int}/delete", delete, Policy.SIGNED_IN, ("POST",)),
)
