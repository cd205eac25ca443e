"""The one layout of Casework text. Changes white space only: the tree and all comments stay.

Works on the tokens that the parser reads, with comments as what stands between them; there is
nothing to tell per construct. A block that does not parse is copied as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lark import Token

from dsl.build.app import split_row
from dsl.layout import INDENT, Layout
from dsl.parser import MAX_FILE_FAULTS, BlockParser, Pool, without_gc
from dsl.source import Block, SourceFile

_BLANK = " \t\n"  # other white space is no blank of the language, and a fault outside texts
_OPENING = frozenset({"LPAR", "LSQB"})
_CLOSING = frozenset({"RPAR", "RSQB"})
_TIGHT_BEFORE = frozenset({"COMMA", "COLON", "DOT", "RPAR", "RSQB", "OPTIONAL", "RANGE"})
_TIGHT_AFTER = frozenset({"LPAR", "LSQB", "DOT", "RANGE"})
_CALLED = frozenset({"NAME", "AGGREGATE", "PICK"})
_OPERANDS = frozenset({
    "NAME", "NUMBER", "PERCENT", "DURATION", "DATE", "MONTH", "TIME", "DATETIME", "STRING",
    "TEXT_BLOCK", "TRUE", "FALSE", "NULL", "THIS", "OLD", "ME", "RPAR", "RSQB",
})  # fmt: skip


def format(text: str) -> str:
    """The text in the layout of the language; what is formatted already is returned unchanged."""
    text = text.replace("\r\n", "\n").replace("\ufeff", "")
    blocks = SourceFile("", text).blocks
    head = text[: blocks[0].start] if blocks else text
    with _READERS.lent() as reader, without_gc():
        parts = [_Part(_paragraphs(head), "", 0), *_formatted(reader, blocks)]
    return "".join(_joined([part for part in parts if part.lines]))


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of a block, the word it begins with, and how many blank lines stood behind it."""

    lines: list[str]
    keyword: str
    blank_after: int


def _joined(parts: list[_Part]) -> Iterator[str]:
    """One blank line between blocks; neighbours of one line and one kind may stand together."""
    for index, part in enumerate(parts):
        yield "\n".join(part.lines) + "\n"
        if index + 1 == len(parts):
            return
        following = parts[index + 1]
        alike = part.keyword == following.keyword
        one_line = len(part.lines) == len(following.lines) == 1
        if part.blank_after > 0 or not (alike and one_line):
            yield "\n"


def _formatted(reader: _Reader, blocks: Sequence[Block]) -> Iterator[_Part]:
    broken = 0
    for block in blocks:
        # Past so many faults the file is no Casework, and not worth the time.
        tokens = reader.tokens(block) if broken < MAX_FILE_FAULTS else None
        broken += tokens is None
        content = block.text.rstrip(_BLANK)
        lines = content.split("\n") if tokens is None else _Printer(block.text).lines(tokens)
        blank_after = block.text.count("\n", len(content)) - 1
        yield _Part(lines, (content.split(maxsplit=1) or [""])[0], blank_after)


