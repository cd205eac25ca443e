"""Forms that create and change a record with its lines; nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from starlette.responses import Response

from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.entity import Collection, Entity
from compiler.model.entity import Field as ModelField
from compiler.model.view import Section as ModelSection
from runtime.store.drafts import Draft
from runtime.store.problems import Conflict, Forbidden, NotFound, Rejected
from runtime.store.query import ListQuery, Record, Reference
from runtime.store.records import Saved
from runtime.store.values import Line
from runtime.web import inputs
from runtime.web.cells import datetime_text
from runtime.web.inputs import Input, Marks, Sent
from runtime.web.looks import entity_path, labelled, look, record_path
from runtime.web.pages import contexts
from runtime.web.pages.contexts import ConflictField, FormError, FormPage, FormSection, Link
from runtime.web.pages.frame import answer
from runtime.web.pages.lists import entity_of, view_of
from runtime.web.pages.records import record_of
from runtime.web.routing import Page, Policy
from runtime.web.visit import Visit, see
from runtime.web.widgets import Field, Grid, GridCell, GridColumn, GridRow

MOST_LINES = 200
BLANK = "__index__"
CHOOSE = "cw-choose."
Known = ModelField | Collection


@dataclass(frozen=True, slots=True)
class LineState:
    """A line in the form: its position there, its id if it exists, its inputs and errors."""

    index: str
    id: str = ""
    inputs: Mapping[str, Input] = field(default_factory=dict)
    shown: Mapping[str, object] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is drawn: of a new record, or of one that exists."""

    entity: Entity
    record: Record | None
    draft: Draft
    inputs: Mapping[str, Input]
    lines: Mapping[str, tuple[LineState, ...]]
    errors: Mapping[str, str] = field(default_factory=dict)
    general: tuple[str, ...] = ()
    notices: Mapping[str, str] = field(default_factory=dict)
    conflict: contexts.Conflict | None = None
    version: int = 0


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
    workspace = visit.serving.bundle.workspace
    names = (visit.param("module"), visit.param("entity"))
    found = next(
        (each for each in workspace.entities.values() if (each.module, each.slug) == names), None
    )
    if found is None or found.owner is not None or not visit.reader.can("create", found.id):
        raise NotFound
    return found


def _editable(visit: Visit, entity: Entity) -> Record:
    record = record_of(visit, entity)
    if entity.append_only or not visit.reader.can("update", entity.id, record.id):
        raise Forbidden(visit.words("error.403.about"))
    return record


def _from_address(visit: Visit, entity: Entity) -> dict[str, object]:
    """Values that a link to the form gives: the record it was opened from."""
    given: dict[str, object] = {}
    for name, text in visit.request.query_params.items():
        known = entity.fields.get(name)
        if known is not None and known.type.kind == "ref" and text.isdecimal() and len(text) < 19:
            given[name] = int(text)
    return given


def _draft(
    visit: Visit, entity: Entity, record: Record | None, given: Mapping[str, object]
) -> Draft:
    id = record.id if record else None
    return visit.serving.store.draft(visit.actor, entity.id, id, given)


def _fresh(visit: Visit, entity: Entity, record: Record | None, draft: Draft) -> Form:
    known = _members(entity)
    shown = {
        name: inputs.input_of(visit, known[name], value)
        for name, value in draft.values.items()
        if name in known
    }
    lines = {
        each.name: tuple(_kept_lines(visit, entity, record, each, draft))
        for each in _grids(entity, draft)
    }
    return Form(entity, record, draft, shown, lines, version=record.version if record else 0)


def _members(entity: Entity) -> dict[str, Known]:
    """What can have an input: fields, and collections that are no mere inverse."""
    links = {name: each for name, each in entity.collections.items() if each.kind == "link"}
    return {**entity.fields, **links}


def _grids(entity: Entity, draft: Draft) -> list[Collection]:
    return [
        each
        for each in entity.collections.values()
        if each.kind == "lines" and each.name in draft.writable | draft.readonly
    ]


def _line_fields(visit: Visit, collection: Collection) -> dict[str, ModelField]:
    """The fields of a line that people fill in."""
    line = visit.serving.bundle.workspace.entities[collection.target]
    return {
        name: each
        for name, each in line.fields.items()
        if not each.system and each.computed is None and each.field_type != "serial"
    }


def _line_sums(visit: Visit, collection: Collection) -> dict[str, ModelField]:
    """The fields of a line that are worked out, shown beside the inputs."""
    line = visit.serving.bundle.workspace.entities[collection.target]
    return {name: each for name, each in line.fields.items() if each.computed is not None}


