"""Where a page of a list begins: the sort keys of a row, opaque to those who carry it.

Null is smaller than everything. A cursor holds values that its reader saw; one that was tampered
with can only lead to another place in the same list.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from compiler.model.types import Type
from dsl.diagnostic import Message
from runtime.store.query import BadQuery

BROKEN = Message(
    "this link to a page of the list is broken: open the list again",
    "该列表页的链接已损坏：请重新打开列表",
)
UNREADABLE = (ValueError, KeyError, TypeError, RecursionError, InvalidOperation)
"""What a text that was tampered with can raise."""
_READ: dict[str, Callable[[str], object]] = {
    "text": str,
    "enum": str,
    "int": int,
    "ref": int,
    "worktime": int,
    "bool": lambda text: {"True": True, "False": False}[text],
    "decimal": Decimal,
    "date": date.fromisoformat,
    "month": date.fromisoformat,
    "time": time.fromisoformat,
    "instant": datetime.fromisoformat,
    "duration": lambda text: timedelta(seconds=int(text)),
}


def encode(values: Sequence[object]) -> str:
    """The cursor of a row with these sort keys, the id last."""
    return packed([None if value is None else written(value) for value in values])


def decode(cursor: str, types: Sequence[Type]) -> list[object]:
    """The sort keys of a cursor, of these types. Raises BadQuery."""
    try:
        return [read(text, type) for text, type in zip(unpacked(cursor), types, strict=True)]
    except UNREADABLE as error:
        raise BadQuery(BROKEN) from error


def packed(data: Sequence[object]) -> str:
    """A list of texts, nulls and lists, safe in a URL."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def unpacked(text: str) -> list[Any]:
    """What was packed. Raises ValueError."""
    padded = text + "=" * (-len(text) % 4)
    data = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    if not isinstance(data, list):
        raise ValueError(text)
    return data


def written(value: object) -> str:
    """A value as text that `read` reads back."""
    if isinstance(value, timedelta):
        return str(int(value.total_seconds()))
    return value.isoformat() if isinstance(value, date | time) else str(value)


def read(text: object, type: Type) -> object:
    """The value of a type that a text says; None for null. Raises ValueError and the like."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError(text)
    value = _READ[type.kind](text)
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(text)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(text)
    return value
