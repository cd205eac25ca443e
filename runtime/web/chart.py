"""Figures drawn as SVG on the server: a number, bars, stacked bars or a line.

A figure is a caption, one computed sentence, marks that are links with their full value, and the
same data as a table. Nothing needs script or style attributes: positions are percentages of the
figure's width and pixels of its height, so that text keeps its size on every screen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from runtime.web.messages import Messages, messages

Kind = Literal["number", "bar", "stacked", "line"]

_HEIGHT = 240  # of the plot, in pixels
_TOP = 12  # above the highest tick, so that its label is not cut
_ROW = 40  # of one horizontal bar with the label above it
_SERIES_COLOURS = 8
_PHONE_PLOT = 260  # the width of a plot on a small phone, in pixels


@dataclass(frozen=True, slots=True)
class Series:
    """One measure, or one part of a stack: a value (or none) per category, and where each leads.

    `total` is the measure over all categories as the database computed it, `None` where a total
    means nothing.
    """

    label: str
    values: tuple[Decimal | None, ...]
    hrefs: tuple[str, ...] = ()
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What to draw. `measure` names the values, the series of a stack their parts.

    `show` gives a value's full text; `over_time` makes columns instead of rows.
    """

    kind: Kind
    caption: str
    measure: str
    dimension: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    language: str
    show: Callable[[Decimal], str]
    over_time: bool = False
    id: str = "chart"


def draw(chart: Chart) -> Markup:
    """The whole figure as HTML."""
    t = messages(chart.language)
    has_values = any(value is not None for series in chart.series for value in series.values)
    caption = _element("h2", escape(chart.caption), id=f"{chart.id}-caption")
    return _element(
        "figure",
        _element("figcaption", caption),
        _element("p", escape(summary(chart)), class_="chart-summary"),
        _legend(chart) if len(chart.series) > 1 else "",
        _DRAWINGS[chart.kind](chart, t) if has_values else "",
        _table(chart, t) if chart.kind != "number" else "",
        class_=f"chart {chart.kind}",
        id=chart.id,
    )


# --- the sentence -------------------------------------------------------------------------------


def summary(chart: Chart) -> str:
    """What the figure says, in one or two sentences of the reader's language."""
    t, show = messages(chart.language), chart.show
    points = _totals_by_category(chart)
    if not points:
        return t("chart.empty")
    if chart.kind == "number":
        return t("chart.single", measure=chart.measure, value=show(points[0][1]))
    sentences = [_trend(chart, points, t)] if chart.over_time and len(points) > 1 else []
    sentences.append(_extremes(points, show, t))
    totals = [series.total for series in chart.series]
    known = [total for total in totals if total is not None]
    if len(known) == len(totals) and len(points) > 1:
        sentences.append(t("chart.total", value=show(sum(known, Decimal()))))
    return ("" if chart.language == "zh" else " ").join(sentences)


def _totals_by_category(chart: Chart) -> list[tuple[str, Decimal]]:
    """The height of each category that has one: the value, or the sum of a stack's parts."""
    shown = chart.series if chart.kind == "stacked" else chart.series[:1]
    columns = zip(*(series.values for series in shown), strict=True)
    return [
        (category, sum((v for v in values if v is not None), Decimal()))
        for category, values in zip(chart.categories, columns, strict=True)
        if any(value is not None for value in values)
    ]


def _trend(chart: Chart, points: Sequence[tuple[str, Decimal]], t: Messages) -> str:
    (first, start), (last, end) = points[0], points[-1]
    key = "up" if end > start else "down" if end < start else "flat"
    return t(
        f"chart.trend_{key}",
        first=first,
        last=last,
        measure=chart.measure,
        start=chart.show(start),
        end=chart.show(end),
    )


def _extremes(
    points: Sequence[tuple[str, Decimal]], show: Callable[[Decimal], str], t: Messages
) -> str:
    if len(points) == 1:
        return t("chart.only", category=points[0][0], value=show(points[0][1]))
    top, bottom = max(points, key=lambda p: p[1]), min(points, key=lambda p: p[1])
    return t("chart.highest", top=top[0], value=show(top[1]), bottom=bottom[0], low=show(bottom[1]))


# --- the axis -----------------------------------------------------------------------------------