def _blank_line(visit: Visit, collection: Collection, draft: Draft) -> LineState:
    """A line that nobody has filled in: its inputs hold the defaults."""
    values = draft.lines[collection.name]
    known = _line_fields(visit, collection)
    return LineState(
        BLANK, "", {n: inputs.input_of(visit, each, values.get(n)) for n, each in known.items()}
    )


def _kept_lines(
    visit: Visit, entity: Entity, record: Record | None, collection: Collection, draft: Draft
) -> Iterable[LineState]:
    if record is None:
        yield replace(_blank_line(visit, collection, draft), index="0")
        return
    typed, sums = _line_fields(visit, collection), _line_sums(visit, collection)
    columns = tuple((name,) for name in (*typed, *sums))
    query = ListQuery(columns=columns, size=MOST_LINES)
    page = visit.reader.related(entity.id, record.id, collection.name, query)
    for number, row in enumerate(page.rows):
        values = dict(zip((*typed, *sums), row.cells, strict=True))
        yield LineState(
            str(number),
            str(row.id),
            {name: inputs.input_of(visit, each, values[name]) for name, each in typed.items()},
            {name: values[name] for name in sums},
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
    grids = {each.name: each for each in _grids(form.entity, form.draft)}
    for section in view_of(visit, form.entity).form:
        if section.when is not None and section.when in form.draft.hidden_sections:
            continue
        fields = []
        for name in section.fields:
            made = _field(visit, form, name, autofocus=first)
            if made is not None:
                fields.append(made)
                first = first and made.readonly
        own = tuple(_grid(visit, form, grids.pop(n)) for n in section.fields if n in grids)
        if fields or own:
            yield FormSection(_title(visit, section), tuple(fields), own)
    for collection in grids.values():
        yield FormSection("", (), (_grid(visit, form, collection),))


def _title(visit: Visit, section: ModelSection) -> str:
    return labelled(section.label, visit.language) if section.label else ""


def _field(visit: Visit, form: Form, name: str, autofocus: bool) -> Field | None:
    """The input of a field; None where this person has nothing to fill in."""
    known = _members(form.entity).get(name)
    readonly = name in form.draft.readonly
    if known is None or name in form.draft.hidden or not (readonly or name in form.draft.writable):
        return None
    marks = Marks(
        required=name in form.draft.required,
        readonly=readonly,
        error=form.errors.get(name, ""),
        notice=form.notices.get(name, ""),
        autofocus=autofocus and not readonly and not form.errors,
    )
    return inputs.widget(visit, known, name, form.inputs.get(name, Input()), marks)


def _errors(visit: Visit, form: Form) -> Iterable[FormError]:
    for text in form.general:
        yield FormError(text)
    members = _members(form.entity)
    for name, text in form.errors.items():
        known = members.get(name) or form.entity.collections.get(name)
        if known is None:
            yield FormError(text)
        else:
            yield FormError(text, f"f-{name}", labelled(known.label, visit.language))
    for name, lines in form.lines.items():
        for position, line in enumerate(lines, start=1):
            for at, text in line.errors.items():
                yield _line_error(visit, form, name, line, position, at, text)


def _line_error(
    visit: Visit, form: Form, name: str, line: LineState, position: int, at: str, text: str
) -> FormError:
    collection = form.entity.collections[name]
    known = _line_fields(visit, collection).get(at)
    if known is None:
        return FormError(f"{visit.t('grid.number')} {position}: {text}")
    label = labelled(known.label, visit.language)
    where = visit.t("grid.cell", position=position, field=label)
    return FormError(text, f"f-{name}.{line.index}.{at}", where)


# --- lines --------------------------------------------------------------------------------------


def _grid(visit: Visit, form: Form, collection: Collection) -> Grid:
    typed, sums = _line_fields(visit, collection), _line_sums(visit, collection)
    readonly = collection.name in form.draft.readonly
    columns = [
        GridColumn(
            labelled(each.label, visit.language),
            each.required and not readonly,
            each.type.is_number,
            3 if each.type.kind == "ref" else 2 if each.type.kind == "text" else 1,
        )
        for each in typed.values()
    ]
    columns += [
        GridColumn(labelled(each.label, visit.language), False, each.type.is_number, 1)
        for each in sums.values()
    ]
    rows = form.lines[collection.name]
    return Grid(
        name=collection.name,
        label=labelled(collection.label, visit.language),
        columns=tuple(columns),
        rows=tuple(
            _row(visit, collection, line, position, readonly)
            for position, line in enumerate(rows, start=1)
        ),
        blank=_row(visit, collection, _blank_line(visit, collection, form.draft), 0, readonly),
        readonly=readonly,
        error=form.errors.get(collection.name, ""),
    )


def _row(
    visit: Visit, collection: Collection, line: LineState, position: int, readonly: bool
) -> GridRow:
    cells = [
        GridCell(_cell(visit, collection, line, position, name, known, readonly))
        for name, known in _line_fields(visit, collection).items()
    ]
    for name in _line_sums(visit, collection):
        shown = look(visit.serving, collection.target, (name,), visit.language)
        cells.append(GridCell(None, shown.markup(line.shown.get(name)), shown.numeric))
    return GridRow(line.index, line.id, tuple(cells), line.errors.get("", ""))


def _cell(
    visit: Visit,
    collection: Collection,
    line: LineState,
    position: int,
    name: str,
    known: ModelField,
    readonly: bool,
) -> Field:
    label = labelled(known.label, visit.language)
    marks = Marks(
        readonly=readonly,
        error=line.errors.get(name, ""),
        cell_label=visit.t("grid.cell", position=position or "__position__", field=label),
    )
    sent_as = f"{collection.name}.{line.index}.{name}"
    return inputs.widget(visit, known, sent_as, line.inputs.get(name, Input()), marks)


# --- saving -------------------------------------------------------------------------------------


def create(visit: Visit) -> Response:
    entity = _creatable(visit)
    return _repeated(visit, entity, created=True) or _save(visit, entity, None)


def edit(visit: Visit) -> Response:
    entity = entity_of(visit)
    again = _repeated(visit, entity, created=False)
    return again or _save(visit, entity, _editable(visit, entity))


def _repeated(visit: Visit, entity: Entity, created: bool) -> Response | None:
    """The answer to a form that was saved already: a save may have closed the record for more."""
    saved = visit.serving.store.done(visit.actor, visit.key)
    return _done(visit, entity, saved, created) if saved else None


def _save(visit: Visit, entity: Entity, record: Record | None) -> Response:
    draft = _draft(visit, entity, record, _from_address(visit, entity))
    sent, lines = _sent(visit, entity, draft)
    form = _as_sent(entity, record, draft, sent, lines, _version(visit, record))
    reshaped = _reshaped(visit, form)
    if reshaped is not None:
        return answer(visit, _page(visit, reshaped))
    if sent.errors or any(each.errors for group in lines.values() for _, each in group):
        return answer(visit, _page(visit, form), 422)
    values = _values(visit, draft, record, sent)
    try:
        saved = _write(visit, entity, record, form.version, values, lines)
    except Rejected as refusal:
        return answer(visit, _page(visit, _refused(visit, form, refusal)), 422)
    except Conflict as conflict:
        return answer(visit, _page(visit, _conflicting(visit, form, conflict)), 409)
    return _done(visit, entity, saved, created=record is None)


def _done(visit: Visit, entity: Entity, saved: Saved, created: bool) -> Response:
    """On to the record; to the list, where this person may not read what they made."""
    if not visit.reader.can("read", entity.id, saved.id):
        return see(entity_path(entity))
    said = visit.t("record.said.created" if created else "record.said.saved")
    return see(record_path(entity, saved.id), said, warnings(visit, saved))


def warnings(visit: Visit, saved: Saved) -> tuple[str, ...]:
    """What the act warned of, in the person's language."""
    return tuple(each.message.text(visit.language) for each in saved.warnings)


def _version(visit: Visit, record: Record | None) -> int:
    text = visit.text("cw-version")
    if text.isdecimal() and len(text) < 10:
        return int(text)
    return record.version if record else 0


def _sent(
    visit: Visit, entity: Entity, draft: Draft
) -> tuple[Sent, dict[str, tuple[tuple[LineState, Sent], ...]]]:
    """What was sent for the fields that the form had, and for the lines."""
    members = _members(entity)
    had = {
        name: members[name]
        for name in members
        if name in draft.writable and name not in draft.hidden and _was_there(visit, members, name)
    }
    own = inputs.read(visit, had)
    grids = [each for each in _grids(entity, draft) if each.name in draft.writable]
    return own, {each.name: tuple(_sent_lines(visit, each, draft)) for each in grids}


def _was_there(visit: Visit, members: Mapping[str, Known], name: str) -> bool:
    """Whether the form had the input: boxes that are not ticked are not sent."""
    known = members[name]
    sent = name in visit.form or f"{name}.text" in visit.form
    return sent or isinstance(known, Collection) or known.type.kind in ("bool", "set")


def _sent_lines(
    visit: Visit, collection: Collection, draft: Draft
) -> Iterable[tuple[LineState, Sent]]:
    """Each line that was sent; a new one that nobody filled in is no line."""
    fields = _line_fields(visit, collection)
    blank = _blank_line(visit, collection, draft).inputs
    for index in _indexes(visit, collection.name):
        prefix = f"{collection.name}.{index}."
        sent = inputs.read(visit, fields, prefix)
        id = visit.text(f"{prefix}id")
        typed = any(each not in (Input(), blank[name]) for name, each in sent.inputs.items())
        if id or typed:
            yield LineState(index, id, sent.inputs, {}, dict(sent.errors)), sent


def _indexes(visit: Visit, name: str) -> list[str]:
    """The positions of the lines that were sent, in their order."""
    found = {
        key.split(".")[1]
        for key in visit.form
        if key.startswith(f"{name}.") and key.count(".") >= 2
    }
    return sorted((each for each in found if each.isdecimal()), key=int)


def _as_sent(
    entity: Entity,
    record: Record | None,
    draft: Draft,
    sent: Sent,
    lines: Mapping[str, tuple[tuple[LineState, Sent], ...]],
    version: int,
) -> Form:
    states = {name: tuple(state for state, _ in group) for name, group in lines.items()}
    return Form(entity, record, draft, sent.inputs, states, sent.errors, version=version)


def _reshaped(visit: Visit, form: Form) -> Form | None:
    """The form with a line more or less, where that is what was asked (without a script)."""
    add, remove = visit.text("cw-add"), visit.text("cw-remove")
    lines = dict(form.lines)
    if add in lines:
        last = max((int(each.index) for each in lines[add]), default=-1)
        blank = _blank_line(visit, form.entity.collections[add], form.draft)
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
        name: tuple(_line(state, sent) for state, sent in group) for name, group in lines.items()
    }
    if record is None:
        return store.create(actor, entity.id, values, given, visit.key)
    return store.update(actor, entity.id, record.id, version, values, given, visit.key)


