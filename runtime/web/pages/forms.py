"""Forms that create and change a record with its lines; nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from starlette.responses import Response

from compiler.model.entity import Collection, Entity
from compiler.model.view import Section as ModelSection
from runtime.store.drafts import Draft
from runtime.store.problems import Conflict, Forbidden, NotFound, Rejected
from runtime.store.query import Record
from runtime.store.records import Saved
from runtime.web import inputs
from runtime.web.contexts import FormError, FormPage, FormSection, Link
from runtime.web.inputs import Input, Marks, Sent
from runtime.web.looks import entity_path, labelled, record_path
from runtime.web.pages import conflicts, line_items
from runtime.web.pages.form_state import Form, Known, LineState, members, named
from runtime.web.pages.frame import answer
from runtime.web.pages.lists import entity_named, entity_of, view_of
from runtime.web.pages.records import editable, record_of
from runtime.web.routing import Page, Policy
from runtime.web.visit import Visit, id_of, see
from runtime.web.widgets import Field

CHOOSE = "cw-choose."


# --- drawing a form -----------------------------------------------------------------------------


def show_new(visit: Visit) -> Response:
    entity = _creatable(visit)
    draft = _draft(visit, entity, None, _from_address(visit, entity))
    return answer(visit, _page(visit, _fresh(visit, entity, None, draft)))


def show_edit(visit: Visit) -> Response:
    entity = entity_of(visit)
    record = _editable(visit, entity)
    draft = _draft(visit, entity, record, {})
    return answer(visit, _page(visit, _fresh(visit, entity, record, draft)))


def _creatable(visit: Visit) -> Entity:
    """The entity of the address, if this person may make records of it. Raises NotFound."""
    found = entity_named(visit)
    if found.owner is not None or not visit.reader.can("create", found.id):
        raise NotFound
    return found


def _editable(visit: Visit, entity: Entity) -> Record:
    record = record_of(visit, entity)
    if not editable(entity, record):
        raise Forbidden(visit.words("error.403.about"))
    return record


def _from_address(visit: Visit, entity: Entity) -> dict[str, object]:
    """Values that a link to the form gives: the record it was opened from."""
    given: dict[str, object] = {}
    for name, text in visit.request.query_params.items():
        known = entity.fields.get(name)
        id = id_of(text)
        if known is not None and known.type.kind == "ref" and id is not None:
            given[name] = id
    return given


def _draft(
    visit: Visit, entity: Entity, record: Record | None, given: Mapping[str, object]
) -> Draft:
    return visit.serving.store.draft(visit.actor, entity.id, record, given)


def _fresh(visit: Visit, entity: Entity, record: Record | None, draft: Draft) -> Form:
    known = members(visit, entity)
    shown = {
        name: inputs.input_of(visit, known[name], named(visit, known[name], value))
        for name, value in draft.values.items()
        if name in known
    }
    lines = {
        each.name: tuple(line_items.first_lines(visit, entity, record, each, draft))
        for each in line_items.grids_of(entity, draft)
    }
    return Form(
        entity,
        record,
        draft,
        shown,
        lines,
        version=record.version if record else 0,
        lines_there={name: tuple(each.id for each in group) for name, group in lines.items()},
    )


# --- the page -----------------------------------------------------------------------------------


def _page(visit: Visit, form: Form) -> FormPage:
    entity, record = form.entity, form.record
    label = labelled(entity.label, visit.language)
    path = record_path(entity, record.id) if record else entity_path(entity)
    new = visit.t("form.create", entity=label)
    title = visit.t("form.edit", record=record.display) if record else new
    return FormPage(
        title=title,
        entity=Link(label, entity_path(entity)),
        action=f"{path}/edit" if record else f"{path}/new",
        cancel_href=path,
        key=visit.host.clock.token(),
        sections=tuple(_sections(visit, form)),
        version=str(form.version) if record else "",
        errors=tuple(_errors(visit, form)),
        conflict=form.conflict,
    )


def _sections(visit: Visit, form: Form) -> Iterable[FormSection]:
    first = True
    grids = {each.name: each for each in line_items.grids_of(form.entity, form.draft)}
    for section in view_of(visit, form.entity).form:
        if section.when is not None and section.when in form.draft.hidden_sections:
            continue
        fields = []
        for name in section.fields:
            made = _field(visit, form, name, autofocus=first)
            if made is not None:
                fields.append(made)
                first = first and made.readonly
        named = (grids.pop(name) for name in section.fields if name in grids)
        own = tuple(line_items.grid(visit, form, each) for each in named)
        if fields or own:
            yield FormSection(_title(visit, section), tuple(fields), own)
    for collection in grids.values():
        yield FormSection("", (), (line_items.grid(visit, form, collection),))


def _title(visit: Visit, section: ModelSection) -> str:
    return labelled(section.label, visit.language) if section.label else ""


def _field(visit: Visit, form: Form, name: str, autofocus: bool) -> Field | None:
    """The input of a field; None where this person has nothing to fill in."""
    known = members(visit, form.entity).get(name)
    readonly = name in form.draft.readonly
    if known is None or name in form.draft.hidden or not (readonly or name in form.draft.writable):
        return None
    marks = Marks(
        required=name in form.draft.required,
        readonly=readonly,
        error=form.errors.get(name, ""),
        notice=form.notices.get(name, ""),
        autofocus=autofocus and not readonly and not form.errors,
        narrowed=inputs.narrowed(form.entity, known, _around(visit, form)),
    )
    return inputs.widget(visit, known, name, form.inputs.get(name, Input()), marks)


def _around(visit: Visit, form: Form) -> Mapping[str, Input]:
    """What stands in the form, and the values of the record that have no input in it."""
    known = members(visit, form.entity)
    beside = {
        name: inputs.input_of(visit, known[name], value)
        for name, value in form.draft.values.items()
        if name in known and name not in form.inputs
    }
    return {**beside, **form.inputs}


def _errors(visit: Visit, form: Form) -> Iterable[FormError]:
    for text in form.general:
        yield FormError(text)
    known_members = members(visit, form.entity)
    for name, text in form.errors.items():
        known = known_members.get(name) or form.entity.collections.get(name)
        if known is None:
            yield FormError(text)
        else:
            yield FormError(text, f"f-{name}", labelled(known.label, visit.language))
    for name, lines in form.lines.items():
        # In a conflict they tell of the other person's lines and are no faults.
        for position, line in enumerate(() if form.conflict else lines, start=1):
            for at, text in line.errors.items():
                yield _line_error(visit, form, name, line, position, at, text)


def _line_error(
    visit: Visit, form: Form, name: str, line: LineState, position: int, at: str, text: str
) -> FormError:
    collection = form.entity.collections[name]
    known = line_items.filled_in(visit, collection).get(at)
    if known is None:
        return FormError(f"{visit.t('grid.number')} {position}: {text}")
    label = labelled(known.label, visit.language)
    where = visit.t("grid.cell", position=position, field=label)
    return FormError(text, f"f-{name}.{line.index}.{at}", where)


# --- saving -------------------------------------------------------------------------------------


def create(visit: Visit) -> Response:
    return _save(visit, _creatable(visit), None)


def edit(visit: Visit) -> Response:
    entity = entity_of(visit)
    try:
        record = _editable(visit, entity)
    except (NotFound, Forbidden):
        again = _repeated(visit, entity, created=False)
        if again is None:
            raise
        return again
    return _save(visit, entity, record)


def _repeated(visit: Visit, entity: Entity, created: bool) -> Response | None:
    """The answer to a form that was saved already, asked where it would be refused: a save may have
    closed the record for more. (The store asks itself.)"""
    saved = visit.serving.store.done(visit.actor, entity.id, visit.key)
    return _done(visit, entity, saved, created) if saved else None


def _save(visit: Visit, entity: Entity, record: Record | None) -> Response:
    draft = _draft(visit, entity, record, _from_address(visit, entity))
    sent, lines = _sent(visit, entity, draft)
    form = _as_sent(visit, entity, record, draft, sent, lines)
    reshaped = _reshaped(visit, form)
    if reshaped is not None:
        return answer(visit, _page(visit, reshaped))
    if sent.errors or any(each.errors for group in lines.values() for _, each in group):
        form = replace(form, errors={**_left_empty(visit, draft, sent), **sent.errors})
        again = _repeated(visit, entity, created=record is None)
        return again or answer(visit, _page(visit, form), 422)
    values = _values(visit, draft, record, sent)
    try:
        saved = _write(visit, entity, record, form.version, values, lines)
    except Rejected as refusal:
        return answer(visit, _page(visit, _refused(visit, form, refusal)), 422)
    except Conflict as conflict:
        return answer(visit, _page(visit, conflicts.merged_form(visit, form, conflict)), 409)
    return _done(visit, entity, saved, created=record is None)


def _left_empty(visit: Visit, draft: Draft, sent: Sent) -> dict[str, str]:
    """What the store would say next, told along with what could not be read."""
    empty = (name for name in sent.inputs if sent.values.get(name, "") is None)
    return {name: visit.t("form.fault.required") for name in empty if name in draft.required}


def _done(visit: Visit, entity: Entity, saved: Saved, created: bool) -> Response:
    """On to the record; to the list, where this person may not read what they made."""
    said = visit.t("record.said.created" if created else "record.said.saved")
    path = record_path(entity, saved.id) if saved.readable else entity_path(entity)
    return see(path, said, warnings(visit, saved))


def warnings(visit: Visit, saved: Saved) -> tuple[str, ...]:
    """What the act warned of, in the person's language."""
    return tuple(visit.say(each.message) for each in saved.warnings)


