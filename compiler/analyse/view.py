"""Views of the model: what the text says, completed by defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from compiler.analyse.entity import entity
from compiler.analyse.expr import condition, is_broken, of_record
from compiler.analyse.flow import editable
from compiler.analyse.member import is_tree
from compiler.analyse.texts import title
from compiler.analyse.unknown import report_unknown_field
from compiler.analyse.upkeep import fields_of
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels, Origin
from compiler.model.entity import Entity, Field
from compiler.model.expr import Expr
from compiler.model.view import (
    Board,
    Calendar,
    Column,
    ListView,
    Section,
    Sort,
    Tab,
    TabReport,
    Tree,
    View,
)
from compiler.resolve.declared import Declared, Kind, decl
from compiler.resolve.members import mentioned, shape
from compiler.resolve.names import ENTITY, find, place
from compiler.resolve.symbols import of_declared
from compiler.resolve.views import declared_views, said_of_views, view_key
from dsl.ast import expr
from dsl.ast import view as ast
from dsl.ast.base import Name, Path, String
from dsl.ast.report import ReportDecl
from dsl.diagnostic import Message, Problem

T = TypeVar("T")

MOST_COLUMNS = 7
MOST_FILTERS = 4
NOT_IN_LISTS = frozenset({"note"})


class NotInColumn(Problem, code="CW0810", name="not-a-column"):
    written: str
    message = Message(
        "`{written}` has several values, so it is no column", "`{written}` 有多个值，不能作为列"
    )
    help = Message(
        "show a computed field instead: `count(…)`, `sum(…)`",
        "请改用计算字段：`count(…)`、`sum(…)`",
    )


class NotACollection(Problem, code="CW0811", name="not-a-collection"):
    written: str
    message = Message("`{written}` is not a collection of rows", "`{written}` 不是记录集合")
    help = Message(
        "a tab lists related rows; put fields into a section", "页签列出相关记录；字段请放入分组"
    )


class NoBoard(Problem, code="CW0814", name="no-board"):
    written: str
    message = Message(
        "`{written}` has no few values that could be columns of a board",
        "`{written}` 没有可作为看板列的少数取值",
    )
    help = Message("take the state, a field with an enum, or a yes/no", "请用状态、枚举或是/否字段")


class NoCalendar(Problem, code="CW0815", name="no-calendar"):
    written: str
    message = Message("`{written}` is no date", "`{written}` 不是日期")
    help = Message(
        "a calendar goes by a date, or a date with time", "日历须按日期或日期时间字段排列"
    )


class EndsUnlike(Problem, code="CW0816", name="calendar-ends-unlike"):
    message = Message("one is a day and the other a moment", "一个是日期，另一个是时刻")
    help = Message("begin and end by fields of one type", "起止须使用同一类型的字段")


class NoTree(Problem, code="CW0817", name="no-tree"):
    entity: str
    message = Message(
        "records of `{entity}` do not lie below each other", "`{entity}` 的记录没有上下级关系"
    )
    help = Message("give it `parent -> {entity} tree`", "请增加 `parent -> {entity} tree`")


class NotAbout(Problem, code="CW0818", name="report-not-about-record"):
    report: str
    rows: str
    entity: str
    message = Message(
        "the rows of `{report}` do not refer to `{entity}` by one field",
        "`{report}` 的行没有唯一指向 `{entity}` 的字段",
    )
    help = Message(
        "take a report on an entity with one reference to `{entity}`, not on `{rows}`",
        "请用含有唯一 `{entity}` 引用的实体的报表，而不是 `{rows}` 的报表",
    )


REPORT: tuple[Kind, ...] = ("report",)
COLUMNS_OF_BOARDS = frozenset({"enum", "bool"})


@query
def views(build: Build, id: EntityId) -> tuple[View, ...]:
    """The views of an entity: the one for all first, then those for roles, as written."""
    found = [_view(build, each, id) for each in declared_views(build).get(id, ())]
    for_all = [view for view in found if view.role is None] or [_default(build, id)]
    all_views = (*for_all, *(view for view in found if view.role is not None))
    return tuple(_extended(build, view) for view in all_views)


def _extended(build: Build, view: View) -> View:
    """The view with what other apps add to it."""
    for each in said_of_views(build, "extends").get((view.entity, view.role), ()):
        view = _Writer(build, each, view.entity).added(view)
    return view


@query
def _default(build: Build, id: EntityId) -> View:
    """What an entity is shown as if nothing is said."""
    made = entity(build, id)
    header = _header(build, made)
    return View(
        entity=id,
        list=_list(build, made),
        form=(Section(fields=_form_fields(build, made)),),
        header=header,
        detail=(Section(fields=_detail_fields(made, header)),),
        tabs=tuple(
            Tab(label=each.label, collections=(each.name,)) for each in made.collections.values()
        ),
    )


def _header(build: Build, made: Entity) -> tuple[str, ...]:
    shown = fields_of(build, made.display)
    named = [name for name in shown if name in made.fields and name != "id"]
    return tuple(dict.fromkeys([*named, *([made.flow] if made.flow else [])]))


def _list(build: Build, made: Entity) -> ListView:
    first = _header(build, made)
    shown = [name for name in made.fields if _is_listed(made.fields[name])]
    names = list(dict.fromkeys([*first, *shown]))[:MOST_COLUMNS] or ["id"]
    return ListView(
        columns=tuple(Column(path=(name,), label=made.fields[name].label) for name in names),
        sort=(Sort(path=("id",), descending=True),),
        filters=_filters(made),
    )


def _is_listed(known: Field) -> bool:
    return not (known.system and known.field_type not in ("serial", "state")) and (
        known.field_type not in NOT_IN_LISTS and known.type.kind != "set"
    )


def _filters(made: Entity) -> tuple[tuple[str, ...], ...]:
    """The state, then choices and references that are kept in the row."""
    kinds = ("enum", "ref", "bool")
    found = [
        name
        for name, each in made.fields.items()
        if each.type.kind in kinds and _is_listed(each) and each.upkeep != "read"
    ]
    first = [made.flow] if made.flow else []
    return tuple((name,) for name in list(dict.fromkeys([*first, *found]))[:MOST_FILTERS])


def _form_fields(build: Build, made: Entity) -> tuple[str, ...]:
    def is_shown(name: str) -> bool:
        if name in made.collections:
            return made.collections[name].kind != "inverse"
        return name in made.fields and not made.fields[name].readonly

    return tuple(name for name in editable(build, made.id) if is_shown(name))


def _detail_fields(made: Entity, header: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        name
        for name, each in made.fields.items()
        if name not in header and (not each.system or each.field_type in ("serial", "state"))
    )


@query
def _view(build: Build, declared: Declared, id: EntityId) -> View:
    """A view of the text; what it leaves out is as the default has it."""
    tree = decl(build, declared.block, ast.ViewDecl)
    default = _default(build, id)
    writer = _Writer(build, declared, id)
    key = view_key(build, declared)
    detail = tree.detail
    header = writer.fields(detail.header) if detail and detail.header else default.header
    return View(
        entity=id,
        role=key[1] if key else None,
        list=writer.listing(tree.list, default.list) if tree.list else default.list,
        board=writer.board(tree.board) if tree.board else None,
        calendar=writer.calendar(tree.calendar) if tree.calendar else None,
        tree=writer.tree(tree.tree) if tree.tree else None,
        form=writer.form(tree.form) if tree.form else default.form,
        header=header,
        detail=writer.detail(detail, header) if detail else default.detail,
        tabs=writer.tabs(detail) if detail and detail.tabs else default.tabs,
        origin=Origin(block=declared.block, start=tree.name.span.start, end=tree.name.span.end),
    )


class _Writer:
    """Turns the parts of one view into the model."""

    def __init__(self, build: Build, declared: Declared, id: EntityId) -> None:
        self.build = build
        self.block = declared.block
        self.module = declared.scope
        self.entity = entity(build, id)

    def added(self, view: View) -> View:
        """A view and what a text adds to it; what it shows already is not shown twice."""
        tree = decl(self.build, self.block, ast.ViewDecl)
        detail, form = tree.detail, tree.form
        sections = tuple(self._section(each) for each in detail.sections) if detail else ()
        return view.but(
            list=self._added_listing(tree.list, view.list) if tree.list else view.list,
            board=view.board or (self.board(tree.board) if tree.board else None),
            calendar=view.calendar or (self.calendar(tree.calendar) if tree.calendar else None),
            tree=view.tree or (self.tree(tree.tree) if tree.tree else None),
            form=_joined(view.form, self.form(form)) if form else view.form,
            header=_all(view.header, self.fields(detail.header) if detail else ()),
            detail=_joined(view.detail, sections),
            tabs=(*view.tabs, *(self.tabs(detail) if detail else ())),
        )

    def _added_listing(self, tree: ast.ListView, known: ListView) -> ListView:
        made = self.listing(tree, ListView(columns=(), sort=(), filters=()))
        shown = {column.path for column in known.columns}
        return ListView(
            columns=(*known.columns, *(each for each in made.columns if each.path not in shown)),
            sort=(*known.sort, *made.sort),
            filters=_all(known.filters, made.filters),
        )

    def listing(self, tree: ast.ListView, default: ListView) -> ListView:
        sort = [self._sort(key) for key in tree.sort]
        columns = [self._column(path) for path in tree.columns]
        filters = [column.path for path in tree.filters if (column := self._column(path))]
        return ListView(
            columns=tuple(each for each in columns if each) or default.columns,
            sort=tuple(each for each in sort if each) or default.sort,
            filters=tuple(filters) if tree.filters else default.filters,
        )

    def board(self, tree: ast.Board) -> Board | None:
        """Cards in columns by a field with a few known values."""
        known = self._field(tree.by)
        if known is None:
            return None
        if known.type.kind not in COLUMNS_OF_BOARDS:
            at = place(self.block, tree.by)
            self.build.report(NoBoard(at=at, written=tree.by.text))
            return None
        return Board(field=known.name, cards=self._cards(tree.fields))

    def calendar(self, tree: ast.Calendar) -> Calendar | None:
        names = [tree.by, *([tree.until] if tree.until else [])]
        fields = [self._field(name) for name in names]
        for name, known in zip(names, fields, strict=True):
            if known is not None and known.type.kind not in ("date", "instant"):
                at = place(self.block, name)
                self.build.report(NoCalendar(at=at, written=name.text))
        kinds = {known.type.kind if known else "" for known in fields}
        if not kinds <= {"date", "instant"}:
            return None
        if len(kinds) > 1:
            self.build.report(EndsUnlike(at=place(self.block, names[-1])))
        until = tree.until.text if tree.until else ""
        return Calendar(field=tree.by.text, until=until, entries=self._cards(tree.fields))

    def tree(self, tree: ast.TreeView) -> Tree | None:
        if not is_tree(self.build, self.entity.id):
            at = place(self.block, tree)
            self.build.report(NoTree(at=at, entity=self.entity.name))
            return None
        return Tree(lines=self._cards(tree.fields))

    def _field(self, name: Name) -> Field | None:
        known = self.entity.fields.get(name.text)
        if known is None:
            self._unknown(self.entity.id, name, name.text)
        else:
            _mention(self.build, self.block, self.entity, name)
        return known

    def form(self, tree: ast.FormView) -> tuple[Section, ...]:
        loose = (Section(fields=self.fields(tree.fields)),) if tree.fields else ()
        return (*loose, *(self._section(each) for each in tree.sections))

    def detail(self, tree: ast.DetailView, header: tuple[str, ...]) -> tuple[Section, ...]:
        if tree.sections:
            return tuple(self._section(each) for each in tree.sections)
        return (Section(fields=_detail_fields(self.entity, header)),)

    def tabs(self, tree: ast.DetailView) -> tuple[Tab, ...]:
        return tuple(self._tab(each) for each in tree.tabs)

    def _tab(self, tree: ast.Tab) -> Tab:
        reports = {path: found for path in tree.fields if (found := self._report(path))}
        rest = [path for path in tree.fields if path not in reports]
        return Tab(
            label=self._title(tree.label),
            when=self._when(tree.when),
            collections=self._collections(rest),
            reports=tuple(
                made for path, each in reports.items() if (made := self._about(path, each))
            ),
        )

    def _report(self, path: Path) -> Declared | None:
        """The report that a path names, unless it names something of the record."""
        names = [part.text for part in path.parts]
        if names[0] in shape(self.build, self.entity.id).slots:
            return None
        found = find(self.build, self.module, names, REPORT)
        if not isinstance(found, Declared):
            return None
        self.build.mention(place(self.block, path.parts[-1]), of_declared(found))
        return found

    def _about(self, path: Path, found: Declared) -> TabReport | None:
        """A report of rows that refer to the record by one field."""
        tree = decl(self.build, found.block, ReportDecl)
        rows = find(self.build, found.module, [part.text for part in tree.entity.parts], ENTITY)
        if not isinstance(rows, Declared):
            return None
        fields = entity(self.build, EntityId(rows.id)).fields.values()
        leading = [
            each.name
            for each in fields
            if each.type.kind == "ref" and each.type.of == self.entity.id and not each.tree
        ]
        if len(leading) != 1:
            at = place(self.block, path)
            self.build.report(
                NotAbout(at=at, report=found.name, rows=rows.name, entity=self.entity.name)
            )
            return None
        return TabReport(report=found.id, field=leading[0])

    def fields(self, paths: Sequence[Path]) -> tuple[str, ...]:
        """Names of the entity's own fields and collections."""
        found = []
        for path in paths:
            name = str(path)
            if name in self.entity.fields or name in self.entity.collections:
                _mention(self.build, self.block, self.entity, path.parts[0])
                found.append(name)
            else:
                self._unknown(self.entity.id, path.parts[-1], name)
        return tuple(found)

    def _title(self, label: String) -> Labels:
        return title(self.build, self.module, self.block, label)

    def _when(self, written: expr.Expr | None) -> Expr | None:
        context = of_record(self.build, self.module, self.block, self.entity.id)
        when = condition(context, written) if written else None
        return None if when is None or is_broken(when) else when

    def _section(self, tree: ast.Section) -> Section:
        return Section(
            label=self._title(tree.label),
            when=self._when(tree.when),
            fields=self.fields(tree.fields),
        )

    def _collections(self, paths: Sequence[Path]) -> tuple[str, ...]:
        found = []
        for path in paths:
            name = str(path)
            if name in self.entity.collections:
                _mention(self.build, self.block, self.entity, path.parts[0])
                found.append(name)
            elif name in self.entity.fields:
                self.build.report(NotACollection(at=place(self.block, path), written=name))
            else:
                self._unknown(self.entity.id, path.parts[-1], name)
        return tuple(found)

    def _column(self, path: Path) -> Column | None:
        return _column(self.build, self.block, self.entity, path)

    def _cards(self, paths: Sequence[Path]) -> tuple[Column, ...]:
        return columns_of(self.build, self.block, self.entity.id, paths)

    def _sort(self, key: expr.SortKey) -> Sort | None:
        path = _path(key.value)
        column = self._column(path) if path else None
        return Sort(path=column.path, descending=key.descending) if column else None

    def _unknown(self, id: EntityId, name: Name, written: str) -> None:
        _unknown(self.build, self.block, id, name, written)


