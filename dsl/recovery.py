"""What is said about a fault, and what of the text is set aside so that the rest can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from lark import UnexpectedToken
from lark.exceptions import UnexpectedInput

from dsl import syntax, words
from dsl.diagnostic import Diagnostic, Diagnostics, Problem
from dsl.layout import TooDeep
from dsl.prepare import MAX_FAULTS
from dsl.source import Place, Span

_MAX_REREAD = 512 * 1024
"""Text read again for the sake of recovery, in one block: bounds the time for nonsense."""

_WORD = re.compile(r"[^\W\d][\w\u0300-\u036f]*")
_SIGN = re.compile(r'[\w\u0300-\u036f]+|"(?:[^"\\\n]|\\.)*"|==+|[!<>=]=|&&|\|\||<>|.', re.DOTALL)
_LEXEME = re.compile(r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*|[()\[\]]')
_MEMBER = re.compile(r'([^\W\d]\w*(?:[ ]*"(?:[^"\\\n]|\\.)*")?)[ ]+[^\W\d]')
_QUOTE = re.compile(r'(?<!\\)"')
_QUOTED = re.compile(r"'([^'\n]*)'")
_FOREIGN = {"&&": "and", "||": "or", "!": "not", "<>": "!=", "===": "==", "=>": "->"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the parser could not go on, and the terminals it would have gone on with.

    `kind` says what was there: a `text`, the `end` of a line, a line further in (`indent`), or
    one `too deep`.
    """

    at: int
    kind: str
    accepts: frozenset[str]


def fault_of(error: UnexpectedInput | TooDeep, text: str, end: int) -> Fault:
    """The fault behind an error of the parser that read `text` up to `end`."""
    if isinstance(error, TooDeep):
        return Fault(error.at, "too deep", frozenset())
    accepts = frozenset(error.interactive_parser.accepts())  # type: ignore[no-untyped-call]
    if not isinstance(error, UnexpectedToken):
        return Fault(cast(int, error.pos_in_stream), "text", accepts)
    token = error.token
    if token.type == "_INDENT":
        return Fault(token.end_pos or 0, "indent", accepts)
    if token.type == "$END":
        return Fault(_content_end(text, end), "end", accepts)
    if token.type in ("_NL", "_DEDENT"):
        return Fault(_content_end(text, token.start_pos or 0), "end", accepts)
    return Fault(token.start_pos or 0, "text", accepts)


