"""Values as they are shown: one function per widget, from a value to escaped HTML.

`show(kind, language, options)` picks and prepares the function once; calling it is what pages and
row functions do for every value. A null is always the empty text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from string import ascii_letters
from typing import Any

from markupsafe import Markup, escape

from runtime.web.messages import messages

Show = Callable[[Any], str]
"""A value to escaped HTML; the result is safe to join into a page."""

TONES = ("gray", "red", "orange", "gold", "green", "teal", "blue", "purple", "pink")
_TONE_OF_COLOUR = {"yellow": "gold", "amber": "gold", "cyan": "teal", "violet": "purple"}
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_CACHED_VALUES = 4096


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of an enum or flow as shown: its label and colour word (empty for none)."""

    label: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class CellOptions:
    """What a widget needs besides the value: only the entries its kind reads.

    `scale` is the number of decimals (`None` shows as many as there are), `own_currency` says that
    the currency is the workspace's, `zone` is the reader's time zone, `href` the address before a
    referenced record's id (empty: no link).
    """

    scale: int | None = None
    currency: str = ""
    own_currency: bool = False
    choices: Mapping[str, Choice] = field(default_factory=dict)
    zone: tzinfo = UTC
    href: str = ""


def show(kind: str, language: str, options: CellOptions | None = None) -> Show:
    """The function that shows values of widget `kind` to readers of `language`.

    Raises `KeyError` for a kind that is not in `WIDGETS`.
    """
    return WIDGETS[kind](language, options or CellOptions())


def tone_class(colour: str) -> str:
    """The colour class of an app's colour word; an unknown or missing word is `gray`."""
    tone = _TONE_OF_COLOUR.get(colour, colour)
    return tone if tone in TONES else "gray"


def badge(label: str, colour: str = "") -> Markup:
    """A label on its tint."""
    return Markup('<span class="badge tone-{}">{}</span>').format(tone_class(colour), label)


# --- texts --------------------------------------------------------------------------------------


needs_escape = re.compile("[&<>\"']").search
"""Whether a text holds a character with a meaning in HTML (the set that `escape` replaces).

`escape` makes an object per call; most texts of a table need none, and asking is much cheaper.
"""


def text(value: str | None) -> str:
    """A text, escaped."""
    if value is None:
        return ""
    return escape(value) if needs_escape(value) else value


def _text(language: str, options: CellOptions) -> Show:
    return text


def _note(language: str, options: CellOptions) -> Show:
    def shown(value: str | None) -> str:
        return f'<span class="note">{text(value)}</span>' if value else ""

    return shown


def _email(language: str, options: CellOptions) -> Show:
    def shown(value: str | None) -> str:
        if not value:
            return ""
        known = text(value)
        return f'<a href="mailto:{known}">{known}</a>'

    return shown


_not_dialled = re.compile(r"[^\d+]+").sub


def _phone(language: str, options: CellOptions) -> Show:
    def shown(value: str | None) -> str:
        if not value:
            return ""
        return f'<a href="tel:{text(_not_dialled("", value))}">{text(value)}</a>'

    return shown


def _url(language: str, options: CellOptions) -> Show:
    def shown(value: str | None) -> str:
        if not value:
            return ""
        if not value.startswith(("https://", "http://")):
            return escape(value)  # another scheme could run script when followed
        link = '<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>'
        return Markup(link).format(value, value.split("//", 1)[1].rstrip("/"))

    return shown


# --- numbers ------------------------------------------------------------------------------------


def _int(language: str, options: CellOptions) -> Show:
    @lru_cache(_CACHED_VALUES)
    def shown(value: int | None) -> str:
        return "" if value is None else format(value, ",")

    return shown


def _decimal(language: str, options: CellOptions) -> Show:
    scale = options.scale

    @lru_cache(_CACHED_VALUES)
    def shown(value: Decimal | None) -> str:
        return "" if value is None else decimal_text(value, scale)

    return shown


def decimal_text(value: Decimal, scale: int | None) -> str:
    """`12,345.60`: grouped, rounded half up to `scale` decimals, or with all it has, exactly."""
    if scale is not None:
        value = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    return format(value, ",f")


def _money(language: str, options: CellOptions) -> Show:
    scale = 2 if options.scale is None else options.scale
    symbol = escape(currency_symbol(options.currency, language, options.own_currency))

    @lru_cache(_CACHED_VALUES)
    def shown(value: Decimal | None) -> str:
        if value is None:
            return ""
        return f"{'-' if value < 0 else ''}{symbol}{decimal_text(abs(value), scale)}"

    return shown


def currency_symbol(currency: str, language: str, own: bool = False) -> str:
    """`¥` for CNY in Chinese, `CN¥` in English; empty without a currency.

    The workspace's `own` currency needs no country before its sign: it is `¥` in English too.
    """
    if not currency:
        return ""
    from babel.numbers import get_currency_symbol  # on the first amount of money

    symbol = str(get_currency_symbol(currency, locale=language))
    return (symbol.lstrip(ascii_letters) or symbol) if own else symbol


