"""Which operands fit which operator, and how exact the result is."""

from __future__ import annotations

import pytest

from compiler.model.expr import Const, Expr, Op, Operator, Var
from compiler.model.types import (
    BOOL,
    DATE,
    DURATION,
    INSTANT,
    INT,
    MONTH,
    NULL,
    TEXT,
    TIME,
    WORKTIME,
    Type,
    decimal,
    enum,
    ref,
    set_of,
)
from compiler.operators import aggregate_type, common_type, result_type

CNY, USD = decimal(2, unit="CNY"), decimal(2, unit="USD")
PERCENT = decimal(4, unit="%")
PLAIN = decimal(3)
USER, TEAM = ref("t.User"), ref("t.Team")
HALF = Const(type=decimal(1, 2), value="0.5")
ZERO = Const(type=decimal(1, 2), value="0.0")
FIFTH = Const(type=PERCENT, value="0.2000")


def of(type: Type | Expr) -> Expr:
    return Var(type=type, name="x") if isinstance(type, Type) else type


def typed(op: Operator, *args: Type | Expr) -> Type | None:
    return result_type(op, [of(each) for each in args])


def brief(type: Type | None) -> str:
    """`decimal(2) CNY?`, enough to see what it is."""
    if type is None:
        return "-"
    scale = f"({type.scale})" if type.kind == "decimal" else ""
    return f"{type.kind}{scale}{' ' if type.unit else ''}{type.unit}{'?' if type.nullable else ''}"


@pytest.mark.parametrize(
    ("left", "op", "right", "result"),
    [
        (INT, "+", INT, "int"),
        (INT, "+", PLAIN, "decimal(3)"),
        (CNY, "+", PLAIN, "-"),
        (CNY, "+", HALF, "decimal(2) CNY"),
        (CNY, "-", USD, "-"),
        (CNY, "+", FIFTH, "-"),
        (HALF, "-", PERCENT, "decimal(4) %"),
        (INT, "-", PERCENT, "decimal(4)"),
        (INT, "*", CNY, "decimal(2) CNY"),
        (CNY, "*", PERCENT, "decimal(6) CNY"),
        (CNY, "*", CNY, "-"),
        (CNY, "*", PLAIN, "decimal(5) CNY"),
        (INT, "*", PERCENT, "decimal(4)"),
        (HALF, "*", PERCENT, "decimal(5) %"),
        (PERCENT, "*", PERCENT, "decimal(8) %"),
        (decimal(6), "*", decimal(6), "decimal(8)"),
        (CNY, "/", CNY, "decimal(8)?"),
        (CNY, "/", USD, "-"),
        (CNY, "/", INT, "decimal(8) CNY?"),
        (CNY, "/", HALF, "decimal(8) CNY"),
        (CNY, "/", ZERO, "decimal(8) CNY?"),
        (INT, "/", CNY, "decimal(8)?"),
        (INT, "/", INT, "decimal(6)?"),
        (DATE, "-", DATE, "duration"),
        (DATE, "+", DURATION, "date"),
        (DATE, "+", INT, "-"),
        (DATE, "-", INSTANT, "-"),
        (INSTANT, "-", INSTANT, "duration"),
        (INSTANT, "-", DURATION, "instant"),
        (MONTH, "+", DURATION, "-"),
        (TIME, "-", TIME, "duration"),
        (DURATION, "*", PLAIN, "duration"),
        (INT, "*", WORKTIME, "worktime"),
        (DURATION, "+", WORKTIME, "-"),
        (DURATION, "/", DURATION, "decimal(6)?"),
        (DURATION, "/", HALF, "duration"),
        (TEXT, "+", TEXT, "-"),
        (INT.optional(), "+", INT, "int?"),
        (BOOL.optional(), "and", BOOL, "bool"),
        (BOOL, "or", INT, "-"),
        (INT, "==", TEXT, "-"),
        (INT.optional(), "==", NULL, "bool"),
        (CNY, "==", USD, "-"),
        (CNY, "<", HALF, "bool"),
        (CNY, "<", INT, "-"),
        (PERCENT, "<", PLAIN, "bool"),
        (USER, "==", TEAM, "-"),
        (USER, "<", USER, "-"),
        (BOOL, "<", BOOL, "-"),
        (enum("t.A"), "==", enum("t.A", nullable=True), "bool"),
        (enum("t.A"), "==", enum("t.B"), "-"),
        (enum("t.A"), "<", enum("t.A"), "-"),
        (TEXT, "contains", TEXT.optional(), "bool"),
        (set_of(USER), "contains", USER, "bool"),
        (set_of(USER), "contains", TEAM, "-"),
        (USER, "in", set_of(USER), "bool"),
        (USER, "in", set_of(TEAM), "-"),
        (TEXT, "starts with", INT, "-"),
        (TEAM, "under", TEAM, "bool"),
        (TEAM, "under", USER, "-"),
        (INT.optional(), "??", INT, "int"),
        (INT.optional(), "??", NULL, "int?"),
        (CNY.optional(), "??", Const(type=INT, value=0), "decimal(2) CNY"),
        (TEXT.optional(), "??", INT, "-"),
    ],
)
def test_operators(left: Type | Expr, op: Operator, right: Type | Expr, result: str) -> None:
    assert brief(typed(op, left, right)) == result


def test_a_sum_of_short_numbers_knows_that_it_fits() -> None:
    short = INT.but(digits=4)
    added = typed("+", short, short)
    assert added is not None
    assert added.digits == 5
    multiplied = typed("*", short, decimal(2, 6))
    assert multiplied is not None
    assert multiplied.digits == 10


def test_a_negated_literal_is_a_literal() -> None:
    negated = Op(type=HALF.type, op="neg", args=(HALF,))
    assert brief(typed("+", CNY, negated)) == "decimal(2) CNY"


def test_members_must_all_compare_with_the_value() -> None:
    assert typed("in", INT, INT, NULL) == BOOL
    assert typed("in", INT, INT, TEXT) is None


@pytest.mark.parametrize(
    ("branches", "result"),
    [
        ((INT, PLAIN), "decimal(3)"),
        ((INT, NULL), "int?"),
        ((NULL, NULL), "null?"),
        ((CNY, HALF), "decimal(2) CNY"),
        ((CNY, INT, CNY), "-"),
        ((TEXT, INT), "-"),
        ((USER, TEAM), "-"),
    ],
)
def test_branches_share_a_type(branches: tuple[Type | Expr, ...], result: str) -> None:
    assert brief(common_type([of(each) for each in branches])) == result


@pytest.mark.parametrize(
    ("function", "value", "result"),
    [
        ("count", None, "int"),
        ("sum", CNY.optional(), "decimal(2) CNY"),
        ("sum", DATE, "-"),
        ("avg", INT, "decimal(6)?"),
        ("avg", CNY, "decimal(8) CNY?"),
        ("avg", TEXT, "-"),
        ("min", DATE, "date?"),
        ("max", TEXT, "text?"),
        ("max", BOOL, "-"),
        ("first", USER, "ref?"),
        ("one", TEXT, "text?"),
        ("exists", None, "bool"),
        ("all", BOOL, "bool"),
        ("all", INT, "-"),
        ("sum", DURATION, "duration"),
    ],
)
def test_aggregates(function: str, value: Type | None, result: str) -> None:
    assert brief(aggregate_type(function, value)) == result  # type: ignore[arg-type]  # a literal
