"""Every page is drawn in every language, as one document that a strict policy lets run."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from runtime.web.contexts import OptionsFragment, Toast
from runtime.web.messages import LANGUAGES
from runtime.web.templating import render, render_options
from runtime.web.widgets import Option
from tests.runtime.web import sample_pages
from tests.runtime.web.sample_pages import PAGES, shell_of

HOSTILE = "<img src=x onerror=alert(1)>"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Document(HTMLParser):
    """Notes elements, ids and references of a page, and whether its tags close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]


@pytest.fixture(params=[(name, lang) for name in PAGES for lang in LANGUAGES], ids="-".join)
def drawn(request: pytest.FixtureRequest) -> tuple[str, str, Document]:
    name, language = request.param
    return name, language, Document(render(PAGES[name][1](language), shell_of(name, language)))


def test_a_page_names_its_language_and_has_one_main_and_one_heading(
    drawn: tuple[str, str, Document],
) -> None:
    _, language, document = drawn
    tags = [tag for tag, _ in document.elements]
    assert document.elements[0][1]["lang"] == {"en": "en", "zh": "zh-Hans"}[language]
    assert tags.count("main") == 1
    assert tags.count("h1") == 1


def test_a_page_holds_nothing_that_a_strict_policy_blocks(drawn: tuple[str, str, Document]) -> None:
    *_, document = drawn
    for tag, attrs in document.elements:
        assert tag != "style"
        assert tag != "script" or (attrs.get("src") or "").startswith("/static/")
        assert not {name for name in attrs if name == "style" or name.startswith(("on", "hx-on"))}
        assert not (attrs.get("hx-vals") or "").startswith("js:")
        assert "[" not in (attrs.get("hx-trigger") or "")


def test_ids_are_unique_and_references_lead_to_one(drawn: tuple[str, str, Document]) -> None:
    *_, document = drawn
    ids = document.all("id")
    assert len(ids) == len(set(ids))
    named = [one for a in ("for", "aria-labelledby", "aria-describedby") for one in document.all(a)]
    assert {one for names in named for one in names.split()} <= set(ids)


def test_each_post_carries_the_csrf_token() -> None:
    for name, (_, page) in PAGES.items():
        html = render(page("en"), shell_of(name, "en"))
        forms = re.findall(r'<form method="post".*?</form>', html, re.DOTALL)
        assert all('name="cw-csrf" value="token"' in form for form in forms), name


def test_a_change_of_a_record_carries_version_and_idempotency_key() -> None:
    for name in ("form", "transition", "delete"):
        html = render(PAGES[name][1]("en"), shell_of(name, "en"))
        assert 'name="cw-version" value="9"' in html
        assert 'name="cw-key" value="key"' in html


def test_texts_of_people_never_become_markup() -> None:
    record = replace(sample_pages.record("en"), title=HOSTILE, warnings=(HOSTILE,))
    shell = replace(sample_pages.shell("en"), reader=HOSTILE, toasts=(Toast(HOSTILE),))
    assert "<img" not in render(record, shell)


def test_an_unmet_condition_keeps_the_button_and_says_why() -> None:
    html = render(sample_pages.record("en"), sample_pages.shell("en"))
    assert "Fill in the delivery date first." in html
    assert "/crm/customer/1/ship" not in html


def test_wrong_input_is_kept_and_explained_at_its_field_and_on_top() -> None:
    html = render(sample_pages.form_errors("en"), sample_pages.shell("en"))
    assert '<a href="#f-name">Company</a>' in html
    assert 'aria-invalid="true" aria-describedby="f-name-error"' in html
    assert 'value="128300.00"' in html


def test_a_grid_works_without_script() -> None:
    html = render(sample_pages.form("en"), sample_pages.shell("en"))
    assert 'name="cw-add" value="lines"' in html
    assert 'name="cw-remove" value="lines.0"' in html
    assert 'aria-label="Line 2, Quantity"' in html


def test_a_combobox_is_told_when_nothing_matches() -> None:
    found = OptionsFragment((Option("7", HOSTILE),), "x")
    assert 'data-value="7"' in render_options(found, "en")
    assert "<img" not in render_options(found, "en")
    assert "没有与“甲”匹配的记录" in render_options(OptionsFragment((), "甲"), "zh")
