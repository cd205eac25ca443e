"""The list of an entity: searched, filtered, sorted, with the columns one wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote_plus, urlencode

from markupsafe import Markup
from starlette.responses import Response

from compiler.model.app import Workspace
from compiler.model.base import EntityId
from compiler.model.entity import Entity
from compiler.model.view import Column, ListView, View
from runtime.host import Serving
from runtime.store.problems import NotFound
from runtime.store.query import Count, ListQuery, ListRow, Page, Path, Reference, Sort
from runtime.store.shape import PARENT
from runtime.web import filters
from runtime.web.cells import Show, text
from runtime.web.contexts import (
    Chip,
    ColumnChoice,
    FilterEditor,
    Heading,
    Link,
    ListPage,
    Table,
)
from runtime.web.filters import Asked
from runtime.web.looks import entity_path, field_at, labelled, look
from runtime.web.marks import category
from runtime.web.pages.frame import answer
from runtime.web.routing import Page as Route
from runtime.web.routing import Policy
from runtime.web.rows import Cell, Part, RowFunction, row_function
from runtime.web.visit import Visit, see

SIZES = (25, 50, 100)
SIZE = 50
CARD_LINES = 3
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What the address asks of a list; `at` is the number of its first row, for people.

    With `report` it lists the rows behind a mark of that report.
    """

    search: str
    sort: tuple[Sort, ...]
    filters: tuple[Asked, ...]
    columns: tuple[Path, ...]
    size: int
    at: int
    after: str
    before: str
    report: str = ""
    mark: str = ""

    def pairs(self, **changed: object) -> Pairs:
        """The query parameters of the same list from its beginning, with some changed."""
        asked: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        asked |= {"at": 1, "after": "", "before": "", **changed}
        found = [("q", asked["search"])] if asked["search"] else []
        found += [("sort", _sort_text(each)) for each in asked["sort"]]
        found += [("f", str(each)) for each in asked["filters"]]
        found += [("cols", ".".join(each)) for each in asked["columns"]]
        if asked["size"] != SIZE:
            found.append(("size", str(asked["size"])))
        if asked["at"] != 1:
            found.append(("at", str(asked["at"])))
        names = ("report", "mark", "after", "before")
        found += [(name, asked[name]) for name in names if asked[name]]
        return tuple(found)


def entity_of(visit: Visit) -> Entity:
    """The entity that the address names, if there is one and it may be read. Raises NotFound."""
    found = entity_named(visit)
    if not visit.reader.can("read", found.id):
        raise NotFound
    return found


def entity_named(visit: Visit) -> Entity:
    """The entity that the address names, for whoever asks. Raises NotFound."""
    workspace = visit.serving.bundle.workspace
    by_slug: dict[tuple[str, str], Entity] = visit.serving.once(
        "slugs", lambda: {(each.module, each.slug): each for each in workspace.entities.values()}
    )
    found = by_slug.get((visit.param("module"), visit.param("entity")))
    if found is None:
        raise NotFound
    return found


def view_of(visit: Visit, entity: Entity) -> View:
    """The entity's view for this person: that of a role they hold, else the one for all."""
    views = visit.serving.bundle.workspace.views[entity.id]
    own = (view for view in views if view.role in visit.actor.roles)
    return next(own, views[0])


def show_list(visit: Visit) -> Response:
    entity = entity_of(visit)
    view = view_of(visit, entity).list
    asked = _request(visit)
    path = entity_path(entity)
    more = filters.added(visit)
    if more is not None:
        kept = (
            each
            for each in asked.filters
            if each.path != more.path or more.operator != each.operator
        )
        return see(f"{path}?{urlencode(asked.pairs(filters=(*kept, more)))}")
    columns = columns_of(visit, entity, view, asked.columns, _told(visit, asked))
    query = _query(visit, entity, view, asked, columns)
    page, count = _found(visit, entity, asked, query)
    context = _page(visit, entity, view, asked, columns, page, count)
    create = Link(visit.t("list.new", entity=context.title), context.create_href)
    return answer(visit, context, create=create if context.create_href else None)


def _found(visit: Visit, entity: Entity, asked: Request, query: ListQuery) -> tuple[Page, Count]:
    reader = visit.reader
    if not asked.report:
        return reader.list(entity.id, query), reader.count(entity.id, query)
    report = visit.serving.bundle.workspace.reports.get(asked.report)
    if report is None or report.entity != entity.id:
        raise NotFound
    page = reader.rows_behind(report.id, asked.mark, query)
    return page, reader.count_behind(report.id, asked.mark, query)


