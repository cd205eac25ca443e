"""Interface texts in every language of the product, from one flat file per language.

A text is named by its dotted path in `i18n/<language>.toml`. A table with the keys `one`/`other`
(and whatever else CLDR has for the language) is one text that depends on a number.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
"""Languages of the interface, each with its name in itself."""

_TAGS = {"en": "en", "zh": "zh-Hans"}
_PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})

Text = str | Mapping[str, str]


class Messages(NamedTuple):
    """The texts of one language; `messages("list.count", n=3)` gives one of them."""

    language: str
    tag: str
    texts: Mapping[str, Text]

    def __call__(self, key: str, /, **values: object) -> str:
        """The text named `key` with `values` put in; the int `n` also picks the plural form.

        Raises `KeyError` for a text or value that does not exist: that is a bug, not a state.
        """
        text = self.texts[key]
        if not isinstance(text, str):
            text = text[_form(self.language, values["n"])]
        shown = {name: _shown(self.language, value) for name, value in values.items()}
        return text.format_map(shown)


def _form(language: str, count: object) -> str:
    """The CLDR plural form of a count."""
    if not isinstance(count, int):
        raise TypeError(f"a text is counted with {count!r}, which is no whole number")
    return _plural_form(language, count)


@lru_cache(maxsize=4096)
def _plural_form(language: str, count: int) -> str:
    from babel import Locale  # on the first text that counts

    return str(Locale.parse(language).plural_form(count))


def _shown(language: str, value: object) -> object:
    return _number(language, value) if type(value) is int else value


@lru_cache(maxsize=4096)
def _number(language: str, value: int) -> str:
    from babel.numbers import format_decimal  # on the first number

    return str(format_decimal(value, locale=language))


@cache
def messages(language: str) -> Messages:
    """The texts of `language`, one of `LANGUAGES`."""
    return Messages(language, _TAGS[language], read_texts(language))


def read_texts(language: str) -> dict[str, Text]:
    """All texts of a language file by dotted name."""
    source = files(__package__).joinpath("i18n", f"{language}.toml").read_text("utf-8")
    return dict(_flatten("", tomllib.loads(source)))


def _flatten(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    for name, value in table.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, str) or _PLURAL_FORMS.issuperset(value):
            yield path, value
        else:
            yield from _flatten(path, value)
