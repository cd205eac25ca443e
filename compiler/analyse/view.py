"""Views of the model: what the text says, completed by defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compiler.analyse.entity import entity
from compiler.analyse.expr import condition, is_broken, of_record
from compiler.analyse.flow import editable
from compiler.analyse.texts import title
from compiler.analyse.unknown import report_unknown_field
from compiler.analyse.upkeep import fields_of
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels, RoleId
from compiler.model.entity import Entity, Field
from compiler.model.view import Column, ListView, Section, Sort, Tab, View
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import mentioned, resolve_entity, shape
from compiler.resolve.names import ROLE, place, resolve
from dsl.ast import expr
from dsl.ast import view as ast
from dsl.ast.base import Name, Path, String
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
        form=writer.form(tree.form) if tree.form else default.form,
        header=header,
        detail=writer.detail(detail, header) if detail else default.detail,
        tabs=writer.tabs(detail) if detail and detail.tabs else default.tabs,
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

    def form(self, tree: ast.FormView) -> tuple[Section, ...]:
        loose = (Section(fields=self.fields(tree.fields)),) if tree.fields else ()
        return (*loose, *(self._section(each) for each in tree.sections))

    def detail(self, tree: ast.DetailView, header: tuple[str, ...]) -> tuple[Section, ...]:
        if tree.sections:
            return tuple(self._section(each) for each in tree.sections)
        return (Section(fields=_detail_fields(self.entity, header)),)

    def tabs(self, tree: ast.DetailView) -> tuple[Tab, ...]:
        return tuple(
            Tab(label=self._title(each.label), collections=self._collections(each.fields))
            for each in tree.tabs
        )

    def fields(self, paths: Sequence[Path]) -> tuple[str, ...]:
        """Names of the entity's own fields and collections."""
        found = []
        for path in paths:
            name = str(path)
            if name in self.entity.fields or name in self.entity.collections:
                self._mention(self.entity, path.parts[0])
                found.append(name)
            else:
                self._unknown(self.entity.id, path.parts[-1], name)
        return tuple(found)

    def _title(self, label: String) -> Labels:
        return title(self.build, self.module, self.block, label)

    def _section(self, tree: ast.Section) -> Section:
        context = of_record(self.build, self.module, self.block, self.entity.id)
        when = condition(context, tree.when) if tree.when else None
        return Section(
            label=self._title(tree.label),
            when=None if when is None or is_broken(when) else when,
            fields=self.fields(tree.fields),
        )

    def _collections(self, paths: Sequence[Path]) -> tuple[str, ...]:
        found = []
        for path in paths:
            name = str(path)
            if name in self.entity.collections:
                self._mention(self.entity, path.parts[0])
                found.append(name)
            elif name in self.entity.fields:
                self.build.report(NotACollection(at=place(self.block, path), written=name))
            else:
                self._unknown(self.entity.id, path.parts[-1], name)
        return tuple(found)

    def _column(self, path: Path) -> Column | None:
        """A path of references that ends at a field."""
        made = self.entity
        for step in path.parts[:-1]:
            reference = made.fields.get(step.text)
            if reference is None or reference.type.kind != "ref":
                self._no_column(made, step)
                return None
            self._mention(made, step)
            made = entity(self.build, EntityId(reference.type.of))
        last = path.parts[-1]
        if last.text not in made.fields:
            self._no_column(made, last)
            return None
        self._mention(made, last)
        names = tuple(step.text for step in path.parts)
        return Column(path=names, label=made.fields[last.text].label)

    def _mention(self, made: Entity, name: Name) -> None:
        mentioned(self.build, self.block, shape(self.build, made.id), name)

    def _no_column(self, made: Entity, step: Name) -> None:
        if step.text in made.collections:
            self.build.report(NotInColumn(at=place(self.block, step), written=step.text))
        elif step.text not in made.fields:
            self._unknown(made.id, step, step.text)

    def _sort(self, key: expr.SortKey) -> Sort | None:
        path = _path(key.value)
        column = self._column(path) if path else None
        return Sort(path=column.path, descending=key.descending) if column else None

    def _unknown(self, id: EntityId, name: Name, written: str) -> None:
        """A name that is a member stands for one with a fault, which is then reported already."""
        if name.text not in shape(self.build, id).slots:
            report_unknown_field(self.build, place(self.block, name), id, written)


def _path(node: expr.Expr) -> Path | None:
    names: list[Name] = []
    while isinstance(node, expr.Attr):
        names.append(node.name)
        node = node.of
    return (
        Path(node.span, (node.name, *reversed(names))) if isinstance(node, expr.NameRef) else None
    )
