"""Text and places in it.

A file is cut into *blocks* at column 0; each block is one declaration. Spans are counted from the
start of their block, so a block that only moves keeps its tree, and everything computed from it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise
from typing import Literal

Flaw = Literal["", "access", "size", "encoding"]

_BLOCK_START = re.compile(r"^[^\s#]", re.MULTILINE)
_TEXT_BLOCK = re.compile(r'^[^#\n]*"""[^\S\n]*\n(?:[^"]|"(?!""))*"""', re.MULTILINE)
MAX_BLOCKS = 5_000
"""Declarations of a file that are told apart: all that follow the last are one block."""

# Possessive: to come back to a line costs memory for each, and no line is given back.
_FIRST_TEXT = re.compile(r"(?:[^\S\n]*(?:#[^\n]*)?\n)*+[^\S\n]*[^\s#]")
_HEADER = re.compile(
    r"(?:extern[ ]+|(?:extend|override)[ ]+(?=[a-z]+[ ]))?"
    r"""[^\W\d]\w*(?:[ ]+(?:[^\W\d][\w.]*|"[^"\n]*"))?"""
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, counted from the start of a block."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The range from the start of this one to the end of `other`."""
        return Span(self.start, other.end)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span in a block that is named by its key; `Sources.locate` turns it into file and line."""

    block: str
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level declaration with the comment lines that belong to it.

    `key` is stable while the declaration keeps its file, kind and name:
    `crm/order.case:entity Order`, `crm/order.case:test "it is paid"`, `erp/tier.case:extend enum
    Tier`; a repeated one is told apart by `~2`, `~3`.
    """

    key: str
    file: str
    start: int
    text: str


@dataclass(frozen=True)
class SourceFile:
    """A file of a workspace; `path` is relative to the workspace and uses `/`.

    With a `flaw` its text is not what was written: there is none because the file cannot be read
    (`access`) or is too large (`size`), or what is no UTF-8 stands in it as U+FFFD (`encoding`).
    """

    path: str
    text: str
    flaw: Flaw = ""
    _line_starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        object.__setattr__(self, "_line_starts", starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, columns in code points."""
        line = bisect_right(self._line_starts, offset) - 1
        return line + 1, offset - self._line_starts[line] + 1

    def start_of(self, number: int) -> int:
        """The offset at which a line (counted from 1) begins; the text's end past the last."""
        starts = self._line_starts
        return starts[number - 1] if number <= len(starts) else len(self.text)

    def line(self, number: int) -> str:
        """The text of a line (counted from 1) without its line end."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The declarations in written order; comments right above one belong to it. A file with a
        flaw has at least one, for its fault to stand in."""
        blocks = tuple(_cut(self))
        return blocks or ((Block(f"{self.path}:", self.path, 0, self.text),) if self.flaw else ())


def _cut(file: SourceFile) -> Iterator[Block]:
    first = islice(_starts(file.text), MAX_BLOCKS + 1)
    starts = [_with_comments(file.text, start) for start in first]
    seen: dict[str, int] = {}
    for start, end in pairwise([*starts, len(file.text)]):
        text = file.text[start:end]
        key = f"{file.path}:{_header(text)}"
        seen[key] = seen.get(key, 0) + 1
        yield Block(key if seen[key] == 1 else f"{key}~{seen[key]}", file.path, start, text)


def _starts(text: str) -> Iterator[int]:
    """Block starts; a `\"\"\"` text may hold lines at column 0 that start nothing."""
    first = _FIRST_TEXT.match(text)
    if first is None:
        return
    # What is indented above all declarations is a block too, or its fault would go unseen.
    above = text.rfind("\n", 0, first.end()) + 1
    if text[above].isspace():
        yield above
    texts = _TEXT_BLOCK.finditer(text) if '"""' in text else iter(())
    inside = next(texts, None)
    for match in _BLOCK_START.finditer(text):
        while inside and inside.end() <= match.start():
            inside = next(texts, None)
        if not (inside and inside.start() < match.start()):
            yield match.start()


def _with_comments(text: str, start: int) -> int:
    """The start of the unbroken run of comment lines that ends right above `start`."""
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].startswith("#"):
            break
        start = above
    return start


def _header(text: str) -> str:
    line = next((line for line in text.splitlines() if line and not line.startswith("#")), "")
    match = _HEADER.match(line)
    return " ".join(match.group().split()) if match else line[:40]


@dataclass(frozen=True, slots=True)
class Location:
    """A place for people: file, line and column (both from 1), end likewise."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Sources:
    """All files of a workspace, for turning places into locations."""

    def __init__(self, files: list[SourceFile]) -> None:
        self.files = {file.path: file for file in files}
        self._blocks = {block.key: block for file in files for block in file.blocks}

    def block(self, key: str) -> Block:
        """The block of that key; KeyError if there is none."""
        return self._blocks[key]

    def locate(self, place: Place) -> Location:
        """Where a place is now, whatever moved above it since it was recorded."""
        block = self._blocks[place.block]
        file = self.files[block.file]
        line, column = file.position(block.start + place.span.start)
        end_line, end_column = file.position(block.start + place.span.end)
        return Location(file.path, line, column, end_line, end_column)
