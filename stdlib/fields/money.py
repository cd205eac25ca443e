"""`money`, `money(USD)`: an exact amount with its currency's decimals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.model.types import Type, decimal
from stdlib.fields.base import Parameters, half_width, refuse
from stdlib.fields.number import Exact

_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG
HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES
WST XCD YER ZAR ZMW
"""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS = {
    code: decimals
    for codes, decimals in ((_TWO, 2), (_NONE, 0), (_THREE, 3))
    for code in codes.split()
}
"""Every currency in use (ISO 4217) with its decimals."""
_SIGNS = "¥￥$€£₩"
_WORDS = ("人民币", "RMB", "元", "圆")


@dataclass(frozen=True)
class _Money(Exact):
    def parameters(self, arguments: Sequence[str]) -> dict[str, str | int]:
        if not arguments:
            return {}
        if len(arguments) > 1 or arguments[0] not in DECIMALS:
            refuse(
                "`{written}` is not a currency; write one as in `money(USD)`",
                "`{written}` 不是货币；请写作 `money(USD)`",
                written=", ".join(arguments),
            )
        return {"currency": arguments[0]}

    def value_type(self, parameters: Parameters, currency: str) -> Type:
        unit = str(parameters.get("currency", currency))
        return decimal(DECIMALS.get(unit, 2), unit=unit)

    def parsed(self, text: str, type: Type, parameters: Parameters) -> object:
        return self.check(_amount(text, type.unit), type, parameters)


def _amount(text: str, unit: str) -> str:
    """The number in `¥1,200.50`, `1200元`, `CNY 1200`, `-¥5`."""
    written = half_width(text)
    for word in (unit, *_WORDS, *_SIGNS):
        if word and word in written:
            written = written.replace(word, "", 1)
    sign = "-" if written.startswith("-") else ""
    return sign + written.removeprefix("-").strip()


MONEY = _Money("money", "money")