def ticks(low: Decimal, high: Decimal, count: int = 4) -> list[Decimal]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) that cover `low` to `high` and zero."""
    low, high = min(low, Decimal()), max(high, Decimal())
    if low == high:
        return [Decimal(), Decimal(1)]
    rough = (high - low) / count
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(s * power for s in map(Decimal, ("1", "2", "2.5", "5", "10")) if s * power >= rough)
    first, last = (
        (low / step).to_integral_value("ROUND_FLOOR"),
        (high / step).to_integral_value("ROUND_CEILING"),
    )
    return [step * n for n in range(int(first), int(last) + 1)]


def axis_text(value: Decimal, language: str) -> str:
    """A short number for an axis: `1.2万` and `3亿` in Chinese, `12K`, `1.5M`, `3B` in English."""
    t = messages(language)
    units = (("billion", 8), ("million", 4)) if language == "zh" else _ENGLISH_UNITS
    for name, exponent in units:
        if abs(value) >= Decimal(10) ** exponent:
            return t(f"chart.{name}", value=_short(value.scaleb(-exponent)))
    return _short(value)


_ENGLISH_UNITS = (("billion", 9), ("million", 6), ("thousand", 3))


def _short(value: Decimal) -> str:
    rounded = round(value, 2)
    text = format(rounded, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- drawings -----------------------------------------------------------------------------------


def _number(chart: Chart, t: Messages) -> Markup:
    series = chart.series[0]
    value = next(v for v in series.values if v is not None)
    text = escape(chart.show(value))
    inner = _element("a", text, href=series.hrefs[0]) if any(series.hrefs) else text
    return _element("p", inner, class_="chart-number")


def _bars(chart: Chart, t: Messages) -> Markup:
    return _columns(chart, t) if chart.over_time else _rows(chart, t)


def _rows(chart: Chart, t: Messages) -> Markup:
    """Horizontal bars, each below its label, so that long names are never cut."""
    low, high = _bounds(chart)
    span = high - low
    zero = (Decimal() - low) / span
    parts: list[str] = []
    for index, category in enumerate(chart.categories):
        y = index * _ROW * _lanes(chart)
        parts.append(_svg_text(escape(category), x="0", y=y + 14, class_="chart-label"))
        for lane, start, end, mark in _stacked_marks(chart, index, t):
            left, right = zero + min(start, end) / span, zero + max(start, end) / span
            top = y + 20 + lane * 18
            mark_body = _rect(_share(left), top, _share(right - left), 14, mark.colour)
            parts.append(_linked(mark, mark_body))
        parts.append(_row_value(chart, index, y))
    return _svg(chart, "".join(parts), len(chart.categories) * _ROW * _lanes(chart) + 4)


def _row_value(chart: Chart, index: int, y: int) -> str:
    values = [s.values[index] for s in chart.series]
    known = [v for v in (values if chart.kind == "stacked" else values[:1]) if v is not None]
    if not known:
        return ""
    text = escape(chart.show(sum(known, Decimal())))
    return _svg_text(text, x="100%", y=y + 14, class_="chart-value")


def _lanes(chart: Chart) -> int:
    """How many 40-pixel rows one category takes: parts of a stack share one bar."""
    return 1 if chart.kind == "stacked" else (len(chart.series) + 1) // 2


def _columns(chart: Chart, t: Messages) -> Markup:
    """Vertical bars, one slot per category, with the value axis at the left."""
    scale = _Scale(*_bounds(chart))
    slot = Decimal(100) / len(chart.categories)
    lanes = 1 if chart.kind == "stacked" else len(chart.series)
    width = slot * Decimal("0.72") / lanes
    parts = [scale.lines()]
    for index, _ in enumerate(chart.categories):
        left = slot * index + slot * Decimal("0.14")
        for lane, start, end, mark in _stacked_marks(chart, index, t):
            y1, y2 = scale.y(max(start, end)), scale.y(min(start, end))
            height = max(y2 - y1, Decimal(1))
            x = left + width * lane
            parts.append(
                _linked(
                    mark, _rect(_percent(x), _px(y1), _percent(width), _px(height), mark.colour)
                )
            )
    parts.append(_category_labels(chart, slot))
    return scale.beside(chart, _svg(chart, "".join(parts), _HEIGHT + 26))


def _line(chart: Chart, t: Messages) -> Markup:
    """Lines through the middle of each category's slot; a missing value interrupts them."""
    scale = _Scale(*_bounds(chart))
    slot = Decimal(100) / len(chart.categories)
    parts = [scale.lines()]
    for number, series in enumerate(chart.series):
        path = _path(series, slot, scale)
        # Only this inner picture is stretched; stroke width is kept by the style sheet.
        parts.append(
            f'<svg class="chart-stretch" viewBox="0 0 100 {_HEIGHT}" height="{_HEIGHT}" '
            f'preserveAspectRatio="none"><path class="series-{number % _SERIES_COLOURS}" '
            f'd="{path}"/></svg>'
        )
    for index, _ in enumerate(chart.categories):
        for _, _, value, mark in _stacked_marks(chart, index, t):
            x = _percent(slot * index + slot / 2)
            dot = (
                f'<circle class="hit" cx="{x}" cy="{_px(scale.y(value))}" r="12"/>'
                f'<circle class="{mark.colour}" cx="{x}" cy="{_px(scale.y(value))}" r="4"/>'
            )
            parts.append(_linked(mark, dot))
    parts.append(_category_labels(chart, slot))
    return scale.beside(chart, _svg(chart, "".join(parts), _HEIGHT + 26))


