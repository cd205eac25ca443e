"""What is put right before parsing, without moving anything: limits, tabs, full-width signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.diagnostic import Diagnostics, Edit
from dsl.layout import INDENT
from dsl.source import Place, Span
from dsl.syntax import BlockTooLong, FullWidth, LineTooLong, TabIndentation

MAX_LINE = 16 * 1024
MAX_BLOCK = 256 * 1024
MAX_FAULTS = 20

_LONG_LINE = re.compile(rf"^[^\n]{{{MAX_LINE + 1},}}", re.MULTILINE)
_TABS = re.compile(r"^[ ]*\t[ \t]*(?=[^\s#])", re.MULTILINE)
_HALF_WIDTH = str.maketrans(
    "：，（）“”＝＜＞＋－＊／％｜！、．？［］＿＃　\u00a0", ":,()\"\"=<>+-*/%|!,.?[]_#  "
)  # fmt: skip
_FULL_WIDTH = re.compile("[：，（）“”＝＜＞＋－＊／％｜！、．？［］＿＃　\u00a0]")
_SCAN = re.compile(
    r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*'
    r'|(?P<quoted>“[^”\n]*[”"])'
    "|(?P<sign>[：，（）“”＝＜＞＋－＊／％｜！、．？［］＿＃　\u00a0]+)"
)
_DATA = re.compile(r"(?:#[^\n]*\n)*data\b")


@dataclass(slots=True)
class Prepared:
    """A block ready to be parsed, of the same length as it was; None if it is not to be."""

    text: str | None
    has_tabs: bool = False
    found: Diagnostics = field(default_factory=Diagnostics)


def prepare(key: str, text: str) -> Prepared:
    """Puts right what has one meaning only, and says so; carriage returns are blanks."""
    if len(text) > MAX_BLOCK:
        refused = Prepared(None)
        end = text.find("\n") if "\n" in text else len(text)
        refused.found.add(BlockTooLong(at=Place(key, Span(0, min(end, 80)))))
        return refused
    prepared = Prepared(_plain(text))
    _blank_long_lines(key, prepared)
    _note_tabs(key, prepared)
    _make_half_width(key, prepared)
    return prepared


def _plain(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r", " ")
    if text.startswith("\ufeff"):
        text = " " + text[1:]
    return text if text.endswith("\n") else text + "\n"


def _blank_long_lines(key: str, prepared: Prepared) -> None:
    text = prepared.text or ""
    for match in _LONG_LINE.finditer(text):
        start, end = match.span()
        prepared.found.add(LineTooLong(at=Place(key, Span(start, start + 40))))
        text = text[:start] + " " * (end - start) + text[end:]
    prepared.text = text


def _note_tabs(key: str, prepared: Prepared) -> None:
    """One message a block: a file that is indented with tabs is one mistake."""
    text = prepared.text or ""
    tabs = list(_TABS.finditer(text)) if "\t" in text else []
    if not tabs:
        return
    prepared.has_tabs = True
    edits = tuple(
        Edit(Place(key, Span(*match.span())), match.group().replace("\t", " " * INDENT))
        for match in tabs
    )
    prepared.found.add(TabIndentation(at=Place(key, Span(*tabs[0].span())), edits=edits))


def _make_half_width(key: str, prepared: Prepared) -> None:
    """One message a line; the last of many offers to put right all that follow."""
    text = prepared.text or ""
    if not _FULL_WIDTH.search(text):
        return
    pieces, at = [], 0
    by_line: dict[int, list[Edit]] = {}
    line = 0
    for start, end in _full_width(text):
        half = text[start:end].translate(_HALF_WIDTH)
        line += text.count("\n", at, start)
        group = min(line, max(by_line)) if len(by_line) == MAX_FAULTS else line
        by_line.setdefault(group, []).append(Edit(Place(key, Span(start, end)), half))
        pieces += [text[at:start], half]
        at = end
    for edits in by_line.values():
        signs = "".join(dict.fromkeys(_shown(text[edit.place.span.start]) for edit in edits))
        prepared.found.add(FullWidth(at=edits[0].place, signs=signs, edits=tuple(edits)))
    prepared.text = "".join([*pieces, text[at:]])


def _shown(sign: str) -> str:
    """A sign as a message shows it; a blank by its number, for it cannot be seen."""
    return f"U+{ord(sign):04X}" if sign.isspace() else sign


def _full_width(text: str) -> Iterator[tuple[int, int]]:
    """Where full-width signs stand outside texts and comments."""
    # The rows of reference data are free text.
    end = text.find("\n", text.find("data")) if _DATA.match(text) else len(text)
    for match in _SCAN.finditer(text, 0, end):
        if match["quoted"]:
            yield match.start(), match.start() + 1
            if match.group().endswith("”"):
                yield match.end() - 1, match.end()
        elif match["sign"]:
            yield match.span()
