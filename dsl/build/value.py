"""Declarations that give a value: functions and decision tables."""

from __future__ import annotations

from typing import cast

from lark import Token

from dsl.ast import value as ast
from dsl.ast.app import Cell, Row
from dsl.ast.base import Name
from dsl.ast.entity import TypeRef
from dsl.ast.expr import Expr, Null
from dsl.build.base import over
from dsl.build.literal import LiteralBuilder
from dsl.syntax import UnknownWord

ANY = "-"
OTHERWISE = "otherwise"
ELSE = "else"
"""What other places write for `otherwise`."""


class ValueBuilder(LiteralBuilder):
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

    # ------------------------------------------------------------ tables

    def table(
        self,
        keyword: Token,
        name: Token,
        label: Token | None,
        parameters: tuple[ast.Parameter, ...] | None,
        _closing: Token,
        result: TypeRef | tuple[ast.Parameter, ...],
        hit: ast.Hit | None,
        head: Row,
        *rows: Row,
    ) -> ast.TableDecl:
        header = tuple(Name(cell.span, cell.text) for cell in head.cells)
        results = () if isinstance(result, TypeRef) else result
        given = {each.name.text for each in results} or {ast.RESULT}
        return ast.TableDecl(
            over(keyword, head, *rows),
            self.name(name),
            self.label(label),
            self.doc(keyword),
            parameters or (),
            result if isinstance(result, TypeRef) else None,
            results,
            hit,
            header,
            tuple(self._row(header, given, row) for row in rows),
        )

    def results(
        self, results: tuple[ast.Parameter, ...], _closing: Token
    ) -> tuple[ast.Parameter, ...]:
        return results

    def hit(self, keyword: Token, *words: Token) -> ast.Hit:
        return ast.Hit(over(keyword, *words), cast(ast.Policy, str(words[-1])))

    def _row(self, header: tuple[Name, ...], given: set[str], row: Row) -> ast.TableRow:
        """The cells of a row by their columns; beyond the header they are tests."""
        names = [name.text for name in header]
        names += [""] * (len(row.cells) - len(names))
        cells = (
            self._given(cell) if name in given else self._asked(cell)
            for name, cell in zip(names, row.cells, strict=False)
        )
        return ast.TableRow(row.span, tuple(cells))

    def _given(self, cell: Cell) -> ast.TableCell:
        if cell.span.start == cell.span.end:
            return ast.EmptyCell(cell.span)
        value = self.parse_expression(cell.span.start, cell.span.end)
        return ast.ResultCell(cell.span, value)

    def _asked(self, cell: Cell) -> ast.TableCell:
        written = self.source[cell.span.start : cell.span.end]
        if not written:
            return ast.EmptyCell(cell.span)
        if written == ELSE:
            self.refuse(UnknownWord(at=self.place(cell.span), word=ELSE, meant=OTHERWISE))
            return ast.TestCell(cell.span, (), otherwise=True)
        if written in (ANY, OTHERWISE):
            return ast.TestCell(cell.span, (), otherwise=written == OTHERWISE)
        tests = self.parse_cell(cell.span.start, cell.span.end)
        return ast.TestCell(cell.span, tests if isinstance(tests, tuple) else (Null(cell.span),))

    def cell(self, *tests: ast.Compared | Expr) -> tuple[ast.Compared | Expr, ...]:
        return tests

    def asked(self, op: Token, value: Expr) -> ast.Compared:
        return ast.Compared(over(op, value), cast(ast.Comparison, str(op)), value)
