"""Where time alone turns the condition of a rule."""

from __future__ import annotations

import pytest

from compiler.backends.expr.python import source
from compiler.model.rule import Rule
from stdlib.library import STANDARD
from tests.support.apps import shop


def _rule(condition: str, events: str = "") -> Rule:
    text = f"""
entity Deal
  due: date
  day: date required
  last: datetime
  open: bool default true
  late = due is not null and due < today()
  access
    everyone read

rule silent on Deal {events}
  when {condition}
  do
    log "silent"
"""
    return shop(text).workspace.rules["shop.silent"]


def _told(rule: Rule) -> list[str]:
    """Each boundary as the comparison it is, in Python."""
    told = []
    for each in rule.boundaries:
        value, clock = (
            source(side, ("this",), STANDARD.functions).split("return ")[1].strip()
            for side in (each.value, each.clock)
        )
        told.append(f"{value} {each.op} {clock}")
    return told


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("open and (last ?? created_at) < now() - 3 days", 1),
        ("today() >= day + 1 day", 1),
        ("day < today() or (open and now() - 2 hours > created_at)", 2),
        ("today() + 1 month > day", 1),
        ("late", 1),
        ("open", 0),
    ],
)
def test_comparisons_with_the_clock_are_boundaries(condition: str, count: int) -> None:
    rule = _rule(condition)
    assert (len(rule.boundaries), rule.rescanned) == (count, False)
    assert all("env" not in told.split(f" {each.op} ")[0] for each, told in zip(
        rule.boundaries, _told(rule), strict=True
    ))  # fmt: skip


def test_a_comparison_is_told_from_the_side_of_the_record() -> None:
    (boundary,) = _rule("now() - 3 days > created_at").boundaries
    assert boundary.op == "<"
    assert _told(_rule("today() >= day")) == ["v0['day'] <= f_today(env)"]


def test_what_is_no_range_of_an_index_is_looked_at_whole() -> None:
    rule = _rule("weekday(today()) == weekday(day) and day < today()")
    assert (len(rule.boundaries), rule.rescanned) == (1, True)


def test_a_rule_with_an_event_does_not_wait_for_time() -> None:
    rule = _rule("day < today()", "changed day")
    assert (rule.boundaries, rule.rescanned) == ((), False)
