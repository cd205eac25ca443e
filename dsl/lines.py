"""Places in the text of a block, found without parsing it.

A line is named by the offset of its start. All functions work on broken text too.
"""

from __future__ import annotations

import re

_LEXEME = re.compile(r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*|[()\[\]]')


def line_start(text: str, at: int) -> int:
    """The start of the line in which a place is."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """The end of the line in which a place is, without its line end."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def header_start(text: str) -> int:
    """The start of the first line that is neither blank nor a comment."""
    at = 0
    while at < len(text):
        line = text[at : line_end(text, at)].strip()
        if line and not line.startswith("#"):
            return at
        at = line_end(text, at) + 1
    return 0


def content_end(text: str, end: int) -> int:
    """The end of the last text before `end` that is neither blank nor a comment."""
    while end > 0:
        start = line_start(text, end)
        line = text[start:end]
        comment = next((m for m in _LEXEME.finditer(line) if m.group().startswith("#")), None)
        content = (line[: comment.start()] if comment else line).rstrip()
        if content:
            return start + len(content)
        end = start - 1
    return 0


def _brackets(text: str, start: int, end: int) -> tuple[dict[int, int], list[int]]:
    """Pairs of brackets in a range, and the opening ones that nothing closes."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in _LEXEME.finditer(text, start, end):
        sign = match.group()
        if sign in ("(", "["):
            opened.append(match.start())
        elif sign in (")", "]") and opened:
            pairs[opened.pop()] = match.start()
    return pairs, opened


def open_bracket(text: str, start: int, end: int) -> int | None:
    """The innermost bracket of a range that is still open at its end."""
    _, opened = _brackets(text, start, end)
    return opened[-1] if opened else None


def unclosed_bracket(text: str, before: int) -> int | None:
    """The outermost bracket opened before a place that nothing in the block closes."""
    _, opened = _brackets(text, 0, len(text))
    return next((at for at in opened if at < before), None)


def logical_end(text: str, line: int) -> int:
    """The end of the line that starts at `line`, with the lines its brackets hold together."""
    pairs, _ = _brackets(text, line, len(text))
    end = line_end(text, line)
    for opening, closing in sorted(pairs.items()):
        if opening < end < closing:
            end = line_end(text, closing)
    return end


def block_end(text: str, line: int, end: int) -> int:
    """The end of the lines that stand further in than the one from `line` to `end`."""
    own = indent(text, line)
    at = end + 1
    while at < len(text):
        stop = line_end(text, at)
        if text[at:stop].strip() and indent(text, at) <= own:
            break
        end, at = stop, stop + 1
    return end


def line_above(text: str, line: int) -> int:
    """The start of the last line with content above one."""
    return line_start(text, content_end(text, max(line - 1, 0)))


def later_column(text: str, line: int) -> int | None:
    """The column between those of a line and the one above to which lines below return."""
    outer, own = indent(text, line_above(text, line)), indent(text, line)
    found: int | None = None
    at = line_end(text, line) + 1
    while at < len(text):
        column, stop = indent(text, at), line_end(text, at)
        if text[at:stop].strip():
            if column <= outer:
                break
            found = min(found or own, column)
        at = stop + 1
    return found if found is not None and found < own else None


def indent(text: str, line: int) -> int:
    """The column in which the text of a line begins."""
    stop = line_end(text, line)
    return len(text[line:stop]) - len(text[line:stop].lstrip(" \t"))


def blank(text: str, start: int, end: int) -> str:
    """The text with a range made blank; line ends stay."""
    kept = "\n".join(" " * len(line) for line in text[start:end].split("\n"))
    return text[:start] + kept + text[end:]
