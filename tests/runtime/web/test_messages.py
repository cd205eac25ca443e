"""Interface texts are complete in every language, and only those that are used exist."""

import re
import string
from pathlib import Path

import pytest
from babel import Locale

from runtime import web
from runtime.web.messages import LANGUAGES, Text, messages, read_texts

WEB = Path(web.__file__).parent
KEY = re.compile(
    r"""\bt\(\s*f?(?P<quote>["'])(?P<key>[a-z0-9_.]+\.[a-z0-9_.]*)(?P=quote)\s*(?P<more>~)?"""
)
BEGUN = re.compile(r"""f["']([a-z_]+\.[a-z_.]*)(?=\{)|["']([a-z_]+\.)["'] ~""")
PAGES = "sample_pages.py"


def forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def placeholders(text: Text) -> set[str]:
    return {
        name for form in forms(text) for _, name, _, _ in string.Formatter().parse(form) if name
    }


def used() -> set[str]:
    """The texts that templates and pages name (a name made of parts is not seen)."""
    files = [*(WEB / "templates").glob("*.html"), *WEB.rglob("*.py")]
    sources = "\n".join(path.read_text("utf-8") for path in files)
    return {match["key"] for match in KEY.finditer(sources) if not match["more"]}


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_each_text_exists_in_each_language_with_the_same_placeholders(language: str) -> None:
    english, other = read_texts("en"), read_texts(language)
    assert sorted(english) == sorted(other)
    for key, text in english.items():
        assert placeholders(text) == placeholders(other[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_text_has_every_plural_form_of_its_language(language: str) -> None:
    needed = set(Locale.parse(language).plural_form.rules) | {"other"}
    counted = {k: v for k, v in read_texts(language).items() if not isinstance(v, str)}
    assert counted
    for key, text in counted.items():
        assert set(text) == needed, key


def test_each_text_that_is_named_exists() -> None:
    assert len(used()) > 100
    assert used() - set(read_texts("en")) == set()


def test_each_text_that_exists_is_named() -> None:
    """A name made of parts names every text that begins as it does."""
    files = [*(WEB / "templates").glob("*.html"), *WEB.rglob("*.py"), Path(__file__).parent / PAGES]
    sources = "\n".join(path.read_text("utf-8") for path in files)
    begun = tuple(match[1] or match[2] for match in BEGUN.finditer(sources))
    unnamed = {key for key in read_texts("en") if not re.search(rf"[\"']{key}[\"']", sources)}
    assert {key for key in unnamed if not key.startswith(begun)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert all(form.strip() for text in read_texts(language).values() for form in forms(text))


def test_a_count_is_worded_and_grouped_by_the_language() -> None:
    assert messages("en")("list.count", n=1) == "1 record"
    assert messages("en")("list.count", n=1234) == "1,234 records"
    assert messages("zh")("list.count", n=1) == "1 条"


def test_a_missing_text_or_value_is_a_fault() -> None:
    with pytest.raises(KeyError):
        messages("en")("no.such.text")
    with pytest.raises(KeyError):
        messages("en")("list.new")
