"""What of a broken text is put right or set aside so that the rest can be read.

Nothing is ever moved: what is set aside becomes blanks, so that spans stay those of the text.
"""

from __future__ import annotations

from collections.abc import Mapping

from dsl import syntax
from dsl.diagnostic import Diagnostic, Diagnostics, Problem, Safety
from dsl.explain import Fault, blamed_line, explain
from dsl.lines import (
    blank,
    block_end,
    content_end,
    header_start,
    indent,
    later_column,
    line_above,
    line_start,
    logical_end,
)
from dsl.prepare import MAX_FAULTS
from dsl.source import Place, Span

_MAX_REREAD = 512 * 1024
"""Text read again for the sake of recovery, in one block: bounds the time for nonsense."""


class Recovery:
    """The text of one block as it is read again and again.

    `text` is what to read next, None when nothing is left; `columns` says where lines (by the
    start of their text) are taken to begin that stand elsewhere; `found` is what was explained.
    """

    def __init__(self, key: str, text: str, keywords: Mapping[str, str]) -> None:
        self.text: str | None = text
        self.columns: dict[int, int] = {}
        self.found: list[Diagnostic] = []
        self._key = key
        self._keywords = keywords
        self._cut_lines: set[int] = set()
        self._blanked: list[int] = []
        self._told: set[int] = set()
        self._budget = _MAX_REREAD

    def repair(self, fault: Fault, noticed: Diagnostics) -> None:
        """Explains a fault once and sets the least aside that lets the parser pass it.

        `noticed` is what the tree builder found before the parser came to the fault.
        """
        text = self.text or ""
        line = blamed_line(text, fault)
        problem = explain(self._key, text, fault, self._keywords)
        is_first = line not in self._told
        self._told.add(line)
        if is_first and not self._follows(text, fault, line):
            self.found.append(self._noticed(text, noticed, line) or problem.diagnostic())
        self._budget -= max(fault.at, 1024)
        if len(self.found) >= MAX_FAULTS or self._budget < 0:
            place = Place(self._key, Span(fault.at, fault.at + 1))
            self.found.append(syntax.MoreFaults(at=place).diagnostic())
            self.text = None
        else:
            corrected = self._corrected(text, fault, problem) if is_first else None
            self.text = corrected or self._shortened(text, fault, line, problem)

    def _shortened(self, text: str, fault: Fault, line: int, problem: Problem) -> str | None:
        if line in self._cut_lines:
            return self._set_aside(text, line, line)
        # Of a line that ends early its last word is in doubt.
        at = text.rfind(" ", line, fault.at) + 1 if fault.kind == "end" else fault.at
        return self._set_aside(text, line, min(at, problem.at.span.start))

    # ------------------------------------------------------------ what is worth saying

    def _noticed(self, text: str, noticed: Diagnostics, line: int) -> Diagnostic | None:
        """A reserved word taken for a name explains what goes wrong behind it."""
        for item in noticed:
            start = item.primary.place.span.start
            if item.code == syntax.ReservedName.code and line_start(text, start) == line:
                return item
        return None

    def _follows(self, text: str, fault: Fault, line: int) -> bool:
        """Whether a fault comes of what was set aside before it, not of the text."""
        if fault.kind == "indent":
            return line_above(text, line) in self._cut_lines
        return fault.accepts == {"_INDENT"} and self._emptied(text, line)

    def _emptied(self, text: str, line: int) -> bool:
        """Whether all that stood below a line was set aside."""
        start = logical_end(text, line)
        end = len(text) - len(text[start:].lstrip())
        return any(start <= at < end for at in self._blanked)

    # ------------------------------------------------------------ what is done about it

    def _corrected(self, text: str, fault: Fault, problem: Problem) -> str | None:
        """The text with the fault put right, where that is possible without moving anything."""
        start, end = problem.at.span.start, problem.at.span.end
        if isinstance(problem, syntax.SingleEquals) and text[end] == " ":
            return text[:start] + "==" + text[end + 1 :]
        if isinstance(problem, syntax.MissingColon):
            return text[:end] + ":" + text[end + 1 :]
        if isinstance(problem, syntax.BadIndentation) and start not in self.columns:
            self.columns[start] = _column_meant(text, fault, line_start(text, start))
            return text
        return _fixed_in_place(text, problem)

    def _set_aside(self, text: str, line: int, at: int) -> str | None:
        """The text without the end of a line from `at`, or, where nothing would be left of the
        line or gained by that, without the line and all that belongs to it."""
        end = logical_end(text, line)
        self._cut_lines.add(line)
        if line < at < content_end(text, end) and text[line:at].strip():
            return blank(text, at, end)
        if line == header_start(text):
            return None
        self._blanked.append(line)
        return blank(text, line, block_end(text, line, end))


def _fixed_in_place(text: str, problem: Problem) -> str | None:
    """The text with the first safe fix whose edits need no more room than what they replace."""
    for fix in problem.fixes():
        spans = [edit.place.span for edit in fix.edits]
        fits = all(
            len(edit.text) <= span.end - span.start
            for edit, span in zip(fix.edits, spans, strict=True)
        )
        if fix.safety is Safety.SAFE and fits:
            for edit, span in zip(fix.edits, spans, strict=True):
                room = span.end - span.start
                text = text[: span.start] + edit.text.ljust(room) + text[span.end :]
            return text
    return None


def _column_meant(text: str, fault: Fault, line: int) -> int:
    """The column of a line that stands too far in: that of the line above, or, for the first of
    its level, the one to which those below return."""
    later = None if fault.kind == "indent" else later_column(text, line)
    return indent(text, line_above(text, line)) if later is None else later
