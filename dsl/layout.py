"""Lines and indentation: the post-lexer that turns line starts into layout tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lark import Token
from lark.lark import PostLex

MAX_NESTING = 200
INDENT = 2
_OPENING = frozenset({"LPAR", "LSQB"})
_CLOSING = frozenset({"RPAR", "RSQB"})


class TooDeep(Exception):
    """Brackets or indentation nested deeper than `MAX_NESTING`; `at` is where it passes that."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


@dataclass(slots=True)
class _Level:
    """An open level: its column, the start of its first line, and how many lines it has."""

    column: int
    first: int
    lines: int = 1


class Layout(PostLex):
    """Emits `_INDENT` and `_DEDENT`; inside brackets line ends mean nothing.

    Differs from Lark's `Indenter`: a line that fits no outer level is taken for the level it
    leaves, and the line to blame is remembered in `ragged`, so that one wrong space costs one
    message; `columns` says where lines are taken to begin that stand elsewhere (both name lines by
    the start of their text); and every run has a state of its own, because interpolated
    expressions are parsed while their block still is.
    """

    # With NAME possible everywhere a keyword is never read out of the beginning of a longer word.
    always_accept = ("_NL", "NAME")

    def __init__(self) -> None:
        self.ragged: list[int] = []
        self.columns: dict[int, int] = {}

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        levels = [_Level(0, 0)]
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

    def _indentation(self, newline: Token, levels: list[_Level]) -> Iterator[Token]:
        written = newline[newline.rindex("\n") + 1 :]
        at = newline.end_pos or 0
        # A tab, which is reported, counts as two.
        column = self.columns.get(at, len(written) + written.count("\t"))
        if column > levels[-1].column:
            levels.append(_Level(column, at))
            if len(levels) > MAX_NESTING:
                raise TooDeep(at)
            yield Token.new_borrow_pos("_INDENT", "", newline)
            return
        while column < levels[-1].column:
            if levels[-2].column < column:
                self._ragged_line(at, column, levels[-1], levels[-2])
                break
            levels.pop()
            yield Token.new_borrow_pos("_DEDENT", "", newline)
        levels[-1].lines += 1

    def _ragged_line(self, at: int, column: int, level: _Level, outer: _Level) -> None:
        """A line between two levels; the inner level's only line so far is rather the one to
        blame where it is not indented as usual."""
        usual = level.column - outer.column == INDENT
        self.ragged.append(at if usual or level.lines > 1 else level.first)
        if level.lines == 1:
            level.column = column
