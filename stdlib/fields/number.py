"""`int`, `decimal(3)`, `percent`: exact numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from compiler.model.types import INT as INT_TYPE
from compiler.model.types import MAX_DIGITS, Type, decimal
from compiler.operators import PERCENT as PERCENT_UNIT
from compiler.values.numbers import rescale
from stdlib.fields.base import Kind, Parameters, half_width, refuse

MOST_SCALE = 8
PERCENT_SCALE = 4
_MYRIADS = {"万": 4, "萬": 4, "w": 4, "W": 4, "亿": 8, "億": 8, "千": 3, "k": 3, "K": 3}
_NUMBER = re.compile(r"([+-]?)((?:\d{1,3}(?:[,' ]\d{3})+|\d+)?(?:\.\d*)?)([万萬wW亿億千kK]?)")


def read_number(text: str) -> Decimal:
    """The number that people mean by `12,345.60`, `１２`, `12.3万` or `-5`; raises Invalid."""
    written = half_width(text).replace("−", "-").replace("，", ",")
    found = _NUMBER.fullmatch(written)
    if found is None or not any(map(str.isdigit, found[2])):
        refuse("`{text}` is not a number", "`{text}` 不是数字", text=text)
    digits = re.sub("[,' ]", "", found[2])
    return Decimal(f"{found[1]}{digits}").scaleb(_MYRIADS.get(found[3], 0))


def exact(value: object) -> Decimal:
    """The number a value is; raises Invalid."""
    if isinstance(value, str):
        return read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        refuse("`{value}` is not a number", "`{value}` 不是数字", value=value)
    number = Decimal(value)
    if not number.is_finite():
        refuse("`{value}` is not a number", "`{value}` 不是数字", value=value)
    return number


def fitted(number: Decimal, scale: int) -> Decimal:
    """The number rounded half up to its field's scale; raises Invalid if it is too large."""
    try:
        return rescale(number, scale)
    except InvalidOperation:
        refuse(
            "`{number}` is too large: at most {digits} digits before the point",
            "`{number}` 过大：整数部分最多 {digits} 位",
            number=f"{number:f}" if abs(number.adjusted()) < 40 else f"{number}",
            digits=MAX_DIGITS - scale,
        )


def unsigned_zero(value: Decimal) -> Decimal:
    """The number; arithmetic may leave a zero with a sign, which nobody wants to read."""
    return value if value else abs(value)


@dataclass(frozen=True)
class _Int(Kind):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return INT_TYPE

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        number = exact(value)
        if number.adjusted() <= MAX_DIGITS and number != int(number):
            refuse("`{value}` is not a whole number", "`{value}` 不是整数", value=value)
        return int(fitted(number, 0))

    def shown(self, value: object, type: Type, language: str) -> str:
        return f"{value:,}"


@dataclass(frozen=True)
class Exact(Kind):
    """A decimal of the scale of its type."""

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return decimal(int(parameters["scale"]))

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        return fitted(exact(value), type.scale)

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, Decimal)
        return f"{unsigned_zero(value):,f}"


@dataclass(frozen=True)
class _Decimal(Exact):
    def parameters(self, arguments: Sequence[str]) -> dict[str, str | int]:
        if len(arguments) != 1 or not arguments[0].isdecimal():
            refuse("write how many decimals, as in `decimal(3)`", "请写明小数位数，如 `decimal(3)`")
        if int(arguments[0]) > MOST_SCALE:
            refuse("at most {most} decimals", "最多 {most} 位小数", most=MOST_SCALE)
        return {"scale": int(arguments[0])}


@dataclass(frozen=True)
class _Percent(Exact):
    """A fraction; in text always as a percentage: `20`, `20%` and `百分之20` are 0.2."""

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return decimal(PERCENT_SCALE, unit=PERCENT_UNIT)

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        written = half_width(text).removesuffix("%").removeprefix("百分之")
        return self.check(read_number(written).scaleb(-2), type, parameters)

    def shown(self, value: object, type: Type, language: str) -> str:
        assert isinstance(value, Decimal)
        digits = f"{unsigned_zero(value).scaleb(2):,f}"
        return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + "%"


INT = _Int("int", "number")
DECIMAL = _Decimal("decimal", "number")
PERCENT = _Percent("percent", "percent")
