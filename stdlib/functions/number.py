"""Functions of numbers; exact, and rounding half up (away from zero)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from compiler.field_type import Function, Signature
from compiler.model.expr import Expr
from compiler.model.types import Type
from compiler.operators import ORDERED, common_type, constant
from compiler.values import numbers
from dsl.diagnostic import Message

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    Column = ColumnElement[Any]

Number = numbers.Number


def _scale(value: Number) -> int:
    if isinstance(value, int):
        return 0
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


def _first(args: Sequence[Expr]) -> Type:
    return args[0].type.present()


# --- round, floor, ceil


def _rounded(args: Sequence[Expr]) -> Type | None:
    places = constant(args[1]) if len(args) > 1 else Decimal(0)
    if places is None or places < 0:
        return None
    type = _first(args)
    return type.but(scale=min(type.scale, int(places)))


def round_number(value: Number, places: int = 0) -> Number:
    return numbers.rescale(value, places) if places < _scale(value) else value


def _round_sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from compiler.backends.expr.sql.arithmetic import scaled

    return scaled(args[0], types[0], types[-1], "sqlite" if dialect == "sqlite" else "postgresql")


def _whole(args: Sequence[Expr]) -> Type:
    return _first(args).but(scale=0)


def floor(value: Number) -> Number:
    return value if isinstance(value, int) else Decimal(numbers.floor(value))


def ceil(value: Number) -> Number:
    return value if isinstance(value, int) else Decimal(numbers.ceil(value))


def _to_whole(name: str) -> Callable[[str, Sequence[Column], Sequence[Type]], Column]:
    def sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
        from sqlalchemy import Function, literal

        from compiler.backends.expr.sql.arithmetic import fitted
        from compiler.backends.schema.storage import sql_type

        type = types[-1]
        if type.kind == "int":
            return args[0]
        if dialect == "sqlite":
            return Function(f"cw_{name}", args[0], literal(types[0].scale), type_=sql_type(type))
        return fitted(Function(name, args[0]), type, "postgresql")

    return sql


# --- abs, mod


def _abs_sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import func

    from compiler.backends.schema.storage import sql_type

    return func.abs(args[0], type_=sql_type(types[0]))


def _remainder(args: Sequence[Expr]) -> Type | None:
    type = common_type(args)
    if type is None:
        return None
    return type.present() if constant(args[1]) else type.optional()


def mod(a: Number, b: Number) -> Number | None:
    if isinstance(a, int) and isinstance(b, int):
        return a % b if b else None
    return numbers.remainder(a, b, max(_scale(a), _scale(b)))


def _mod_sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import Function, Numeric, cast, func, literal

    from compiler.backends.expr.sql.arithmetic import fitted
    from compiler.backends.schema.storage import sql_type

    type = types[-1]
    if dialect == "sqlite":
        return Function("cw_remainder", *args, type_=sql_type(type))
    a, b = cast(args[0], Numeric), func.nullif(cast(args[1], Numeric), literal(0))
    # PostgreSQL's has the sign of the dividend.
    return fitted(func.mod(func.mod(a, b, type_=Numeric()) + b, b), type, "postgresql")


# --- least, greatest


def _common(args: Sequence[Expr]) -> Type | None:
    type = common_type(args)
    return type if type is not None and type.kind in ORDERED else None


def least(*values: Any) -> Any:
    return min(values)


def greatest(*values: Any) -> Any:
    return max(values)


def _fold(sign: str) -> Callable[[str, Sequence[Column], Sequence[Type]], Column]:
    def sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
        from sqlalchemy import Function, and_, case

        from compiler.backends.expr.sql.texts import collated
        from compiler.backends.schema.storage import sql_type

        type = sql_type(types[-1])
        if dialect == "sqlite":
            # With one argument SQLite's is an aggregate.
            return Function(sign, *args, type_=type) if len(args) > 1 else args[0]
        name = "least" if sign == "min" else "greatest"
        known = and_(*(each.is_not(None) for each in args))  # its own leave nulls out
        if types[-1].kind != "text":
            return case((known, Function(name, *args, type_=type)), else_=None)
        found = Function(name, *(collated(each, "C") for each in args), type_=type)
        return case((known, collated(found, "default")), else_=None)

    return sql


ROUND = Function(
    name="round",
    signature=Signature(("number", "int"), _rounded, optional=1),
    python=round_number,
    sql=_round_sql,
    doc=Message(
        "the number rounded half up, to a whole number or to that many decimals (a literal)",
        "四舍五入到整数，或到指定的小数位（须为常数）",
    ),
    example=("round(2.345, 2)", "2.35"),
)
FLOOR = Function(
    name="floor",
    signature=Signature(("number",), _whole),
    python=floor,
    sql=_to_whole("floor"),
    doc=Message("the next whole number below", "向下取整"),
    example=("floor(-1.5)", "-2"),
)
CEIL = Function(
    name="ceil",
    signature=Signature(("number",), _whole),
    python=ceil,
    sql=_to_whole("ceil"),
    doc=Message("the next whole number above", "向上取整"),
    example=("ceil(1.2)", "2"),
)
ABS = Function(
    name="abs",
    signature=Signature(("number",), _first),
    python=abs,
    sql=_abs_sql,
    doc=Message("the number without its sign", "绝对值"),
    example=("abs(-3)", "3"),
)
MOD = Function(
    name="mod",
    signature=Signature(("number", "number"), _remainder, common=True),
    python=mod,
    sql=_mod_sql,
    doc=Message(
        "the remainder of a division, with the sign of the divisor; null for a division by zero",
        "余数，符号与除数相同；除数为零时为空",
    ),
    example=("mod(7, 3)", "1"),
)
LEAST = Function(
    name="least",
    signature=Signature(("any",), _common, variadic=True, common=True),
    python=least,
    sql=_fold("min"),
    doc=Message("the smallest of the values; null if one is null", "各值中最小的；有空值则为空"),
    example=("least(3, 2.5)", "2.5"),
)
GREATEST = Function(
    name="greatest",
    signature=Signature(("any",), _common, variadic=True, common=True),
    python=greatest,
    sql=_fold("max"),
    doc=Message("the largest of the values; null if one is null", "各值中最大的；有空值则为空"),
    example=("greatest(3, 2.5)", "3.0"),
)
