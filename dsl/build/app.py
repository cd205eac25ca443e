"""App, locale, role, enum and data declarations."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast import app as ast
from dsl.ast.base import Name, Node, Path, String
from dsl.ast.change import Intent, Retired
from dsl.ast.expr import Text
from dsl.build.base import Builder, of_type, over, token_span
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class _Setting(Node):
    """A line of an `app` block before it is put in its place."""

    word: str
    value: String | Name | tuple[Path, ...] | tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class _Also(Node):
    texts: tuple[String, ...]


class AppBuilder(Builder):
    def app(
        self, keyword: Token, name: Token, label: Token | None, *settings: _Setting | None
    ) -> ast.AppDecl:
        values: dict[str, _Setting] = {}
        for setting in of_type(_Setting, settings):
            first = values.setdefault(setting.word, setting)
            self.only_one((first,) if first is setting else (first, setting), setting.word)
        written = {word: setting.value for word, setting in values.items()}
        return ast.AppDecl(
            over(keyword, name, label, *of_type(_Setting, settings)),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            written.get("version"),  # type: ignore[arg-type]
            written.get("use", ()),  # type: ignore[arg-type]
            written.get("languages", ()),  # type: ignore[arg-type]
            written.get("timezone"),  # type: ignore[arg-type]
            written.get("currency"),  # type: ignore[arg-type]
            written.get("calendar"),  # type: ignore[arg-type]
        )

    def app_version(self, keyword: Token, value: Token) -> _Setting:
        return _Setting(over(keyword, value), "version", self.string(value))

    def app_use(self, keyword: Token, modules: tuple[Path, ...]) -> _Setting:
        return _Setting(over(keyword, modules[-1]), "use", modules)

    def app_languages(self, keyword: Token, names: tuple[Name, ...]) -> _Setting:
        return _Setting(over(keyword, names[-1]), "languages", names)

    def app_timezone(self, keyword: Token, value: Token) -> _Setting:
        return _Setting(over(keyword, value), "timezone", self.string(value))

    def app_currency(self, keyword: Token, value: Token) -> _Setting:
        return _Setting(over(keyword, value), "currency", self.name(value))

    def app_calendar(self, keyword: Token, value: Token) -> _Setting:
        return _Setting(over(keyword, value), "calendar", self.name(value))

    def locale(
        self, keyword: Token, name: Token, *entries: ast.Translation | None
    ) -> ast.LocaleDecl:
        kept = of_type(ast.Translation, entries)
        span = over(keyword, name, *kept)
        return ast.LocaleDecl(span, self.name(name), None, self.doc(keyword), kept)

    def translation(self, source: Path | Text, text: Text) -> ast.Translation:
        return ast.Translation(over(source, text), source, text)

    def role(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        includes: tuple[Path, ...] | None,
        *intents: Intent,
    ) -> ast.RoleDecl:
        span = over(keyword, name, label, *(includes or ()), *intents)
        return ast.RoleDecl(
            span, self.name(name), self.label(label), self.doc(keyword), includes or (), intents
        )

    def enum(
        self, keyword: Token, name: Token, label: Token | None, *values: ast.EnumValue
    ) -> ast.EnumDecl:
        span = over(keyword, values[-1])
        return ast.EnumDecl(span, self.name(name), self.label(label), self.doc(keyword), values)

    def enum_value(
        self, name: Token, label: Token | None, *marks: Name | _Also | Intent
    ) -> ast.EnumValue:
        said = of_type(Intent, marks)
        plain = any(isinstance(each, Retired) and each.to is None for each in said)
        return ast.EnumValue(
            over(name, label, *marks),
            self.name(name),
            self.label(label),
            self.doc(name),
            self.only_one(of_type(Name, marks), "color"),
            plain,
            tuple(text for also in of_type(_Also, marks) for text in also.texts),
            # A value that is only retired stays, and is not offered any more.
            tuple(each for each in said if not (isinstance(each, Retired) and each.to is None)),
        )

    def enum_color(self, _keyword: Token, color: Token) -> Name:
        return self.name(color)

    def enum_also(self, keyword: Token, *texts: Token) -> _Also:
        return _Also(over(keyword, *texts), tuple(self.string(text) for text in texts))

    # ------------------------------------------------------------ data

    def data(
        self, keyword: Token, name: Token, label: Token | None, key: Token, *rows: ast.Row
    ) -> ast.DataDecl:
        header = tuple(Name(cell.span, cell.text) for cell in rows[0].cells)
        return ast.DataDecl(
            over(keyword, rows[-1]),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            self.name(key),
            header,
            rows[1:],
        )

    def row(self, token: Token) -> ast.Row:
        return ast.Row(token_span(token), tuple(_cells(token)))


def _cells(token: Token) -> list[ast.Cell]:
    cells, at = [], token.start_pos or 0
    for written in split_row(token):
        text = written.strip()
        start = at + len(written) - len(written.lstrip())
        quoted = len(text) > 1 and text[0] == text[-1] == '"'
        span = Span(start, start + len(text))
        cells.append(ast.Cell(span, text[1:-1] if quoted else text))
        at += len(written) + 1
    return cells


def split_row(row: str) -> list[str]:
    """The cells of a row; a `|` inside quotes separates nothing."""
    cells, quoted = [""], False
    for char in row:
        quoted ^= char == '"'
        if char == "|" and not quoted:
            cells.append("")
        else:
            cells[-1] += char
    return cells
