"""ASCII names for tables, URLs and the API, derived from names in any script."""

from __future__ import annotations

import re

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def slug(name: str) -> str:
    """`OrderLine` is `order_line`, `客户` is `ke_hu`; always an ASCII identifier."""
    words = _WORDS.sub("_", name if name.isascii() else _spelled(name))
    ascii_name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return ascii_name if ascii_name[:1].isalpha() else f"n{ascii_name}"


def _spelled(name: str) -> str:
    # Its dictionaries take a tenth of a second to load, so only apps that need them pay.
    from pypinyin import lazy_pinyin

    return "_".join(lazy_pinyin(name, errors=_kept))


def _kept(characters: str) -> str:
    """Characters without a pinyin stand for themselves if they are ASCII, else by their number."""
    return "".join(char if char.isascii() else f"u{ord(char):x}" for char in characters)
