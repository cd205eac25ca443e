"""The legend of a figure and its twin: the same data as a table."""

from markupsafe import Markup

from runtime.web.chart.data import Chart, Series
from runtime.web.chart.marks import colour
from runtime.web.chart.svg import element
from runtime.web.messages import Messages, messages


def legend(chart: Chart) -> Markup:
    """Which colour is which series."""
    items = Markup("").join(
        Markup('<li><svg aria-hidden="true"><rect class="{}"/></svg>{}</li>').format(
            colour(number), series.label
        )
        for number, series in enumerate(chart.series)
    )
    return element("ul", items, class_="chart-legend")


def twin(chart: Chart) -> Markup:
    """The data as a table, folded away."""
    t = messages(chart.language)
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
