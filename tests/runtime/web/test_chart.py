"""A figure says in a sentence, in marks and in a table what its numbers are."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.web.cells import decimal_text
from runtime.web.chart import Chart, Kind, Series, axis_text, draw, summary, ticks

MONTHS = ("2026-01", "2026-02", "2026-03")
Language = Literal["en", "zh"]


def shown(value: Decimal) -> str:
    return decimal_text(value, 2)


def chart(kind: Kind = "bar", language: Language = "en", over_time: bool = True) -> Chart:
    revenue = Series(
        "Revenue",
        (Decimal(100), None, Decimal("250.5")),
        ("/o?m=1", "/o?m=2", "/o?m=3"),
        Decimal("350.5"),
    )
    return Chart(
        kind, "Revenue by month", "Revenue", "Month", MONTHS, (revenue,), language, shown, over_time
    )


def test_the_sentence_tells_trend_extremes_and_the_databases_total() -> None:
    assert summary(chart()) == (
        "From 2026-01 to 2026-03, Revenue rose from 100.00 to 250.50. "
        "Highest: 2026-03 (250.50). Lowest: 2026-01 (100.00). Total: 350.50."
    )
    assert summary(chart(language="zh")).startswith(
        "从2026-01到2026-03，Revenue由 100.00 升至 250.50。"
    )


def test_without_time_there_is_no_trend_and_without_total_no_total() -> None:
    figure = chart(over_time=False)
    series = replace(figure.series[0], total=None)
    assert summary(replace(figure, series=(series,))) == (
        "Highest: 2026-03 (250.50). Lowest: 2026-01 (100.00)."
    )


def test_a_stack_is_told_by_the_sum_of_its_parts() -> None:
    part = Series("Other", (Decimal(900), Decimal(1), Decimal(0)))
    figure = chart("stacked", over_time=False)
    stacked = replace(figure, series=(*figure.series, part))
    assert "Highest: 2026-01 (1,000.00). Lowest: 2026-02 (1.00)." in summary(stacked)


@pytest.mark.parametrize("kind", ["number", "bar", "stacked", "line"])
@pytest.mark.parametrize("over_time", [True, False])
def test_every_kind_draws_nothing_but_says_so_without_data(kind: Kind, over_time: bool) -> None:
    empty = replace(
        chart(kind, over_time=over_time), categories=(), series=(Series("Revenue", ()),)
    )
    assert "There is no data to show." in draw(empty)


@pytest.mark.parametrize("kind", ["bar", "stacked", "line"])
@pytest.mark.parametrize("over_time", [True, False])
def test_each_value_is_one_mark_that_leads_to_its_rows(kind: Kind, over_time: bool) -> None:
    html = draw(chart(kind, over_time=over_time))
    marks = re.findall(r'<a class="chart-mark" href="([^"]+)" aria-label="([^"]+)"', html)
    assert marks == [("/o?m=1", "2026-01: 100.00"), ("/o?m=3", "2026-03: 250.50")]


@pytest.mark.parametrize("kind", ["bar", "stacked", "line"])
def test_the_table_twin_has_every_category_value_and_the_total(kind: Kind) -> None:
    table = draw(chart(kind)).split("<table")[1]
    for text in (*MONTHS, "100.00", "250.50", "350.50"):
        assert text in table


def test_a_figure_needs_no_style_or_script_of_its_own() -> None:
    for kind in ("bar", "stacked", "line"):
        html = draw(chart(kind))
        assert " style=" not in html
        assert "<script" not in html


def test_texts_of_the_app_and_its_data_never_become_markup() -> None:
    hostile = '"><script>alert(1)</script>'
    figure = Chart(
        "bar",
        hostile,
        hostile,
        hostile,
        (hostile,),
        (Series(hostile, (Decimal(1),), (hostile,)),),
        "en",
        shown,
    )
    for over_time in (True, False):
        assert "<script" not in draw(replace(figure, over_time=over_time))


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        ("0", "0", "0"),
        ("950", "950", "950"),
        ("1500", "1.5K", "1,500"),
        ("12000", "12K", "1.2万"),
        ("2500000", "2.5M", "250万"),
        ("300000000", "300M", "3亿"),
        ("-4000000000", "-4B", "-40亿"),
    ],
)
def test_the_axis_counts_as_the_language_does(value: str, en: str, zh: str) -> None:
    assert axis_text(Decimal(value), "en") == en
    assert axis_text(Decimal(value), "zh") == zh


numbers = st.decimals(-(10**15), 10**15, places=2)


@given(numbers, numbers)
def test_ticks_cover_the_values_and_zero_in_a_few_even_steps(a: Decimal, b: Decimal) -> None:
    marks = ticks(min(a, b), max(a, b))
    assert marks[0] <= min(a, b, Decimal()) and marks[-1] >= max(a, b, Decimal())
    assert Decimal() in marks
    assert 2 <= len(marks) <= 8
    assert len({y - x for x, y in pairwise(marks)}) == 1
