"""What every field type promises, and how each reads what people write."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.field_type import FieldType, Invalid
from compiler.model.types import Type, enum, ref, set_of
from stdlib.library import FIELDS, STANDARD

ARGUMENTS = {"decimal": ["3"], "serial": ["C-{year}-{0000}"]}
DECLARED = {"enum": enum("t.Color"), "state": enum("t.Deal.stage"), "reference": ref("t.User")}
"""The types of those that have the type of a declaration."""
LANGUAGES = ("en", "zh")

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=40
    ).map(lambda text: unicodedata.normalize("NFC", text)),
    "int": st.integers(-(10**18) + 1, 10**18 - 1),
    "decimal": st.decimals(-(10**15) + 1, 10**15 - 1, places=3),
    "money": st.decimals(-(10**16) + 1, 10**16 - 1, places=2),
    "percent": st.decimals(-1000, 1000, places=4),
    "bool": st.booleans(),
    "date": st.dates(),
    "month": st.dates().map(lambda day: day.replace(day=1)),
    "time": st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    "datetime": st.datetimes(min_value=datetime(1000, 1, 1)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    "duration": st.integers(-(10**12), 10**12).map(lambda count: timedelta(seconds=count)),
    "worktime": st.integers(-(10**6), 10**6),
    "enum": st.sampled_from(["red", "蓝"]),
    "tags": st.frozensets(st.sampled_from(["vip", "a-b", "重点", "Q3/2026"]), min_size=1),
    "file": st.sampled_from(["0f3a9c1e", "report-2026_11"]),
    "geo": st.tuples(st.decimals(-90, 90, places=6), st.decimals(-180, 180, places=6)),
    "reference": st.integers(1, 2**63 - 1),
    "email": st.sampled_from(["ann@example.com", "a.b+c@mail.example.cn"]),
    "phone": st.sampled_from(["+86 138 0013 8000", "(021) 5555-1234", "1234567 x 12"]),
    "url": st.sampled_from(["https://example.com", "http://例子.中国/路径?q=1#a"]),
}
VALUES |= {
    "image": VALUES["file"],
    "note": VALUES["text"],
    "serial": VALUES["text"],
    "state": VALUES["enum"],
}


def settled(kind: FieldType) -> tuple[Type, dict[str, str | int]]:
    parameters = kind.parameters(ARGUMENTS.get(kind.name, []))
    return DECLARED.get(kind.name) or kind.value_type(parameters, "CNY"), parameters


def read(name: str, text: str, *arguments: str) -> Any:
    """What a field of that type keeps for a text."""
    kind = STANDARD.field_types[name]
    parameters = kind.parameters(arguments or ARGUMENTS.get(name, []))
    return kind.parse(text, kind.value_type(parameters, "CNY"), parameters)


def refusal(name: str, text: str, *arguments: str) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(name, text, *arguments)
    return refused.value


# --- all of them


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_is_read_back(kind: FieldType, language: str) -> None:
    type, parameters = settled(kind)

    @given(VALUES[kind.name])
    def holds(value: Any) -> None:
        assert kind.parse(kind.show(value, type, language), type, parameters) == value

    holds()


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.name)
def test_a_value_that_fits_is_kept_as_it_is(kind: FieldType) -> None:
    type, parameters = settled(kind)

    @given(VALUES[kind.name])
    def holds(value: Any) -> None:
        kept = value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        assert kind.check(kept, type, parameters) == kept

    holds()


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\u3000"])
def test_an_empty_text_is_no_value(kind: FieldType, text: str) -> None:
    type, parameters = settled(kind)
    assert kind.parse(text, type, parameters) is None


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_is_shown_as_nothing(kind: FieldType, language: str) -> None:
    assert kind.show(None, settled(kind)[0], language) == ""


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("value", [object(), 1.5, float("nan"), b"x", [1]])
def test_a_value_of_another_kind_is_refused_in_both_languages(
    kind: FieldType, value: object
) -> None:
    type, parameters = settled(kind)
    with pytest.raises(Invalid) as refused:
        kind.check(value, type, parameters)
    assert refused.value.message.en
    assert not refused.value.message.zh.isascii()


@given(st.sampled_from(FIELDS), st.text(max_size=60))
def test_any_text_is_read_or_refused(kind: FieldType, text: str) -> None:
    type, parameters = settled(kind)
    try:
        value = kind.parse(text, type, parameters)
    except Invalid as refused:
        assert refused.message.zh
    else:
        assert value is None or kind.show(value, type, "zh") != ""


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.name)
def test_arguments_that_mean_nothing_are_refused(kind: FieldType) -> None:
    with pytest.raises(Invalid):
        kind.parameters(["nonsense", "2"])


# --- how they read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,345.60", "12345.60"),
        ("１２，３４５．６", "12345.60"),
        ("¥1,200", "1200.00"),
        ("￥-3.5", "-3.50"),
        ("-¥5", "-5.00"),
        ("1200元", "1200.00"),
        ("12.3万", "123000.00"),
        ("1.5亿", "150000000.00"),
        ("CNY 7", "7.00"),
        ("2.345", "2.35"),
        ("-2.345", "-2.35"),
        (".5", "0.50"),
    ],
)
def test_amounts_as_people_write_them(text: str, value: str) -> None:
    assert read("money", text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,23", "1.2.3", "12a", "--1", "¥", "万", "1e5", "NaN", "十"])
def test_what_is_no_amount(text: str) -> None:
    refusal("money", text)


def test_an_amount_has_the_decimals_of_its_currency() -> None:
    assert read("money", "10.5", "JPY") == Decimal("11")
    assert read("money", "10.5", "KWD") == Decimal("10.500")
    with pytest.raises(Invalid):
        STANDARD.field_types["money"].parameters(["RMB"])


@pytest.mark.parametrize(("text", "value"), [("20", "0.2"), ("12.5%", "0.125"), ("100％", "1")])
def test_a_percentage_is_kept_as_a_fraction(text: str, value: str) -> None:
    assert read("percent", text) == Decimal(value)


def test_zero_is_shown_without_a_sign() -> None:
    for name in ("money", "percent", "decimal"):
        kind = STANDARD.field_types[name]
        assert not kind.show(Decimal("-0.00"), settled(kind)[0], "en").startswith("-")


@pytest.mark.parametrize(("text", "value"), [("1,000", 1000), ("３", 3), ("-7", -7), ("2.0", 2)])
def test_whole_numbers(text: str, value: int) -> None:
    assert read("int", text) == value


def test_a_number_that_does_not_fit_is_refused() -> None:
    assert "18" in refusal("int", "1" + "0" * 18).message.en
    refusal("int", "2.5")
    refusal("int", "9" * 400)
    refusal("money", "9" * 17)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21",
        "2026/11/21",
        "2026.11.21",
        "2026年11月21日",
        "20261121",
        "２０２６－１１－２１",
    ],
)
def test_dates_as_people_write_them(text: str) -> None:
    assert read("date", text) == date(2026, 11, 21)


@pytest.mark.parametrize("text", ["2026-02-30", "21.11.2026", "tomorrow", "2026-13-01", "0000-1-1"])
def test_what_is_no_date(text: str) -> None:
    refusal("date", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9:05", time(9, 5)),
        ("0905", None),
        ("下午3点", time(15)),
        ("3 pm", time(15)),
        ("12 am", time(0)),
        ("中午12:30", time(12, 30)),
        ("15点30分", time(15, 30)),
        ("24:00", None),
    ],
)
def test_times_of_day(text: str, value: time | None) -> None:
    if value is None:
        refusal("time", text)
    else:
        assert read("time", text) == value


def test_a_moment_is_read_as_written_and_kept_in_utc() -> None:
    assert read("datetime", "2026-11-21 09:30") == datetime(2026, 11, 21, 9, 30)
    assert read("datetime", "2026-11-21T09:30") == datetime(2026, 11, 21, 9, 30)
    assert read("datetime", "2026年11月21日 上午9:30") == datetime(2026, 11, 21, 9, 30)
    aware = read("datetime", "2026-11-21 09:30+08:00")
    kind = STANDARD.field_types["datetime"]
    assert kind.check(aware, settled(kind)[0], {}) == datetime(2026, 11, 21, 1, 30, tzinfo=UTC)


def test_a_moment_without_a_zone_is_a_fault_of_the_program() -> None:
    kind = STANDARD.field_types["datetime"]
    with pytest.raises(ValueError, match="no time zone"):
        kind.check(datetime(2026, 11, 21), settled(kind)[0], {})


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("3 days", 4320), ("1d 2h", 1560), ("2小时30分", 150), ("1:30", 90), ("-90 min", -90)],
)
def test_lengths_of_time(text: str, minutes: int) -> None:
    assert read("duration", text) == timedelta(minutes=minutes)


def test_lines_and_sizes_of_texts() -> None:
    assert read("text", " a\r\n b ") == "a b"
    assert read("note", "a\r\nb ") == "a\nb"
    assert read("text", "客户", "2") == "客户"
    assert "2" in refusal("text", "客户们", "2").message.zh
    refusal("text", "a\0b")
    refusal("text", "\ud800")
    assert read("text", "e\u0301") == "é"


@pytest.mark.parametrize("text", ["ann", "ann@", "@x.cn", "a b@x.cn", "a@b..cn", "<a@x.cn>"])
def test_what_is_no_address_of_mail(text: str) -> None:
    refusal("email", text)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "ftp://x.cn", "https://", "data:text/html,x"]
)
def test_what_is_no_address_of_the_web(text: str) -> None:
    refusal("url", text)


def test_contacts_are_kept_in_one_form() -> None:
    assert read("email", " Ann@Example.COM ") == "Ann@example.com"
    assert read("phone", "（021）5555　1234") == "(021)5555 1234"
    assert read("url", "example.com:8080/a") == "https://example.com:8080/a"


def test_yes_and_no() -> None:
    assert [read("bool", each) for each in ("是", "Yes", "１", "否", "off")] == [
        *(True, True, True, False, False)
    ]
    refusal("bool", "maybe")


def test_a_set_of_values() -> None:
    kind, type = STANDARD.field_types["enum"], set_of(enum("t.Color"))
    value = kind.parse("red、blue, red", type, {})
    assert value == frozenset({"red", "blue"})
    assert kind.show(value, type, "en") == "blue, red"


@pytest.mark.parametrize("pattern", ["{year}", "C-{00}-{00}", "{week}-{0000}", ""])
def test_a_serial_number_has_one_counter(pattern: str) -> None:
    with pytest.raises(Invalid):
        STANDARD.field_types["serial"].parameters([pattern])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("vip, fair", {"vip", "fair"}),
        ("重点，展会；急 新、老", {"重点", "展会", "急", "新", "老"}),
        ("#vip #vip ; ,", {"vip"}),
    ],
)
def test_tags_are_parted_by_commas_and_spaces(text: str, value: set[str]) -> None:
    assert read("tags", text) == value


@pytest.mark.parametrize("value", [["key account"], ["a,b"], ["x" * 41]])
def test_a_tag_is_one_short_word(value: list[str]) -> None:
    kind = STANDARD.field_types["tags"]
    with pytest.raises(Invalid):
        kind.check(value, kind.value_type({}, "CNY"), {})


@pytest.mark.parametrize(
    "text", ["31.2304,121.4737", "31.2304 121.4737", "３１．２３０４，121.4737"]
)
def test_a_place_is_latitude_and_longitude(text: str) -> None:
    assert read("geo", text) == (Decimal("31.230400"), Decimal("121.473700"))


@pytest.mark.parametrize("text", ["91, 0", "0, 181", "31.2304", "here", "1, 2, 3"])
def test_what_is_nowhere_is_refused(text: str) -> None:
    refusal("geo", text)
