"""Expressions."""

from __future__ import annotations

from dataclasses import replace
from typing import cast, get_args

from lark import Token

from dsl.ast import expr as ast
from dsl.ast.base import Node, children
from dsl.build.base import Builder, of_type, over, token_span
from dsl.build.literal import LiteralBuilder
from dsl.layout import MAX_NESTING
from dsl.source import Span
from dsl.syntax import AmbiguousCoalesce, NestedTooDeep

_OPERATORS = frozenset(get_args(ast.BinaryOp))


class ExprBuilder(LiteralBuilder, Builder):
    def expr(self, value: ast.Expr) -> ast.Expr:
        # Nothing shorter than the cap can nest deeper; the trees of longer ones are measured.
        if value.span.end - value.span.start > MAX_NESTING and _too_deep(value):
            self.refuse(NestedTooDeep(at=self.place(value.span)))
            return ast.Null(value.span)
        return value

    # ------------------------------------------------------------ operators

    def joined(self, left: ast.Expr, operator: Token, right: ast.Expr) -> ast.Binary:
        op = str(operator)
        if op in ("and", "or"):
            self._refuse_bare_coalesce(left, op)
            self._refuse_bare_coalesce(right, op)
        return ast.Binary(_between(left, right), cast(ast.BinaryOp, op), left, right)

    def compared(self, left: ast.Expr, *rest: object) -> ast.Binary:
        words = [str(word) for word in rest[:-1]]
        if words == ["starts"]:
            words.append("with")
        right = cast(ast.Expr, rest[-1])
        if words[-1] == "in":
            right = self._list(right)
        op = " ".join(words)
        assert op in _OPERATORS
        return ast.Binary(_between(left, right), cast(ast.BinaryOp, op), left, right)

    def compared_to_null(
        self, operand: ast.Expr, _is: Token, negated: Token | None, null: Token
    ) -> ast.IsNull:
        return ast.IsNull(over(operand, null), operand, negated is not None)

    def range(self, low: ast.Expr, dots: Token, high: ast.Expr) -> ast.Range:
        return ast.Range(_between(low, high), low, high, dots == "..<")

    def negated(self, operator: Token, operand: ast.Expr) -> ast.Unary:
        return ast.Unary(over(operator, operand), cast(ast.UnaryOp, str(operator)), operand)

    def brackets(self, opening: Token, *rest: object) -> ast.Expr:
        """One expression in brackets is itself, with the brackets in its span."""
        closing, items = cast(Token, rest[-1]), cast(tuple[ast.Expr, ...], rest[:-1])
        span = over(opening, closing)
        return replace(items[0], span=span) if len(items) == 1 else ast.ListLit(span, items)

    def _list(self, value: ast.Expr) -> ast.Expr:
        """`in (a)` is a list of one."""
        if self._bracketed(value) and not isinstance(value, ast.ListLit):
            return ast.ListLit(value.span, (value,))
        return value

    def _refuse_bare_coalesce(self, operand: ast.Expr, op: str) -> None:
        bare = isinstance(operand, ast.Binary) and operand.op == "??"
        if bare and not self._bracketed(operand):
            self.refuse(AmbiguousCoalesce(at=self.place(operand.span), operator=op))

    def _bracketed(self, value: ast.Expr) -> bool:
        """Whether one pair of brackets holds all of it."""
        text = self.source[value.span.start : value.span.end]
        if not text.startswith("("):
            return False
        depth = 0
        for index, char in enumerate(text):
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return index == len(text) - 1
        return False

    # ------------------------------------------------------------ paths, calls

    def name_ref(self, token: Token) -> ast.NameRef:
        name = self.name(token)
        return ast.NameRef(name.span, name)

    def this(self, token: Token) -> ast.This:
        return ast.This(token_span(token))

    def old(self, token: Token) -> ast.Old:
        return ast.Old(token_span(token))

    def me(self, token: Token) -> ast.Me:
        return ast.Me(token_span(token))

    def attr(self, of: ast.Expr, token: Token) -> ast.Attr:
        name = self.name(token)
        return ast.Attr(_between(of, name), of, name)

    def call(
        self, callee: ast.Expr, arguments: tuple[ast.Argument, ...] | None, closing: Token
    ) -> ast.Call:
        return ast.Call(over(callee, closing), callee, arguments or ())

    def arguments(self, *arguments: ast.Argument) -> tuple[ast.Argument, ...]:
        return arguments

    def argument(self, value: ast.Expr) -> ast.Argument:
        return ast.Argument(value.span, None, value)

    def named_argument(self, token: Token, value: ast.Expr) -> ast.Argument:
        name = self.name(token)
        return ast.Argument(_between(name, value), name, value)

    def new_lines(self, opening: Token, *rest: ast.NewLine | Token | None) -> ast.NewLines:
        lines = tuple(each for each in rest if isinstance(each, ast.NewLine))
        return ast.NewLines(over(opening, cast(Token, rest[-1])), lines)

    def new_line(
        self, opening: Token, arguments: tuple[ast.Argument, ...] | None, closing: Token
    ) -> ast.NewLine:
        return ast.NewLine(over(opening, closing), arguments or ())

    # ------------------------------------------------------------ aggregates, case

    def aggregate(
        self,
        function: Token,
        distinct: Token | None,
        first: ast.Expr,
        by: Token | None,
        of: ast.Expr | None,
        alias: Token | None,
        where: ast.Expr | None,
        sort: tuple[ast.SortKey, ...] | None,
        closing: Token,
    ) -> ast.Aggregate:
        value, source = (None, first) if of is None else (first, of)
        return ast.Aggregate(
            over(function, closing),
            cast(ast.Function, str(function)),
            distinct is not None,
            value,
            source,
            self.optional_name(by),
            self.optional_name(alias),
            where,
            sort or (),
        )

    def aggregate_of_rows(self, function: Token, closing: Token) -> ast.Aggregate:
        kind = cast(ast.Function, str(function))
        return ast.Aggregate(over(function, closing), kind, False, None, None, None, None, None, ())

    def in_state(
        self, word: Token, state: Token, at: ast.Expr | None, closing: Token
    ) -> ast.InState:
        return ast.InState(over(word, closing), self.name(state), at)

    def pick(
        self,
        keyword: Token,
        source: ast.Expr,
        alias: Token | None,
        where: ast.Expr | None,
        *rest: ast.Expr | Token | None,
    ) -> ast.Pick:
        *lowest, random, closing = rest
        return ast.Pick(
            over(keyword, closing),
            source,
            self.optional_name(alias),
            where,
            of_type(ast.Expr, lowest),
            random is not None,
        )

    def sort_keys(self, *values: ast.Expr) -> tuple[ast.SortKey, ...]:
        return tuple(self._sort_key(value) for value in values)

    def _sort_key(self, value: ast.Expr) -> ast.SortKey:
        if isinstance(value, ast.Unary) and value.op == "-" and not self._bracketed(value):
            return ast.SortKey(value.span, value.operand, True)
        return ast.SortKey(value.span, value, False)

    def case(self, keyword: Token, *branches: ast.Branch) -> ast.Case:
        return ast.Case(over(keyword, branches[-1]), branches)

    def branch(self, condition: ast.Expr, value: ast.Expr) -> ast.Branch:
        return ast.Branch(_between(condition, value), condition, value)

    def else_branch(self, keyword: Token, value: ast.Expr) -> ast.Branch:
        return ast.Branch(over(keyword, value), None, value)


def _between(first: Node, last: Node) -> Span:
    return Span(first.span.start, last.span.end)


def _too_deep(root: ast.Expr) -> bool:
    level: list[Node] = [root]
    for _ in range(MAX_NESTING):
        level = [child for node in level for child in children(node)]
        if not level:
            return False
    return True
