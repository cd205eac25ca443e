"""Reports of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast, get_args

from compiler.analyse.additivity import additivity
from compiler.analyse.context import DEEPEST, Measuring, TooNested
from compiler.analyse.expr import Context, condition, is_broken, of_record, typed
from compiler.analyse.field import field
from compiler.analyse.grouping import (
    grain_of,
    grouped,
    in_time,
    is_grain,
    last_name,
    moment_of,
)
from compiler.analyse.measure import MEASURABLE, NotANumber
from compiler.analyse.parameters import known, params
from compiler.analyse.paths import path_of
from compiler.analyse.progress import age, cohort, compare, funnel
from compiler.analyse.sending import send
from compiler.analyse.texts import built_in, labels
from compiler.analyse.unknown import UnknownColumn, short_name
from compiler.analyse.view import columns_of
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels
from compiler.model.expr import Aggregate, Expr, Extent, FieldOf, Op, Var
from compiler.model.report import (
    Chart,
    ChartKind,
    Dimension,
    Fact,
    Measure,
    Param,
    Report,
    Send,
    Sort,
    Top,
    bounds,
)
from compiler.model.rewrite import parts, walk
from compiler.model.types import INSTANT, INT, ref, set_of
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import resolve_entity, shape, symbol_of
from compiler.resolve.names import Misspelt, nearest
from compiler.resolve.symbols import of_local
from compiler.slug import slug
from dsl.ast import expr
from dsl.ast import report as ast
from dsl.ast.base import Name, Node, Path, String
from dsl.diagnostic import Message, Problem


class DuplicateColumn(Problem, code="CW0704", name="duplicate-column"):
    column: str
    message = Message("the report already has a column `{column}`", "报表已有列 `{column}`")
    help = Message("give it a name of its own: `name = …`", "请另起名称：`名称 = …`")


class DrillsElsewhere(Problem, code="CW0705", name="drills-elsewhere"):
    entity: str
    message = Message(
        "the rows behind a mark are those of `{entity}`", "图形背后的行属于 `{entity}`"
    )
    help = Message(
        "write `drill to {entity}`, or leave the line out", "请写 `drill to {entity}`，或去掉此行"
    )


class UnknownChart(Misspelt, Problem, code="CW0727", name="unknown-chart"):
    written: str
    near: str
    message = Message("there is no chart `{written}`", "没有图表 `{written}`")
    help = Message("the charts are {charts}", "可用的图表：{charts}")
    charts: str


class FactLacks(Problem, code="CW0728", name="fact-lacks-dimension"):
    fact: str
    dimension: str
    message = Message(
        "`{fact}` has no `{dimension}` of that type to group by",
        "`{fact}` 没有该类型的 `{dimension}` 可供分组",
    )
    help = Message(
        "facts side by side share all their dimensions: give `{fact}` a computed field of that "
        "name, or leave it out",
        "并列的数据须共用全部维度：请为 `{fact}` 增加同名计算字段，或去掉该维度",
    )


MOST_PARTS = 1_000
"""Parts of one measure, those of the measures that it names among them."""
CHARTS: tuple[str, ...] = get_args(ChartKind)
COUNT = "count"
"""The measure of a report that shows none: how many rows."""


@query
def report(build: Build, declared: Declared) -> Report | None:
    """A report of the model; None if it has no entity or no measure that was understood."""
    tree = decl(build, declared.block, ast.ReportDecl)
    entity = resolve_entity(build, declared.scope, declared.block, tree.entity)
    if entity is None:
        return None
    context = of_record(build, declared.scope, declared.block, entity)
    given = params(context, tree)
    return _Report(replace(context, params=known(given)), tree, entity, given).made(declared)


class _Report:
    """One report, clause by clause."""

    def __init__(
        self,
        context: Context,
        tree: ast.ReportDecl,
        entity: EntityId,
        given: tuple[Param, ...],
    ) -> None:
        self.context = context
        self.tree = tree
        self.entity = entity
        self.given = given
        self.taken: set[str] = set()
        self.measuring = Measuring()

    def made(self, declared: Declared) -> Report | None:
        build, tree, context, entity = self.context.build, self.tree, self.context, self.entity
        where = self._where(context)
        at = self._at(tree.facts[0], context) if tree.facts else None
        if tree.facts and at is None:
            return None
        dimensions = self._dimensions(at)
        facts = self._facts(dimensions, where, at)
        if len(facts) < len(tree.facts):
            return None
        measures, inside = self._measures()
        columns = _Columns(
            [each.name for each in dimensions],
            [each.name for each in measures],
            self.taken,
            _called_after_fields(tree, dimensions),
        )
        having = condition(inside, tree.having) if tree.having else None
        found = Report(
            id=declared.id,
            module=declared.module,
            name=declared.name,
            slug=slug(declared.name),
            label=self._label((declared.name,), tree.label, tree.name),
            doc=tree.doc.text if tree.doc else "",
            entity=entity,
            facts=facts,
            params=self.given,
            where=where,
            anchor=at or self._anchor(dimensions, where),
            dimensions=tuple(dimensions),
            measures=tuple(measures),
            having=None if having is None or is_broken(having) else having,
            totals=columns.dimensions_of(context, tree.totals),
            sort=_sort(context, tree, columns),
            top=_top(context, tree, columns),
            pivot=next(iter(columns.dimensions_of(context, [tree.pivot])), "")
            if tree.pivot
            else "",
            compare=compare(context, tree.compare),
            funnel=funnel(context, entity, tree.funnel),
            cohort=cohort(context, tree.cohort),
            age=age(context, entity, tree.age),
            chart=_chart(context, tree, dimensions, columns),
            drill=_drill(context, entity, tree),
            levels=self._levels(),
            rows=columns_of(build, context.block, entity, tree.rows),
            send=self._send(),
            kept=tree.kept is not None,
            across=tuple(self.measuring.across),
            moves=tuple(self.measuring.moves),
            snapshots=tuple(self.measuring.snapshots),
            origin=context.origin(tree.name),
        )
        return found if measures else None

    def _label(self, keys: tuple[str, ...], written: String | None, name: Name) -> Labels:
        build, module = self.context.build, self.context.module
        return labels(build, module, keys, written, name, self.context.place(name))

    def _where(self, context: Context) -> Expr | None:
        where = condition(context, self.tree.where) if self.tree.where else None
        return None if where is None or is_broken(where) else where

    def _send(self) -> tuple[Send, ...]:
        found = (send(self.context.build, self.context, each) for each in self.tree.send)
        return tuple(each for each in found if each is not None)

    # --- groups

    def _dimensions(self, at: Expr | None) -> list[Dimension]:
        return self._grouped(self.tree.by, at, self.taken)

    def _grouped(
        self, written: Sequence[ast.Dimension], at: Expr | None, taken: set[str]
    ) -> list[Dimension]:
        found = []
        for each in written:
            name = each.name.text if each.name else last_name(each.value)
            made = self._dimension(each, at, name)
            if made is None:
                taken.add(name)
            elif _is_new(self.context, name, taken, each):
                found.append(made)
        return found

    def _dimension(self, each: ast.Dimension, at: Expr | None, name: str) -> Dimension | None:
        context = self.context
        value, bands, banded = grouped(context, each.value, at)
        if is_broken(value):
            return None
        return Dimension(
            name=name,
            label=self._label_of(each, value, name),
            value=value,
            grain=grain_of(value),
            bands=bands,
            banded=banded,
        )

    def _label_of(self, each: ast.Dimension, value: Expr, name: str) -> Labels:
        """As written, or that of the field it groups by."""
        context, key = self.context, f"{self.tree.name.text}.{name}"
        if each.name is None and isinstance(value, FieldOf):
            found = field(context.build, EntityId(value.of.type.of), value.field)
            if found is not None:
                return found.label
        at = context.place(each.name or each)
        return labels(context.build, context.module, (key,), each.label, name, at)

    def _levels(self) -> tuple[Dimension, ...]:
        """What a mark can be split by: paths of the rows."""
        written = [ast.Dimension(path.span, None, None, path_of(path)) for path in self.tree.drill]
        return tuple(self._grouped(written, None, set()))

    def _anchor(self, dimensions: Sequence[Dimension], where: Expr | None) -> Expr:
        """The time of a row: that of the first group by time, or by which a range narrows, or
        when the row was made."""
        for each in dimensions:
            moment = moment_of(each.value) if each.grain else None
            if moment is not None:
                return moment
        this = Var(type=ref(self.entity), name="this")
        made = FieldOf(type=INSTANT, of=this, field="created_at")
        return self._narrowed(where) or made

    def _narrowed(self, where: Expr | None) -> Expr | None:
        """The date that a range of the reader narrows."""
        ranges = [each.variable for each in self.given if each.type.kind == "range"]
        firsts = {bounds(each, kind)[0] for each in ranges for kind in ("date", "instant")}
        for part in walk(where) if where is not None else ():
            low = part.args[1] if isinstance(part, Op) and part.op == ">=" else None
            if isinstance(part, Op) and isinstance(low, Var) and low.name in firsts:
                return part.args[0]
        return None

    # --- several facts

    def _facts(
        self, dimensions: Sequence[Dimension], where: Expr | None, at: Expr | None
    ) -> tuple[Fact, ...]:
        if at is None:
            return ()
        values = tuple(each.value for each in dimensions)
        found = [Fact(entity=self.entity, at=at, where=where, dimensions=values)]
        self.measuring.facts = {self.tree.facts[0].entity.parts[-1].text: self.entity}
        for tree in self.tree.facts[1:]:
            made = self._fact(tree, dimensions)
            if made is not None:
                found.append(made)
                self.measuring.facts = {
                    **self.measuring.facts, tree.entity.parts[-1].text: made.entity
                }  # fmt: skip
        return tuple(found)

    def _at(self, tree: ast.Fact, context: Context) -> Expr | None:
        moment = in_time(context, path_of(tree.at))
        return None if is_broken(moment) else moment

    def _fact(self, tree: ast.Fact, dimensions: Sequence[Dimension]) -> Fact | None:
        build, module, block = self.context.build, self.context.module, self.context.block
        entity = resolve_entity(build, module, block, tree.entity)
        if entity is None:
            return None
        context = replace(of_record(build, module, block, entity), params=self.context.params)
        at = self._at(tree, context)
        if at is None:
            return None
        written = {each.name.text if each.name else last_name(each.value): each
                   for each in self.tree.by}  # fmt: skip
        values = [self._shared(context, each, written[each.name], at) for each in dimensions]
        if any(value is None for value in values):
            return None
        return Fact(
            entity=entity,
            at=at,
            where=self._where(context),
            dimensions=tuple(value for value in values if value is not None),
        )

    def _shared(
        self, context: Context, known: Dimension, tree: ast.Dimension, at: Expr
    ) -> Expr | None:
        """A dimension of the report, as a value of another fact's rows."""
        value = None
        if self._begins(context, tree.value):
            value, _, _ = grouped(context, tree.value, at)
            if is_broken(value):
                return None
        if value is None or (value.type.kind, value.type.of) != (
            known.value.type.kind, known.value.type.of
        ):  # fmt: skip
            assert context.this is not None
            fact, where = short_name(context.this), self.context.place(tree)
            self.context.report(FactLacks(at=where, fact=fact, dimension=known.name))
            return None
        return value

    def _begins(self, context: Context, node: expr.Expr) -> bool:
        """Whether the rows have the field that a value begins with, or it is a span of time."""
        if is_grain(context, node):
            return True
        while isinstance(node, expr.Attr):
            node = node.of
        assert context.this is not None
        members = shape(context.build, context.this).slots
        return not isinstance(node, expr.NameRef) or node.name.text in members

    # --- measures

    def _measures(self) -> tuple[list[Measure], Context]:
        """Each may name those before it, whose expression then stands for the name."""
        context = self.context
        inside = replace(context, row=None, rows=self.entity, measuring=self.measuring, has_me=True)
        found = []
        for each in self.tree.show:
            value = typed(inside, each.value)
            if not is_broken(value) and value.type.kind not in MEASURABLE:
                at = context.place(each.value)
                value = context.report(NotANumber(at=at, measure=each.name.text))
            if _is_too_large(value):
                value = context.report(TooNested(at=context.place(each.value)))
            inside = inside.binding(each.name.text, value)
            if _is_new(context, each.name.text, self.taken, each.name) and not is_broken(value):
                key = f"{self.tree.name.text}.{each.name.text}"
                label = self._label((key,), each.label, each.name)
                found.append(self._measure(each.name.text, label, value))
        if not self.tree.show:
            label = built_in(context.build, COUNT)
            found.append(self._measure(COUNT, label, _count(self.entity)))
        return found, inside

    def _measure(self, name: str, label: Labels, value: Expr) -> Measure:
        kind = additivity(value, self.measuring)
        return Measure(name=name, label=label, value=value, additivity=kind)