def _told(visit: Visit, asked: Request) -> tuple[Column, ...]:
    """The columns that a report names for the rows behind its marks."""
    report = visit.serving.bundle.workspace.reports.get(asked.report)
    return report.rows if report else ()


def _request(visit: Visit) -> Request:
    query = visit.request.query_params
    size = query.get("size", "")
    at = query.get("at", "1")
    return Request(
        search=query.get("q", "").strip(),
        sort=tuple(_sort(text) for text in query.getlist("sort") if text.strip("-")),
        filters=tuple(Asked.read(text) for text in query.getlist("f")),
        columns=tuple(tuple(text.split(".")) for text in query.getlist("cols") if text),
        size=int(size) if size.isdecimal() and int(size) in SIZES else SIZE,
        at=int(at) if at.isdecimal() and len(at) < 10 else 1,
        after=query.get("after", ""),
        before=query.get("before", ""),
        report=query.get("report", ""),
        mark=query.get("mark", ""),
    )


def _sort(text: str) -> Sort:
    return Sort(tuple(text.removeprefix("-").split(".")), text.startswith("-"))


def _sort_text(sort: Sort) -> str:
    return ("-" if sort.descending else "") + ".".join(sort.path)


def columns_of(
    visit: Visit,
    entity: Entity,
    view: ListView,
    wanted: Sequence[Path] = (),
    told: tuple[Column, ...] = (),
) -> tuple[Column, ...]:
    """The columns to show: those wanted, those told in place of the view's, or the view's; without
    what this person may not read."""
    if not wanted and not told:
        return visit.serving.once(
            ("columns", visit.reader.standing, id(view)), lambda: _chosen(visit, entity, view, ())
        )
    return _chosen(visit, entity, view, wanted or [each.path for each in told], told)


def _chosen(
    visit: Visit,
    entity: Entity,
    view: ListView,
    wanted: Sequence[Path],
    told: tuple[Column, ...] = (),
) -> tuple[Column, ...]:
    workspace = visit.serving.bundle.workspace
    own = [each for each in told if _readable(visit, workspace, entity, each.path)]
    offered = {each.path: each for each in (*offered_columns(visit, entity, view), *own)}
    first = next(iter(offered), None)
    chosen = [path for path in wanted if path in offered]
    if chosen and first not in chosen and first is not None:
        chosen.insert(0, first)
    shown = {(PARENT,), *(each.path for each in view.columns)}
    paths = chosen or [path for path in offered if path in shown]
    return tuple(offered[path] for path in paths) or tuple(offered.values())[:1]


def offered_columns(visit: Visit, entity: Entity, view: ListView) -> list[Column]:
    """Everything that can be a column: the view's own, then the other fields."""
    return visit.serving.once(
        ("offered", visit.reader.standing, id(view)), lambda: _offered(visit, entity, view)
    )


def _offered(visit: Visit, entity: Entity, view: ListView) -> list[Column]:
    readable = visit.reader.fields("read", entity.id)
    workspace = visit.serving.bundle.workspace
    own = [each for each in view.columns if _readable(visit, workspace, entity, each.path)]
    if entity.owner is not None and PARENT in readable:
        own[1:1] = [Column(path=(PARENT,), label=entity.fields[PARENT].label)]
    taken = {each.path for each in own}
    rest = [
        Column(path=(field.name,), label=field.label)
        for field in entity.fields.values()
        if field.name in readable and (field.name,) not in taken and field.name != "id"
    ]
    return [*own, *rest]


def _readable(visit: Visit, workspace: Workspace, entity: Entity, path: Path) -> bool:
    """Whether every step of a path is shown by some grant."""
    at = entity.id
    for name in path:
        if name not in visit.reader.fields("read", at):
            return False
        at = EntityId(workspace.entities[at].fields[name].type.of)
    return True


def _query(
    visit: Visit, entity: Entity, view: ListView, asked: Request, columns: tuple[Column, ...]
) -> ListQuery:
    sort = asked.sort or tuple(
        Sort(each.path, each.descending)
        for each in view.sort
        if _readable(visit, visit.serving.bundle.workspace, entity, each.path)
    )
    return ListQuery(
        columns=tuple(each.path for each in columns),
        filters=tuple(filters.store_filter(visit, entity.id, each) for each in asked.filters),
        sort=sort,
        search=asked.search,
        after=asked.after,
        before=asked.before,
        size=asked.size,
    )


