"""Statements."""

from __future__ import annotations

from lark import Token

from dsl.ast import statement as ast
from dsl.ast.base import Name, Path
from dsl.ast.expr import Argument, Call, Expr, NameRef, Text
from dsl.build.base import over
from dsl.build.expr import ExprBuilder


class StatementBuilder(ExprBuilder):
    def assign(self, target: Expr, value: Expr) -> ast.Assign:
        return ast.Assign(over(target, value), self.expr(target), value)

    def own_field(self, token: Token) -> NameRef:
        name = self.name(token)
        return NameRef(name.span, name)

    def let(self, keyword: Token, name: Token, value: Expr | ast.Create) -> ast.Let:
        return ast.Let(over(keyword, value), self.name(name), value)

    def create(
        self,
        keyword: Token,
        entity: Expr,
        like: Expr | None,
        arguments: tuple[Argument, ...] | None,
        closing: Token,
    ) -> ast.Create:
        copied = None if like is None else self.expr(like)
        return ast.Create(over(keyword, closing), self.expr(entity), copied, arguments or ())

    def add(
        self,
        keyword: Token,
        target: Expr,
        arguments: tuple[Argument, ...] | None,
        closing: Token,
    ) -> ast.Add:
        return ast.Add(over(keyword, closing), self.expr(target), arguments or ())

    def update(
        self, keyword: Token, source: Expr, where: Expr | None, *body: ast.Assign
    ) -> ast.Update:
        return ast.Update(over(keyword, *body), source, where, body)

    def delete(self, keyword: Token, target: Expr) -> ast.Delete:
        return ast.Delete(over(keyword, target), target)

    def for_each(
        self,
        keyword: Token,
        name: Token,
        source: Expr,
        where: Expr | None,
        *body: ast.Statement,
    ) -> ast.For:
        return ast.For(over(keyword, *body), self.name(name), source, where, body)

    def act(self, callee: Expr, arguments: tuple[Argument, ...] | None, closing: Token) -> ast.Do:
        span = over(callee, closing)
        return ast.Do(span, Call(span, self.expr(callee), arguments or ()))

    def notify(
        self,
        keyword: Token,
        people: tuple[Expr, ...],
        text: Text,
        via: tuple[Name, ...] | None,
    ) -> ast.Notify:
        return ast.Notify(over(keyword, text, *(via or ())), people, text, via or ())

    def people(self, *people: Expr) -> tuple[Expr, ...]:
        return tuple(self.expr(person) for person in people)

    def email(self, keyword: Token, to: Expr, mail: Path) -> ast.Email:
        return ast.Email(over(keyword, mail), self.expr(to), mail)

    def call_action(
        self,
        keyword: Token,
        connection: Token,
        action: Token,
        arguments: tuple[Argument, ...] | None,
        closing: Token,
    ) -> ast.CallAction:
        span = over(keyword, closing)
        return ast.CallAction(span, self.name(connection), self.name(action), arguments or ())

    def log(self, keyword: Token, text: Text) -> ast.Log:
        return ast.Log(over(keyword, text), text)
