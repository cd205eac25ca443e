"""Where a page of a list begins: the sort keys of a row, opaque to those who carry it.

Null is smaller than everything. A cursor holds values that its reader saw; one that was tampered
with can only lead to another place in the same list.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from compiler.model.types import Type
from dsl.diagnostic import Message
from runtime.store.query import BadQuery

BROKEN = Message(
    "this link to a page of the list is broken: open the list again",
    "该列表页的链接已损坏：请重新打开列表",
)
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
    texts = [None if value is None else _written(value) for value in values]
    data = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(cursor: str, types: Sequence[Type]) -> list[object]:
    """The sort keys of a cursor, of these types. Raises BadQuery."""
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        texts = json.loads(data)
        if not isinstance(texts, list):
            raise ValueError(cursor)
        return [_read(text, type) for text, type in zip(texts, types, strict=True)]
    except (ValueError, KeyError, binascii.Error, InvalidOperation) as error:
        raise BadQuery(BROKEN) from error


def _written(value: object) -> str:
    if isinstance(value, timedelta):
        return str(int(value.total_seconds()))
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _read(text: object, type: Type) -> object:
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
