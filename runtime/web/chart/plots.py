"""The drawings: a number, horizontal bars, columns over time, lines."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from runtime.web.chart.axis import HEIGHT, LABELLED_HEIGHT, Scale, bounds
from runtime.web.chart.data import Chart, Kind, Series
from runtime.web.chart.marks import Mark, colour, linked, marks_of
from runtime.web.chart.svg import element, percent, plain, rect, svg, svg_text

_ROW = 40  # pixels of one horizontal bar with the label above it
_PHONE_PLOT = 260  # the width of a plot on a small phone, in pixels


def _number(chart: Chart) -> Markup:
    series = chart.series[0]
    value = next(v for v in series.values if v is not None)
    text = escape(chart.show(value))
    inner = element("a", text, href=series.hrefs[0]) if any(series.hrefs) else text
    return element("p", inner, class_="chart-number")


def _bars(chart: Chart) -> Markup:
    return _columns(chart) if chart.over_time else _rows(chart)


def _rows(chart: Chart) -> Markup:
    """Horizontal bars, each below its label, so that long names are never cut."""
    low, high = bounds(chart)
    span = high - low
    parts: list[str] = []
    for index, category in enumerate(chart.categories):
        y = index * _ROW * _lanes(chart)
        parts.append(svg_text(escape(category), x="0", y=y + 14, class_="chart-label"))
        for mark in marks_of(chart, index):
            left = percent((min(mark.start, mark.end) - low) / span * 100)
            width = percent(abs(mark.end - mark.start) / span * 100)
            bar = rect(left, y + 20 + mark.lane * 18, width, 14, mark.colour)
            parts.append(linked(mark, bar))
        parts.append(_row_value(chart, index, y))
    return svg(chart, "".join(parts), len(chart.categories) * _ROW * _lanes(chart) + 4)


def _row_value(chart: Chart, index: int, y: int) -> str:
    values = [s.values[index] for s in chart.series]
    known = [v for v in (values if chart.kind == "stacked" else values[:1]) if v is not None]
    if not known:
        return ""
    text = escape(chart.show(sum(known, Decimal())))
    return svg_text(text, x="100%", y=y + 14, class_="chart-value")


def _lanes(chart: Chart) -> int:
    """How many 40-pixel rows one category takes: parts of a stack share one bar."""
    return 1 if chart.kind == "stacked" else (len(chart.series) + 1) // 2


def _columns(chart: Chart) -> Markup:
    """Vertical bars, one slot per category, with the value axis at the left."""
    scale = Scale(*bounds(chart))
    slot = Decimal(100) / len(chart.categories)
    lanes = 1 if chart.kind == "stacked" else len(chart.series)
    width = slot * Decimal("0.72") / lanes
    parts = [scale.lines()]
    for index, _ in enumerate(chart.categories):
        left = slot * index + slot * Decimal("0.14")
        for mark in marks_of(chart, index):
            top, bottom = sorted((scale.y(mark.start), scale.y(mark.end)))
            height = max(
                bottom - top, Decimal(1)
            )  # a value of zero is still there to be pointed at
            x = percent(left + width * mark.lane)
            bar = rect(x, plain(top), percent(width), plain(height), mark.colour)
            parts.append(linked(mark, bar))
    parts.append(_category_labels(chart, slot))
    return scale.beside(chart, svg(chart, "".join(parts), LABELLED_HEIGHT))


def _line(chart: Chart) -> Markup:
    """Lines through the middle of each category's slot; a missing value interrupts them."""
    scale = Scale(*bounds(chart))
    slot = Decimal(100) / len(chart.categories)
    parts = [scale.lines()]
    for number, series in enumerate(chart.series):
        path = _path(series, slot, scale)
        # Only this inner picture is stretched; stroke width is kept by the style sheet.
        parts.append(
            f'<svg class="chart-stretch" viewBox="0 0 100 {HEIGHT}" height="{HEIGHT}" '
            f'preserveAspectRatio="none"><path class="{colour(number)}" '
            f'd="{path}"/></svg>'
        )
    for index, _ in enumerate(chart.categories):
        at = percent(slot * index + slot / 2)
        parts += [
            linked(mark, _dot(mark, at, plain(scale.y(mark.end))))
            for mark in marks_of(chart, index)
        ]
    parts.append(_category_labels(chart, slot))
    return scale.beside(chart, svg(chart, "".join(parts), LABELLED_HEIGHT))


def _dot(mark: Mark, x: str, y: str) -> str:
    """A point of a line, with a larger unseen one around it to be hit by a finger."""
    return (
        f'<circle class="hit" cx="{x}" cy="{y}" r="12"/>'
        f'<circle class="{mark.colour}" cx="{x}" cy="{y}" r="4"/>'
    )


def _path(series: Series, slot: Decimal, scale: Scale) -> str:
    steps, pen = [], "M"
    for index, value in enumerate(series.values):
        if value is None:
            pen = "M"
            continue
        steps.append(f"{pen}{plain(slot * index + slot / 2)} {plain(scale.y(value))}")
        pen = "L"
    return "".join(steps)


def _category_labels(chart: Chart, slot: Decimal) -> str:
    """As many labels as fit a phone; the table and the marks name every category."""
    longest = max(_text_width(category) for category in chart.categories)
    every = -(-len(chart.categories) // max(2, _PHONE_PLOT // (longest + 12)))
    return "".join(
        svg_text(
            escape(category),
            x=percent(slot * index + slot / 2),
            y=HEIGHT + 20,
            class_="chart-category",
        )
        for index, category in enumerate(chart.categories)
        if index % every == 0
    )


def _text_width(text: str) -> int:
    """About how many pixels a label takes: a Chinese character is twice a Latin one."""
    return sum(13 if east_asian_width(c) in "WF" else 7 for c in text)


PLOTS: Mapping[Kind, Callable[[Chart], Markup]] = {
    "number": _number,
    "bar": _bars,
    "stacked": _bars,
    "line": _line,
}