def _percent(language: str, options: CellOptions) -> Show:
    @lru_cache(_CACHED_VALUES)
    def shown(value: Decimal | None) -> str:
        return "" if value is None else percent_text(value)

    return shown


def percent_text(value: Decimal) -> str:
    """A fraction as percent without trailing zeros: 0.125 is `12.5%`."""
    digits = format(value * 100, ",f")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + "%"


# --- time ---------------------------------------------------------------------------------------


def date_text(value: date, language: str) -> str:
    """`2026-11-21`, in English `21 Nov 2026`."""
    if language == "zh":
        return value.isoformat()[:10]
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def datetime_text(value: datetime, language: str, zone: tzinfo) -> str:
    """`2026-11-21 09:30`, in English `21 Nov 2026, 09:30`, in the reader's `zone`."""
    local = value.astimezone(zone)
    separator = " " if language == "zh" else ", "
    return f"{date_text(local, language)}{separator}{local:%H:%M}"


def month_text(value: date, language: str) -> str:
    """`2026-11`, in English `Nov 2026`."""
    if language == "zh":
        return f"{value:%Y-%m}"
    return f"{_MONTHS[value.month - 1]} {value.year}"


def _date(language: str, options: CellOptions) -> Show:
    @lru_cache(_CACHED_VALUES)
    def shown(value: date | None) -> str:
        return "" if value is None else date_text(value, language)

    return shown


def _month(language: str, options: CellOptions) -> Show:
    @lru_cache(_CACHED_VALUES)
    def shown(value: date | None) -> str:
        return "" if value is None else month_text(value, language)

    return shown


def _time(language: str, options: CellOptions) -> Show:
    def shown(value: time | None) -> str:
        return "" if value is None else f"{value:%H:%M}"

    return shown


def _datetime(language: str, options: CellOptions) -> Show:
    zone = options.zone

    @lru_cache(_CACHED_VALUES)
    def shown(value: datetime | None) -> str:
        if value is None:
            return ""
        local = datetime_text(value, language, zone)
        return f'<time datetime="{value.isoformat()}">{local}</time>'

    return shown


def _duration(language: str, options: CellOptions) -> Show:
    t = messages(language)
    separator = "" if language == "zh" else " "

    def shown(value: timedelta | None) -> str:
        if value is None:
            return ""
        total = int(abs(value).total_seconds())
        minutes, seconds = divmod(total, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        parts = (("days", days), ("hours", hours), ("minutes", minutes), ("seconds", seconds))
        length = separator.join(t(f"value.{unit}", n=n) for unit, n in parts if n)
        return ("-" if value < timedelta() else "") + (length or t("value.minutes", n=0))

    return shown


# --- choices and references ---------------------------------------------------------------------


def _bool(language: str, options: CellOptions) -> Show:
    t = messages(language)
    texts = {True: t("value.yes"), False: t("value.no"), None: ""}
    return lambda value: texts[value]


def _choice(language: str, options: CellOptions) -> Show:
    shown = {value: badge(choice.label, choice.colour) for value, choice in options.choices.items()}

    def show_one(value: str | None) -> str:
        if value is None:
            return ""
        return shown[value] if value in shown else badge(value)  # a value the text no longer has

    return show_one


def _choices(language: str, options: CellOptions) -> Show:
    one = _choice(language, options)
    return lambda values: Markup(" ").join(Markup(one(value)) for value in values or ())


def _tags(language: str, options: CellOptions) -> Show:
    return lambda values: Markup(" ").join(Markup(badge(value)) for value in sorted(values or ()))


def _reference(language: str, options: CellOptions) -> Show:
    """Shows pairs of id and text; without an `href` it shows the text alone."""
    href = escape(options.href)

    def shown(value: tuple[int | None, str] | None) -> str:
        if value is None or value[0] is None:
            return ""
        identity, label = value
        return f'<a href="{href}{identity:d}">{text(label)}</a>' if href else text(label)

    return shown


def _references(language: str, options: CellOptions) -> Show:
    one = _reference(language, options)
    separator = messages(language)("conflict.separator")
    return lambda values: Markup(separator).join(Markup(one(value)) for value in values or ())


WIDGETS: Mapping[str, Callable[[str, CellOptions], Show]] = {
    "text": _text,
    "note": _note,
    "int": _int,
    "decimal": _decimal,
    "money": _money,
    "percent": _percent,
    "bool": _bool,
    "date": _date,
    "month": _month,
    "time": _time,
    "datetime": _datetime,
    "duration": _duration,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "choice": _choice,
    "choices": _choices,
    "tags": _tags,
    "reference": _reference,
    "references": _references,
}
