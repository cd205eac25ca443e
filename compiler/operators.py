"""The one table of operators: which operands fit, and the type of the result.

Every back end gives an operator the meaning stated here; `tests/compiler/backends` holds them to
it. Numbers are exact, with at most 18 digits in all. A sum keeps the larger scale, a product adds
the scales, a quotient and an average have 6 more digits; a product or quotient goes past
`MAX_DERIVED_SCALE` decimal places only if an operand does, and is rounded half up (away from zero)
to what it keeps. A result that needs more digits is an error in every back end.

Null: arithmetic on null is null; conditions are never null, and a null condition counts as false.
A division by zero is null, so a quotient is nullable unless its divisor is a literal other than
zero. `months` are not a duration: `date + 1 month` is the library function `add_months`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from compiler.model.expr import AggregateFunction, Const, Expr, Op, Operator
from compiler.model.types import BOOL, DURATION, INT, MAX_DIGITS, NULL, Type, decimal

MAX_DERIVED_SCALE = 8
QUOTIENT_DIGITS = 6
PERCENT = "%"

ORDERED = frozenset(
    {"int", "decimal", "text", "date", "month", "time", "instant", "duration", "worktime"}
)
"""Kinds that `<` and its like, `min`, `max`, `least` and `greatest` put in order."""
SPANS = frozenset({"duration", "worktime"})


def result_type(op: Operator, args: Sequence[Expr]) -> Type | None:
    """The type of `op` over typed operands; None if they do not fit it.

    Operands are expressions, not types, because a literal fits any unit and decides whether a
    division can be by zero. `widen` has the type it is given and is not asked for here.
    """
    return _TABLE[op](args)


def common_type(args: Sequence[Expr]) -> Type | None:
    """The type that holds the values of all operands (branches of a case, `??`, `least`): the
    larger scale, null allowed if one allows it; None if there is none."""
    known = [arg.type.present() for arg in args if arg.type.kind != "null"]
    nullable = any(arg.type.nullable for arg in args)
    if all(type.is_number for type in known):
        type = _common_number(args, known) if known else NULL
    else:
        type = known[0] if all(_same(known[0], other) for other in known) else None
    return type.optional() if type and nullable else type


def aggregate_type(function: AggregateFunction, value: Type | None) -> Type | None:
    """The type of an aggregate over values of a type (None where it takes none); None if it
    does not fit. `sum` and `count` of nothing are 0, the others are null."""
    if function == "count":
        return INT
    if function in ("exists", "all"):
        return BOOL if value is None or value.kind == "bool" else None
    if value is None:
        return None
    if function == "sum":
        return _sum_type(value)
    if function == "avg":
        return _average_type(value)
    if function in ("min", "max"):
        return value.optional() if value.kind in ORDERED else None
    return value.optional() if value.kind != "set" else None


def constant(expr: Expr) -> Decimal | None:
    """The number that a literal stands for, its sign included; None if it is not a literal."""
    if isinstance(expr, Const) and expr.type.is_number and expr.value is not None:
        return Decimal(str(expr.value))
    if isinstance(expr, Op) and expr.op in ("neg", "widen"):
        value = constant(expr.args[0])
        return value if value is None or expr.op == "widen" else -value
    return None


def in_scale(args: Sequence[Expr], type: Type) -> tuple[Expr, ...]:
    """The arguments, numbers among them widened to the kind and scale of `type`."""
    return tuple(_widen(arg, type) for arg in args)


def _widen(arg: Expr, type: Type) -> Expr:
    own = arg.type
    if not (own.is_number and type.is_number) or (own.kind, own.scale) == (type.kind, type.scale):
        return arg
    wide = type.but(nullable=own.nullable)
    return Op(type=wide, op="widen", args=(arg,))


def _sum_type(value: Type) -> Type | None:
    if value.kind in SPANS:
        return value.present()
    return _number(value.kind, MAX_DIGITS, value.scale, value.unit) if value.is_number else None


def _average_type(value: Type) -> Type | None:
    if value.kind in SPANS:
        return value.optional()
    if not value.is_number:
        return None
    return decimal(_quotient_scale(value, INT), unit=value.unit).optional()


def _common_number(args: Sequence[Expr], types: Sequence[Type]) -> Type | None:
    unit = _shared_unit(args)
    if unit is None:
        return None
    scale = max(type.scale for type in types)
    return _number(_kind(*types), _whole(*types) + scale, scale, unit)


def _same(a: Type, b: Type) -> bool:
    return a.kind == b.kind and a.of == b.of and a.item == b.item


def _kind(*types: Type) -> str:
    return "int" if all(type.kind == "int" for type in types) else "decimal"


def _number(kind: str, digits: int, scale: int, unit: str) -> Type:
    if kind == "int":
        return INT.but(digits=min(digits, MAX_DIGITS))
    return decimal(scale, min(digits, MAX_DIGITS), unit)


def digits(type: Type) -> int:
    """The most digits that a number of the type has."""
    return type.digits or MAX_DIGITS


def _whole(*types: Type) -> int:
    """The digits before the point that hold each of them."""
    return max(digits(type) - type.scale for type in types)


def _quotient_scale(a: Type, b: Type) -> int:
    scale = max(a.scale, b.scale)
    return max(scale, min(scale + QUOTIENT_DIGITS, MAX_DERIVED_SCALE))


def _shared_unit(args: Sequence[Expr]) -> str | None:
    """The unit of numbers that are added or compared; None if they cannot be.

    A plain literal takes the others' unit; a percent is a fraction, so beside a plain number it
    is one.
    """
    units = {arg.type.unit for arg in args if arg.type.unit or _needs_unit(arg)}
    if units == {"", PERCENT} or not units:
        return ""
    return units.pop() if len(units) == 1 else None


def _needs_unit(arg: Expr) -> bool:
    return arg.type.is_number and constant(arg) is None


def _null_if_any(type: Type, args: Sequence[Expr]) -> Type:
    return type.optional() if any(arg.type.nullable for arg in args) else type


# --- conditions


def _logic(args: Sequence[Expr]) -> Type | None:
    return BOOL if all(arg.type.kind == "bool" for arg in args) else None


def _comparable(left: Expr, right: Expr) -> bool:
    a, b = left.type, right.type
    if "null" in (a.kind, b.kind):
        return "set" not in (a.kind, b.kind)
    if a.is_number and b.is_number:
        return _shared_unit((left, right)) is not None
    return a.kind != "set" and _same(a, b)


def _equality(args: Sequence[Expr]) -> Type | None:
    return BOOL if _comparable(*args) else None


def _order(args: Sequence[Expr]) -> Type | None:
    return BOOL if _comparable(*args) and all(arg.type.kind in ORDERED for arg in args) else None


def _holds(items: Expr, value: Expr) -> bool:
    item = items.type.item
    return item is not None and (value.type.kind == "null" or _same(item, value.type))


def _in(args: Sequence[Expr]) -> Type | None:
    value, *members = args
    if len(members) == 1 and members[0].type.kind == "set":
        return BOOL if _holds(members[0], value) else None
    return BOOL if members and all(_comparable(value, member) for member in members) else None


def _contains(args: Sequence[Expr]) -> Type | None:
    whole, part = args
    if whole.type.kind == "set":
        return BOOL if _holds(whole, part) else None
    return _texts(args)


def _texts(args: Sequence[Expr]) -> Type | None:
    return BOOL if all(arg.type.kind == "text" for arg in args) else None


def _under(args: Sequence[Expr]) -> Type | None:
    a, b = (arg.type for arg in args)
    return BOOL if a.kind == b.kind == "ref" and a.of == b.of else None


def _is_null(args: Sequence[Expr]) -> Type | None:
    return BOOL if args[0].type.kind != "set" else None


def _coalesce(args: Sequence[Expr]) -> Type | None:
    type = common_type(args)
    return type if type is None or args[-1].type.nullable else type.present()


# --- arithmetic


def _sum(args: Sequence[Expr]) -> Type | None:
    a, b = (arg.type.present() for arg in args)
    if a.is_number and b.is_number:
        added = _added(a, b, args)
        return added and _null_if_any(added, args)
    if (a.kind in ("date", "instant") and b.kind == "duration") or (a == b and a.kind in SPANS):
        return _null_if_any(a, args)
    return None


def _difference(args: Sequence[Expr]) -> Type | None:
    a, b = (arg.type.present() for arg in args)
    if a == b and a.kind in ("date", "instant", "time"):
        return _null_if_any(DURATION, args)
    return _sum(args)


def _added(a: Type, b: Type, args: Sequence[Expr]) -> Type | None:
    unit = _shared_unit(args)
    if unit is None:
        return None
    scale = max(a.scale, b.scale)
    return _number(_kind(a, b), _whole(a, b) + 1 + scale, scale, unit)


def _product(args: Sequence[Expr]) -> Type | None:
    left, right = args
    a, b = left.type.present(), right.type.present()
    if a.is_number and b.is_number:
        unit = _product_unit(a, b, left, right)
        return None if unit is None else _null_if_any(_multiplied(a, b, unit), args)
    span, factor = (a, b) if a.kind in SPANS else (b, a)
    return _null_if_any(span, args) if span.kind in SPANS and factor.is_number else None


def _multiplied(a: Type, b: Type, unit: str) -> Type:
    scale = max(a.scale, b.scale, min(a.scale + b.scale, MAX_DERIVED_SCALE))
    whole = digits(a) - a.scale + digits(b) - b.scale
    return _number(_kind(a, b), whole + scale, scale, unit)


def _product_unit(a: Type, b: Type, left: Expr, right: Expr) -> str | None:
    """Money times a number is money; a percent of something is that thing."""
    if a.unit == b.unit:
        return a.unit if a.unit in ("", PERCENT) else None
    if "" in (a.unit, b.unit):
        unit = a.unit or b.unit
        plain = right if a.unit else left
        return unit if unit != PERCENT or constant(plain) is not None else ""
    return (a.unit if b.unit == PERCENT else b.unit) if PERCENT in (a.unit, b.unit) else None


def _quotient(args: Sequence[Expr]) -> Type | None:
    left, right = args
    a, b = left.type.present(), right.type.present()
    divided = _divided(a, b)
    if divided is None:
        return None
    return _null_if_any(divided, args) if constant(right) else divided.optional()


def _divided(a: Type, b: Type) -> Type | None:
    if a.kind in SPANS:
        return a if b.is_number else decimal(QUOTIENT_DIGITS) if a.kind == b.kind else None
    if not (a.is_number and b.is_number):
        return None
    unit = _quotient_unit(a.unit, b.unit)
    return None if unit is None else decimal(_quotient_scale(a, b), unit=unit)


def _quotient_unit(a: str, b: str) -> str | None:
    """Like units cancel; otherwise the dividend's unit stays."""
    if a == b:
        return ""
    return a if not a or not b or b == PERCENT else None


def _negation(args: Sequence[Expr]) -> Type | None:
    type = args[0].type
    return type if type.is_number or type.kind in SPANS else None


def _widened(args: Sequence[Expr]) -> Type | None:
    return args[0].type if args[0].type.is_number else None


_TABLE: dict[Operator, Callable[[Sequence[Expr]], Type | None]] = {
    "or": _logic,
    "and": _logic,
    "not": _logic,
    "==": _equality,
    "!=": _equality,
    "<": _order,
    "<=": _order,
    ">": _order,
    ">=": _order,
    "in": _in,
    "contains": _contains,
    "starts with": _texts,
    "under": _under,
    "is null": _is_null,
    "??": _coalesce,
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "neg": _negation,
    "widen": _widened,
}
