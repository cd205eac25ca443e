"""A value is shown escaped, in the reader's language, and a null as nothing."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from runtime.web.cells import WIDGETS, CellOptions, Choice, show, text, tone_class

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOSTILE = "<script>alert('x')</script> & \"co\""


@pytest.mark.parametrize("kind", sorted(WIDGETS))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_null_is_shown_as_nothing(kind: str, language: str) -> None:
    assert show(kind, language)(None) == ""


@pytest.mark.parametrize("kind", ["text", "note", "email", "phone", "url", "choice"])
def test_a_text_of_a_person_never_becomes_markup(kind: str) -> None:
    shown = show(kind, "en")(HOSTILE)
    assert "<script" not in shown
    assert "&lt;script" in shown


def test_a_label_of_the_app_never_becomes_markup() -> None:
    options = CellOptions(choices={"a": Choice(HOSTILE, HOSTILE)}, href='/x"><script>')
    assert "<script" not in show("choice", "en", options)("a")
    assert "<script" not in show("reference", "en", options)((1, HOSTILE))


@given(st.text())
def test_a_text_is_escaped_exactly_as_the_library_does(value: str) -> None:
    assert text(value) == escape(value)


@pytest.mark.parametrize(
    ("kind", "value", "en", "zh"),
    [
        ("int", 1234567, "1,234,567", "1,234,567"),
        ("decimal", Decimal("1265793.0395"), "1,265,793.0395", "1,265,793.0395"),
        ("money", Decimal("12345.6"), "12,345.60", "12,345.60"),
        ("percent", Decimal("0.1250"), "12.5%", "12.5%"),
        ("percent", Decimal("1"), "100%", "100%"),
        ("bool", True, "Yes", "是"),
        ("bool", False, "No", "否"),
        ("date", date(2026, 11, 21), "21 Nov 2026", "2026-11-21"),
        ("month", date(2026, 11, 1), "Nov 2026", "2026-11"),
        ("time", time(9, 5), "09:05", "09:05"),
        ("duration", timedelta(hours=1, minutes=30), "1 h 30 min", "1小时30分钟"),
        ("duration", timedelta(days=-2), "-2 d", "-2天"),
        ("duration", timedelta(), "0 min", "0分钟"),
    ],
)
def test_a_value_reads_as_its_language_writes_it(
    kind: str, value: object, en: str, zh: str
) -> None:
    assert show(kind, "en")(value) == en
    assert show(kind, "zh")(value) == zh


def test_money_names_its_currency_and_is_rounded_half_up_only_when_shown() -> None:
    money = show("money", "zh", CellOptions(currency="CNY", scale=2))
    assert money(Decimal("1265793.035")) == "¥1,265,793.04"
    assert money(Decimal("-0.005")) == "-¥0.01"
    assert show("money", "en", CellOptions(currency="CNY"))(Decimal(1)) == "CN¥1.00"
    own = CellOptions(currency="CNY", own_currency=True)
    assert show("money", "en", own)(Decimal(1)) == "¥1.00"


def test_an_instant_is_shown_in_the_readers_zone() -> None:
    instant = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    zh = show("datetime", "zh", CellOptions(zone=SHANGHAI))(instant)
    en = show("datetime", "en", CellOptions(zone=SHANGHAI))(instant)
    assert "2026-11-21 09:30" in zh
    assert "21 Nov 2026, 09:30" in en
    assert 'datetime="2026-11-21T01:30:00+00:00"' in zh


def test_only_web_addresses_become_links() -> None:
    shown = show("url", "en")
    assert 'href="https://example.com/a"' in shown("https://example.com/a")
    assert "href" not in shown("javascript:alert(1)")


def test_a_choice_that_the_text_no_longer_has_is_still_shown() -> None:
    assert "gone" in show("choice", "en", CellOptions(choices={"a": Choice("A")}))("gone")


def test_a_colour_word_that_is_unknown_is_neutral() -> None:
    assert tone_class("blue") == "blue"
    assert tone_class("yellow") == "gold"
    assert tone_class("sparkling") == "gray"
