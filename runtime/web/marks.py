"""What a report's axes and measures look like: the words of a mark, the numbers of a measure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup

from compiler.model.report import Band, Dimension
from compiler.model.types import Type
from runtime.host import Serving
from runtime.store.marks import Others
from runtime.store.query import Reference
from runtime.web.cells import CellOptions, Show, date_text, month_text, percent_text, show
from runtime.web.looks import choices, money_show, value_show
from runtime.web.messages import Messages, messages

PERCENT_DIGITS = 4
PLAIN_DECIMALS = 2


def category(serving: Serving, dimension: Dimension, key: object, language: str) -> str:
    """A value of a dimension for people, as plain text."""
    t = messages(language)
    if key is None:
        return t("report.none")
    if isinstance(key, Others):
        return t("report.others")
    if isinstance(key, Reference):
        return key.display or f"#{key.id}"
    type = dimension.value.type
    if dimension.bands and isinstance(key, int) and dimension.banded is not None:
        show = measure_text(serving, dimension.banded, language)
        return _band(dimension.bands[key], show, t)
    if dimension.grain and isinstance(key, date):
        return _bucket(dimension.grain, key, language)
    if type.kind == "enum":
        known = choices(serving.bundle.workspace, type, language)
        return known[str(key)].label if str(key) in known else str(key)
    if type.kind == "bool":
        return t("value.yes" if key else "value.no")
    if type.kind in ("decimal", "int"):
        return measure_text(serving, type, language)(Decimal(str(key)))
    return str(key)


def _band(band: Band, show: Callable[[Decimal], str], t: Messages) -> str:
    """A stretch of numbers, by its ends."""
    if band.low is None:
        return t("report.below", high=show(Decimal(band.high or 0)))
    low = show(Decimal(band.low))
    if band.high is None:
        return t("report.from", low=low)
    return t("report.between", low=low, high=show(Decimal(band.high)))


def _bucket(grain: str, day: date, language: str) -> str:
    if grain == "year":
        return str(day.year)
    if grain == "quarter":
        return f"{day.year} Q{(day.month + 2) // 3}"
    return month_text(day, language) if grain == "month" else date_text(day, language)


def measure_show(serving: Serving, type: Type, language: str) -> Show:
    """The function that shows a measure. Numbers were computed unrounded and are rounded here:
    money to the decimals of its currency, a share to two decimals of a percent."""
    if type.kind not in ("decimal", "int"):
        return value_show(serving, type.kind, type, language)
    text = measure_text(serving, type, language)
    return lambda value: "" if value is None else text(Decimal(value))


def measure_text(serving: Serving, type: Type, language: str) -> Callable[[Decimal], str]:
    """Likewise, from a number to its plain text."""
    if type.unit == "%":
        digits = Decimal(1).scaleb(-PERCENT_DIGITS)
        return lambda value: percent_text(value.quantize(digits, ROUND_HALF_UP))
    if type.unit:
        shown = money_show(serving, type.unit, language)
        return lambda value: str(Markup(shown(value)).unescape())
    if type.kind == "int":
        return lambda value: f"{int(value):,}"
    shown = show("decimal", language, CellOptions(scale=min(type.scale, PLAIN_DECIMALS)))
    return shown
