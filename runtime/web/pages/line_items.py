"""The owned lines of a record in its form: drawn as a grid, read from what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from compiler.model.entity import Collection, Entity
from compiler.model.entity import Field as ModelField
from runtime.store.drafts import Draft
from runtime.store.query import ListQuery, ListRow, Record
from runtime.store.values import Line
from runtime.web import inputs
from runtime.web.inputs import Input, Marks, Sent
from runtime.web.looks import labelled, look
from runtime.web.pages.form_state import Form, LineState, named
from runtime.web.visit import Visit
from runtime.web.widgets import Field, Grid, GridCell, GridColumn, GridRow

BATCH = 200
BLANK = "__index__"
KNOWN = "cw-lines."
"""The input that holds the ids of the lines which were there when the form was drawn."""


def grids_of(entity: Entity, draft: Draft) -> list[Collection]:
    """The collections of lines that this person may fill in or see."""
    return [
        each
        for each in entity.collections.values()
        if each.kind == "lines" and each.name in draft.writable | draft.readonly
    ]


def filled_in(visit: Visit, collection: Collection) -> dict[str, ModelField]:
    """The fields of a line that people fill in."""
    line = visit.serving.bundle.workspace.entities[collection.target]
    return {
        name: each
        for name, each in line.fields.items()
        if not each.system and each.computed is None and each.field_type != "serial"
    }


def worked_out(visit: Visit, collection: Collection) -> dict[str, ModelField]:
    """The fields of a line that are worked out, shown beside the inputs."""
    line = visit.serving.bundle.workspace.entities[collection.target]
    return {name: each for name, each in line.fields.items() if each.computed is not None}


def blank_line(visit: Visit, collection: Collection, draft: Draft) -> LineState:
    """A line that nobody has filled in: its inputs hold the defaults."""
    values = draft.lines[collection.name]
    known = filled_in(visit, collection)
    return LineState(
        BLANK,
        "",
        {
            name: inputs.input_of(visit, each, named(visit, each, values.get(name)))
            for name, each in known.items()
        },
    )


def first_lines(
    visit: Visit, entity: Entity, record: Record | None, collection: Collection, draft: Draft
) -> Iterable[LineState]:
    """The lines of a form nobody has touched: those of the record, a blank one for a new record."""
    if record is None:
        return (replace(blank_line(visit, collection, draft), index="0"),)
    return kept_lines(visit, entity, record.id, collection)


def kept_lines(
    visit: Visit, entity: Entity, id: int, collection: Collection
) -> Iterator[LineState]:
    """All lines of a record: one that the form left out would be deleted when it is saved."""
    typed, sums = filled_in(visit, collection), worked_out(visit, collection)
    names = (*typed, *sums)
    query = ListQuery(columns=tuple((name,) for name in names), size=BATCH)
    number = 0
    while True:
        page = visit.reader.related(entity.id, id, collection.name, query)
        for row in page.rows:
            values = dict(zip(names, row.cells, strict=True))
            yield _kept_line(visit, str(number), row, values, typed)
            number += 1
        if page.next is None:
            return
        query = replace(query, after=page.next)


def _kept_line(
    visit: Visit,
    index: str,
    row: ListRow,
    values: Mapping[str, object],
    typed: Mapping[str, ModelField],
) -> LineState:
    return LineState(
        index,
        str(row.id),
        {name: inputs.input_of(visit, each, values[name]) for name, each in typed.items()},
        {name: value for name, value in values.items() if name not in typed},
        version=str(row.version),
    )


def grid(visit: Visit, form: Form, collection: Collection) -> Grid:
    """The lines of a collection as a table of inputs."""
    typed, sums = filled_in(visit, collection), worked_out(visit, collection)
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
    there = form.lines_there.get(collection.name, ())
    return Grid(
        name=collection.name,
        label=labelled(collection.label, visit.language),
        columns=tuple(columns),
        rows=tuple(
            _row(visit, collection, line, position, readonly)
            for position, line in enumerate(rows, start=1)
        ),
        blank=_row(visit, collection, blank_line(visit, collection, form.draft), 0, readonly),
        readonly=readonly,
        error=form.errors.get(collection.name, ""),
        known_name=f"{KNOWN}{collection.name}",
        known=",".join(there),
    )


def _row(
    visit: Visit, collection: Collection, line: LineState, position: int, readonly: bool
) -> GridRow:
    cells = [
        GridCell(_cell(visit, collection, line, position, name, known, readonly))
        for name, known in filled_in(visit, collection).items()
    ]
    for name in worked_out(visit, collection):
        shown = look(visit.serving, collection.target, (name,), visit.language)
        cells.append(GridCell(None, shown.markup(line.shown.get(name)), shown.numeric))
    return GridRow(line.index, line.id, tuple(cells), line.errors.get("", ""), line.version)


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
    entity = visit.serving.bundle.workspace.entities[collection.target]
    marks = Marks(
        readonly=readonly,
        error=line.errors.get(name, ""),
        cell_label=visit.t("grid.cell", position=position or "__position__", field=label),
        narrowed=inputs.narrowed(entity, known, line.inputs),
    )
    sent_as = f"{collection.name}.{line.index}.{name}"
    return inputs.widget(visit, known, sent_as, line.inputs.get(name, Input()), marks)


def sent_lines(
    visit: Visit, collection: Collection, draft: Draft
) -> Iterable[tuple[LineState, Sent]]:
    """Each line that was sent; a new one that nobody filled in is no line."""
    fields = filled_in(visit, collection)
    blank = blank_line(visit, collection, draft).inputs
    for index in _indexes(visit, collection.name):
        prefix = f"{collection.name}.{index}."
        sent = inputs.read(visit, fields, prefix)
        id = visit.text(f"{prefix}id")
        typed = any(each not in (Input(), blank[name]) for name, each in sent.inputs.items())
        if id or typed:
            version = visit.text(f"{prefix}version")
            yield LineState(index, id, sent.inputs, {}, dict(sent.errors), version), sent


def there(visit: Visit, collection: Collection) -> tuple[str, ...]:
    """The ids of the lines that were there when the form was drawn, as it says itself."""
    return tuple(filter(None, visit.text(f"{KNOWN}{collection.name}").split(",")))


def _indexes(visit: Visit, name: str) -> list[str]:
    """The positions of the lines that were sent, in their order."""
    found = {
        key.split(".")[1]
        for key in visit.form
        if key.startswith(f"{name}.") and key.count(".") >= 2
    }
    return sorted((each for each in found if each.isdecimal()), key=int)


def line_of(state: LineState, sent: Sent) -> Line:
    """A line as the store takes it; in a new one, what is empty gets its default."""
    if state.id.isdecimal():
        return Line(sent.values, int(state.id))
    return Line({name: value for name, value in sent.values.items() if value not in (None, ())})
