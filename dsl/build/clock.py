"""Clocks."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token

from dsl.ast import clock as ast
from dsl.ast.approval import PercentAt
from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import Expr
from dsl.ast.rule import Event
from dsl.ast.statement import Statement
from dsl.build.base import of_type, over
from dsl.build.clause import Body, Clause, ClauseBuilder


@dataclass(frozen=True, slots=True)
class _Limit(Clause):
    value: Expr


class ClockBuilder(ClauseBuilder):
    def clock(
        self, keyword: Token, name: Token, label: Token | None, entity: Path, *rest: Node
    ) -> ast.ClockDecl:
        limit = self.only_one(of_type(_Limit, rest), "limit")
        return ast.ClockDecl(
            over(keyword, *rest),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            self.only_one(of_type(ast.RunsDecl, rest), "from"),
            of_type(ast.PauseDecl, rest),
            limit.value if limit else None,
            of_type(ast.ClockAtDecl, rest),
        )

    def runs(
        self, keyword: Token, start: tuple[Event, ...], end: tuple[Event, ...]
    ) -> ast.RunsDecl:
        return ast.RunsDecl(over(keyword, *end), start, end)

    def pause_in(self, keyword: Token, _in: Token, states: tuple[Name, ...]) -> ast.PauseDecl:
        return ast.PauseDecl(over(keyword, *states), states, None)

    def pause_when(self, keyword: Token, condition: Expr) -> ast.PauseDecl:
        return ast.PauseDecl(over(keyword, condition), (), condition)

    def limit(self, keyword: Token, value: Expr) -> _Limit:
        return _Limit(over(keyword, value), "limit", value)

    def clock_at(
        self, keyword: Token, percents: tuple[PercentAt, ...], what: Statement | Body
    ) -> ast.ClockAtDecl:
        do = what.statements if isinstance(what, Body) else (what,)
        return ast.ClockAtDecl(over(keyword, what), percents, do)
