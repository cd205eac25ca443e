"""Scores, tags and segments."""

from __future__ import annotations

from lark import Token

from dsl.ast import mark as ast
from dsl.ast.base import Node, Path
from dsl.ast.expr import Expr
from dsl.build.base import of_type, over
from dsl.build.clause import Clause, ClauseBuilder, Valued


class MarkBuilder(ClauseBuilder):
    def score(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        entity: Path,
        low: ast.Bound,
        _dots: Token,
        high: ast.Bound,
        *points: ast.Points,
    ) -> ast.ScoreDecl:
        return ast.ScoreDecl(
            over(keyword, *points),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            low,
            high,
            points,
        )

    def bound(self, minus: Token | None, number: Token) -> ast.Bound:
        value = self.whole_number(number)
        return ast.Bound(over(minus, number), -value if minus else value)

    def points(self, value: Expr, when: Expr | None, reason: Expr | None) -> ast.Points:
        return ast.Points(over(value, when, reason), value, when, reason)

    def segment(
        self, keyword: Token, name: Token, label: Token | None, entity: Path, condition: Expr
    ) -> ast.SegmentDecl:
        return ast.SegmentDecl(
            over(keyword, condition),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            condition,
        )

    def tag(
        self, keyword: Token, name: Token, label: Token | None, entity: Path, *items: Node | None
    ) -> ast.TagDecl:
        clauses = of_type(Clause, items)
        return ast.TagDecl(
            over(keyword, entity, *clauses),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            entity,
            self.value(clauses, "while"),
            self.value(clauses, "leave when"),
            self.body(clauses, "enter"),
            self.body(clauses, "leave"),
        )

    def tag_while(self, keyword: Token, condition: Expr) -> Valued:
        return Valued(over(keyword, condition), "while", condition)

    def tag_leave(self, keyword: Token, condition: Expr) -> Valued:
        return Valued(over(keyword, condition), "leave when", condition)
