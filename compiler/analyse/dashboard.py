"""Dashboards of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from compiler.analyse.expr import Context, is_broken, of_record, typed
from compiler.analyse.field import field
from compiler.analyse.parameters import report_unknown_period
from compiler.analyse.paths import path_of
from compiler.analyse.progress import seconds
from compiler.analyse.report import report
from compiler.analyse.texts import built_in, labels, phrase
from compiler.analyse.unknown import UnknownColumn
from compiler.analyse.view import REPORT
from compiler.build import Build, query
from compiler.model.base import EntityId, Labels
from compiler.model.dashboard import (
    Dashboard,
    DashboardFilter,
    NumberTile,
    ReportTile,
    TextTile,
    Tile,
)
from compiler.model.expr import Expr, FieldOf
from compiler.model.report import Measure, Report
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import shape
from compiler.resolve.names import find, nearest, place, resolve
from compiler.resolve.symbols import of_local
from compiler.slug import slug
from compiler.values.periods import is_period
from dsl.ast import dashboard as ast
from dsl.ast.base import Name, Path, String
from dsl.ast.report import ReportDecl
from dsl.diagnostic import Message, Problem

PERIOD = "period"
FASTEST = 10


class FilterMisses(Problem, code="CW0750", name="filter-misses-a-tile"):
    filter: str
    report: str
    message = Message(
        "`{filter}` means nothing to the rows of `{report}`",
        "`{filter}` 对 `{report}` 的行没有意义",
    )
    help = Message(
        "a filter narrows every tile: leave it out, or put `{report}` on another dashboard",
        "筛选须作用于每个图块：请去掉它，或把 `{report}` 放到别的仪表板",
    )


class EmptyDashboard(Problem, code="CW0751", name="empty-dashboard"):
    message = Message("the dashboard shows nothing", "仪表板没有任何内容")
    help = Message("add a `row` with tiles", "请增加含图块的 `row`")


class NoMeasureNamed(Problem, code="CW0752", name="no-measure-named"):
    written: str
    message = Message("`{written}` names no measure of a report", "`{written}` 没有指明报表的指标")
    help = Message(
        "a number is one measure: `number Revenue.revenue`",
        "数字图块须为一个指标：`number Revenue.revenue`",
    )


class RefreshesTooOften(Problem, code="CW0753", name="refreshes-too-often"):
    fastest: int
    message = Message(
        "a dashboard is asked again after {fastest} seconds at the earliest",
        "仪表板最快每 {fastest} 秒刷新一次",
    )
    help = Message("write `live` to see each change at once", "要即时看到变化请写 `live`")


@query
def dashboard(build: Build, declared: Declared) -> Dashboard:
    """A dashboard of the model, without the tiles that were not understood."""
    return _Writer(build, declared).made()


class _Writer:
    """Turns one dashboard into the model."""

    def __init__(self, build: Build, declared: Declared) -> None:
        self.build = build
        self.declared = declared
        self.tree = decl(build, declared.block, ast.DashboardDecl)
        self.context = Context(build, declared.module, declared.block)
        self.reports: dict[str, Report] = {}
        """Those of its tiles."""

    def made(self) -> Dashboard:
        tree, declared = self.tree, self.declared
        rows = tuple(tuple(self._tiles(row.tiles)) for row in tree.rows)
        if not tree.rows:
            self.build.report(EmptyDashboard(at=place(declared.block, tree.name)))
        filters = (self._filter(path) for path in tree.filters)
        return Dashboard(
            id=declared.id,
            module=declared.module,
            name=declared.name,
            slug=slug(declared.name),
            label=self._label((declared.name,), tree.label, tree.name),
            doc=tree.doc.text if tree.doc else "",
            filters=tuple(each for each in filters if each is not None),
            live=tree.refresh is not None and tree.refresh.every is None,
            every=self._every(tree.refresh),
            rows=rows,
            origin=self.context.origin(tree.name),
        )

    def _label(self, keys: Sequence[str], written: String | None, name: Name) -> Labels:
        at = self.context.place(name)
        return labels(self.build, self.declared.module, keys, written, name, at)

    def _every(self, tree: ast.Refresh | None) -> int:
        if tree is None or tree.every is None:
            return 0
        every = seconds(self.context, tree.every)
        if every < FASTEST:
            at = self.context.place(tree)
            self.build.report(RefreshesTooOften(at=at, fastest=FASTEST))
        return every

    # --- tiles

    def _tiles(self, tiles: Iterable[ast.Tile]) -> Iterator[Tile]:
        for tile in tiles:
            made = self._tile(tile)
            if made is not None:
                yield made

    def _tile(self, tile: ast.Tile) -> Tile | None:
        if isinstance(tile, ast.TextTile):
            text = phrase(self.context, tile.text)
            return None if is_broken(*text.texts.values()) else TextTile(text=text)
        if isinstance(tile, ast.NumberTile):
            return self._number(tile)
        found = self._report(tile.report)
        if found is None:
            return None
        label = self._titled(tile.label, found.label)
        return ReportTile(look=tile.kind, report=found.id, label=label)

    def _number(self, tile: ast.NumberTile) -> NumberTile | None:
        found, measure = self._measured(tile.measure)
        periods = [self._period(tile.period), self._period(tile.versus)]
        if found is None or measure is None:
            return None
        return NumberTile(
            report=found.id,
            measure=measure.name,
            label=self._titled(tile.label, measure.label),
            period=periods[0],
            versus=periods[1],
        )

    def _titled(self, written: String | None, own: Labels) -> Labels:
        if written is None:
            return own
        at = self.context.place(written)
        return labels(self.build, self.declared.module, (), written, "", at)

    def _report(self, path: Path) -> Report | None:
        block, module = self.declared.block, self.declared.module
        declared = resolve(self.build, module, block, path, REPORT)
        found = report(self.build, declared) if declared else None
        if found is not None:
            self.reports[found.id] = found
        return found

    def _measured(self, path: Path) -> tuple[Report | None, Measure | None]:
        """`Revenue.revenue`, or `crm.Revenue.revenue`: a report and its measure."""
        names = [part.text for part in path.parts]
        whole = find(self.build, self.declared.module, names, REPORT)
        if len(names) == 1 or isinstance(whole, Declared):
            if isinstance(whole, Declared) or self._report(path) is not None:
                at = self.context.place(path)
                self.build.report(NoMeasureNamed(at=at, written=str(path)))
            return None, None
        *parts, last = path.parts
        found = self._report(Path(path.span, tuple(parts)))
        if found is None:
            return None, None
        known = {each.name: each for each in found.measures}
        if last.text not in known and last.text not in self._faulty(found):
            near, at = nearest(last.text, known), self.context.place(last)
            self.build.report(UnknownColumn(at=at, written=last.text, near=near))
        if last.text in known:
            self.context.mention(last, of_local(found.origin.block, last.text))
        return found, known.get(last.text)

    def _faulty(self, found: Report) -> set[str]:
        """Measures that were written and not understood: that is told where they stand."""
        tree = decl(self.build, found.origin.block, ReportDecl)
        return {each.name.text for each in tree.show}

    def _period(self, span: ast.Span | None) -> str:
        if span is None:
            return ""
        if not is_period(span.name):
            report_unknown_period(self.context, span, span.name)
            return ""
        return span.name

    # --- filters

    def _filter(self, path: Path) -> DashboardFilter | None:
        """A filter that every report can apply; `period` is over the time of each."""
        name = path.parts[-1].text
        values = {id: self._value(path, each) for id, each in self.reports.items()}
        known = {id: value for id, value in values.items() if value is not None}
        for id in values.keys() - known.keys():
            at, short = self.context.place(path), self.reports[id].name
            self.build.report(FilterMisses(at=at, filter=str(path), report=short))
        if not known or len(known) < len(values) or is_broken(*known.values()):
            return None
        label = self._filter_label(path, next(iter(known.values())))
        return DashboardFilter(name=name, label=label, period=name == PERIOD, values=known)

    def _filter_label(self, path: Path, value: Expr) -> Labels:
        last = path.parts[-1]
        if isinstance(value, FieldOf) and last.text != PERIOD:
            known = field(self.build, EntityId(value.of.type.of), value.field)
            if known is not None:
                return known.label
        if last.text == PERIOD:
            return built_in(self.build, PERIOD)
        return self._label((f"{self.declared.name}.{last.text}",), None, last)

    def _value(self, path: Path, of: Report) -> Expr | None:
        """What a filter tests of a report's rows: a dimension of that name, or a path; None if
        they have neither, BROKEN after a fault."""
        name = str(path)
        if name == PERIOD:
            return of.anchor
        dimension = next((each for each in of.dimensions if each.name == name), None)
        if dimension is not None:
            return dimension.value
        if path.parts[0].text not in shape(self.build, of.entity).slots:
            return None
        context = of_record(self.build, self.declared.module, self.declared.block, of.entity)
        value = typed(context, path_of(path))
        return None if value.type.kind == "set" else value
