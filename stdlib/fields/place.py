"""`geo`: a point on the earth, as its latitude and longitude."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from compiler.model.types import GEO as GEO_TYPE
from compiler.model.types import Type
from stdlib.fields.base import Kind, Parameters, half_width, refuse

LIMITS = (Decimal(90), Decimal(180))
FINEST = Decimal("0.000001")
"""A tenth of a metre."""
_POINT = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,15})?)[\s,;、]+([+-]?\d{1,3}(?:\.\d{1,15})?)")


@dataclass(frozen=True)
class _Geo(Kind):
    """Written as `31.230416, 121.473701`, the latitude first."""

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return GEO_TYPE

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        found = _POINT.fullmatch(half_width(text))
        if found is None:
            refuse(
                "`{text}` is no place; write it as `31.230416, 121.473701`",
                "`{text}` 不是位置；请写作 `31.230416, 121.473701`",
                text=text,
            )
        return self.check(tuple(map(Decimal, found.groups())), type, parameters)

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        if not (
            isinstance(value, tuple)
            and len(value) == len(LIMITS)
            and all(isinstance(each, Decimal) and each.is_finite() for each in value)
        ):
            refuse("`{value}` is no place", "`{value}` 不是位置", value=value)
        if any(abs(each) > most for each, most in zip(value, LIMITS, strict=True)):
            refuse(
                "latitudes end at 90 degrees, longitudes at 180",
                "纬度不超过 90 度，经度不超过 180 度",
            )
        return tuple(each.quantize(FINEST, ROUND_HALF_UP) for each in value)

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, tuple)
        return ", ".join(f"{each:f}" for each in value)


GEO = _Geo("geo", "geo")