def _count(entity: EntityId) -> Expr:
    rows = Extent(type=set_of(ref(entity)), entity=entity)
    return Aggregate(
        type=INT, function="count", distinct=False, row="row1", source=rows, value=None,
        where=None, sort=(),
    )  # fmt: skip


def _drill(context: Context, entity: EntityId, tree: ast.ReportDecl) -> EntityId:
    if tree.drill_to is not None:
        found = resolve_entity(context.build, context.module, context.block, tree.drill_to)
        if found is not None and found != entity:
            at, short = context.place(tree.drill_to), short_name(entity)
            context.report(DrillsElsewhere(at=at, entity=short))
    return entity


def _is_new(context: Context, name: str, taken: set[str], node: Node) -> bool:
    if name in taken:
        context.report(DuplicateColumn(at=context.place(node), column=name))
        return False
    taken.add(name)
    return True


def _is_too_large(value: Expr) -> bool:
    """Whether measures that name measures have grown past what a Bundle should carry."""
    level: list[Expr] = [value]
    size = 0
    for _ in range(DEEPEST):
        size += len(level)
        if size > MOST_PARTS:
            return True
        level = [part for each in level for part in parts(each)]
    return bool(level)


def _called_after_fields(tree: ast.ReportDecl, made: list[Dimension]) -> dict[str, FieldOf]:
    unnamed = {last_name(each.value) for each in tree.by if each.name is None}
    return {
        each.name: each.value
        for each in made
        if each.name in unnamed and isinstance(each.value, FieldOf)
    }


