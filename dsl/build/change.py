"""What is said of earlier data, and upgrades."""

from __future__ import annotations

from typing import Literal, cast

from lark import Token

from dsl.ast import change as ast
from dsl.ast.base import Name
from dsl.ast.entity import TypeRef
from dsl.ast.expr import Expr
from dsl.ast.statement import Statement
from dsl.ast.upgrade import UpgradeDecl
from dsl.build.base import Builder, over, token_span


class ChangeBuilder(Builder):
    def was(self, name: Token, type_: TypeRef | None) -> ast.Was:
        return ast.Was(over(name, type_), self.name(name), type_)

    def fill(self, keyword: Token, value: Expr) -> ast.Fill:
        return ast.Fill(over(keyword, value), value)

    def convert(self, keyword: Token, value: Expr) -> ast.Convert:
        return ast.Convert(over(keyword, value), value)

    def on_error(self, on: Token, word: Token) -> ast.OnError:
        return ast.OnError(over(on, word), cast(ast.OnErrorKind, str(word)))

    def retired(self, keyword: Token, to: Token | None = None) -> ast.Retired:
        return ast.Retired(over(keyword, to), self.optional_name(to))

    def reuse(self, word: Token) -> ast.Reuse:
        return ast.Reuse(token_span(word), cast(Literal["revive", "fresh"], str(word)))

    def upgrade(
        self, keyword: Token, id: Token, when: Token, *statements: Statement
    ) -> UpgradeDecl:
        text = self.string(id)
        span = over(keyword, *statements)
        name = Name(text.span, text.value)
        return UpgradeDecl(
            span, name, None, self.doc(keyword), cast(Literal["before", "after"], str(when)),
            statements,
        )  # fmt: skip
