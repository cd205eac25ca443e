"""`serial "SO-{year}{month}-{0000}"`: a number that the runtime gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from compiler.model.types import TEXT, Type
from stdlib.fields.base import Kind, Parameters, a_text, at_most, refuse

MOST = 60
_PART = re.compile(r"\{([^{}]*)\}")
DATE_PARTS = ("year", "month", "day")


@dataclass(frozen=True)
class _Serial(Kind):
    """Its pattern has one counter of zeros, which begins anew when a date part changes."""

    def parameters(self, arguments: Sequence[str]) -> dict[str, str | int]:
        pattern = arguments[0] if len(arguments) == 1 else ""
        parts = _PART.findall(pattern)
        counters = [part for part in parts if part and not part.strip("0")]
        unknown = [part for part in parts if part not in (*DATE_PARTS, *counters)]
        if unknown:
            refuse(
                "`{{{part}}}` is no part of a number; use {{year}}, {{month}}, {{day}} or {{0000}}",
                "编号中不能有 `{{{part}}}`；可用 {{year}}、{{month}}、{{day}}、{{0000}}",
                part=unknown[0],
            )
        if len(counters) != 1:
            refuse(
                'a number has one counter, as in "SO-{{year}}-{{0000}}"',
                '编号须有且只有一个计数器，如 "SO-{{year}}-{{0000}}"',
            )
        return {"pattern": at_most(pattern, MOST)}

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return TEXT

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        return at_most(a_text(value).strip(), MOST) or None


SERIAL = _Serial("serial", "text")