class Recovery:
    """The text of one block as it is read again and again; `text` is None when nothing is left."""

    def __init__(self, key: str, text: str, keywords: Mapping[str, str]) -> None:
        self.key = key
        self.text: str | None = text
        self.found: list[Diagnostic] = []
        self._keywords = keywords
        self._cut_lines: set[int] = set()
        self._blanked: list[int] = []
        self._told: set[int] = set()
        self.columns: dict[int, int] = {}
        """Where lines (by the start of their text) are taken to begin that stand elsewhere."""
        self._budget = _MAX_REREAD

    def repair(self, fault: Fault, noticed: Diagnostics) -> None:
        """Explains a fault once and sets the least aside that lets the parser pass it."""
        text = self.text or ""
        line = self._line_start(fault)
        problem = self.explain(fault)
        first_visit = line not in self._cut_lines
        if line not in self._told and not self._follows(fault, line):
            self.found.append(self._noticed(noticed, line) or problem.diagnostic())
        self._told.add(line)
        self._budget -= max(fault.at, 1024)
        if len(self.found) >= MAX_FAULTS or self._budget < 0:
            place = Place(self.key, Span(fault.at, fault.at + 1))
            self.found.append(syntax.MoreFaults(at=place).diagnostic())
            self.text = None
        elif first_visit:
            # Of a line that ends early its last word is in doubt.
            at = text.rfind(" ", line, fault.at) + 1 if fault.kind == "end" else fault.at
            self.text = self._corrected(text, fault, problem) or self._set_aside(
                text, line, min(at, problem.at.span.start)
            )
        else:
            self.text = self._set_aside(text, line, line)

    def _noticed(self, noticed: Diagnostics, line: int) -> Diagnostic | None:
        """A reserved word taken for a name explains what goes wrong behind it."""
        text = self.text or ""
        for item in noticed:
            start = item.primary.place.span.start
            if item.code == syntax.ReservedName.code and _line_start(text, start) == line:
                return item
        return None

    def _follows(self, fault: Fault, line: int) -> bool:
        """Whether a fault comes of what was set aside before it, not of the text."""
        return self._emptied(fault, line) or self._orphaned(fault, line)

    def _orphaned(self, fault: Fault, line: int) -> bool:
        """Whether a line belongs to one whose end was set aside."""
        above = _line_above(self.text or "", line)
        return fault.kind == "indent" and above in self._cut_lines

    def _emptied(self, fault: Fault, line: int) -> bool:
        """Whether a line has no content because all of it was set aside."""
        text = self.text or ""
        start = _logical_end(text, line)
        rest = text[start:]
        end = start + len(rest) - len(rest.lstrip())
        return fault.accepts == {"_INDENT"} and any(start <= at < end for at in self._blanked)

    # ------------------------------------------------------------ setting text aside

    def _line_start(self, fault: Fault) -> int:
        """The start of the line that is to blame."""
        text = self.text or ""
        opening = _unclosed(text, fault.at)
        if opening is not None:
            return _line_start(text, opening)
        if fault.kind == "text" and fault.accepts == {"_INDENT"}:
            return _line_start(text, _content_end(text, _line_start(text, fault.at)))
        return _line_start(text, fault.at)

    def _corrected(self, text: str, fault: Fault, problem: Problem) -> str | None:
        """The text with the fault put right, where that is possible without moving anything."""
        end = problem.at.span.end
        if isinstance(problem, syntax.SingleEquals) and text[end] == " ":
            return text[: end - 1] + "==" + text[end + 1 :]
        if isinstance(problem, syntax.MissingColon):
            return text[:end] + ":" + text[end + 1 :]
        if isinstance(problem, syntax.BadIndentation):
            start = problem.at.span.start
            line = _line_start(text, start)
            above = _indent(text, _line_above(text, line))
            if start not in self.columns:
                later = None if fault.kind == "indent" else _later_column(text, line)
                self.columns[start] = above if later is None else later
                return text
        return None

    def _set_aside(self, text: str, line: int, at: int) -> str | None:
        """The text without the end of a line from `at`; without the line and all that belongs to
        it where nothing would be left of it or gained by that."""
        end = _logical_end(text, line)
        self._cut_lines.add(line)
        if line < at < _content_end(text, end) and text[line:at].strip():
            return _blank(text, at, end)
        if line == _header_start(text):
            return None
        self._blanked.append(line)
        return _blank(text, line, _block_end(text, line, end))

    # ------------------------------------------------------------ explaining

    def explain(self, fault: Fault) -> Problem:
        """The one message for a fault; the first explanation that fits wins."""
        text = self.text or ""
        sign = _sign_at(text, fault.at)
        for explanation in _EXPLANATIONS:
            problem = explanation(self, text, fault, sign)
            if problem is not None:
                return problem
        return self._unexpected(text, fault, sign)

    def _place(self, start: int, end: int) -> Place:
        return Place(self.key, Span(start, max(end, start)))

    def _too_deep(self, text: str, fault: Fault, sign: str) -> Problem | None:
        if fault.kind != "too deep":
            return None
        return syntax.NestedTooDeep(at=self._place(fault.at, fault.at + 1))

    def _later_part(self, text: str, fault: Fault, sign: str) -> Problem | None:
        line = _line_start(text, fault.at)
        first = _WORD.search(text, line)
        if fault.kind == "indent" or first is None:
            return None
        is_header = line == _header_start(text)
        later = words.LATER_DECLARATIONS if is_header else words.LATER_LINES
        near = not text[first.end() : fault.at].strip() or fault.at <= first.end()
        if first.group() in later and near:
            return self._later(first.group(), first.start())
        if sign in words.LATER_IN_LINES:
            return self._later(sign, fault.at)
        before = text[: fault.at].rstrip()
        if sign == "," or before.endswith(("lowest", " as")) or "pick(" in text[line : fault.at]:
            pick = text.find("pick(", line, fault.at)
            return self._later("pick", pick) if pick >= 0 else None
        return None

    def _later(self, word: str, start: int) -> Problem:
        return syntax.LaterPart(at=self._place(start, start + len(word)), word=word)

    def _lone_quote(self, text: str, fault: Fault, sign: str) -> Problem | None:
        start = max(fault.at - 2, 0)
        if text.startswith('"""', start) and text[fault.at : fault.at + 1] == '"':
            return syntax.LoneQuote(at=self._place(start, start + 3), quote='"""')
        end = _line_end(text, fault.at)
        content = text[: _content_end(text, end)]
        quotes = [m.start() for m in _QUOTE.finditer(content, _line_start(text, fault.at))]
        if fault.kind == "indent" or len(quotes) % 2 == 0 or quotes[-1] < fault.at:
            return None
        at = quotes[-1] if sign != '"' else fault.at
        return syntax.LoneQuote(at=self._place(at, at + 1), quote='"')

    def _unclosed_brace(self, text: str, fault: Fault, sign: str) -> Problem | None:
        brace = _open_brace(sign) if sign.startswith('"') else None
        if brace is None or "STRING" not in fault.accepts:
            return None
        at = fault.at + brace
        return syntax.UnclosedBrace(at=self._place(at, at + 1))

    def _unclosed_bracket(self, text: str, fault: Fault, sign: str) -> Problem | None:
        opening = _unclosed(text, fault.at)
        if opening is None:
            return None
        if _line_start(text, opening) == _line_start(text, fault.at) and fault.kind == "text":
            return None
        place = self._place(opening, opening + 1)
        return syntax.UnclosedBracket(at=place, sign=text[opening])

    def _indentation(self, text: str, fault: Fault, sign: str) -> Problem | None:
        if fault.kind == "indent":
            return syntax.BadIndentation(at=self._place(fault.at, fault.at + len(sign)))
        if fault.accepts != {"_INDENT"}:
            return None
        line = self._line_start(fault)
        start = line + _indent(text, line)
        if _later_column(text, line) is not None:
            return syntax.BadIndentation(at=self._place(start, start + 1))
        return syntax.MissingBody(at=self._place(start, _content_end(text, _line_end(text, line))))

    def _single_equals(self, text: str, fault: Fault, sign: str) -> Problem | None:
        if not _is_single_equals(sign, fault):
            return None
        return syntax.SingleEquals(at=self._place(fault.at, fault.at + 1))

    def _chained(self, text: str, fault: Fault, sign: str) -> Problem | None:
        compares = sign in ("==", "!=", "<", "<=", ">", ">=", "in", "contains", "under")
        if not compares or "AND" not in fault.accepts:
            return None
        return syntax.ChainedComparison(at=self._place(fault.at, fault.at + len(sign)))

    def _foreign(self, text: str, fault: Fault, sign: str) -> Problem | None:
        if fault.kind != "text":
            return None
        # The parser may have taken the beginning of the sign for one of its own.
        for start in (fault.at - 2, fault.at - 1, fault.at):
            whole = text[max(start, 0) : fault.at + len(sign)]
            if meant := _FOREIGN.get(whole):
                place = self._place(start, start + len(whole))
                return syntax.ForeignSign(at=place, sign=whole, meant=meant)
        return None

    def _single_quotes(self, text: str, fault: Fault, sign: str) -> Problem | None:
        match = _QUOTED.match(text, fault.at)
        if match is None:
            return None
        return syntax.SingleQuotes(at=self._place(*match.span()), text=match[1])

    def _unknown_word(self, text: str, fault: Fault, sign: str) -> Problem | None:
        if fault.kind != "text" or not _WORD.fullmatch(sign):
            return None
        accepted = (self._keywords[name] for name in fault.accepts if name in self._keywords)
        meant = words.nearest(sign, (word for word in accepted if _WORD.fullmatch(word)))
        if meant is None:
            return None
        place = self._place(fault.at, fault.at + len(sign))
        return syntax.UnknownWord(at=place, word=sign, meant=meant)

    def _unknown_first_word(self, text: str, fault: Fault, sign: str) -> Problem | None:
        """A misspelt word at the start of a line was taken for a name."""
        first = _WORD.search(text, _line_start(text, fault.at))
        if fault.kind != "text" or first is None or text[first.end() : fault.at].strip():
            return None
        meant = words.nearest(first.group(), self._keywords.values(), cutoff=0.8)
        if meant is None or meant == first.group() or fault.at < first.end():
            return None
        return syntax.UnknownWord(at=self._place(*first.span()), word=first.group(), meant=meant)

    def _missing_colon(self, text: str, fault: Fault, sign: str) -> Problem | None:
        """The name of a member at the start of a line that goes on with a word."""
        at_start = not text[_line_start(text, fault.at) : fault.at].strip()
        member = _MEMBER.match(text, fault.at)
        if fault.kind != "text" or "MEMBER" not in fault.accepts or not at_start or not member:
            return None
        return syntax.MissingColon(at=self._place(*member.span(1)), word=sign)

    def _unexpected(self, text: str, fault: Fault, sign: str) -> Problem:
        expected = words.expected(fault.accepts, self._keywords)
        if fault.kind == "end":
            return syntax.EndsEarly(at=self._place(fault.at, fault.at), expected=expected)
        shown = sign if sign.isprintable() else f"U+{ord(sign[:1] or ' '):04X}"
        place = self._place(fault.at, fault.at + len(sign))
        return syntax.Unexpected(at=place, found=shown, expected=expected)


