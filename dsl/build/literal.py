"""Literals: numbers, dates and times, durations, texts with expressions in them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import cast

from lark import Token

from dsl.ast import expr as ast
from dsl.build.base import Builder, token_span, unescaped
from dsl.source import Span
from dsl.syntax import NoSuchDate, UnclosedBrace

_PART = re.compile(r'\\.|\{\{|\{(?:[^"{}\n]|"[^"\n]*")*\}|\{')


def _number(text: str) -> Decimal:
    return Decimal(text.replace("_", ""))


class LiteralBuilder(Builder):
    parse_expression: Callable[[int, int], ast.Expr]
    """Parses a range of the text as an expression; set by the parser that owns the builder."""
    parse_cell: Callable[[int, int], object]
    """Likewise as the tests of a table's cell; what is broken is no tuple."""

    def number(self, token: Token) -> ast.Number:
        return ast.Number(token_span(token), _number(token))

    def percent(self, token: Token) -> ast.Percent:
        return ast.Percent(token_span(token), _number(token[:-1]).scaleb(-2))

    def duration(self, token: Token) -> ast.DurationLit:
        amount, unit = token.split()
        plural = unit if unit.endswith("s") else unit + "s"
        return ast.DurationLit(token_span(token), _number(amount), cast(ast.Unit, plural))

    def date(self, token: Token) -> ast.DateLit:
        return ast.DateLit(token_span(token), self._moment(token).date())

    def month(self, token: Token) -> ast.MonthLit:
        return ast.MonthLit(token_span(token), self._moment(token, f"{token}-01").date())

    def time(self, token: Token) -> ast.TimeLit:
        moment = self._moment(token, f"2000-01-01 {token}")
        return ast.TimeLit(token_span(token), moment.time())

    def datetime(self, token: Token) -> ast.DateTimeLit:
        return ast.DateTimeLit(token_span(token), self._moment(token))

    def _moment(self, token: Token, text: str | None = None) -> dt.datetime:
        day, _, clock = (text or token).partition(" ")
        try:
            hour, minute = (int(part) for part in (clock.strip() or "0:0").split(":"))
            return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour, minute))
        except ValueError:
            self.refuse(NoSuchDate(at=self.place(token_span(token)), text=str(token)))
            return dt.datetime(2000, 1, 1)

    def boolean(self, token: Token) -> ast.Bool:
        return ast.Bool(token_span(token), token == "true")

    def null(self, token: Token) -> ast.Null:
        return ast.Null(token_span(token))

    # ------------------------------------------------------------ texts

    def text(self, token: Token) -> ast.Text:
        span = token_span(token)
        quotes = 3 if token.type == "TEXT_BLOCK" else 1
        inside = (span.start + quotes, span.end - quotes)
        pieces = self._block_lines(*inside) if quotes == 3 else iter([inside])
        parts: list[str | ast.Expr] = []
        for index, (start, end) in enumerate(pieces):
            if index:
                parts.append("\n")
            parts.extend(self._parts(start, end))
        raw = "\n".join(line.rstrip() for line in token[quotes:-quotes].split("\n"))
        return ast.Text(span, raw if quotes == 3 else str(token[1:-1]), tuple(_merged(parts)))

    def _parts(self, start: int, end: int) -> Iterator[str | ast.Expr]:
        at = start
        for match in _PART.finditer(self.source, start, end):
            yield self.source[at : match.start()]
            at = match.end()
            yield self._part(match.group(), match.start())
        yield self.source[at:end]

    def _part(self, text: str, start: int) -> str | ast.Expr:
        """What an escape, a brace or an expression in braces means."""
        if text.startswith("\\"):
            return unescaped(text)
        if text == "{":
            self.refuse(UnclosedBrace(at=self.place(Span(start, start + 1))))
        if text in ("{", "{{"):
            return "{"
        return self.parse_expression(start + 1, start + len(text) - 1)

    def _block_lines(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The lines of a `\"\"\"` text without the indentation that all of them share."""
        lines = _lines(self.source, self.source.index("\n", start) + 1, end)
        if lines and not self.source[slice(*lines[-1])].strip():
            lines.pop()
        margins = [_margin(self.source[a:b]) for a, b in lines if self.source[a:b].strip()]
        margin = min(margins, default=0)
        for a, b in lines:
            yield min(a + margin, b), max(a + len(self.source[a:b].rstrip()), min(a + margin, b))


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    lines = []
    while start <= end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        lines.append((start, stop))
        start = stop + 1
    return lines


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _merged(parts: list[str | ast.Expr]) -> Iterator[str | ast.Expr]:
    """Joins neighbouring constant parts and drops empty ones."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text