def _path(series: Series, slot: Decimal, scale: "_Scale") -> str:
    steps, pen = [], "M"
    for index, value in enumerate(series.values):
        if value is None:
            pen = "M"
            continue
        steps.append(f"{pen}{_plain(slot * index + slot / 2)} {_px(scale.y(value))}")
        pen = "L"
    return "".join(steps)


_DRAWINGS: dict[Kind, Callable[[Chart, Messages], Markup]] = {
    "number": _number,
    "bar": _bars,
    "stacked": _bars,
    "line": _line,
}


@dataclass(frozen=True, slots=True)
class _Mark:
    colour: str
    label: str
    href: str


def _stacked_marks(
    chart: Chart, index: int, t: Messages
) -> list[tuple[int, Decimal, Decimal, _Mark]]:
    """The marks of one category: lane, value where it starts, value where it ends, the mark."""
    marks = []
    above = below = Decimal()
    for number, series in enumerate(chart.series):
        value = series.values[index]
        if value is None:
            continue
        start = Decimal()
        if chart.kind == "stacked":
            start = above if value >= 0 else below
            above, below = (above + value, below) if value >= 0 else (above, below + value)
        mark = _Mark(
            colour=f"series-{number % _SERIES_COLOURS}",
            label=_mark_label(chart, index, series, value, t),
            href=series.hrefs[index] if series.hrefs else "",
        )
        marks.append((0 if chart.kind == "stacked" else number, start, start + value, mark))
    return marks


def _mark_label(chart: Chart, index: int, series: Series, value: Decimal, t: Messages) -> str:
    category, text = chart.categories[index], chart.show(value)
    if len(chart.series) == 1:
        return t("chart.mark", category=category, value=text)
    return t("chart.mark_series", category=category, series=series.label, value=text)


def _bounds(chart: Chart) -> tuple[Decimal, Decimal]:
    """The lowest and highest value to draw, zero always between them, never equal."""
    low = high = Decimal()
    for index in range(len(chart.categories)):
        values = [s.values[index] for s in chart.series]
        known = [v for v in values if v is not None]
        if chart.kind == "stacked":
            low = min(low, sum((v for v in known if v < 0), Decimal()))
            high = max(high, sum((v for v in known if v > 0), Decimal()))
        else:
            low, high = min([low, *known]), max([high, *known])
    return low, high if low < high else high + 1


class _Scale:
    """The value axis of a plot: values to pixels from the top."""

    def __init__(self, low: Decimal, high: Decimal) -> None:
        self.ticks = ticks(low, high)
        self.low, self.high = self.ticks[0], self.ticks[-1]

    def y(self, value: Decimal) -> Decimal:
        return _TOP + (self.high - value) / (self.high - self.low) * (_HEIGHT - _TOP)

    def lines(self) -> str:
        return "".join(
            f'<line class="{"axis" if tick == 0 else "rule"}" x1="0" x2="100%" '
            f'y1="{_px(self.y(tick))}" y2="{_px(self.y(tick))}"/>'
            for tick in self.ticks
        )

    def beside(self, chart: Chart, plot: Markup) -> Markup:
        """The plot with the axis' numbers at its left."""
        labels = "".join(
            _svg_text(axis_text(tick, chart.language), x="100%", y=_px(self.y(tick) + 4))
            for tick in self.ticks
        )
        axis = f'<svg class="chart-axis" height="{_HEIGHT + 26}" aria-hidden="true">{labels}</svg>'
        return _element("div", Markup(axis), plot, class_="chart-plot")