_EXPLANATIONS: tuple[Callable[[Recovery, str, Fault, str], Problem | None], ...] = (
    Recovery._too_deep,
    Recovery._lone_quote,
    Recovery._unclosed_brace,
    Recovery._later_part,
    Recovery._unclosed_bracket,
    Recovery._indentation,
    Recovery._single_equals,
    Recovery._chained,
    Recovery._foreign,
    Recovery._single_quotes,
    Recovery._unknown_word,
    Recovery._unknown_first_word,
    Recovery._missing_colon,
)


# ---------------------------------------------------------------- places in a text


def _sign_at(text: str, at: int) -> str:
    match = _SIGN.match(text, at)
    return match.group() if match else ""


def _is_single_equals(sign: str, fault: Fault) -> bool:
    return sign == "=" and fault.kind == "text" and "COMPARISON" in fault.accepts


def _open_brace(quoted: str) -> int | None:
    """Where in a text the first `{` stands that nothing closes."""
    opened: int | None = None
    index = 1
    while index < len(quoted) - 1:
        if quoted.startswith("{{", index) and opened is None:
            index += 1
        elif quoted[index] == "{":
            if opened is not None:
                return opened
            opened = index
        elif quoted[index] == "}":
            opened = None
        index += 1
    return opened


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _header_start(text: str) -> int:
    """The start of the first line that is neither blank nor a comment."""
    at = 0
    while at < len(text):
        line = text[at : _line_end(text, at)].strip()
        if line and not line.startswith("#"):
            return at
        at = _line_end(text, at) + 1
    return 0


