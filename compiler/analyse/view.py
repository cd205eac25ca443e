"""Views of the model: what the text says, completed by defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compiler.analyse.entity import entity
from compiler.analyse.expr import condition, is_broken, of_record
from compiler.analyse.flow import editable
from compiler.analyse.member import is_tree
from compiler.analyse.texts import title
from compiler.analyse.unknown import report_unknown_field
from compiler.analyse.upkeep import fields_of
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels, Origin, RoleId
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
from compiler.resolve.declared import Declared, Kind, decl, of_kind
from compiler.resolve.members import mentioned, resolve_entity, shape
from compiler.resolve.names import ENTITY, ROLE, find, place, resolve
from dsl.ast import expr
from dsl.ast import view as ast
from dsl.ast.base import Name, Path, String
from dsl.ast.report import ReportDecl
from dsl.diagnostic import Message, Problem

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


class DuplicateView(Problem, code="CW0813", name="duplicate-view"):
    entity: str
    role: str
    message = Message("`{entity}` already has this view", "`{entity}` 已有此视图")
    help = Message(
        "join the two, or make one of them for a role: `view {entity} for Sales`",
        "请合并，或改为某角色的视图：`view {entity} for Sales`",
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
    return (*for_all, *(view for view in found if view.role is not None))


@query
def declared_views(build: Build) -> Mapping[EntityId, tuple[Declared, ...]]:
    """The views that the text declares, by entity: the first for all, then those for roles."""
    found: dict[EntityId, list[Declared]] = {}
    for each in of_kind(build, "view"):
        id = _of(build, each)
        if id is not None:
            found.setdefault(id, []).append(each)
    return {id: tuple(_once(build, views)) for id, views in found.items()}


def _once(build: Build, views: list[Declared]) -> Iterator[Declared]:
    """One view for all and one for each role; those for all first."""
    seen: dict[str, Declared] = {}
    for each in views:
        tree = decl(build, each.block, ast.ViewDecl)
        role = str(tree.role or "")
        if role in seen:
            at = place(each.block, tree.name)
            build.report(DuplicateView(at=at, entity=each.name, role=role))
        seen.setdefault(role, each)
    yield from sorted(seen.values(), key=lambda each: each is not seen.get(""))


@query
def _of(build: Build, declared: Declared) -> EntityId | None:
    tree = decl(build, declared.block, ast.ViewDecl)
    return resolve_entity(build, declared.module, declared.block, tree.entity)


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
    role = resolve(build, declared.module, declared.block, tree.role, ROLE) if tree.role else None
    detail = tree.detail
    header = writer.fields(detail.header) if detail and detail.header else default.header
    return View(
        entity=id,
        role=RoleId(role.id) if role else None,
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
        self.module = declared.module
        self.entity = entity(build, id)

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
        return found if isinstance(found, Declared) else None

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


def _path(node: expr.Expr) -> Path | None:
    names: list[Name] = []
    while isinstance(node, expr.Attr):
        names.append(node.name)
        node = node.of
    return (
        Path(node.span, (node.name, *reversed(names))) if isinstance(node, expr.NameRef) else None
    )