class _RecordingLayout(Layout):
    """Keeps the tokens of the block that was parsed last, without those inside its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[Token] = []
        self.active = False

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        if self.active:  # inside the block, or after its end, where its last parts are put together
            yield from super().process(stream)
            return
        self.tokens = []
        self.active = True
        for token in super().process(stream):
            self.tokens.append(token)
            yield token


class _Reader:
    """Reads the tokens of valid blocks."""

    def __init__(self) -> None:
        self._layout = _RecordingLayout()
        self._parser = BlockParser(self._layout)

    def tokens(self, block: Block) -> list[Token] | None:
        """The tokens of a block, None if it has a fault."""
        self._layout.active = False
        valid = self._parser.is_valid(block.key, block.text)
        return self._layout.tokens if valid else None


_READERS = Pool(_Reader)


class _Printer:
    """Prints the tokens of one block, line by line."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: list[str] = []
        self._line = ""
        self._margins = [0]  # columns, as written, of the levels that are open
        self._sign = False
        self._copies = False  # between `like` and the bracket that follows what is copied
        self._called = False  # after what a bracket belongs to: `f(x)`, `in(won)`
        self._brackets: list[int] = []  # the printed line in which each open one stands

    def lines(self, tokens: list[Token]) -> list[str]:
        """The printed lines, none of them with blanks at its end."""
        before: Token | None = None
        end = 0
        closed = [0]
        for token in tokens:
            if token.type == "_NL":
                closed = list(self._margins)
            elif token.type == "_INDENT":
                self._margins.append(self._column(token))
            elif token.type == "_DEDENT":
                self._margins.pop()
            else:
                start = token.start_pos or 0
                self._gap(self._text[end:start], before, token, closed)
                self._print(token, before)
                before, end = token, token.end_pos or 0
        self._margins = [0]
        self._comments(self._text[end:] + "\n", closed)
        self._end_line()
        while self._lines and not self._lines[-1]:
            self._lines.pop()
        return self._lines

    def _column(self, indent: Token) -> int:
        """The column of the line that an indentation begins."""
        end = indent.end_pos or 0
        return end - self._text.rfind("\n", 0, end) - 1

    # ------------------------------------------------------------ between tokens

    def _gap(self, gap: str, before: Token | None, token: Token, closed: list[int]) -> None:
        if before is None or ("\n" in gap and not self._brackets):
            self._comments(gap, closed)
            self._start_line(len(self._margins) - 1)
        elif "\n" in gap:
            self._break(gap, token)
        elif self._spaced(before, token):
            self._line += " "

    def _comments(self, gap: str, closed: list[int]) -> None:
        """Comments and blank lines between two lines; `closed` are the levels before them."""
        trailing, *lines = gap.split("\n")
        self._trail(trailing)
        for line in lines[:-1]:
            self._end_line()
            comment = line.strip(_BLANK)
            if comment:
                self._start_line(self._comment_level(len(line) - len(line.lstrip(_BLANK)), closed))
                self._line += comment
            elif self._lines and self._lines[-1]:
                self._lines.append("")

    def _comment_level(self, column: int, closed: list[int]) -> int:
        """A comment belongs to the deepest level that is no further in than it is written."""
        following = len(self._margins) - 1
        fitting = [level for level, margin in enumerate(closed) if margin <= column]
        return max(following, fitting[-1] if fitting else 0)

    def _break(self, gap: str, token: Token) -> None:
        """A line end inside brackets; one level in for every line that holds an open one."""
        trailing, *lines = gap.split("\n")
        self._trail(trailing)
        inside = len(self._margins) - 1 + len(set(self._brackets))
        for line in lines[:-1]:
            if line.strip(_BLANK):
                self._start_line(inside)
                self._line += line.strip(_BLANK)
        open_lines = self._brackets[:-1] if token.type in _CLOSING else self._brackets
        self._start_line(len(self._margins) - 1 + len(set(open_lines)))

    def _trail(self, gap: str) -> None:
        if gap.strip(_BLANK):
            self._line += f"  {gap.strip(_BLANK)}" if self._line else gap.strip(_BLANK)

    def _start_line(self, level: int) -> None:
        self._end_line()
        self._line = " " * (INDENT * level)

    def _end_line(self) -> None:
        if self._line.strip(_BLANK):
            self._lines.append(self._line.rstrip(_BLANK))
        self._line = ""

    # ------------------------------------------------------------ tokens

    def _print(self, token: Token, before: Token | None) -> None:
        text = self._text[token.start_pos : token.end_pos]
        if token.type == "ROW":
            text = _row(text)
        elif token.type == "TEXT_BLOCK":
            *whole, text = (self._line + text).split("\n")
            self._lines += whole
            self._line = ""
        elif token.type == "LIKE":
            self._copies = True
        if token.type in _OPENING:
            self._copies = False
            self._brackets.append(len(self._lines))
        elif token.type in _CLOSING:
            self._brackets.pop()
        first = not self._line.strip(_BLANK)
        self._line += text
        begins = first or before is None or before.type not in _OPERANDS
        # A minus with no operand before it is a sign and stands close to what it negates.
        self._sign = token.type == "MINUS" and begins
        self._called = token.type in _CALLED or (
            token.type == "IN" and begins and before is not None and before.type != "NOT"
        )

    def _spaced(self, before: Token, token: Token) -> bool:
        """Whether a blank stands between two tokens of a line."""
        if self._sign or token.type in _TIGHT_BEFORE or before.type in _TIGHT_AFTER:
            return False
        if token.type != "LPAR" or self._copies:
            return True
        return not self._called


def _row(text: str) -> str:
    """A row of reference data, its cells one blank away from their separators."""
    first, *cells = (cell.strip(_BLANK) for cell in split_row(text))
    return (first + "".join(f" | {cell}" if cell else " |" for cell in cells)).strip(_BLANK)


def _paragraphs(text: str) -> list[str]:
    """Comment lines outside all blocks, at most one blank line between them."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip(_BLANK) or (lines and lines[-1]):
            lines.append(line.strip(_BLANK))
    while lines and not lines[-1]:
        lines.pop()
    return lines