def _version(visit: Visit, record: Record | None) -> int:
    text = visit.text("cw-version")
    if text.isdecimal() and len(text) < 10:
        return int(text)
    return record.version if record else 0


def _sent(
    visit: Visit, entity: Entity, draft: Draft
) -> tuple[Sent, dict[str, tuple[tuple[LineState, Sent], ...]]]:
    """What was sent for the fields that the form had, and for the lines."""
    had = {
        name: known
        for name, known in members(visit, entity).items()
        if name in draft.writable and name not in draft.hidden and _was_there(visit, known, name)
    }
    own = inputs.read(visit, had)
    grids = [each for each in line_items.grids_of(entity, draft) if each.name in draft.writable]
    return own, {each.name: tuple(line_items.sent_lines(visit, each, draft)) for each in grids}


def _was_there(visit: Visit, known: Known, name: str) -> bool:
    """Whether the form had the input: boxes that are not ticked are not sent."""
    sent = name in visit.form or f"{name}.text" in visit.form
    return (
        sent
        or isinstance(known, Collection)
        or known.type.kind == "bool"
        or inputs.is_chosen(known)
    )


def _as_sent(
    visit: Visit,
    entity: Entity,
    record: Record | None,
    draft: Draft,
    sent: Sent,
    lines: Mapping[str, tuple[tuple[LineState, Sent], ...]],
) -> Form:
    states = {name: tuple(state for state, _ in group) for name, group in lines.items()}
    for each in line_items.grids_of(entity, draft):
        if each.name not in states:
            states[each.name] = tuple(line_items.first_lines(visit, entity, record, each, draft))
    return Form(
        entity,
        record,
        draft,
        sent.inputs,
        states,
        sent.errors,
        version=_version(visit, record),
        lines_there={name: line_items.there(visit, entity.collections[name]) for name in lines},
    )


