"""The one layout, as the smallest edit of lines."""

from __future__ import annotations

from lsprotocol import types as lsp

from cli.lsp.places import range_in
from dsl.format import format
from dsl.source import SourceFile


def formatted(text: str) -> list[lsp.TextEdit]:
    """What brings a text into the layout of the language: one edit of the lines between those
    that stay, or none."""
    wanted = format(text)
    if wanted == text:
        return []
    before, after = text.splitlines(keepends=True), wanted.splitlines(keepends=True)
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    file = SourceFile("", text)
    start = len("".join(before[:head]))
    end = len(text) - len("".join(before[len(before) - tail :]))
    new = "".join(after[head : len(after) - tail])
    return [lsp.TextEdit(range_in(file, start, end), new)]


def _shared(left: list[str], right: list[str]) -> int:
    """How many lines are the same from the first on."""
    return next(
        (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
