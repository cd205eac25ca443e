"""Figures drawn as SVG on the server: a number, bars, stacked bars or a line.

A figure is a caption, one computed sentence, marks that are links with their full value, and the
same data as a table. Nothing needs script or style attributes, and text keeps its size on every
screen. In order: `data`, `summary` (the sentence), `svg`, `axis`, `marks`, `plots`, `table`.
"""

from markupsafe import Markup, escape

from runtime.web.chart.axis import axis_text as axis_text
from runtime.web.chart.axis import ticks as ticks
from runtime.web.chart.data import Chart as Chart
from runtime.web.chart.data import Kind as Kind
from runtime.web.chart.data import Series as Series
from runtime.web.chart.plots import PLOTS
from runtime.web.chart.summary import summary as summary
from runtime.web.chart.svg import element
from runtime.web.chart.table import legend, twin


def draw(chart: Chart) -> Markup:
    """The whole figure as HTML."""
    has_values = any(value is not None for series in chart.series for value in series.values)
    caption = element("h2", escape(chart.caption), id=f"{chart.id}-caption")
    return element(
        "figure",
        element("figcaption", caption),
        element("p", escape(summary(chart)), class_="chart-summary"),
        legend(chart) if len(chart.series) > 1 else "",
        PLOTS[chart.kind](chart) if has_values else "",
        twin(chart) if chart.kind != "number" else "",
        class_=f"chart {chart.kind}",
        id=chart.id,
    )
