"""The sentence of a figure: what it says, in words of the reader's language."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from runtime.web.chart.data import Chart
from runtime.web.messages import Messages, messages


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
