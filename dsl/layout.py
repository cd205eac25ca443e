"""Lines and indentation: the post-lexer that turns line starts into layout tokens."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token
from lark.lark import PostLex

MAX_NESTING = 200
_OPENING = frozenset({"LPAR", "LSQB"})
_CLOSING = frozenset({"RPAR", "RSQB"})


class TooDeep(Exception):
    """Brackets or indentation nested deeper than `MAX_NESTING`; `at` is where it passes that."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Layout(PostLex):
    """Emits `_INDENT` and `_DEDENT`; inside brackets line ends mean nothing.

    Differs from Lark's `Indenter`: a line that fits no outer level is taken for the nearest one
    and remembered in `ragged` (start of the line's text), so that one wrong space costs one
    message; and every run has a state of its own, because interpolated expressions are parsed
    while their block still is.
    """

    always_accept = ("_NL",)

    def __init__(self) -> None:
        self.ragged: list[int] = []

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        levels = [0]
        depth = 0
        token = None
        for token in stream:
            kind = token.type
            if kind == "_NL":
                if not depth:
                    yield token
                    yield from self._indentation(token, levels)
                continue
            yield token
            if kind in _OPENING:
                depth += 1
                if depth > MAX_NESTING:
                    raise TooDeep(token.start_pos or 0)
            elif kind in _CLOSING:
                depth -= 1
        for _ in levels[1:]:
            yield Token.new_borrow_pos("_DEDENT", "", token)  # type: ignore[arg-type]

    def _indentation(self, newline: Token, levels: list[int]) -> Iterator[Token]:
        written = newline[newline.rindex("\n") + 1 :]
        indent = len(written) + written.count("\t")  # a tab, which is reported, counts as two
        if indent > levels[-1]:
            levels.append(indent)
            if len(levels) > MAX_NESTING:
                raise TooDeep(newline.end_pos or 0)
            yield Token.new_borrow_pos("_INDENT", "", newline)
            return
        while indent < levels[-1]:
            levels.pop()
            yield Token.new_borrow_pos("_DEDENT", "", newline)
        if indent != levels[-1]:
            self.ragged.append(newline.end_pos or 0)