def _line(state: LineState, sent: Sent) -> Line:
    """A line as the store takes it; in a new one, what is empty gets its default."""
    if state.id.isdecimal():
        return Line(sent.values, int(state.id))
    return Line({name: value for name, value in sent.values.items() if value not in (None, ())})


# --- refusals -----------------------------------------------------------------------------------


def _refused(visit: Visit, form: Form, refusal: Rejected) -> Form:
    """The form with each reason at its place."""
    errors: dict[str, str] = dict(form.errors)
    general: list[str] = []
    lines = {name: list(group) for name, group in form.lines.items()}
    inputs_there = form.draft.writable | form.draft.readonly
    for problem in refusal.problems:
        text = problem.message.text(visit.language)
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


def _conflicting(visit: Visit, form: Form, conflict: Conflict) -> Form:
    """The merged form: what only the other one changed is taken in, the rest is asked."""
    entity, members = form.entity, _members(form.entity)
    taken = {name: value for name, value in conflict.taken_in.items() if name in members}
    who = _who(visit, conflict)
    merged = dict(form.inputs)
    for name, value in taken.items():
        merged[name] = inputs.input_of(visit, members[name], _named(visit, members[name], value))
    notice = visit.t("form.taken_in", who=who)
    when = conflict.when
    zone = visit.reader.time.zone
    told = contexts.Conflict(
        who=who,
        when=datetime_text(when, visit.language, zone) if when else "",
        fields=tuple(
            _difference(visit, entity, name, (each.base, each.mine, each.theirs))
            for name, each in conflict.fields.items()
            if name in entity.fields
        ),
        taken_in=tuple(labelled(members[name].label, visit.language) for name in taken),
    )
    notices = dict.fromkeys(taken, notice)
    return replace(form, inputs=merged, notices=notices, conflict=told, version=conflict.version)


