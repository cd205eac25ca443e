"""Whether conditions can hold together: by example, and held against trying every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compiler.backends.expr.python import compile_function
from compiler.logic import Limits, Verdict, may_all_hold, may_both_hold, may_hold
from compiler.model.base import EntityId
from compiler.model.expr import THIS, Case, Const, Expr, FieldOf, Op, Var
from compiler.model.rewrite import walk
from compiler.model.types import BOOL, INT, Type, decimal, enum, ref
from compiler.operators import in_scale, result_type
from stdlib.library import STANDARD
from tests.compiler.logic.conditions import Conditions

THING = EntityId("t.Thing")
COLORS = ("red", "green", "blue")
NUMBER, PRICE, COLOR = INT.optional(), decimal(1).optional(), enum("t.Color")


# ---------------------------------------------------------------- by example

ENTITY = """
enum Tier
  vip
  gold
  normal

entity Team
  name: text required
  size: int
  access
    everyone read

entity Deal
  name: text required
  code: text
  tier: Tier
  grade: Tier required
  amount: money required min 0
  discount: percent max 50%
  count_a: int
  count_b: int
  open: bool
  sure: bool required
  starts: date
  ends: date
  seen: datetime
  team -> Team
  other -> Team
  lines <- Line.deal
  total = sum(lines.amount)
  access
    everyone read

entity Line
  deal -> Deal
  amount: money
  access
    everyone read
