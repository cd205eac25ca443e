"""`email`, `phone`, `url`: texts that are checked, and shown as links."""

from __future__ import annotations

import re
from dataclasses import dataclass

from compiler.model.types import TEXT, Type
from stdlib.fields.base import Kind, Parameters, a_text, at_most, half_width, refuse

MOST_EMAIL = 254
MOST_PHONE = 32
MOST_URL = 2_000
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@([^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]+")
_PHONE = re.compile(r"\+?[\d ()./-]*\d[\d ()./-]*(?:(?:ext\.?|x|转|#)\s*\d{1,6})?", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s/?#@\\]+\.?[^\s/?#@\\]*(?:[/?#][^\s]*)?", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class _Contact(Kind):
    def value_type(self, parameters: Parameters, currency: str) -> Type:
        return TEXT


@dataclass(frozen=True)
class _Email(_Contact):
    """Kept as written but for its domain, in which case does not count."""

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        written = at_most(half_width(a_text(value)), MOST_EMAIL)
        if not written:
            return None
        if ".." in written or _EMAIL.fullmatch(written) is None:
            refuse(
                "`{text}` is not an e-mail address",
                "`{text}` 不是邮箱地址",
                text=value,
            )
        name, _, domain = written.rpartition("@")
        return f"{name}@{domain.lower()}"


@dataclass(frozen=True)
class _Phone(_Contact):
    """Kept with single spaces and plain characters; a number has 3 to 20 digits."""

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        written = " ".join(half_width(a_text(value)).replace("—", "-").split())
        if not written:
            return None
        digits = sum(map(str.isdigit, written))
        if _PHONE.fullmatch(at_most(written, MOST_PHONE)) is None or not 3 <= digits <= 20:
            refuse("`{text}` is not a phone number", "`{text}` 不是电话号码", text=value)
        return written


@dataclass(frozen=True)
class _Url(_Contact):
    """An address of the web; `https://` is put before one without a scheme."""

    def check(self, value: object, type: Type, parameters: Parameters) -> object:
        written = a_text(value).strip()
        if not written:
            return None
        if not _SCHEME.match(written):
            written = f"https://{written}"
        if _URL.fullmatch(at_most(written, MOST_URL)) is None:
            refuse(
                "`{text}` is not a web address; write it as https://example.com",
                "`{text}` 不是网址；请写作 https://example.com",
                text=value,
            )
        return written


EMAIL = _Email("email", "email")
PHONE = _Phone("phone", "phone")
URL = _Url("url", "url")
