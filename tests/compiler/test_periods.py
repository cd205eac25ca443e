"""Periods that are named from today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compiler.values.periods import NAMES, earlier, is_period, midnight, period, start_of

DAY = date(2026, 2, 11)  # a Wednesday


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("today", "2026-02-11", "2026-02-12"),
        ("yesterday", "2026-02-10", "2026-02-11"),
        ("tomorrow", "2026-02-12", "2026-02-13"),
        ("this_week", "2026-02-09", "2026-02-16"),
        ("last_week", "2026-02-02", "2026-02-09"),
        ("this_month", "2026-02-01", "2026-03-01"),
        ("last_month", "2026-01-01", "2026-02-01"),
        ("next_month", "2026-03-01", "2026-04-01"),
        ("this_quarter", "2026-01-01", "2026-04-01"),
        ("last_quarter", "2025-10-01", "2026-01-01"),
        ("this_year", "2026-01-01", "2027-01-01"),
        ("last_year", "2025-01-01", "2026-01-01"),
        ("last_7_days", "2026-02-05", "2026-02-12"),
        ("next_30_days", "2026-02-12", "2026-03-14"),
        ("past", None, "2026-02-11"),
        ("future", "2026-02-12", None),
    ],
)
def test_a_period_has_its_days(name: str, first: str | None, after: str | None) -> None:
    shown = tuple(day and day.isoformat() for day in period(name, DAY))
    assert shown == (first, after)


@pytest.mark.parametrize("name", ["", "sometime", "last_day", "last__days", "this_century"])
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}$"):
        period(name, DAY)


def test_every_offered_period_is_one() -> None:
    for name in NAMES:
        first, after = period(name, DAY)
        assert first is None or after is None or first < after


def test_units_follow_each_other_without_a_gap() -> None:
    day = date(2023, 12, 31)
    for number in range(800):
        for unit in ("day", "week", "month", "quarter", "year"):
            current = day + timedelta(days=number)
            assert start_of(unit, current) <= current < start_of(unit, current, 1)
            assert start_of(unit, start_of(unit, current, 1), -1) == start_of(unit, current)


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    begins = midnight(date(2026, 2, 11), ZoneInfo("Asia/Shanghai"))
    assert begins == datetime(2026, 2, 10, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "unit", "same_weekday", "before"),
    [
        ("2026-03-31", "month", False, "2026-02-28"),
        ("2024-02-29", "year", False, "2023-02-28"),
        ("2026-02-11", "quarter", False, "2025-11-11"),
        ("2026-02-11", "week", False, "2026-02-04"),
        ("2026-02-11", "day", False, "2026-02-10"),
        ("2026-02-11", "year", True, "2025-02-12"),
        ("2026-02-11", "month", True, "2026-01-14"),
    ],
)
def test_a_day_earlier(day: str, unit: str, same_weekday: bool, before: str) -> None:
    found = earlier(date.fromisoformat(day), unit, same_weekday)
    assert found == date.fromisoformat(before)


def test_names_of_periods() -> None:
    assert all(map(is_period, NAMES))
    assert not any(map(is_period, ("", "this", "this_fortnight", "last_x_days")))
