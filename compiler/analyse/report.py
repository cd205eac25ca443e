"""Reports of the model."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.analyse.context import DEEPEST, TooNested
from compiler.analyse.expr import Context, condition, is_broken, of_record, typed
from compiler.analyse.field import field
from compiler.analyse.member import SetWithoutAggregate
from compiler.analyse.slug import slug
from compiler.analyse.texts import labels
from compiler.analyse.unknown import UnknownColumn
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels
from compiler.model.expr import Expr, FieldOf, Func
from compiler.model.report import Chart, Dimension, Grain, Measure, Report, Sort, Top
from compiler.model.rewrite import parts
from compiler.model.types import DATE
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import resolve_entity, shape, symbol_of
from compiler.resolve.names import nearest, place
from compiler.resolve.symbols import of_local
from dsl.ast import expr
from dsl.ast import report as ast
from dsl.ast.base import Name, Node
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


class NotANumber(Problem, code="CW0706", name="measure-is-no-number"):
    measure: str
    message = Message("the measure `{measure}` is not a number", "指标 `{measure}` 不是数值")
    help = Message(
        "add up or count something: `sum(…)`, `count()`", "请求和或计数：`sum(…)`、`count()`"
    )


_GRAINS: dict[str, tuple[str, Grain]] = {
    "day": ("date", "day"),
    "quarter": ("start_of_quarter", "quarter"),
    "year": ("start_of_year", "year"),
}
"""Functions that mean a span of time where a report groups by them."""

_STARTS: dict[str, Grain] = {
    "start_of_month": "month",
    "start_of_quarter": "quarter",
    "start_of_year": "year",
}
MOST_PARTS = 1_000
"""Parts of one measure, those of the measures that it names among them."""
MEASURABLE = frozenset({"int", "decimal", "duration", "worktime"})


@query
def report(build: Build, declared: Declared) -> Report | None:
    """A report of the model; None if it has no entity or no measure that was understood."""
    tree = decl(build, declared.block, ast.ReportDecl)
    entity = resolve_entity(build, declared.module, declared.block, tree.entity)
    if entity is None:
        return None
    context = of_record(build, declared.module, declared.block, entity)
    where = condition(context, tree.where) if tree.where else None
    taken: set[str] = set()
    dimensions = _dimensions(context, tree, taken)
    measures = _measures(context, entity, tree, taken)
    names = [each.name for each in dimensions], [each.name for each in measures]
    called = _called_after_fields(tree, dimensions)
    columns = _Columns(*names, faulty=taken.difference(*names), fields=called)
    sort, top = _sort(context, tree, columns), _top(context, tree, columns)
    chart = _chart(context, tree, dimensions, columns)
    drill = _drill(context, entity, tree)
    if not measures:
        return None
    at = place(declared.block, tree.name)
    return Report(
        id=declared.id,
        module=declared.module,
        name=declared.name,
        slug=slug(declared.name),
        label=labels(build, declared.module, (declared.name,), tree.label, tree.name, at),
        doc=tree.doc.text if tree.doc else "",
        entity=entity,
        where=None if where is None or is_broken(where) else where,
        dimensions=tuple(dimensions),
        measures=tuple(measures),
        sort=sort,
        top=top,
        chart=chart,
        drill=drill,
        origin=context.origin(tree.name),
    )


def _drill(context: Context, entity: EntityId, tree: ast.ReportDecl) -> EntityId:
    if tree.drill is not None:
        found = resolve_entity(context.build, context.module, context.block, tree.drill)
        if found is not None and found != entity:
            short = entity.split(".", 1)[-1]
            context.report(DrillsElsewhere(at=context.place(tree.drill), entity=short))
    return entity


def _dimensions(context: Context, tree: ast.ReportDecl, taken: set[str]) -> list[Dimension]:
    found = []
    for each in tree.by:
        value = _group(typed(context, each.value))
        name = each.name.text if each.name else _last_name(each.value)
        if is_broken(value):
            taken.add(name)
            continue
        if value.type.kind == "set":
            at = context.place(each.value)
            context.report(SetWithoutAggregate(at=at, written=name))
            continue
        if _is_new(context, name, taken, each):
            label = _label(context, tree, each, value, name)
            grain = _grain(value)
            found.append(Dimension(name=name, label=label, value=value, grain=grain))
    return found


def _group(value: Expr) -> Expr:
    """`year(d)`, `quarter(d)` and `day(d)` group by the span of time, not by its number."""
    if isinstance(value, Func) and value.name in _GRAINS:
        type = DATE.optional() if value.type.nullable else DATE
        return value.but(name=_GRAINS[value.name][0], type=type)
    return value


def _grain(value: Expr) -> Grain:
    if isinstance(value, Func) and value.name in _STARTS:
        return _STARTS[value.name]
    grains: dict[str, Grain] = {"month": "month", "date": "day"}
    return grains.get(value.type.kind, "")


def _last_name(node: expr.Expr) -> str:
    if isinstance(node, expr.NameRef | expr.Attr):
        return node.name.text
    return _last_name(node.callee) if isinstance(node, expr.Call) else "value"


def _is_new(context: Context, name: str, taken: set[str], node: Node) -> bool:
    if name in taken:
        context.report(DuplicateColumn(at=context.place(node), column=name))
        return False
    taken.add(name)
    return True


def _label(
    context: Context, tree: ast.ReportDecl, each: ast.Dimension, value: Expr, name: str
) -> Labels:
    """As written, or that of the field it groups by."""
    key = f"{tree.name.text}.{name}"
    if each.name is None and isinstance(value, FieldOf):
        known = field(context.build, EntityId(value.of.type.of), value.field)
        if known is not None:
            return known.label
    at = context.place(each.name or each)
    return labels(context.build, context.module, (key,), each.label, name, at)


def _measures(
    context: Context, entity: EntityId, tree: ast.ReportDecl, taken: set[str]
) -> list[Measure]:
    """Each may name those before it, whose expression then stands for the name."""
    inside = replace(context, row=None, rows=entity, has_me=True)
    found = []
    for each in tree.show:
        value = typed(inside, each.value)
        if not is_broken(value) and value.type.kind not in MEASURABLE:
            at = context.place(each.value)
            value = context.report(NotANumber(at=at, measure=each.name.text))
        if _is_too_large(value):
            value = context.report(TooNested(at=context.place(each.value)))
        inside = inside.binding(each.name.text, value)
        if _is_new(context, each.name.text, taken, each.name) and not is_broken(value):
            key = f"{tree.name.text}.{each.name.text}"
            at = context.place(each.name)
            label = labels(context.build, context.module, (key,), each.label, each.name, at)
            found.append(Measure(name=each.name.text, label=label, value=value))
    return found


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
    unnamed = {_last_name(each.value) for each in tree.by if each.name is None}
    return {
        each.name: each.value
        for each in made
        if each.name in unnamed and isinstance(each.value, FieldOf)
    }


@dataclass(frozen=True, slots=True)
class _Columns:
    """The names that a report may say; those of `faulty` stand for what is reported already."""

    dimensions: list[str]
    measures: list[str]
    faulty: set[str]
    fields: dict[str, FieldOf]
    """By name, the fields after which dimensions are called."""

    def known(self, context: Context, node: Node, written: str, names: list[str]) -> bool:
        if written in names:
            self._mention(context, node, written)
            return True
        if written not in self.faulty:
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


def _sort(context: Context, tree: ast.ReportDecl, columns: _Columns) -> tuple[Sort, ...]:
    names = [*columns.dimensions, *columns.measures]
    return tuple(
        Sort(name=name, descending=key.descending)
        for key in tree.sort
        if columns.known(context, key.value, name := _last_name(key.value), names)
    )


def _top(context: Context, tree: ast.ReportDecl, columns: _Columns) -> Top | None:
    top = tree.top
    if top is None:
        return None
    dimension = top.dimension.parts[-1].text
    known = columns.known(context, top.dimension, dimension, columns.dimensions)
    if columns.known(context, top.by, top.by.text, columns.measures) and known:
        return Top(count=top.count, dimension=dimension, by=top.by.text, others=top.others)
    return None


def _chart(
    context: Context, tree: ast.ReportDecl, dimensions: list[Dimension], columns: _Columns
) -> Chart:
    """As written; else one number, a line over time, or bars."""
    names = columns.measures
    shown = tuple(names[:1])
    if tree.chart is not None:
        written = (each.text for each in tree.chart.measures if _charted(context, each, columns))
        return Chart(
            kind=tree.chart.kind, stacked=tree.chart.stacked, measures=tuple(written) or shown
        )
    if not dimensions:
        return Chart(kind="number", measures=tuple(names))
    return Chart(kind="line" if dimensions[0].grain else "bar", measures=shown)


def _charted(context: Context, name: Name, columns: _Columns) -> bool:
    return columns.known(context, name, name.text, columns.measures)
