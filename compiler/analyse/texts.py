"""Labels and messages in every language of the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from compiler.analyse.context import Context, typed
from compiler.analyse.settings import language_of, settings
from compiler.build import Build, query
from compiler.model.base import Labels
from compiler.model.entity import Phrase
from compiler.model.expr import Expr
from compiler.resolve.declared import decl, is_library, of_kind
from compiler.resolve.names import place
from compiler.resolve.symbols import Repeated
from dsl.ast import expr as ast
from dsl.ast.app import LocaleDecl, Translation
from dsl.ast.base import Name, Path, String
from dsl.diagnostic import Message, Problem, Severity
from dsl.source import Place


class MissingText(Problem, code="CW0017", name="missing-text", severity=Severity.NOTE):
    language: str
    text: str
    message = Message("`{text}` has no text in `{language}`", "`{text}` 没有 `{language}` 文本")
    help = Message("add it to a `locale {language}` block", "请加到 `locale {language}` 声明中")


@dataclass(frozen=True, slots=True)
class Entry:
    """A translation and where it stands: the `index`-th of a block; `text` if it has no holes."""

    block: str
    index: int
    text: str


@query
def _entries(build: Build, module: str, language: str) -> Mapping[str, Entry]:
    found: dict[str, Entry] = {}
    for each in of_kind(build, "locale"):
        if (each.module, each.name) == (module, language):
            entries = decl(build, each.block, LocaleDecl).entries
            for index, entry in enumerate(entries):
                constant = "".join(part for part in entry.text.parts if isinstance(part, str))
                found.setdefault(key_of(entry), Entry(each.block, index, constant))
    return found


def key_of(entry: Translation) -> str:
    """What an entry translates: a path, or a text in quotes."""
    return str(entry.source) if isinstance(entry.source, Path) else f'"{entry.source.raw}"'


@query
def translation(build: Build, module: str, language: str, key: str) -> Entry | None:
    """What a module's `locale` blocks say for a path or a quoted text. An entry is used if this
    was asked for it."""
    return _entries(build, module, language).get(key)


def in_words(name: str) -> str:
    """The label that a name gives by itself: `paid_total` is "Paid total"."""
    words = "".join(
        f" {char.lower()}"
        if char.isupper() and index and not name[index - 1].isupper() and name[index - 1] != "_"
        else char
        for index, char in enumerate(name)
    ).replace("_", " ")
    return words[:1].upper() + words[1:]


def labels(
    build: Build,
    module: str,
    keys: Sequence[str],
    written: String | None,
    name: Name | str,
    at: Place,
) -> Labels:
    """The label in every language: as written or derived from the name in the module's own,
    else translated by one of the keys (the first that has an entry) or by its text."""
    own = written.value if written else in_words(str(name))
    return {
        language: own
        if language == language_of(build, module)
        else _translated(build, module, language, (*keys, f'"{own}"'), own, at)
        for language in settings(build).languages
    }


def _translated(
    build: Build, module: str, language: str, keys: Sequence[str], own: str, at: Place
) -> str:
    for key in keys:
        entry = translation(build, module, language, key)
        if entry:
            return entry.text
    if not is_library(build, module):
        build.report(MissingText(at=at, language=language, text=keys[0].strip('"')))
    return own


def title(build: Build, module: str, block: str, written: String) -> Labels:
    """The label of something that has no name: translated by its text."""
    return labels(build, module, (), written, "", Place(block, written.span))


def phrase(context: Context, node: ast.Expr, key: str = "") -> Phrase:
    """A message in every language, each typed where it stands. Its translation is found by its
    text, and by `key` where it has one."""
    build, module = context.build, context.module
    context = replace(context, may_pick=False)  # it is typed, and read, once for each language
    own = typed(context, node)
    texts = {}
    for language in settings(build).languages:
        translated = None
        if language != language_of(build, module) and isinstance(node, ast.Text):
            translated = _phrase(context, language, node, key)
        texts[language] = translated or own
    return Phrase(texts=texts)


def _phrase(context: Context, language: str, node: ast.Text, key: str) -> Expr | None:
    build, module = context.build, context.module
    entry = translation(build, module, language, key) if key else None
    entry = entry or translation(build, module, language, f'"{node.raw}"')
    if entry is None:
        if any(isinstance(part, str) and part.strip() for part in node.parts):
            at = context.place(node)
            context.report(MissingText(at=at, language=language, text=key or node.raw))
        return None
    translation_of = decl(build, entry.block, LocaleDecl).entries[entry.index]
    if isinstance(translation_of.source, ast.Text):
        source = place(entry.block, translation_of.source)
        build.mention(source, Repeated(context.place(node)))
    return typed(replace(context, block=entry.block), translation_of.text)


BUILT_IN_LABELS: Mapping[str, Message] = {
    "id": Message("No.", "编号"),
    "created_at": Message("Created at", "创建时间"),
    "created_by": Message("Created by", "创建人"),
    "changed_at": Message("Changed at", "修改时间"),
    "changed_by": Message("Changed by", "修改人"),
    "count": Message("Count", "数量"),
    "period": Message("Period", "时间段"),
}


def built_in(build: Build, name: str) -> Labels:
    """The label of what every workspace has."""
    text = BUILT_IN_LABELS[name]
    return {
        language: text.zh if language == "zh" else text.en for language in settings(build).languages
    }