# --- the page -----------------------------------------------------------------------------------


def _page(
    visit: Visit,
    entity: Entity,
    view: ListView,
    asked: Request,
    columns: tuple[Column, ...],
    page: Page,
    count: Count,
) -> ListPage:
    path, language = entity_path(entity), visit.language
    sorts = tuple(_sort_links(visit, path, asked, columns))
    narrowed = bool(asked.search or asked.filters or asked.report)
    searched = [labelled(f.label, language) for f in entity.fields.values() if f.search]
    return ListPage(
        title=labelled(entity.label, language),
        path=path,
        table=_table(visit, entity, columns, sorts, page.rows),
        empty=not page.rows,
        never_used=not page.rows and not narrowed and not asked.after and not asked.before,
        about=entity.doc,
        count_text=_count_text(visit, count),
        create_href=f"{path}/new" if creatable(visit, entity) else "",
        search=asked.search,
        searchable=bool(searched),
        search_hint=visit.t("conflict.separator").join(searched),
        chips=(
            *_mark_chips(visit, entity, asked),
            *(_chip(visit, entity, asked, each) for each in asked.filters),
        ),
        filters=tuple(
            editor
            for each in _filter_paths(visit, entity, view, columns)
            for editor in _editors(visit, entity, each)
        ),
        clear_href=_href(path, asked.pairs(filters=(), search="", report="", mark="")),
        columns=_choices(visit, entity, view, columns),
        keep=asked.pairs(),
        keep_without_search=asked.pairs(search=""),
        keep_without_columns=asked.pairs(columns=()),
        sorts=sorts,
        previous_href=_turn(path, asked, before=page.previous, rows=len(page.rows)),
        next_href=_turn(path, asked, after=page.next, rows=len(page.rows)),
        range_text=_range_text(visit, asked, page, count),
        sizes=tuple(
            Link(str(size), _href(path, asked.pairs(size=size)), current=size == asked.size)
            for size in SIZES
        ),
    )


def creatable(visit: Visit, entity: Entity) -> bool:
    """Whether this person may make records of the entity on their own."""
    return entity.owner is None and not entity.data_key and visit.reader.can("create", entity.id)


def _href(path: str, pairs: Pairs) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _count_text(visit: Visit, count: Count) -> str:
    return visit.t("list.count_more" if count.capped else "list.count", n=count.number)


def _range_text(visit: Visit, asked: Request, page: Page, count: Count) -> str:
    if not page.rows:
        return ""
    first, last = asked.at, asked.at + len(page.rows) - 1
    if count.capped:
        return visit.t("list.range", first=first, last=last)
    return visit.t("list.range_of", first=first, last=last, total=count.number)


def _turn(
    path: str, asked: Request, *, rows: int, after: str | None = None, before: str | None = None
) -> str:
    """The address of the next or previous page; empty if there is none."""
    if after:
        return _href(path, asked.pairs(after=after, at=asked.at + rows))
    if before:
        return _href(path, asked.pairs(before=before, at=max(1, asked.at - asked.size)))
    return ""


def _chip(visit: Visit, entity: Entity, asked: Request, one: Asked) -> Chip:
    label, operator, value = filters.words(visit, entity.id, one)
    others = tuple(each for each in asked.filters if each is not one)
    remove = _href(entity_path(entity), asked.pairs(filters=others))
    return Chip(label, operator, value, remove)


def _mark_chips(visit: Visit, entity: Entity, asked: Request) -> Iterable[Chip]:
    """Which rows of a report these are, in words."""
    if not asked.report:
        return
    report = visit.serving.bundle.workspace.reports[asked.report]
    remove = _href(entity_path(entity), asked.pairs(report="", mark=""))
    parts = [
        category(visit.serving, dimension, key, visit.language)
        for dimension, key in visit.reader.mark(asked.report, asked.mark)
    ]
    value = visit.t("conflict.separator").join(parts)
    yield Chip(labelled(report.label, visit.language), "", value, remove)


def _filter_paths(
    visit: Visit, entity: Entity, view: ListView, columns: tuple[Column, ...]
) -> list[Path]:
    """The view's filters first, then the columns, once each and only what may be read."""
    workspace = visit.serving.bundle.workspace
    paths = dict.fromkeys([*view.filters, *(each.path for each in columns)])
    return [path for path in paths if _readable(visit, workspace, entity, path)]


