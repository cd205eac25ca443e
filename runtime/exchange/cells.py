"""What a cell of an import means: a value of its field, read strictly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from compiler.field_type import FieldType, Invalid
from compiler.model.entity import Enum, Field
from dsl.diagnostic import Message
from runtime.exchange.mapping import Manner, Source

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
NO_NUMBER = Message("`{text}` is not a number", "`{text}` 不是数字")
TOO_FINE = Message(
    "`{text}` has more decimals than the {scale} that are kept",
    "`{text}` 的小数位多于可保存的 {scale} 位",
)
NO_DATE = Message("`{text}` is not written as {format}", "`{text}` 不符合格式 {format}")
ISO = Message("2026-11-21 or 2026-11-21 09:30", "2026-11-21 或 2026-11-21 09:30")
NOT_MIDNIGHT = Message(
    "`{text}` has a time of day, and the field is a day", "`{text}` 带有时刻，但该字段是日期"
)
NO_CHOICE = Message("`{text}` is none of {known}", "`{text}` 不是以下之一：{known}")


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one column for one field (not for references: see `lookups`)."""

    field: Field
    source: Source
    manner: Manner
    field_type: FieldType
    enum: Enum | None
    zone: ZoneInfo

    def text(self, cell: str) -> str | None:
        """What is meant by a cell, before it is read as the field's type; None is empty."""
        return meant(self.source, self.manner, cell)

    def value(self, cell: str) -> object:
        """The value of a cell; raises Invalid."""
        text = self.text(cell)
        if text is None:
            return None
        kind = self.field.type.kind
        if kind in ("int", "decimal"):
            return self._number(text)
        if kind in ("date", "month", "instant", "time"):
            return self._moment(text, kind)
        if self.enum is not None:
            return self._choice(text)
        value = self.field_type.parse(text, self.field.type, self.field.parameters)
        return None if value is None else self._checked(value)

    def _checked(self, value: object) -> object:
        return self.field_type.check(value, self.field.type, self.field.parameters)

    # --- numbers

    def _number(self, text: str) -> object:
        plain, percent = text.removesuffix("%").strip(), text.endswith("%")
        if self.manner.decimal == ",":
            plain = plain.replace(".", "").replace(",", ".")
        else:
            plain = plain.replace(",", "")
        if NUMBER.fullmatch(plain) is None or (percent and self.field.type.unit != "%"):
            raise Invalid(NO_NUMBER.filled({"text": text}))
        number = Decimal(plain)
        if percent or self.source.unit == "percent":
            number = number.scaleb(-2)
        return self._checked(self._exact(number, text))

    def _exact(self, number: Decimal, text: str) -> Decimal | int:
        scale = self.field.type.scale
        if number != number.quantize(Decimal(1).scaleb(-scale)):
            raise Invalid(TOO_FINE.filled({"text": text, "scale": scale}))
        return int(number) if self.field.type.kind == "int" else number

    # --- time

    def _moment(self, text: str, kind: str) -> object:
        format = self.source.date_format or self.manner.date_format
        constant = self.source.value is not None or text in self.source.values.values()
        return self._checked(_MOMENTS[kind](text, "" if constant else format, self.zone))

    # --- choices

    def _choice(self, text: str) -> object:
        if self.field.type.kind == "set":
            parts = re.split("[,，;；、|]", text)
            return self._checked([self._named(part) for part in parts if part.strip()])
        return self._checked(self._named(text))

    def _named(self, text: str) -> str:
        found = self._spellings.get(folded(text))
        if found is None:
            known = ", ".join(value.name for value in self.enum.values) if self.enum else ""
            raise Invalid(NO_CHOICE.filled({"text": text, "known": known}))
        return found

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        """Names, labels in any language and spellings accepted on import, names winning."""
        assert self.enum is not None
        found: dict[str, str] = {}
        for value in self.enum.values:
            for spelling in (*value.also, *value.label.values()):
                found.setdefault(folded(spelling), value.name)
        return found | {folded(value.name): value.name for value in self.enum.values}


def meant(source: Source, manner: Manner, cell: str) -> str | None:
    """The text that a cell stands for; None where it is empty."""
    if source.value is not None:
        return source.value
    text = cell.strip()
    if not text or text in manner.null:
        return source.empty
    if source.filled is not None:
        return source.filled
    return source.values.get(text, text)


def folded(text: str) -> str:
    """A spelling without case, width and white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def moment(text: str, format: str, zone: ZoneInfo) -> datetime:
    """An instant as a cell says it, in the zone unless it says its own; raises Invalid."""
    value = _parsed(text, format, datetime.fromisoformat)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _day(text: str, format: str, zone: ZoneInfo) -> date:
    value = _parsed(text, format, datetime.fromisoformat)
    if value.time() != time():
        raise Invalid(NOT_MIDNIGHT.filled({"text": text}))
    return value.date()


def _month(text: str, format: str, zone: ZoneInfo) -> date:
    if not format and re.fullmatch(r"\d{4}-\d{2}", text):
        text = f"{text}-01"
    return _day(text, format, zone).replace(day=1)


def _time(text: str, format: str, zone: ZoneInfo) -> time:
    def clock(written: str) -> datetime:
        return datetime.combine(date.min, time.fromisoformat(written))

    return _parsed(text, format, clock).time()


def _parsed(text: str, format: str, iso: Callable[[str], datetime]) -> datetime:
    try:
        return datetime.strptime(text, format) if format else iso(text)
    except ValueError:
        en, zh = (format, format) if format else (ISO.en, ISO.zh)
        message = Message(
            NO_DATE.en.format(text=text, format=en), NO_DATE.zh.format(text=text, format=zh)
        )
        raise Invalid(message) from None


_MOMENTS: dict[str, Callable[[str, str, ZoneInfo], object]] = {
    "date": _day,
    "month": _month,
    "time": _time,
    "instant": moment,
}
