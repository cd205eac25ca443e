"""Reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from lark import Token

from dsl.ast import report as ast
from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import Expr, SortKey
from dsl.build.base import of_type, over
from dsl.build.flow import Clause, ClauseBuilder, Valued

_Kind = Literal["number", "bar", "line"]


@dataclass(frozen=True, slots=True)
class _By(Clause):
    dimensions: tuple[ast.Dimension, ...]


@dataclass(frozen=True, slots=True)
class _Show(Clause):
    measures: tuple[ast.Measure, ...]


@dataclass(frozen=True, slots=True)
class _Sort(Clause):
    keys: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class _Drill(Clause):
    to: Path


class ReportBuilder(ClauseBuilder):
    def report(
        self, keyword: Token, name: Token, label: Token | None, entity: Path, *items: Node
    ) -> ast.ReportDecl:
        clauses = of_type(Clause, items)
        drill = self.only_one(of_type(_Drill, items), "drill")
        return ast.ReportDecl(
            over(keyword, *items),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            self.value(clauses, "where"),
            tuple(dimension for by in of_type(_By, items) for dimension in by.dimensions),
            tuple(measure for show in of_type(_Show, items) for measure in show.measures),
            tuple(key for sort in of_type(_Sort, items) for key in sort.keys),
            self.only_one(of_type(ast.Top, items), "top"),
            self.only_one(of_type(ast.Chart, items), "chart"),
            drill.to if drill else None,
        )

    def report_where(self, keyword: Token, condition: Expr) -> Valued:
        return Valued(over(keyword, condition), "where", condition)

    def report_by(self, keyword: Token, *dimensions: ast.Dimension) -> _By:
        return _By(over(keyword, *dimensions), "by", dimensions)

    def dimension(self, value: Expr, label: Token | None) -> ast.Dimension:
        return ast.Dimension(over(value, label), None, self.label(label), value)

    def named_dimension(self, name: Token, label: Token | None, value: Expr) -> ast.Dimension:
        return ast.Dimension(over(name, value), self.name(name), self.label(label), value)

    def report_show(self, keyword: Token, *measures: ast.Measure) -> _Show:
        return _Show(over(keyword, *measures), "show", measures)

    def measure(self, name: Token, label: Token | None, value: Expr) -> ast.Measure:
        return ast.Measure(over(name, value), self.name(name), self.label(label), value)

    def report_sort(self, keyword: Token, keys: tuple[SortKey, ...]) -> _Sort:
        return _Sort(over(keyword, *keys), "sort", keys)

    def top(
        self, keyword: Token, count: Token, dimension: Path, by: Token, others: Token | None
    ) -> ast.Top:
        rows = self.whole_number(count)
        return ast.Top(
            over(keyword, by, others), rows, dimension, self.name(by), others is not None
        )

    def chart(
        self,
        keyword: Token,
        kind: Token,
        stacked: Token | None,
        measures: tuple[Name, ...] | None,
    ) -> ast.Chart:
        span = over(keyword, kind, stacked, *(measures or ()))
        return ast.Chart(span, cast(_Kind, str(kind)), stacked is not None, measures or ())

    def drill(self, keyword: Token, to: Path) -> _Drill:
        return _Drill(over(keyword, to), "drill", to)
