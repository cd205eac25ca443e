"""What field types share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from compiler.field_type import Invalid
from compiler.model.types import Type
from dsl.diagnostic import Message

Parameters = Mapping[str, str | int]
_NOT_KEPT = re.compile("[\0\ud800-\udfff]")
"""Halves of characters, and the one that ends a text in C."""


@dataclass(frozen=True)
class Kind:
    """A field type without arguments whose values are checked by `checked` and shown by `shown`.

    `name` is its name in the language, `widget` that of the widgets that show and edit it.
    """

    name: str
    widget: str

    def parameters(self, arguments: Sequence[str]) -> dict[str, str | int]:
        if arguments:
            refuse("`{name}` takes no arguments", "`{name}` 不带参数", name=self.name)
        return {}

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        raise NotImplementedError(self.name)

    def parse(self, text: str, type: Type, parameters: Parameters) -> object:
        written = text.strip()
        return self.parsed(written, type, parameters) if written else None

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        """The value of a text that is not empty."""
        return self.check(text, type, parameters)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        raise NotImplementedError(self.name)

    def show(self, value: object, type: Type, language: str) -> str:
        return "" if value is None else self.shown(value, type, language)

    def shown(self, value: object, type: Type, language: str) -> str:
        return str(value)


def refuse(en: str, zh: str, **values: object) -> NoReturn:
    """Refuse a value in both languages; `{name}` in the texts stands for the named value."""
    raise Invalid(Message(en, zh).filled(values))


def half_width(text: str) -> str:
    """Full-width digits, letters and punctuation as plain ones, without white space at the ends."""
    return unicodedata.normalize("NFKC", text).strip()


def a_text(value: object) -> str:
    """The value, which must be a text that can be stored."""
    if not isinstance(value, str):
        refuse("`{value}` is not a text", "`{value}` 不是文本", value=value)
    found = _NOT_KEPT.search(value)
    if found is not None:
        refuse(
            "the text holds the character {code}, which cannot be kept",
            "文本含有无法保存的字符 {code}",
            code=f"U+{ord(found[0]):04X}",
        )
    return unicodedata.normalize("NFC", value)


def at_most(text: str, size: int) -> str:
    if len(text) > size:
        refuse(
            "at most {size} characters, these are {length}",
            "最多 {size} 个字符，现有 {length} 个",
            size=size,
            length=len(text),
        )
    return text
