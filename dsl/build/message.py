"""Mails and pages to print."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast import message as ast
from dsl.ast.base import Node, Path
from dsl.ast.expr import Text
from dsl.build.base import Builder, of_type, over


@dataclass(frozen=True, slots=True)
class _Written(Node):
    """`subject` or `body` before it is put in its place."""

    word: str
    text: Text


class MessageBuilder(Builder):
    def mail(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        entity: Path,
        *rest: _Written | None,
    ) -> ast.MailDecl:
        parts = of_type(_Written, rest)
        return ast.MailDecl(
            over(keyword, entity, *parts),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            self._written(parts, "subject"),
            self._written(parts, "body"),
        )

    def mail_subject(self, keyword: Token, text: Text) -> _Written:
        return _Written(over(keyword, text), "subject", text)

    def mail_body(self, keyword: Token, text: Text) -> _Written:
        return _Written(over(keyword, text), "body", text)

    def _written(self, parts: tuple[_Written, ...], word: str) -> Text | None:
        found = self.only_one(tuple(part for part in parts if part.word == word), word)
        return found.text if found else None

    def print(
        self, keyword: Token, name: Token, label: Token | None, entity: Path, *parts: Node
    ) -> ast.PrintDecl:
        kinds = ast.PrintFields | ast.PrintTable | ast.PrintText
        return ast.PrintDecl(
            over(keyword, entity, *parts),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            self.only_one(of_type(ast.Page, parts), "page"),
            tuple(part for part in parts if isinstance(part, kinds)),
        )

    def print_page(self, keyword: Token, size: Token, orientation: Token | None) -> ast.Page:
        span = over(keyword, size, orientation)
        return ast.Page(span, self.name(size), self.optional_name(orientation))

    def print_fields(self, keyword: Token, fields: tuple[Path, ...]) -> ast.PrintFields:
        return ast.PrintFields(over(keyword, *fields), fields)

    def print_table(self, keyword: Token, rows: Path, fields: tuple[Path, ...]) -> ast.PrintTable:
        return ast.PrintTable(over(keyword, *fields), rows, fields)

    def print_text(self, keyword: Token, text: Text) -> ast.PrintText:
        return ast.PrintText(over(keyword, text), text)