def _reshaped(visit: Visit, form: Form) -> Form | None:
    """The form with a line more or less, where that is what was asked (without a script)."""
    add, remove = visit.text("cw-add"), visit.text("cw-remove")
    lines = dict(form.lines)
    if add in lines:
        last = max((int(each.index) for each in lines[add]), default=-1)
        blank = line_items.blank_line(visit, form.entity.collections[add], form.draft)
        lines[add] = (*lines[add], replace(blank, index=str(last + 1)))
    elif (name := remove.partition(".")[0]) in lines and remove:
        index = remove.partition(".")[2]
        lines[name] = tuple(each for each in lines[name] if each.index != index)
    else:
        return None
    return replace(form, lines=lines, errors={})


def _values(visit: Visit, draft: Draft, record: Record | None, sent: Sent) -> dict[str, object]:
    """What is to be written. What was left empty in a new record gets its default, unless the form
    showed that default; in a conflict, what the other person saved stays where it was chosen."""
    values = dict(sent.values)
    if record is None:
        values = {
            name: value
            for name, value in values.items()
            if value not in (None, ()) or draft.values.get(name) is not None
        }
    theirs = {name for name in values if visit.text(f"{CHOOSE}{name}") == "theirs"}
    return {name: value for name, value in values.items() if name not in theirs}


def _write(
    visit: Visit,
    entity: Entity,
    record: Record | None,
    version: int,
    values: Mapping[str, object],
    lines: Mapping[str, tuple[tuple[LineState, Sent], ...]],
) -> Saved:
    store, actor = visit.serving.store, visit.actor
    given = {
        name: tuple(line_items.line_of(state, sent) for state, sent in group)
        for name, group in lines.items()
    }
    if record is None:
        return store.create(actor, entity.id, values, given, visit.key)
    return store.update(actor, entity.id, record.id, version, values, given, visit.key)


# --- refusals -----------------------------------------------------------------------------------


def _refused(visit: Visit, form: Form, refusal: Rejected) -> Form:
    """The form with each reason at its place."""
    errors: dict[str, str] = dict(form.errors)
    general: list[str] = []
    lines = {name: list(group) for name, group in form.lines.items()}
    inputs_there = form.draft.writable | form.draft.readonly
    for problem in refusal.problems:
        text = visit.say(problem.message)
        if problem.collection in lines and problem.line is not None:
            group = lines[problem.collection]
            line = group[problem.line]
            at = {**line.errors, problem.field or "": text}
            group[problem.line] = replace(line, errors=at)
        elif problem.field is not None and problem.field in inputs_there:
            errors.setdefault(problem.field, text)
        else:
            general.append(text)
    kept = {name: tuple(group) for name, group in lines.items()}
    return replace(form, errors=errors, general=tuple(general), lines=kept)


PAGES = (
    Page("/{module}/{entity}/new", show_new, Policy.SIGNED_IN),
    Page("/{module}/{entity}/new", create, Policy.SIGNED_IN, ("POST",)),
    Page("/{module}/{entity}/{id:int}/edit", show_edit, Policy.SIGNED_IN),
    Page("/{module}/{entity}/{id:int}/edit", edit, Policy.SIGNED_IN, ("POST",)),
)
