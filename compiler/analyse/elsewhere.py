"""What spreadsheets and other languages call, and how it is said here."""

from __future__ import annotations

from dsl.diagnostic import Message
from dsl.syntax import CHOSEN, JOINED

FUNCTIONS = {
    "len": "length", "substitute": "replace", "datevalue": "date", "roundup": "ceil",
    "rounddown": "floor", "ceiling": "ceil", "edate": "add_months", "eomonth": "end_of_month",
    "getdate": "today", "current_date": "today", "ucase": "upper", "lcase": "lower",
}  # fmt: skip
"""Functions that have another name here."""

_BOTH = Message("write `a and b`", "请写 `a and b`")
_EITHER = Message("write `a or b`", "请写 `a or b`")
_NOT = Message("write `not a`", "请写 `not a`")
_IS_NULL = Message("write `x is null`, or `x is not null`", "请写 `x is null` 或 `x is not null`")
_INSTEAD = Message("write `a ?? b`: b where a is null", "请写 `a ?? b`：a 为空时取 b")
_FOUND = Message(
    "what a record refers to is reached with a dot, `customer.name`; a list of cases is a `table`",
    "引用的记录用点号访问，如 `customer.name`；对照表请用 `table`",
)
_SHOWN = Message('put the value into a text: `"{{x}}"`', '请把值写入文本：`"{{x}}"`')
_BETWEEN = Message("take one day from the other: `days(a - b)`", "两个日期相减：`days(a - b)`")

HELP = {
    **dict.fromkeys(("if", "ifs", "iif", "switch", "choose", "when"), CHOSEN),
    "and": _BOTH,
    "or": _EITHER,
    "not": _NOT,
    **dict.fromkeys(("isblank", "isempty", "isnull", "isna"), _IS_NULL),
    **dict.fromkeys(("iferror", "ifna", "ifnull", "nvl", "coalesce"), _INSTEAD),
    **dict.fromkeys(("concat", "concatenate", "textjoin", "join"), JOINED),
    **dict.fromkeys(("vlookup", "hlookup", "xlookup", "lookup", "match"), _FOUND),
    **dict.fromkeys(("text", "str", "tostring"), _SHOWN),
    **dict.fromkeys(("datedif", "datediff"), _BETWEEN),
}
"""What is no function here, and what is written for it."""