def _category_labels(chart: Chart, slot: Decimal) -> str:
    """As many labels as fit a phone; the table and the marks name every category."""
    longest = max(_text_width(category) for category in chart.categories)
    every = -(-len(chart.categories) // max(2, _PHONE_PLOT // (longest + 12)))
    return "".join(
        _svg_text(
            escape(category),
            x=_percent(slot * index + slot / 2),
            y=_HEIGHT + 20,
            class_="chart-category",
        )
        for index, category in enumerate(chart.categories)
        if index % every == 0
    )


def _text_width(text: str) -> int:
    """About how many pixels a label takes: a Chinese character is twice a Latin one."""
    return sum(13 if east_asian_width(c) in "WF" else 7 for c in text)


def _linked(mark: _Mark, body: str) -> str:
    label = escape(mark.label)
    if not mark.href:
        return f'<g role="img" aria-label="{label}"><title>{label}</title>{body}</g>'
    href = escape(mark.href)
    return (
        f'<a class="chart-mark" href="{href}" aria-label="{label}"><title>{label}</title>{body}</a>'
    )


def _rect(x: str, y: object, width: str, height: object, css: str) -> str:
    return f'<rect class="{css}" x="{x}" y="{y}" width="{width}" height="{height}" rx="2"/>'


def _svg(chart: Chart, body: str, height: int) -> Markup:
    return Markup(
        f'<svg class="chart-svg" height="{height}" role="group" '
        f'aria-labelledby="{escape(chart.id)}-caption">{body}</svg>'
    )


def _svg_text(text: str, x: str, y: object, class_: str = "") -> str:
    css = f' class="{class_}"' if class_ else ""
    return f'<text{css} x="{x}" y="{y}">{text}</text>'


def _share(fraction: Decimal) -> str:
    return _percent(fraction * 100)


def _percent(value: Decimal) -> str:
    return f"{_plain(value)}%"


def _px(value: Decimal) -> str:
    return _plain(value)


def _plain(value: Decimal) -> str:
    text = format(round(value, 2), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- legend and table ---------------------------------------------------------------------------


def _legend(chart: Chart) -> Markup:
    items = Markup("").join(
        Markup('<li><svg aria-hidden="true"><rect class="series-{}"/></svg>{}</li>').format(
            number % _SERIES_COLOURS, series.label
        )
        for number, series in enumerate(chart.series)
    )
    return _element("ul", items, class_="chart-legend")


def _table(chart: Chart, t: Messages) -> Markup:
    head = Markup('<th scope="col">{}</th>').format(chart.dimension) + Markup("").join(
        Markup('<th scope="col" class="n">{}</th>').format(series.label) for series in chart.series
    )
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            category, Markup("").join(_table_cell(chart, s, index) for s in chart.series)
        )
        for index, category in enumerate(chart.categories)
    )
    return Markup(
        '<details class="chart-table"><summary>{}</summary><div class="table-scroll" role="group" '
        'tabindex="0" aria-label="{}"><table class="grid"><caption class="visually-hidden">{}'
        "</caption><thead><tr>{}</tr></thead><tbody>{}</tbody>{}</table></div></details>"
    ).format(t("chart.table"), chart.caption, chart.caption, head, rows, _table_foot(chart, t))


def _table_cell(chart: Chart, series: Series, index: int) -> Markup:
    value = series.values[index]
    text = "" if value is None else chart.show(value)
    if text and series.hrefs and series.hrefs[index]:
        return Markup('<td class="n"><a href="{}">{}</a></td>').format(series.hrefs[index], text)
    return Markup('<td class="n">{}</td>').format(text)


def _table_foot(chart: Chart, t: Messages) -> Markup:
    if all(series.total is None for series in chart.series):
        return Markup()
    cells = Markup("").join(
        Markup('<td class="n">{}</td>').format(
            "" if series.total is None else chart.show(series.total)
        )
        for series in chart.series
    )
    return Markup('<tfoot><tr><th scope="row">{}</th>{}</tr></tfoot>').format(
        t("report.total"), cells
    )


def _element(tag: str, *content: str, **attributes: str) -> Markup:
    shown = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    return Markup(f"<{tag}{shown}>{''.join(content)}</{tag}>")