@dataclass(frozen=True, slots=True)
class _Columns:
    """The names that a report may say; others that are `taken` stand for what is reported
    already, misspelt there or here."""

    dimensions: list[str]
    measures: list[str]
    taken: set[str]
    fields: dict[str, FieldOf]
    """By name, the fields after which dimensions are called."""

    def known(self, context: Context, node: Node, written: str, names: list[str]) -> bool:
        if written in names:
            self._mention(context, node, written)
            return True
        if not nearest(written, self.taken.difference(self.dimensions, self.measures)):
            near = nearest(written, names)
            context.report(UnknownColumn(at=context.place(node), written=written, near=near))
        return False

    def _mention(self, context: Context, node: Node, written: str) -> None:
        """A dimension without a name of its own goes by that of its field."""
        of = self.fields.get(written)
        if of is None:
            context.build.mention(context.place(node), of_local(context.block, written))
            return
        known = shape(context.build, EntityId(of.of.type.of))
        symbol = symbol_of(known, known.slots[of.field])
        context.build.mention(context.place(node), symbol)

    def dimensions_of(self, context: Context, paths: Sequence[Path]) -> tuple[str, ...]:
        """The dimensions that paths name, by their last part."""
        return tuple(
            path.parts[-1].text
            for path in paths
            if self.known(context, path, path.parts[-1].text, self.dimensions)
        )


