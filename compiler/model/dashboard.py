"""Dashboards."""

from __future__ import annotations

from typing import Literal

from compiler.model.base import Labels, Model, Origin
from compiler.model.entity import Phrase
from compiler.model.expr import Expr


class DashboardFilter(Model):
    """What a reader narrows all tiles by: `values` gives, for each report of the dashboard, the
    value of a row that it tests; `period` is the built-in range over the anchor of each."""

    name: str
    label: Labels
    period: bool = False
    values: dict[str, Expr]


class Shown(Model, tag_field="kind"):
    """What every tile has."""


class NumberTile(Shown, tag="number"):
    """One measure in a period of time (any, where `period` is empty), beside another period."""

    report: str
    measure: str
    label: Labels
    period: str = ""
    versus: str = ""


class ReportTile(Shown, tag="report"):
    look: Literal["chart", "table"]
    report: str
    label: Labels


class TextTile(Shown, tag="text"):
    text: Phrase


Tile = NumberTile | ReportTile | TextTile


class Dashboard(Model):
    """Rows of tiles. `every` is after how many seconds the page asks again, `live` that it shows
    each change at once; it changes only when opened where neither is said."""

    id: str
    module: str
    name: str
    slug: str
    label: Labels
    doc: str = ""
    filters: tuple[DashboardFilter, ...] = ()
    live: bool = False
    every: int = 0
    rows: tuple[tuple[Tile, ...], ...]
    origin: Origin