"""

APART = [
    ("tier == vip", "tier == gold"),
    ("tier == vip", "tier != vip"),
    ("tier == vip", "tier is null"),
    ("tier in (vip, gold)", "tier == normal"),
    ("tier in (vip, gold)", "tier not in (vip, gold)"),
    ("grade != vip and grade != gold", "grade != normal"),
    ("amount > 100", "amount <= 100"),
    ("amount > 100", "amount < 100.01"),
    ("amount < 0", "sure"),
    ("discount > 50%", "sure"),
    ("amount in 0..10", "amount in 11..20"),
    ("amount in 0..<10", "amount >= 10"),
    ("count_a > count_b", "count_b > count_a"),
    ("count_a > count_b", "count_b + 1 > count_a"),
    ("count_a > count_b and count_b > 3", "count_a < 5"),
    ("count_a - count_b > 3", "count_a - count_b < 2"),
    ("count_a > 3", "count_a is null"),
    ("not (count_a > 3)", "count_a > 3"),
    ("open", "not open"),
    ("sure or open", "not sure and not open"),
    ("starts > 2026-05-01", "starts < 2026-05-02"),
    ("ends > starts + 3 days", "ends < starts"),
    ("ends < today()", "ends > today() + 1 day"),
    ("seen < now() - 3 days", "seen > now() - 1 day"),
    ("(seen ?? created_at) < now() - 3 days", "seen > now() and created_at > now()"),
    ('name == "a"', 'name == "b"'),
    ('code == "a"', "code is null"),
    ('name starts with "a"', 'not (name starts with "a")'),
    ('code contains "a"', "code is null"),
    ("team is null", "team.size > 3"),
    ("team is null", 'team.name == "North"'),
    ("team == other", "team != other"),
    ("total > 10", "total < 5"),
    ("count(lines where amount > 3) > 1", "count(lines where amount > 3) == 0"),
    ("count(lines) == 0", "count(lines) > 0"),
]

TOGETHER = [
    ("amount > 100", "discount > 40%"),
    ("amount > 100", "amount < 100.02"),
    ("tier == vip", "tier in (vip, gold)"),
    ("tier != vip", "tier != gold"),
    ("count_a > count_b", "count_b + 2 > count_a"),
    ("not (count_a > 3)", "not (count_a <= 3)"),
    ("not (count_a > count_b)", "not (count_b > count_a)"),
    ("starts > 2026-05-01", "starts < 2026-05-03"),
    ("seen < now() - 3 days", "seen > now() - 4 days"),
    ('name != "a"', 'name != "b"'),
    ("team is null", "amount > 5"),
    ("team.size > 3", "team.size < 5"),
    ("open", "sure"),
    ('name > "a"', 'name < "b"'),
]

OPEN = [
    ("total > 10", "total < 15"),
    ("total > 10", "amount > 3"),
    ('name starts with "a"', 'name contains "b"'),
    ("team.size > 3", "other.size < 2"),
    ("amount * 2 > 10", "amount < 3"),
    ('name > "a"', 'name < "aa"'),
]


@pytest.fixture(scope="module")
def conditions() -> Conditions:
    return Conditions(ENTITY, "Deal")


@pytest.mark.parametrize(("one", "other"), APART)
def test_these_cannot_both_hold(conditions: Conditions, one: str, other: str) -> None:
    assert conditions.both(one, other) == Verdict("no")
    assert conditions.both(other, one) == Verdict("no")


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_these_can_both_hold(conditions: Conditions, one: str, other: str) -> None:
    assert conditions.both(one, other).answer == "yes"
    assert conditions.both(other, one).answer == "yes"


@pytest.mark.parametrize(("one", "other"), OPEN)
def test_these_are_not_decided(conditions: Conditions, one: str, other: str) -> None:
    assert conditions.both(one, other).answer == "unknown"


def test_an_example_reads_like_the_text(conditions: Conditions) -> None:
    found = conditions.both(
        "amount > 100 and discount > 20%", "tier == vip and starts > 2026-05-01"
    )
    assert str(found) == "amount = 101, discount = 21%, tier = vip, starts = 2026-05-02"
    found = conditions.both("team.size > 3", "seen < now()")
    assert (
        str(found)
        == "team = Team 1, team.size = 4, seen = 2025-12-31 00:00:00, now() = 2026-01-01 00:00:00"
    )


# ---------------------------------------------------------------- against every row

FIELDS: dict[str, tuple[Type, tuple[Any, ...]]] = {
    "a": (NUMBER, (None, *range(-2, 9))),
    "b": (INT, tuple(range(-2, 9))),
    "p": (PRICE, (None, *(Decimal(tenth) / 10 for tenth in range(-5, 70, 5)))),
    "c": (COLOR.optional(), (None, *COLORS)),
    "d": (COLOR, COLORS),
    "f": (BOOL.optional(), (None, True, False)),
    "g": (BOOL, (True, False)),
}


@dataclass(frozen=True)
class Known:
    def values_of(self, enum: str) -> tuple[str, ...]:
        return COLORS

    def limits_of(self, entity: EntityId, field: str) -> Limits:
        return Limits()


def field(name: str) -> Expr:
    return FieldOf(type=FIELDS[name][0], of=Var(type=ref(THING), name=THIS), field=name)


def op(name: Any, *args: Expr) -> Op:
    type = result_type(name, args)
    assert type is not None
    return Op(type=type, op=name, args=args)


def compare(name: Any, left: Expr, right: Expr) -> Op:
    shared = max((left.type, right.type), key=lambda type: (type.kind == "decimal", type.scale))
    return op(name, *in_scale((left, right), shared))


@st.composite
def numbers(draw: st.DrawFn) -> Expr:
    plain = draw(st.sampled_from(["a", "b", "p", "const", "half"]))
    if plain == "const":
        return Const(type=Type(kind="int", digits=1), value=draw(st.integers(0, 6)))
    if plain == "half":
        tenths = draw(st.integers(0, 12)) * 5
        return Const(type=decimal(1, 2), value=str(Decimal(tenths) / 10))
    found = field(plain)
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return op("??", found, Const(type=found.type.present(), value="2.0" if plain == "p" else 2))
    if kind == 1 and plain != "p":
        by = Const(type=Type(kind="int", digits=1), value=draw(st.integers(1, 2)))
        return op(draw(st.sampled_from(["+", "-"])), found, by)
    return found


@st.composite
def values(draw: st.DrawFn) -> Expr:
    name = draw(st.sampled_from(["c", "d"]))
    return field(name)


@st.composite
def comparisons(draw: st.DrawFn) -> Expr:
    kind = draw(st.integers(0, 6))
    if kind <= 2:
        name = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
        return compare(name, draw(numbers()), draw(numbers()))
    if kind == 3:
        return op("is null", field(draw(st.sampled_from(["a", "p", "c", "f"]))))
    if kind == 4:
        chosen = draw(st.lists(st.sampled_from(COLORS), min_size=1, max_size=2))
        consts = (Const(type=COLOR, value=each) for each in chosen)
        return op("in", draw(values()), *consts)
    if kind == 5:
        return op(draw(st.sampled_from(["==", "!="])), draw(values()), draw(values()))
    return field(draw(st.sampled_from(["f", "g"])))


def _joined(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda args: op("and", *args)),
        several.map(lambda args: op("or", *args)),
        inner.map(lambda arg: op("not", arg)),
        st.tuples(inner, inner, inner).map(
            lambda args: Case(type=BOOL, branches=((args[0], args[1]),), otherwise=args[2])
        ),
    )


CONDITIONS = st.recursive(comparisons(), _joined, max_leaves=5)


def rows(names: set[str]) -> Iterator[dict[str, Any]]:
    known = sorted(names)
    for found in product(*(FIELDS[name][1] for name in known)):
        yield dict(zip(known, found, strict=True))


def fields_in(expr: Expr) -> set[str]:
    return {part.field for part in walk(expr) if isinstance(part, FieldOf)}


def evaluated(expr: Expr) -> Callable[[dict[str, Any]], bool]:
    function = compile_function(expr, (THIS,), STANDARD.functions)
    return lambda row: function(None, row) is True


@settings(max_examples=250)
@given(one=CONDITIONS, other=CONDITIONS)
def test_the_verdict_is_that_of_every_row(one: Expr, other: Expr) -> None:
    names = fields_in(one) | fields_in(other)
    assume(len(names) <= 3)
    first, second = evaluated(one), evaluated(other)
    found = next((row for row in rows(names) if first(row) and second(row)), None)
    verdict = may_both_hold(one, other, Known())
    if found is not None:
        assert verdict.answer != "no", found
    if verdict.answer == "yes":
        row = dict.fromkeys(names) | _row(verdict, names)
        assert first(row), verdict
        assert second(row), verdict
    assert verdict.answer != "unknown" or ({"a", "b"} & names and "p" in names)


def _row(verdict: Verdict, names: set[str]) -> dict[str, Any]:
    """The example as a row; what it leaves open may be anything."""
    row = {name: FIELDS[name][1][-1] for name in names}
    words: dict[str, Any] = {"true": True, "false": False, "null": None}
    for name, text in verdict.example:
        kind = FIELDS[name][0].kind
        value = words.get(text, text)
        if isinstance(value, str) and kind == "int":
            value = int(value)
        elif isinstance(value, str) and kind == "decimal":
            value = Decimal(value).quantize(Decimal("0.1"))
        row[name] = value
    return row


def test_a_question_that_is_too_hard_is_not_decided() -> None:
    many = [
        FieldOf(type=INT, of=Var(type=ref(THING), name=THIS), field=f"x{place}")
        for place in range(12)
    ]
    apart = [op("!=", left, right) for left in many for right in many if left is not right]
    small = [
        op("in", each, *(Const(type=INT, value=value) for value in range(11))) for each in many
    ]
    assert may_all_hold((*small, *apart), Known()).answer == "unknown"


def test_one_condition() -> None:
    assert may_hold(op("not", op("or", field("g"), op("not", field("g")))), Known()).is_no