def _content_end(text: str, end: int) -> int:
    """The end of the last text before `end` that is neither blank nor a comment."""
    while end > 0:
        start = _line_start(text, end)
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


def _unclosed(text: str, before: int) -> int | None:
    """The outermost bracket opened before a place that nothing in the block closes."""
    _, opened = _brackets(text, 0, len(text))
    return next((at for at in opened if at < before), None)


def _logical_end(text: str, line: int) -> int:
    """The end of the line that starts at `line`, with the lines its brackets hold together."""
    pairs, _ = _brackets(text, line, len(text))
    end = _line_end(text, line)
    for opening, closing in sorted(pairs.items()):
        if opening < end < closing:
            end = _line_end(text, closing)
    return end


def _block_end(text: str, line: int, end: int) -> int:
    """The end of the lines that stand further in than the one from `line` to `end`."""
    indent = _indent(text, line)
    at = end + 1
    while at < len(text):
        stop = _line_end(text, at)
        if text[at:stop].strip() and _indent(text, at) <= indent:
            break
        end, at = stop, stop + 1
    return end


def _line_above(text: str, line: int) -> int:
    """The start of the last line with content above one."""
    return _line_start(text, _content_end(text, max(line - 1, 0)))


def _later_column(text: str, line: int) -> int | None:
    """The column between those of a line and the one above to which lines below return."""
    outer, own = _indent(text, _line_above(text, line)), _indent(text, line)
    found: int | None = None
    at = _line_end(text, line) + 1
    while at < len(text):
        column, stop = _indent(text, at), _line_end(text, at)
        if text[at:stop].strip():
            if column <= outer:
                break
            found = min(found or own, column)
        at = stop + 1
    return found if found is not None and found < own else None


def _indent(text: str, line: int) -> int:
    stop = _line_end(text, line)
    return len(text[line:stop]) - len(text[line:stop].lstrip(" \t"))


def _blank(text: str, start: int, end: int) -> str:
    """The text with a range made blank; line ends stay."""
    kept = "\n".join(" " * len(line) for line in text[start:end].split("\n"))
    return text[:start] + kept + text[end:]