def _editors(visit: Visit, entity: Entity, path: Path) -> tuple[FilterEditor, ...]:
    return visit.serving.once(
        ("editors", entity.id, path, visit.language),
        lambda: tuple(filters.editors(visit, entity.id, path)),
    )


def _choices(
    visit: Visit, entity: Entity, view: ListView, columns: tuple[Column, ...]
) -> tuple[ColumnChoice, ...]:
    shown = {each.path for each in columns}
    return tuple(
        ColumnChoice(
            ".".join(each.path),
            labelled(each.label, visit.language),
            each.path in shown,
            fixed=number == 0,
        )
        for number, each in enumerate(offered_columns(visit, entity, view))
    )


def _sorted_by(asked: Request, column: Column) -> Sort | None:
    return asked.sort[0] if asked.sort and asked.sort[0].path == column.path else None


def _sort_links(
    visit: Visit, path: str, asked: Request, columns: tuple[Column, ...]
) -> Iterable[Link]:
    """A link for each column that sorts by it, the other way round if the list is already."""
    rest = urlencode(asked.pairs(sort=()))
    for column in columns:
        now = _sorted_by(asked, column)
        down = now is not None and not now.descending
        icon = "" if now is None else "arrow-up" if down else "arrow-down"
        sort = quote_plus(_sort_text(Sort(column.path, down)))
        href = f"{path}?sort={sort}&{rest}" if rest else f"{path}?sort={sort}"
        yield Link(labelled(column.label, visit.language), href, icon, now is not None)


# --- the table ----------------------------------------------------------------------------------


SORTED: Mapping[str, Literal["", "ascending", "descending"]] = {
    "": "", "arrow-up": "ascending", "arrow-down": "descending",
}  # fmt: skip


def _table(
    visit: Visit,
    entity: Entity,
    columns: tuple[Column, ...],
    sorts: tuple[Link, ...],
    rows: Sequence[ListRow],
) -> Table:
    headings = tuple(_heading(visit, entity, *each) for each in zip(columns, sorts, strict=True))
    return Table(
        labelled(entity.label, visit.language), headings, body(visit, entity, columns, rows)
    )


def _heading(visit: Visit, entity: Entity, column: Column, sort: Link) -> Heading:
    known = look(visit.serving, entity.id, column.path, visit.language)
    sortable = known.type.kind not in ("set", "note")
    return Heading(sort.label, known.numeric, sort.href if sortable else "", SORTED[sort.icon])


def body(
    visit: Visit,
    entity: Entity,
    columns: tuple[Column, ...],
    rows: Sequence[ListRow],
    linked: bool = True,
) -> Markup:
    """The rows of a table of records, each led by a link to the record (owned lines have none)."""
    href = f"{entity_path(entity)}/" if linked else ""
    function: RowFunction = visit.serving.once(
        ("rows", entity.id, columns_key(columns), visit.language, href),
        lambda: _row_function(visit.serving, entity, columns, visit.language, href),
    )
    return function([(row.id, *row.cells) for row in rows])


def columns_key(columns: tuple[Column, ...]) -> tuple[Path, ...]:
    return tuple(each.path for each in columns)


def _row_function(
    serving: Serving, entity: Entity, columns: tuple[Column, ...], language: str, href: str
) -> RowFunction:
    lines = 0
    cells = []
    for number, column in enumerate(columns):
        known = look(serving, entity.id, column.path, language)
        field = field_at(serving.bundle.workspace, entity.id, column.path)
        part: Part = "title" if number == 0 else "plain"
        if number > 0 and field.field_type == "state":
            part = "state"
        elif number > 0 and lines < CARD_LINES:
            part, lines = "card", lines + 1
        shown = _titled(known.show, known.type.kind) if number == 0 and href else known.show
        label = labelled(column.label, language)
        cells.append(Cell(label, shown, number + 1, known.numeric, part))
    return row_function(cells, href=href)


def _titled(shown: Show, kind: str) -> Show:
    """The first cell is a link already, so a reference in it is its name alone."""
    if kind != "ref":
        return shown
    return lambda value: _plain(value)


def _plain(value: Reference | None) -> str:
    if value is None:
        return ""
    return text(value.display or f"#{value.id}")


PAGES = (Route("/{module}/{entity}", show_list, Policy.SIGNED_IN),)
