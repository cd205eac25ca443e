"""A diagnostic as terminal text and as data for programs.

The wording is the diagnostic's own; only the frame around it is made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from unicodedata import category, east_asian_width

from dsl.diagnostic import Diagnostic, Fix, Label, Language, Message, Severity
from dsl.edit import OverlappingEdits, apply
from dsl.source import Place, Sources

_SEVERITIES = {
    Severity.ERROR: Message("error", "错误"),
    Severity.WARNING: Message("warning", "警告"),
    Severity.NOTE: Message("note", "提示"),
}
_HELP = Message("help", "帮助")
_FIX = Message("fix", "修正")
_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_SHOWN_FIX_LINES = 3
_MAX_SHOWN = 160
"""Columns of a source line that are shown; a longer one is cut around its first mark."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A labelled range of columns (from 0, end not in) of one line."""

    start: int
    end: int
    primary: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    marks: tuple[_Mark, ...]


# ---------------------------------------------------------------- terminal


def terminal(
    diagnostic: Diagnostic, sources: Sources, language: Language, color: bool = False
) -> str:
    """The diagnostic with its source lines and carets, without a final line end."""
    frames = _frames(diagnostic, sources, language)
    widest = max(len(str(line.number)) for lines in frames.values() for line in lines)
    paint = _Paint(_COLORS[diagnostic.severity] if color else None)
    headline = f"{_SEVERITIES[diagnostic.severity].text(language)}[{diagnostic.code}]"
    rows = [f"{paint.strong(headline)}: {diagnostic.message.text(language)}"]
    arrow = "-->"
    for path, lines in frames.items():
        place = sources.locate(diagnostic.primary.place) if arrow == "-->" else None
        where = str(place) if place else f"{path}:{lines[0].number}"
        rows.append(f"{' ' * widest}{paint.frame(arrow)} {where}")
        rows.extend(_frame_rows(lines, widest, paint))
        arrow = ":::"
    rows.extend(_advice_rows(diagnostic, sources, language, widest, paint))
    return "\n".join(row.rstrip() for row in rows)


@dataclass(frozen=True, slots=True)
class _Paint:
    """ANSI colours, or none."""

    color: str | None

    def strong(self, text: str) -> str:
        return f"\033[1;{self.color}m{text}\033[0m" if self.color else text

    def frame(self, text: str) -> str:
        return f"\033[34m{text}\033[0m" if self.color else text


def _frame_rows(lines: list[_Line], widest: int, paint: _Paint) -> Iterator[str]:
    blank = f"{' ' * widest} {paint.frame('|')}"
    yield blank
    for before, line in pairwise([None, *lines]):
        assert line is not None
        if before and line.number > before.number + 1:
            yield f"{' ' * widest} {paint.frame(':')}"
        text, marks = _shortened(line)
        yield f"{paint.frame(f'{line.number:>{widest}} |')} {text.expandtabs(1)}"
        for mark in marks:
            sign = "^" if mark.primary else "-"
            carets = sign * max(_width(text[mark.start : mark.end]), 1)
            row = f"{' ' * _width(text[: mark.start])}{carets} {mark.text}".rstrip()
            yield f"{blank} {paint.strong(row) if mark.primary else paint.frame(row)}"


def _shortened(line: _Line) -> tuple[str, tuple[_Mark, ...]]:
    """The part of a long line around its first mark, with the marks moved along."""
    if len(line.text) <= _MAX_SHOWN:
        return line.text, line.marks
    first = min((mark.start for mark in line.marks), default=0)
    start = max(first - _MAX_SHOWN // 2, 0)
    text = line.text[start : start + _MAX_SHOWN]
    marks = tuple(
        _Mark(max(mark.start - start, 0), min(mark.end - start, len(text)), mark.primary, mark.text)
        for mark in line.marks
        if mark.start - start < len(text)
    )
    return text, marks


def _advice_rows(
    diagnostic: Diagnostic, sources: Sources, language: Language, widest: int, paint: _Paint
) -> Iterator[str]:
    margin = f"{' ' * widest} {paint.frame('=')}"
    if diagnostic.help:
        yield f"{margin} {_HELP.text(language)}: {diagnostic.help.text(language)}"
    for fix in diagnostic.fixes:
        yield f"{margin} {_FIX.text(language)}: {fix.title.text(language)}"
        for number, text in fixed_lines(fix, sources):
            yield f"{paint.frame(f'{number:>{widest}} +')} {text}"


def fixed_lines(fix: Fix, sources: Sources) -> Iterator[tuple[int, str]]:
    """The lines of a fix that touches few, as they will be."""
    try:
        changed = apply(sources, fix.edits)
    except OverlappingEdits:
        return
    for path, text in changed.items():
        before, after = sources.files[path].text.split("\n"), text.split("\n")
        if len(before) != len(after):
            continue
        lines = [
            (number, new)
            for number, (old, new) in enumerate(zip(before, after, strict=True), 1)
            if old != new
        ]
        if len(lines) <= _SHOWN_FIX_LINES:
            yield from lines


def _width(text: str) -> int:
    """Columns that a terminal gives to a text."""
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


# ---------------------------------------------------------------- source lines with marks


def _frames(diagnostic: Diagnostic, sources: Sources, language: Language) -> dict[str, list[_Line]]:
    """The labelled lines by file, that of the primary label first."""
    marks: dict[str, dict[int, list[_Mark]]] = {}
    for label in (diagnostic.primary, *diagnostic.others):
        location = sources.locate(label.place)
        mark = _mark(label, sources, language, label is diagnostic.primary)
        marks.setdefault(location.file, {}).setdefault(location.line, []).append(mark)
    return {
        path: [
            _Line(number, sources.files[path].line(number), tuple(on_line))
            for number, on_line in sorted(lines.items())
        ]
        for path, lines in marks.items()
    }


def _mark(label: Label, sources: Sources, language: Language, primary: bool) -> _Mark:
    """The first line of a label; the end of a longer one is the end of that line."""
    location = sources.locate(label.place)
    line = sources.files[location.file].line(location.line)
    one_line = location.end_line == location.line
    end = location.end_column - 1 if one_line else len(line)
    text = label.text.text(language) if label.text else ""
    return _Mark(location.column - 1, max(end, location.column), primary, text)


# ---------------------------------------------------------------- data


def data(diagnostic: Diagnostic, sources: Sources, language: Language) -> dict[str, Any]:
    """The diagnostic for a program: plain values only; lines and columns count from 1, columns
    in code points, and a range ends before its end."""
    primary = diagnostic.primary
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message.text(language),
        **_range(primary.place, sources),
        "label": primary.text.text(language) if primary.text else None,
        "related": [
            {
                **_range(label.place, sources),
                "message": label.text.text(language) if label.text else None,
            }
            for label in diagnostic.others
        ],
        "help": diagnostic.help.text(language) if diagnostic.help else None,
        "fixes": [
            {
                "title": fix.title.text(language),
                "safety": str(fix.safety),
                "edits": [{**_range(edit.place, sources), "text": edit.text} for edit in fix.edits],
            }
            for fix in diagnostic.fixes
        ],
    }


def _range(place: Place, sources: Sources) -> dict[str, Any]:
    location = sources.locate(place)
    return {
        "file": location.file,
        "start": {"line": location.line, "column": location.column},
        "end": {"line": location.end_line, "column": location.end_column},
    }
