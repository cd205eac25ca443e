"""The merged form: two people changed a record, and nothing of either is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.model.app import USER
from compiler.model.entity import Collection, Entity
from runtime.store.problems import Conflict, NotFound
from runtime.web import contexts, inputs
from runtime.web.cells import datetime_text
from runtime.web.contexts import ConflictField
from runtime.web.looks import labelled, look
from runtime.web.pages import line_items
from runtime.web.pages.form_state import Form, LineState, members, named
from runtime.web.visit import Visit


def merged_form(visit: Visit, form: Form, conflict: Conflict) -> Form:
    """The merged form: what only the other one changed is taken in, the rest is asked."""
    entity, known = form.entity, members(visit, form.entity)
    taken = {name: value for name, value in conflict.taken_in.items() if name in known}
    who = _who(visit, conflict)
    merged = dict(form.inputs)
    for name, value in taken.items():
        merged[name] = inputs.input_of(visit, known[name], named(visit, known[name], value))
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
        taken_in=tuple(labelled(known[name].label, visit.language) for name in taken),
    )
    notices = dict.fromkeys(taken, notice)
    lines = {
        name: tuple(_merged_lines(visit, form, entity.collections[name], who))
        for name in form.lines
    }
    return replace(
        form,
        inputs=merged,
        notices=notices,
        conflict=told,
        version=conflict.version,
        lines=lines,
        lines_there={
            name: tuple(line.id for line in group if line.id) for name, group in lines.items()
        },
    )


def _merged_lines(
    visit: Visit, form: Form, collection: Collection, who: str
) -> Iterator[LineState]:
    """My lines, with what the other one did to them said at each, and then the other one's new."""
    assert form.record is not None
    found = line_items.kept_lines(visit, form.entity, form.record.id, collection)
    theirs = {line.id: line for line in found}
    mine = form.lines[collection.name]
    for line in mine:
        yield _beside(visit, collection, line, theirs.get(line.id), who)
    known = {line.id for line in mine} | set(form.lines_there.get(collection.name, ()))
    new = (line for id, line in theirs.items() if id not in known)
    last = max((int(line.index) for line in mine), default=-1)
    for index, line in enumerate(new, start=last + 1):
        yield replace(line, index=str(index), errors=_told(visit, "line_added", who))


def _beside(
    visit: Visit, collection: Collection, mine: LineState, theirs: LineState | None, who: str
) -> LineState:
    """My line beside what it is now: as a new one where the other one deleted it."""
    if not mine.id or (theirs is not None and theirs.version == mine.version):
        return mine
    if theirs is None:
        return replace(mine, id="", version="", errors=_told(visit, "line_gone", who))
    fields = line_items.filled_in(visit, collection)
    values = (
        f"{labelled(fields[name].label, visit.language)} {given.name or given.text}"
        for name, given in theirs.inputs.items()
        if (given.name or given.text) != (mine.inputs[name].name or mine.inputs[name].text)
    )
    changed = visit.t("conflict.separator").join(values)
    errors = _told(visit, "line_changed", who, values=changed) if changed else {}
    return replace(mine, version=theirs.version, errors=errors)


def _told(visit: Visit, what: str, who: str, **values: str) -> dict[str, str]:
    return {"": visit.t(f"conflict.{what}", who=who, **values)}


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
        known.markup(named(visit, entity.fields[name], value)) for value in values
    )
    return ConflictField(name, known.label, mine, theirs, base)
