"""Terms: the parts of a condition that have a value of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from compiler.logic.points import Point, offset, point
from compiler.model.expr import (
    Aggregate,
    Call,
    Case,
    Concat,
    Const,
    DataRow,
    Expr,
    Extent,
    FieldOf,
    Func,
    Holders,
    Let,
    Link,
    Lookup,
    Many,
    Op,
    Pick,
    Var,
)
from compiler.model.types import Type

Key = tuple[object, ...]
"""What two expressions share that always have the same value, however they are typed."""

NULL_IS_FALSE = frozenset({"contains", "starts with", "under"})
ORDER = frozenset({"<", "<=", ">", ">="})
COMPARED = ORDER | {"==", "!="}
_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Term:
    """A term: what it is said with, and whether it can be null.

    `part_of` is the row that a field is read from; where that is null, so is the field.
    """

    key: Key
    expr: Expr
    nullable: bool
    part_of: Key | None = None

    @property
    def type(self) -> Type:
        return self.expr.type


@dataclass(frozen=True, slots=True)
class Shifted:
    """A term and what a constant moves its value by."""

    expr: Expr
    by: Fraction


def key_of(expr: Expr, rows: Mapping[str, int] = _NOTHING) -> Key:
    """The key of an expression; rows of aggregates count by their depth, not by their names."""
    match expr:
        case Const():
            return ("const", expr.type.kind, expr.type.of, point(expr))
        case DataRow():
            return ("data", expr.entity, expr.key)
        case Var():
            return ("var", rows.get(expr.name, expr.name))
        case FieldOf():
            return ("field", key_of(expr.of, rows), expr.field)
        case Many():
            return ("many", key_of(expr.of, rows), expr.field)
        case Extent():
            return ("extent", expr.entity)
        case Holders():
            return ("holders", expr.role)
        case Op(op="widen"):
            return key_of(expr.args[0], rows)
        case Op():
            return ("op", expr.op, *(key_of(arg, rows) for arg in expr.args))
        case Func():
            return ("func", expr.name, *(key_of(arg, rows) for arg in expr.args))
        case Call():
            return ("call", expr.function, *(key_of(arg, rows) for arg in expr.args))
        case Lookup():
            args = (key_of(arg, rows) for arg in expr.args)
            return ("lookup", expr.table, expr.result, *args)
        case Let():
            inside = {**rows, expr.name: len(rows)}
            return ("let", expr.required, key_of(expr.value, rows), key_of(expr.body, inside))
        case Concat():
            return ("concat", *(key_of(part, rows) for part in expr.parts))
        case Case():
            branches = [(key_of(when, rows), key_of(then, rows)) for when, then in expr.branches]
            return ("case", *branches, key_of(expr.otherwise, rows))
        case Aggregate():
            return _key_of_aggregate(expr, rows)
        case Link():
            return ("link", expr.form, expr.of and key_of(expr.of, rows))
        case Pick():
            return ("pick", expr.name)


def _key_of_aggregate(expr: Aggregate, rows: Mapping[str, int]) -> Key:
    inside = {**rows, expr.row: len(rows)}
    return (
        "aggregate", expr.function, expr.distinct, key_of(expr.source, rows),
        expr.value and key_of(expr.value, inside), expr.where and key_of(expr.where, inside),
        tuple((key_of(each.value, inside), each.descending) for each in expr.sort),
    )  # fmt: skip


def plain(expr: Expr) -> Expr:
    """The expression without what changes only how many decimals it is kept with."""
    while isinstance(expr, Op) and expr.op == "widen":
        expr = expr.args[0]
    return expr


def constant(expr: Expr) -> Const | None:
    """The constant that an expression is, its sign included."""
    expr = plain(expr)
    if isinstance(expr, Op) and expr.op == "neg":
        inner = constant(expr.args[0])
        if inner is None or inner.value is None:
            return inner
        negated = -Fraction(str(inner.value))
        text = str(inner.value)
        value: str | int = int(negated) if isinstance(inner.value, int) else _negated(text)
        return inner.but(value=value)
    return expr if isinstance(expr, Const) else None


def _negated(text: str) -> str:
    return text[1:] if text.startswith("-") else f"-{text}"


def shifted(expr: Expr) -> Shifted:
    """The expression as a term and what is added to it: `x + 3` is `x`, moved by 3."""
    expr = plain(expr)
    if isinstance(expr, Op) and expr.op in ("+", "-"):
        left, right = expr.args
        by = _moves(right, expr.type)
        if by is not None and left.type.kind == expr.type.kind:
            inner = shifted(left)
            return Shifted(inner.expr, inner.by + (by if expr.op == "+" else -by))
        by = _moves(left, expr.type)
        if by is not None and expr.op == "+" and right.type.kind == expr.type.kind:
            inner = shifted(right)
            return Shifted(inner.expr, inner.by + by)
    return Shifted(expr, Fraction(0))


def _moves(expr: Expr, of: Type) -> Fraction | None:
    found = constant(expr)
    value: Point | None = point(found) if found is not None else None
    return None if value is None else offset(value, of)


def compared(test: Op) -> tuple[Expr, Expr]:
    """Both sides of a comparison. `a - b < c` is said as `a < b + c`: null makes both false."""
    left, right = test.args
    if test.op in ORDER:
        if (moved := _apart(left, right)) is not None:
            return moved
        if (moved := _apart(right, left)) is not None:
            return moved[1], moved[0]
    return left, right


def _apart(difference: Expr, limit: Expr) -> tuple[Expr, Expr] | None:
    difference = plain(difference)
    if not isinstance(difference, Op) or difference.op != "-":
        return None
    left, right = difference.args
    if left.type.kind != right.type.kind or _moves(limit, right.type) is None:
        return None
    if left.type.kind not in ("int", "decimal", "date", "worktime", "duration"):
        # The difference of moments is rounded to seconds.
        return None
    if constant(left) is not None or constant(right) is not None:
        return None
    return left, Op(type=right.type, op="+", args=(right, limit))


def operands(test: Op) -> tuple[Expr, ...]:
    """What the value of an operation is worked out from here."""
    if test.op in COMPARED:
        return compared(test)
    return test.args


def is_worked_out(expr: Expr) -> bool:
    """Whether the value of an expression follows here from that of its parts."""
    match expr:
        case Case():
            return True
        case Op(op="or" | "and" | "not" | "is null" | "??" | "widen"):
            return True
        case Op(op="==" | "!=" | "<" | "<=" | ">" | ">="):
            return True
        case Op(op="in"):
            return all(arg.type.kind != "set" for arg in expr.args)
    return False


def term_of(expr: Expr) -> Term:
    part_of = None
    if isinstance(expr, FieldOf) and expr.of.type.nullable:
        part_of = key_of(expr.of)
    return Term(key_of(expr), expr, expr.type.nullable, part_of)


def terms(expr: Expr) -> Iterator[Term]:
    """The terms of a condition, in the order in which they are met."""
    expr = plain(expr)
    if isinstance(expr, Const | DataRow) or constant(expr) is not None:
        return
    if is_worked_out(expr):
        yield from _terms_within(expr)
        return
    moved = shifted(expr)
    if moved.expr is not expr:
        yield from terms(moved.expr)
        return
    if isinstance(expr, Op) and expr.op in NULL_IS_FALSE:
        for arg in expr.args:
            if arg.type.nullable:
                yield from terms(arg)
    if isinstance(expr, FieldOf):
        yield from _rows_of(expr)
    yield term_of(expr)


def _terms_within(expr: Expr) -> Iterator[Term]:
    if isinstance(expr, Op):
        for arg in operands(expr):
            yield from terms(arg)
    elif isinstance(expr, Case):
        for when, then in expr.branches:
            yield from terms(when)
            yield from terms(then)
        yield from terms(expr.otherwise)


def _rows_of(expr: FieldOf) -> Iterator[Term]:
    """The rows on the way to a field, where they may be missing."""
    if isinstance(expr.of, FieldOf):
        yield from _rows_of(expr.of)
        yield term_of(expr.of)
