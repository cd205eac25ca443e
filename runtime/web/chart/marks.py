"""The marks of a figure: one per value, with its full text and where it leads."""

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import escape

from runtime.web.chart.data import Chart, Series
from runtime.web.messages import Messages, messages

_SERIES_COLOURS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """One value: the values where it starts and ends, its lane (series side by side have one each),
    the class of its colour, its full text and the address of its rows."""

    lane: int
    start: Decimal
    end: Decimal
    colour: str
    label: str
    href: str


def colour(number: int) -> str:
    """The class of the series at a position."""
    return f"series-{number % _SERIES_COLOURS}"


def marks_of(chart: Chart, index: int) -> list[Mark]:
    """The marks of one category; parts of a stack start where the one before ends."""
    t = messages(chart.language)
    stacked = chart.kind == "stacked"
    marks: list[Mark] = []
    above = below = Decimal()
    for number, series in enumerate(chart.series):
        value = series.values[index]
        if value is None:
            continue
        start = (above if value >= 0 else below) if stacked else Decimal()
        end = start + value
        above, below = (end, below) if value >= 0 else (above, end)
        label = _mark_label(chart, index, series, value, t)
        href = series.hrefs[index] if series.hrefs else ""
        marks.append(Mark(0 if stacked else number, start, end, colour(number), label, href))
    return marks


def _mark_label(chart: Chart, index: int, series: Series, value: Decimal, t: Messages) -> str:
    category, text = chart.categories[index], chart.show(value)
    if len(chart.series) == 1:
        return t("chart.mark", category=category, value=text)
    return t("chart.mark_series", category=category, series=series.label, value=text)


def linked(mark: Mark, body: str) -> str:
    """The drawing of a mark, as a link where it leads somewhere."""
    label = escape(mark.label)
    if not mark.href:
        return f'<g role="img" aria-label="{label}"><title>{label}</title>{body}</g>'
    href = escape(mark.href)
    return (
        f'<a class="chart-mark" href="{href}" aria-label="{label}"><title>{label}</title>{body}</a>'
    )
