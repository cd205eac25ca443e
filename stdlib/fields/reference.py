"""References: the id of a record. Which record a text means, the runtime finds."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.model.types import Type
from stdlib.fields.base import Kind, Parameters, half_width, refuse


@dataclass(frozen=True)
class _Reference(Kind):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        raise NotImplementedError("the type of a reference is that of its declaration")

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        written = half_width(text).removeprefix("#")
        if not written.isdecimal():
            refuse("`{text}` is not the id of a record", "`{text}` 不是记录编号", text=text)
        return self.check(int(written), type, parameters)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
            refuse("`{value}` is not the id of a record", "`{value}` 不是记录编号", value=value)
        return value


REFERENCE = _Reference("reference", "reference")
