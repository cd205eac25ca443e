"""Dashboards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from lark import Token

from dsl.ast import dashboard as ast
from dsl.ast.base import Node, Path
from dsl.ast.expr import DurationLit, Text
from dsl.build.base import of_type, over, token_span
from dsl.build.literal import LiteralBuilder


@dataclass(frozen=True, slots=True)
class _Filter(Node):
    paths: tuple[Path, ...]


class DashboardBuilder(LiteralBuilder):
    def dashboard(
        self, keyword: Token, name: Token, label: Token | None, *items: Node | None
    ) -> ast.DashboardDecl:
        kept = of_type(Node, items)
        return ast.DashboardDecl(
            over(keyword, name, label, *kept),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            tuple(path for each in of_type(_Filter, kept) for path in each.paths),
            self.only_one(of_type(ast.Refresh, kept), "refresh"),
            of_type(ast.TileRow, kept),
        )

    def dashboard_filter(self, keyword: Token, paths: tuple[Path, ...]) -> _Filter:
        return _Filter(over(keyword, *paths), paths)

    def refresh(self, keyword: Token, every: Token) -> ast.Refresh:
        return ast.Refresh(over(keyword, every), self.duration(every))

    def live(self, keyword: Token) -> ast.Refresh:
        return ast.Refresh(token_span(keyword), None)

    def dashboard_row(self, keyword: Token, *tiles: Node | None) -> ast.TileRow:
        kept = cast("tuple[ast.Tile, ...]", of_type(Node, tiles))
        return ast.TileRow(over(keyword, *kept), kept)

    def number_tile(
        self,
        keyword: Token,
        measure: Path,
        label: Token | None,
        period: ast.Span | None,
        versus: ast.Span | None,
    ) -> ast.NumberTile:
        span = over(keyword, measure, label, period, versus)
        return ast.NumberTile(span, measure, self.label(label), period, versus)

    def report_tile(self, keyword: Token, report: Path, label: Token | None) -> ast.ReportTile:
        kind = cast('Literal["chart", "table"]', str(keyword))
        return ast.ReportTile(over(keyword, report, label), kind, report, self.label(label))

    def text_tile(self, keyword: Token, text: Text) -> ast.TextTile:
        return ast.TextTile(over(keyword, text), text)

    def span(self, first: Token, second: Token | None) -> ast.Span:
        """`this` is a word of a period, and no name here."""
        words: Token | DurationLit | None = second
        if second is not None and second.type == "DURATION":
            words = self.duration(second)
        return ast.Span(over(first, second), _period_name(first, words))


def _period_name(first: str, second: str | DurationLit | None) -> str:
    """`this month` and `this_month` are one period, as are `last 30 days` and `last_30_days`."""
    if isinstance(second, DurationLit):
        return f"{first}_{second.amount:f}_{second.unit}"
    return f"{first}_{second}" if second else str(first)
