"""`text`, `text(120)`: one line. `note`: many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from compiler.model.types import TEXT as TEXT_TYPE
from compiler.model.types import Type
from stdlib.fields.base import Kind, Parameters, a_text, at_most, refuse

MOST = 1_000
MOST_NOTE = 100_000
_BREAKS = re.compile(r"\s*[\r\n\x0b\x0c\x85\u2028\u2029]+\s*")


@dataclass(frozen=True)
class _Text(Kind):
    def parameters(self, arguments: Sequence[str]) -> dict[str, str | int]:
        if not arguments:
            return {}
        if len(arguments) > 1 or not arguments[0].isdecimal():
            refuse("write the length as in `text(120)`", "长度请写作 `text(120)`")
        size = int(arguments[0])
        if not 1 <= size <= MOST:
            refuse(
                "a text holds 1 to {most} characters; for more use `note`",
                "文本长度为 1 到 {most}；更长请用 `note`",
                most=MOST,
            )
        return {"size": size}

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return TEXT_TYPE

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        line = _BREAKS.sub(" ", a_text(value).strip())
        return at_most(line, int(parameters.get("size", MOST))) or None


@dataclass(frozen=True)
class _Note(Kind):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return TEXT_TYPE

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        lines = a_text(value).replace("\r\n", "\n").replace("\r", "\n")
        return at_most(lines.strip(), MOST_NOTE) or None


TEXT = _Text("text", "text")
NOTE = _Note("note", "note")
