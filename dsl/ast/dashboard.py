"""Dashboards: reports side by side, under filters they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.base import Node, Path, String
from dsl.ast.expr import DurationLit, Text


@dataclass(frozen=True, slots=True)
class Span(Node):
    """`this month`, `last 30 days`, `this_year`: a period of time, named by its words."""

    name: str


@dataclass(frozen=True, slots=True)
class NumberTile(Node):
    """`number Revenue.revenue this month vs last month`."""

    measure: Path
    label: String | None
    period: Span | None
    versus: Span | None


@dataclass(frozen=True, slots=True)
class ReportTile(Node):
    """`chart Revenue`, `table Revenue`."""

    kind: Literal["chart", "table"]
    report: Path
    label: String | None


@dataclass(frozen=True, slots=True)
class TextTile(Node):
    text: Text


Tile = NumberTile | ReportTile | TextTile


@dataclass(frozen=True, slots=True)
class TileRow(Node):
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Refresh(Node):
    """`refresh 5 minutes`, or `live`, whose interval is None."""

    every: DurationLit | None


@dataclass(frozen=True, slots=True)
class DashboardDecl(Decl):
    filters: tuple[Path, ...]
    refresh: Refresh | None
    rows: tuple[TileRow, ...]
