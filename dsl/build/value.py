"""Declarations that give a value: functions."""

from __future__ import annotations

from lark import Token

from dsl.ast import value as ast
from dsl.ast.entity import TypeRef
from dsl.ast.expr import Expr
from dsl.build.base import Builder, over


class ValueBuilder(Builder):
    def function(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        parameters: tuple[ast.Parameter, ...] | None,
        _closing: Token,
        result: TypeRef,
        body: Expr,
    ) -> ast.FunctionDecl:
        return ast.FunctionDecl(
            over(keyword, body),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            parameters or (),
            result,
            body,
        )

    def extern(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        parameters: tuple[ast.Parameter, ...] | None,
        _closing: Token,
        result: TypeRef,
    ) -> ast.ExternDecl:
        return ast.ExternDecl(
            over(keyword, result),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            parameters or (),
            result,
        )

    def parameters(self, *parameters: ast.Parameter) -> tuple[ast.Parameter, ...]:
        return parameters

    def parameter(self, name: Token, type: TypeRef) -> ast.Parameter:
        return ast.Parameter(over(name, type), self.name(name), type)
