"""Translations: of languages that the workspace speaks, and of texts that there are."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.analyse.settings import settings
from compiler.analyse.texts import key_of, translation
from compiler.build import Build, query
from compiler.resolve.composition import overridden_modules
from compiler.resolve.declared import Declared, decl, is_library, of_kind
from compiler.resolve.names import place
from dsl.ast.app import LocaleDecl, Translation
from dsl.diagnostic import Message, Problem, Severity

ASKED = "translations asked for"


class UnusedText(Problem, code="CW0019", name="unused-text", severity=Severity.WARNING):
    written: str
    message = Message("nothing is called {written}", "没有名为 {written} 的内容")
    label = Message("this translates nothing", "此翻译没有用到")
    help = Message(
        "delete it, or write the name or text as it stands in the app",
        "请删除，或按应用中的写法填写名称或原文",
    )


class ForeignLocale(Problem, code="CW0020", name="foreign-locale", severity=Severity.WARNING):
    language: str
    message = Message(
        "`{language}` is not a language of the workspace", "`{language}` 不是工作区的语言"
    )
    help = Message(
        "add it to `languages` in the `app` block, or delete these texts",
        "请加到 `app` 声明的 `languages` 中，或删除这些文本",
    )


def note_what_was_asked(build: Build) -> None:
    """Keep which translations the model needed, for `translations_are_used`."""
    asked = {
        (each.block, index)
        for each, index, entry in _entries(build)
        if build.was_asked(translation, each.module, each.name, key_of(entry))
    }
    build.learn(ASKED, frozenset(asked))


def _entries(build: Build) -> Iterator[tuple[Declared, int, Translation]]:
    for each in of_kind(build, "locale"):
        if not is_library(build, each.module):
            for index, entry in enumerate(decl(build, each.block, LocaleDecl).entries):
                yield each, index, entry


@query
def locales_are_of_the_workspace(build: Build) -> None:
    """A `locale` block is of a language that the workspace speaks."""
    for each in of_kind(build, "locale"):
        known = is_library(build, each.module) or each.name in settings(build).languages
        if not known:
            at = place(each.block, decl(build, each.block, LocaleDecl).name)
            build.report(ForeignLocale(at=at, language=each.name))


@query
def translations_are_used(build: Build) -> None:
    """Every translation is of a name or text that the app has; where another app overrides some
    of it, that is not for this one to know."""
    asked = build.given(ASKED)
    assert isinstance(asked, frozenset)
    for each, index, entry in _entries(build):
        foreign = each.name not in settings(build).languages
        foreign |= each.module in overridden_modules(build)
        if not foreign and (each.block, index) not in asked:
            at = place(each.block, entry.source)
            build.report(UnusedText(at=at, written=f"`{key_of(entry)}`"))
