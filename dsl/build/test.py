"""Tests."""

from __future__ import annotations

from typing import cast

from lark import Token

from dsl.ast import test as ast
from dsl.ast.base import Name, Path
from dsl.ast.expr import Argument, Call, Expr, NameRef, Text
from dsl.ast.statement import Statement
from dsl.build.base import over
from dsl.build.statement import StatementBuilder


class TestBuilder(StatementBuilder):
    def test(self, keyword: Token, name: Token, *steps: Statement) -> ast.TestDecl:
        text = self.required_label(name)
        return ast.TestDecl(
            over(keyword, *steps), Name(text.span, text.value), None, self.doc(keyword), steps
        )

    # ------------------------------------------------------------ the situation

    def given(self, keyword: Token, *body: Statement) -> ast.Given:
        return ast.Given(over(keyword, *body), body)

    def given_record(
        self,
        name: Token,
        entity: Expr,
        arguments: tuple[Argument, ...] | None,
        closing: Token,
    ) -> ast.GivenRecord:
        call = Call(over(entity, closing), self.expr(entity), arguments or ())
        return ast.GivenRecord(over(name, closing), self.name(name), call)

    def given_roles(
        self, name: NameRef, _is: Token, roles: tuple[Path, ...], team: Expr | None
    ) -> ast.GivenRoles:
        return ast.GivenRoles(over(name, *roles, team), name.name, roles, team)

    def set_clock(self, keyword: Token, moment: Expr) -> ast.SetClock:
        return ast.SetClock(over(keyword, moment), moment)

    def wait(self, keyword: Token, length: Expr) -> ast.Wait:
        return ast.Wait(over(keyword, length), length)

    # ------------------------------------------------------------ what people do

    def as_person(self, keyword: Token, who: Expr, *body: Statement) -> ast.As:
        return ast.As(over(keyword, *body), self.expr(who), body)

    def see(self, keyword: Token, what: Expr) -> ast.See:
        return ast.See(over(keyword, what), self.expr(what))

    def cannot(self, keyword: Token, attempt: Statement, text: Text | None) -> ast.Cannot:
        return ast.Cannot(over(keyword, attempt, text), attempt, text)

    # ------------------------------------------------------------ what is expected

    def expect(self, keyword: Token, condition: Expr) -> ast.Expect:
        return ast.Expect(over(keyword, condition), condition)

    def expect_report(
        self, keyword: Token, report: Expr, where: Expr | None, has: Expr
    ) -> ast.ExpectReport:
        return ast.ExpectReport(over(keyword, has), report, where, has)

    def expect_told(
        self, keyword: Token, no: Token | None, kind: Token, *rest: tuple[Expr, ...] | Text | None
    ) -> ast.ExpectTold:
        people = next((each for each in rest if isinstance(each, tuple)), ())
        text = next((each for each in rest if isinstance(each, Text)), None)
        last = text or (people[-1] if people else kind)
        told = cast(ast.Told, str(kind))
        return ast.ExpectTold(over(keyword, last), told, no is not None, people, text)