def _sort(context: Context, tree: ast.ReportDecl, columns: _Columns) -> tuple[Sort, ...]:
    names = [*columns.dimensions, *columns.measures]
    return tuple(
        Sort(name=name, descending=key.descending)
        for key in tree.sort
        if columns.known(context, key.value, name := last_name(key.value), names)
    )


def _top(context: Context, tree: ast.ReportDecl, columns: _Columns) -> Top | None:
    top = tree.top
    if top is None:
        return None
    known = columns.dimensions_of(context, [top.dimension])
    if columns.known(context, top.by, top.by.text, columns.measures) and known:
        return Top(count=top.count, dimension=known[0], by=top.by.text, others=top.others)
    return None


def _chart(
    context: Context, tree: ast.ReportDecl, dimensions: list[Dimension], columns: _Columns
) -> Chart:
    """As written; else one number, a funnel, a line over time, or bars."""
    names = columns.measures
    shown = tuple(names[:1])
    written = tree.chart
    if written is not None and written.kind.text in CHARTS:
        named = (each.text for each in written.measures if _charted(context, each, columns))
        return Chart(
            kind=cast(ChartKind, written.kind.text),
            stacked=written.stacked,
            measures=tuple(named) or shown,
        )
    if written is not None:
        _unknown_chart(context, written.kind)
    kind = _usual_chart(tree, dimensions)
    return Chart(kind=kind, measures=tuple(names) if kind == "number" else shown)


def _usual_chart(tree: ast.ReportDecl, dimensions: list[Dimension]) -> ChartKind:
    if tree.funnel:
        return "funnel"
    if tree.cohort:
        return "cohort"
    if not dimensions:
        return "bar" if tree.age else "number"
    return "line" if dimensions[0].grain else "bar"


def _unknown_chart(context: Context, name: Name) -> None:
    near, shown = nearest(name.text, CHARTS), ", ".join(f"`{each}`" for each in CHARTS)
    at = context.place(name)
    context.report(UnknownChart(at=at, written=name.text, near=near, charts=shown))


def _charted(context: Context, name: Name, columns: _Columns) -> bool:
    return columns.known(context, name, name.text, columns.measures)
