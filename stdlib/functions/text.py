"""Functions of texts. A position or length counts characters (code points)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from compiler.field_type import Function, Signature
from compiler.model.expr import Expr
from compiler.model.types import INT, TEXT, Type
from compiler.values import texts
from dsl.diagnostic import Message

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    Column = ColumnElement[Any]

CASE_RULES = "und-x-icu"
"""PostgreSQL's collation that knows the letters of every script, as Python does."""


def _text(args: Sequence[Expr]) -> Type:
    return TEXT


def _int(args: Sequence[Expr]) -> Type:
    return INT


def _in_case(name: str) -> Callable[[str, Sequence[Column], Sequence[Type]], Column]:
    def sql(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
        from sqlalchemy import Function, Text

        from compiler.backends.expr.sql.texts import collated

        if dialect == "sqlite":
            return Function(f"cw_{name}", args[0], type_=Text())
        # Back to the default collation, or comparing the result with a column would be ambiguous.
        changed = Function(name, collated(args[0], CASE_RULES), type_=Text())
        return collated(changed, "default")

    return sql


def _trim(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import Text, func, literal

    spaces = literal(texts.SPACES, Text())
    cut = func.trim if dialect == "sqlite" else func.btrim
    return cut(args[0], spaces, type_=Text())


def _length(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import BigInteger, cast, func

    return cast(func.length(args[0]), BigInteger)


def _left(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import Text, func

    return func.substr(args[0], 1, _count(dialect, args), type_=Text())


def _right(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import Text, func, literal

    count = _count(dialect, args)
    if dialect == "postgresql":
        return func.right(args[0], count, type_=Text())
    start = func.length(args[0]) - func.min(count, func.length(args[0])) + literal(1)
    return func.substr(args[0], start, type_=Text())


def _count(dialect: str, args: Sequence[Column]) -> Column:
    """The length asked for, none if negative, and no more than there is."""
    from sqlalchemy import Integer, cast, func, literal

    if dialect == "sqlite":
        return func.max(args[1], literal(0), type_=Integer())
    wanted = func.least(func.greatest(args[1], literal(0)), func.length(args[0]))
    return cast(wanted + args[1] * literal(0), Integer)


def _replace(dialect: str, args: Sequence[Column], types: Sequence[Type]) -> Column:
    from sqlalchemy import Text, case, func

    found = func.replace(*args, type_=Text())
    # SQLite's, asked for an empty text, does not look at what to put there.
    return case((args[2].is_not(None), found), else_=None) if dialect == "sqlite" else found


LOWER = Function(
    name="lower",
    signature=Signature(("text",), _text),
    python=str.lower,
    sql=_in_case("lower"),
    doc=Message("the text in small letters", "转为小写"),
    example=('lower("ABC")', '"abc"'),
)
UPPER = Function(
    name="upper",
    signature=Signature(("text",), _text),
    python=str.upper,
    sql=_in_case("upper"),
    doc=Message("the text in capital letters", "转为大写"),
    example=('upper("abc")', '"ABC"'),
)
TRIM = Function(
    name="trim",
    signature=Signature(("text",), _text),
    python=texts.trim,
    sql=_trim,
    doc=Message("the text without white space at its ends", "去掉首尾空白"),
    example=('trim("  abc ")', '"abc"'),
)
LENGTH = Function(
    name="length",
    signature=Signature(("text",), _int),
    python=len,
    sql=_length,
    doc=Message("how many characters the text has", "文本的字符数"),
    example=('length("客户")', "2"),
)
LEFT = Function(
    name="left",
    signature=Signature(("text", "int"), _text),
    python=texts.left,
    sql=_left,
    doc=Message("the first characters of the text", "文本开头的若干字符"),
    example=('left("abc", 2)', '"ab"'),
)
RIGHT = Function(
    name="right",
    signature=Signature(("text", "int"), _text),
    python=texts.right,
    sql=_right,
    doc=Message("the last characters of the text", "文本末尾的若干字符"),
    example=('right("abc", 2)', '"bc"'),
)
REPLACE = Function(
    name="replace",
    signature=Signature(("text", "text", "text"), _text),
    python=texts.replace,
    sql=_replace,
    doc=Message(
        "the text with every occurrence of the second one replaced by the third",
        "把文本中出现的第二个文本全部替换为第三个",
    ),
    example=('replace("a-b-c", "-", "/")', '"a/b/c"'),
)
