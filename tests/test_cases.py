"""The cases of `tests/cases/`: what the language says about a text, written as Markdown.

A heading is a case. Its ```casework block is the text, an app of its own, declarations of the
app `shop`, or the files of several apps, each below a line `# crm/app.case`; a comment
`# error: CW0301` at the end of a line expects that diagnostic on that line (`# warning:` and
`# note:` likewise; several
codes are separated by commas), and a text expects nothing else. Optional blocks show what comes
of it and are written by `pytest --update`:

- ```diagnostics  what a person sees in the terminal, in English
- ```zh           the same in Chinese
- ```ast          the syntax tree
- ```formatted    the text in the language's layout
- ```fixed        the text after all safe fixes
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from compiler.pipeline import compile_app
from dsl.ast.base import Name, Node
from dsl.ast.base import Path as NamePath
from dsl.diagnostic import Diagnostic, Safety
from dsl.edit import apply
from dsl.format import format
from dsl.parser import parse
from dsl.render import terminal
from dsl.source import SourceFile, Sources, Span
from stdlib.library import STANDARD
from tests.support.apps import HEAD, Texts

CASES = Path(__file__).parent / "cases"
FILE = "shop/app.case"
SYNTAX = "syntax"
"""The topic whose texts are parsed only; those of all others are compiled."""

_FILE = re.compile(r"^# (\w+/\w+\.case)$", re.MULTILINE)
_APP = re.compile(r"^app\b", re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<kind>\w+)\n(?P<text>.*?)^(?P=fence)$", re.M | re.S)
_EXPECTED = re.compile(
    r"#\s*(?P<severity>error|warning|note): (?P<codes>CW\d{4}(?:, CW\d{4})*)\s*$"
)


# ---------------------------------------------------------------- what a text comes to


@dataclass(frozen=True)
class Checked:
    """What the language says about a text."""

    sources: Sources
    diagnostics: tuple[Diagnostic, ...]
    decls: tuple[Node, ...]


def check_text(text: str, topic: str) -> Checked:
    """All that is said about an app, or several."""
    texts = files_of(text)
    blocks = [block for path, content in texts for block in parse(SourceFile(path, content))]
    decls = tuple(block.decl for block in blocks if block.decl is not None)
    if topic == SYNTAX:
        found = tuple(item for block in blocks for item in block.diagnostics)
        return Checked(
            Sources([SourceFile(path, content) for path, content in texts]), found, decls
        )
    head = () if _APP.search(text) else (("shop/head.case", HEAD),)
    result = compile_app(Texts((*texts, *head)), STANDARD)
    return Checked(result.sources, result.diagnostics, decls)


def files_of(text: str) -> tuple[tuple[str, str], ...]:
    """The files that a text names, each with the lines above it left blank; else the one file."""
    marks = list(_FILE.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    found = [
        (mark[1], "\n" * text.count("\n", 0, mark.start()) + text[mark.start() : end])
        for mark, end in zip(marks, ends, strict=True)
    ]
    return tuple(sorted(found)) or ((FILE, text),)


def _diagnostics(text: str, checked: Checked) -> str:
    return "\n\n".join(terminal(item, checked.sources, "en") for item in checked.diagnostics)


def _zh(text: str, checked: Checked) -> str:
    return "\n\n".join(terminal(item, checked.sources, "zh") for item in checked.diagnostics)


def _ast(text: str, checked: Checked) -> str:
    return "\n".join(_outline(decl) for decl in checked.decls)


def _formatted(text: str, checked: Checked) -> str:
    return format(text)


def _fixed(text: str, checked: Checked) -> str:
    edits = [
        edit
        for item in checked.diagnostics
        for fix in item.fixes[:1]
        if fix.safety is Safety.SAFE
        for edit in fix.edits
    ]
    return apply(checked.sources, edits).get(FILE, text)


PRODUCTS: dict[str, Callable[[str, Checked], str]] = {
    "diagnostics": _diagnostics,
    "zh": _zh,
    "ast": _ast,
    "formatted": _formatted,
    "fixed": _fixed,
}


def _outline(node: object, indent: int = 0) -> str:
    """A tree as indented lines; spans, and what is absent or empty, are left out."""
    margin = "  " * indent
    if isinstance(node, Name | NamePath):
        return f"{margin}{node}"
    if not isinstance(node, Node):
        return f"{margin}{node!r}"
    lines = [f"{margin}{type(node).__name__}"]
    for field in node.__dataclass_fields__:
        value = getattr(node, field)
        if isinstance(value, Span) or value in (None, (), False):
            continue
        items = value if isinstance(value, tuple) else (value,)
        parts = [_outline(item, indent + 2) for item in items]
        if len(parts) == 1 and "\n" not in parts[0]:
            lines.append(f"{margin}  {field}: {parts[0].strip()}")
        else:
            lines += [f"{margin}  {field}:", *parts]
    return "\n".join(lines)


# ---------------------------------------------------------------- reading the cases


@dataclass(frozen=True)
class Case:
    """One heading of one file; `start` and `end` bound its text in the file."""

    file: Path
    title: str
    start: int
    end: int

    def blocks(self) -> dict[str, re.Match[str]]:
        content = self.file.read_text("utf-8")
        found = _BLOCK.finditer(content, self.start, self.end)
        return {match["kind"]: match for match in found}


def cases_of(file: Path) -> list[Case]:
    content = file.read_text("utf-8")
    inside = [match.span() for match in _BLOCK.finditer(content)]
    headings = [
        match
        for match in _HEADING.finditer(content)
        if not any(start < match.start() < end for start, end in inside)
    ]
    ends = [match.start() for match in headings[1:]] + [len(content)]
    cases = [
        Case(file, match[1], match.end(), end) for match, end in zip(headings, ends, strict=True)
    ]
    return [case for case in cases if "casework" in case.blocks()]


def all_cases() -> list[Case]:
    return [case for file in sorted(CASES.rglob("*.md")) for case in cases_of(file)]


def expected_in(text: str) -> list[tuple[int, str, str]]:
    """Line, severity and code of every expectation written in a text."""
    return [
        (number, match["severity"], code)
        for number, line in enumerate(text.split("\n"), 1)
        if (match := _EXPECTED.search(line))
        for code in match["codes"].split(", ")
    ]


def expected_codes(topic: str) -> set[str]:
    """All codes that some case of a topic expects."""
    cases = [case for case in all_cases() if case.file.parent.name == topic]
    texts = [case.blocks()["casework"]["text"] for case in cases]
    return {code for text in texts for _, _, code in expected_in(text)}


# ---------------------------------------------------------------- the test


@pytest.mark.parametrize(
    "case", all_cases(), ids=lambda case: f"{case.file.relative_to(CASES)}: {case.title}"
)
def test_case(case: Case, request: pytest.FixtureRequest) -> None:
    blocks = _current(case).blocks()
    text = blocks["casework"]["text"]
    checked = check_text(text, case.file.parent.name)
    found = [
        (checked.sources.locate(item.primary.place).line, str(item.severity), item.code)
        for item in checked.diagnostics
    ]
    assert sorted(found) == sorted(expected_in(text)), _diagnostics(text, checked)
    produced = {kind: _ended(PRODUCTS[kind](text, checked)) for kind in blocks if kind in PRODUCTS}
    assert set(blocks) <= {"casework", *PRODUCTS}, "a block of no known kind"
    if request.config.getoption("--update"):
        _update(case, produced)
        return
    for kind, made in produced.items():
        assert blocks[kind]["text"] == made, f"{kind}: see pytest --update"


@pytest.mark.parametrize(
    "case", [case for case in all_cases() if "fixed" in case.blocks()], ids=lambda case: case.title
)
def test_safe_fixes_leave_nothing_to_fix(case: Case) -> None:
    text, topic = _current(case).blocks()["casework"]["text"], case.file.parent.name
    fixed = _fixed(text, check_text(text, topic))
    assert [item.message.en for item in check_text(fixed, topic).diagnostics] == []


def _ended(text: str) -> str:
    return text.rstrip("\n") + "\n"


def _current(case: Case) -> Case:
    """The case as it stands in its file now: an update of another one may have moved it."""
    (found,) = (each for each in cases_of(case.file) if each.title == case.title)
    return found


def _update(case: Case, produced: dict[str, str]) -> None:
    """Writes blocks one by one: each moves the text behind it."""
    for kind, made in produced.items():
        block = _current(case).blocks()[kind]
        content = case.file.read_text("utf-8")
        start, end = block.span("text")
        case.file.write_text(content[:start] + made + content[end:], "utf-8")
