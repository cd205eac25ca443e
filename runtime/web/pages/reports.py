"""A report's page: its figure, every number behind it as a table, and the way to the rows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from compiler.model.report import Dimension, Report
from runtime.store.figures import Group, ReportResult
from runtime.store.parameters import Parameters
from runtime.store.problems import NotFound
from runtime.web import parameters
from runtime.web.cells import datetime_text
from runtime.web.chart import Chart, Kind, Series, draw
from runtime.web.contexts import ReportPage
from runtime.web.figures_table import table
from runtime.web.looks import entity_path, labelled
from runtime.web.marks import category, measure_text
from runtime.web.pages.frame import answer
from runtime.web.routing import Page, Policy
from runtime.web.visit import Visit


def show_report(visit: Visit) -> Response:
    report = _report(visit)
    given = visit.reader.parameters(report, parameters.chosen(visit, report))
    result = visit.reader.report(report.id, chosen=given.chosen)
    return answer(visit, _page(visit, report, result, given))


def _report(visit: Visit) -> Report:
    """The report of the address, if its rows may be read. Raises NotFound."""
    names = (visit.param("module"), visit.param("report"))
    reports = visit.serving.bundle.workspace.reports.values()
    found = next((each for each in reports if (each.module, each.slug) == names), None)
    if found is None or not visit.reader.can("read", found.entity):
        raise NotFound
    return found


def _page(visit: Visit, report: Report, result: ReportResult, given: Parameters) -> ReportPage:
    zone = visit.reader.time.zone
    as_of = datetime_text(visit.reader.time.now, visit.language, zone)
    empty = bool(report.dimensions) and not result.groups
    is_table = report.chart.kind == "table"
    return ReportPage(
        title=labelled(report.label, visit.language),
        path=visit.path,
        app=labelled(visit.serving.bundle.workspace.modules[report.module].label, visit.language),
        about=report.doc,
        figure=Markup() if empty or is_table else draw(_chart(visit, report, result)),
        table=None if empty else table(visit, report, result, rows_href),
        parameters=tuple(parameters.inputs(visit, given)),
        rows_href=rows_href(visit, report, result.drill),
        as_of=visit.t("report.as_of", time=as_of),
        empty=empty,
    )


def rows_href(visit: Visit, report: Report, drill: str) -> str:
    """The address of the list of the rows behind a mark."""
    entity = visit.serving.bundle.workspace.entities[report.entity]
    return f"{entity_path(entity)}?{urlencode({'report': report.id, 'mark': drill})}"


# --- the figure ---------------------------------------------------------------------------------


def _chart(visit: Visit, report: Report, result: ReportResult) -> Chart:
    """The first measure that the chart names, over the first dimension, in parts by the second."""
    place = _measure_place(report)
    measure = report.measures[place]
    label = labelled(measure.label, visit.language)
    first = report.dimensions[0] if report.dimensions else None
    by = labelled(first.label, visit.language) if first else ""
    title = visit.t("chart.by", measure=label, dimension=by) if first else label
    return Chart(
        kind=_kind(report),
        caption=title,
        measure=label,
        dimension=by,
        categories=_categories(visit, result, first, label),
        series=_series(visit, report, result, place, label),
        language=visit.language,
        show=measure_text(visit.serving, measure.value.type, visit.language),
        over_time=first is not None and bool(first.grain),
    )


def _kind(report: Report) -> Kind:
    if not report.dimensions:
        return "number"
    if len(report.dimensions) > 1 and report.chart.kind == "bar":
        return "stacked"
    return "line" if report.chart.kind == "line" else "bar"


def _measure_place(report: Report) -> int:
    names = [each.name for each in report.measures]
    return names.index(report.chart.measures[0]) if report.chart.measures else 0


def _categories(
    visit: Visit, result: ReportResult, first: Dimension | None, label: str
) -> tuple[str, ...]:
    if first is None:
        return (label,)
    keys = result.axes[0] if len(result.axes) > 1 else [each.keys[0] for each in result.groups]
    return tuple(category(visit.serving, first, key, visit.language) for key in keys)


def _series(
    visit: Visit, report: Report, result: ReportResult, place: int, label: str
) -> tuple[Series, ...]:
    total = _number(result.total[place])
    if not report.dimensions:
        return (Series(label, (total,), (rows_href(visit, report, result.drill),), total),)
    if len(report.dimensions) == 1:
        values = tuple(_number(each.measures[place]) for each in result.groups)
        hrefs = tuple(rows_href(visit, report, each.drill) for each in result.groups)
        return (Series(label, values, hrefs, total), *_before(visit, report, result, place))
    return tuple(_part(visit, report, result, place, key) for key in result.axes[1])


def _before(visit: Visit, report: Report, result: ReportResult, place: int) -> tuple[Series, ...]:
    """The same measure of the time that it is compared with."""
    if report.compare is None:
        return ()
    values = (each.before[place] if each.before else None for each in result.groups)
    label = visit.t(f"report.before_{report.compare.step}")
    return (Series(label, tuple(_number(each) for each in values)),)


def _part(visit: Visit, report: Report, result: ReportResult, place: int, key: object) -> Series:
    """One value of the second dimension, over all values of the first."""
    found: Mapping[object, Group] = {
        each.keys[0]: each for each in result.groups if each.keys[1] == key
    }
    groups = [found.get(each) for each in result.axes[0]]
    return Series(
        category(visit.serving, report.dimensions[1], key, visit.language),
        tuple(_number(each.measures[place]) if each else None for each in groups),
        tuple(rows_href(visit, report, each.drill) if each else "" for each in groups),
    )


def _number(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, int | Decimal) else None


PAGES = (Page("/r/{module}/{report}", show_report, Policy.SIGNED_IN),)