def columns_of(build: Build, block: str, id: EntityId, paths: Sequence[Path]) -> tuple[Column, ...]:
    """The columns that paths mean; what is none is reported."""
    found = (_column(build, block, entity(build, id), path) for path in paths)
    return tuple(each for each in found if each is not None)


def _column(build: Build, block: str, made: Entity, path: Path) -> Column | None:
    """A path of references that ends at a field."""
    for step in path.parts[:-1]:
        reference = made.fields.get(step.text)
        if reference is None or reference.type.kind != "ref":
            _no_column(build, block, made, step)
            return None
        _mention(build, block, made, step)
        made = entity(build, EntityId(reference.type.of))
    last = path.parts[-1]
    if last.text not in made.fields:
        _no_column(build, block, made, last)
        return None
    _mention(build, block, made, last)
    names = tuple(step.text for step in path.parts)
    return Column(path=names, label=made.fields[last.text].label)


def _mention(build: Build, block: str, made: Entity, name: Name) -> None:
    mentioned(build, block, shape(build, made.id), name)


def _no_column(build: Build, block: str, made: Entity, step: Name) -> None:
    if step.text in made.collections:
        build.report(NotInColumn(at=place(block, step), written=step.text))
    elif step.text not in made.fields:
        _unknown(build, block, made.id, step, step.text)


def _unknown(build: Build, block: str, id: EntityId, name: Name, written: str) -> None:
    """A name that is a member stands for one with a fault, which is then reported already."""
    if name.text not in shape(build, id).slots:
        report_unknown_field(build, place(block, name), id, written)


def _all(known: tuple[T, ...], added: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*known, *added)))


def _joined(known: tuple[Section, ...], added: tuple[Section, ...]) -> tuple[Section, ...]:
    """Sections and those that are added to them: a known heading gets more fields."""
    shown = {name for section in known for name in section.fields}
    found = list(known)
    for each in added:
        fields = tuple(name for name in each.fields if name not in shown)
        alike = [index for index, section in enumerate(found) if section.label == each.label]
        if alike and each.when is None:
            before = found[alike[0]]
            found[alike[0]] = before.but(fields=(*before.fields, *fields))
        elif fields:
            found.append(each.but(fields=fields))
    return tuple(found)


def _path(node: expr.Expr) -> Path | None:
    names: list[Name] = []
    while isinstance(node, expr.Attr):
        names.append(node.name)
        node = node.of
    return (
        Path(node.span, (node.name, *reversed(names))) if isinstance(node, expr.NameRef) else None
    )