def _who(visit: Visit, conflict: Conflict) -> str:
    if conflict.who is None:
        return visit.t("record.act.nobody")
    try:
        return visit.reader.get(USER, conflict.who).display
    except NotFound:
        return f"#{conflict.who}"


def _difference(
    visit: Visit, entity: Entity, name: str, values: tuple[object, object, object]
) -> ConflictField:
    known = look(visit.serving, entity.id, (name,), visit.language)
    base, mine, theirs = (
        known.markup(_named(visit, entity.fields[name], value)) for value in values
    )
    return ConflictField(name, known.label, mine, theirs, base)


def _named(visit: Visit, known: Known, value: object) -> object:
    """A bare id as the reference that an input or a look wants."""
    if isinstance(known, Collection) or known.type.kind != "ref" or not isinstance(value, int):
        return value
    target = EntityId(known.type.of)
    try:
        return Reference(target, value, visit.reader.get(target, value).display)
    except NotFound:
        return Reference(target, value, None)


PAGES = (
    Page("/{module}/{entity}/new", show_new, Policy.SIGNED_IN),
    Page("/{module}/{entity}/new", create, Policy.SIGNED_IN, ("POST",)),
    Page("/{module}/{entity}/{id:int}/edit", show_edit, Policy.SIGNED_IN),
    Page("/{module}/{entity}/{id:int}/edit", edit, Policy.SIGNED_IN, ("POST",)),
)
