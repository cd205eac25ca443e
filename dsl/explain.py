"""What is said about a fault: one explanation a function, the first that fits is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from lark import UnexpectedToken
from lark.exceptions import UnexpectedInput

from dsl import syntax, words
from dsl.diagnostic import Message, Problem
from dsl.layout import TooDeep
from dsl.lines import (
    content_end,
    indent,
    later_column,
    line_end,
    line_start,
    open_bracket,
    unclosed_bracket,
)
from dsl.source import Place, Span

_WORD = re.compile(r"[^\W\d][\w\u0300-\u036f]*")
_SIGN = re.compile(
    r'[\w\u0300-\u036f]+|"(?:[^"\\\n]|\\.)*"|==+|[!<>=]=|=[<>]|//|&&|\|\||<>|.', re.DOTALL
)
_MEMBER = re.compile(r'([^\W\d]\w*(?:[ ]*"(?:[^"\\\n]|\\.)*")?)[ ]+[^\W\d]')
_QUOTE = re.compile(r'(?<!\\)"')
_QUOTED = re.compile(r"'([^'\n]*)'")
_CALLED = re.compile(r"\b([^\W\d]\w*)[ ]*$")
_IN_AGGREGATES = frozenset({"where", "of", "as", "by", "sort", "distinct"})
_NUMBERS = re.compile(
    r"(?<![\w.,])(?:(?P<day>[0-9]{1,2})\.(?P<month>0?[1-9]|1[0-2])\.(?P<year>[0-9]{4})"
    r"|(?P<grouped>[0-9]{1,3}(?:,[0-9]{3})+)|(?P<whole>[0-9]+),(?P<part>[0-9]+))(?![\w.,])"
)
_NAMED = re.compile(r"[ ]*[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "contains", "under"})
_FOREIGN = {
    "&&": "and", "||": "or", "!": "not", "<>": "!=", "===": "==", "=>": "->", "≥": ">=", "≤": "<=",
    "≠": "!=", "×": "*", "÷": "/", "→": "->", "←": "<-", "//": "#",
}  # fmt: skip
_MOST_SHOWN = 40
_TURNED = {"=>": ">=", "=<": "<="}


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the parser could not go on, and the terminals it would have gone on with.

    `kind` says what was there: a text, the end of a line, a line that stands further in, or
    something nested too deep.
    """

    at: int
    kind: Literal["text", "end", "indent", "too deep"]
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
        return Fault(content_end(text, end), "end", accepts)
    if token.type in ("_NL", "_DEDENT"):
        return Fault(content_end(text, token.start_pos or 0), "end", accepts)
    return Fault(token.start_pos or 0, "text", accepts)


def blamed_line(text: str, fault: Fault) -> int:
    """The start of the line that is to blame for a fault."""
    opening = unclosed_bracket(text, fault.at)
    if opening is not None:
        return line_start(text, opening)
    if fault.kind == "text" and fault.accepts == {"_INDENT"}:
        return line_start(text, content_end(text, line_start(text, fault.at)))
    return line_start(text, fault.at)


def explain(key: str, text: str, fault: Fault, keywords: Mapping[str, str]) -> Problem:
    """The one message for a fault in the block `key`; `keywords` maps the terminals that are
    fixed words or signs to their texts."""
    seen = _Seen(key, text, fault, keywords)
    for explanation in _EXPLANATIONS:
        problem = explanation(seen)
        if problem is not None:
            return problem
    return _unexpected(seen)


@dataclass(frozen=True)
class _Seen:
    """A fault in its text."""

    key: str
    text: str
    fault: Fault
    keywords: Mapping[str, str]

    @property
    def at(self) -> int:
        return self.fault.at

    @property
    def line(self) -> int:
        """The start of the line in which the fault is."""
        return line_start(self.text, self.fault.at)

    @property
    def sign(self) -> str:
        """The word, text or sign at the fault."""
        match = _SIGN.match(self.text, self.fault.at)
        return match.group() if match else ""

    @property
    def first_word(self) -> re.Match[str] | None:
        """The first word of the line, if at most blanks stand between it and the fault."""
        first = _WORD.search(self.text, self.line)
        if first is None or self.text[first.end() : self.at].strip():
            return None
        return first

    def place(self, start: int, length: int) -> Place:
        return Place(self.key, Span(start, start + length))

    @property
    def here(self) -> Place:
        return self.place(self.at, len(self.sign))


def _too_deep(seen: _Seen) -> Problem | None:
    if seen.fault.kind != "too deep":
        return None
    return syntax.NestedTooDeep(at=seen.place(seen.at, 1))


def _lone_quote(seen: _Seen) -> Problem | None:
    text, start = seen.text, max(seen.at - 2, 0)
    if text.startswith('"""', start) and text.startswith('"', seen.at):
        return syntax.LoneQuote(at=seen.place(start, 3), quote='"""')
    content = text[: content_end(text, line_end(text, seen.at))]
    quotes = [match.start() for match in _QUOTE.finditer(content, seen.line)]
    if seen.fault.kind == "indent" or len(quotes) % 2 == 0 or quotes[-1] < seen.at:
        return None
    at = seen.at if seen.sign == '"' else quotes[-1]
    return syntax.LoneQuote(at=seen.place(at, 1), quote='"')


def _unclosed_brace(seen: _Seen) -> Problem | None:
    brace = _open_brace(seen.sign) if seen.sign.startswith('"') else None
    if brace is None or "STRING" not in seen.fault.accepts:
        return None
    named = _NAMED.match(seen.text, seen.at + brace + 1)
    end = seen.place(named.end(), 0) if named else None
    return syntax.UnclosedBrace(at=seen.place(seen.at + brace, 1), end=end)


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


def _misnamed_aggregate(seen: _Seen) -> Problem | None:
    """A word of aggregates inside the brackets of what was taken for a function."""
    if seen.fault.kind != "text" or seen.sign not in _IN_AGGREGATES:
        return None
    bracket = open_bracket(seen.text, seen.line, seen.at)
    called = _CALLED.search(seen.text[seen.line : bracket]) if bracket else None
    meant = words.aggregate(called[1]) if called else None
    if called is None or meant is None or meant == called[1]:
        return None
    place = seen.place(seen.line + called.start(), len(called[1]))
    return syntax.UnknownWord(at=place, word=called[1], meant=meant)


def _number_from_elsewhere(seen: _Seen) -> Problem | None:
    """`30,5`, `1,000` and `31.12.2020`."""
    if seen.fault.kind != "text":
        return None
    for match in _NUMBERS.finditer(seen.text, seen.line, line_end(seen.text, seen.at)):
        if match.start() <= seen.at < match.end():
            place = seen.place(*_extent(match))
            return syntax.ForeignSign(at=place, sign=match.group(), meant=_written_here(match))
    return None


def _written_here(number: re.Match[str]) -> str:
    if number["day"]:
        return f"{number['year']}-{number['month']:0>2}-{number['day']:0>2}"
    if number["grouped"]:
        return number["grouped"].replace(",", "_")
    return f"{number['whole']}.{number['part']}"


def _unclosed_bracket(seen: _Seen) -> Problem | None:
    opening = unclosed_bracket(seen.text, seen.at)
    if opening is None:
        return None
    if line_start(seen.text, opening) == seen.line and seen.fault.kind == "text":
        return None
    return syntax.UnclosedBracket(at=seen.place(opening, 1), sign=seen.text[opening])


def _indentation(seen: _Seen) -> Problem | None:
    if seen.fault.kind == "indent":
        return syntax.BadIndentation(at=seen.here)
    if seen.fault.accepts != {"_INDENT"}:
        return None
    line = blamed_line(seen.text, seen.fault)
    start = line + indent(seen.text, line)
    if later_column(seen.text, line) is not None:
        return syntax.BadIndentation(at=seen.place(start, 1))
    end = content_end(seen.text, line_end(seen.text, line))
    return syntax.MissingBody(at=seen.place(start, end - start))


def _single_equals(seen: _Seen) -> Problem | None:
    if seen.sign != "=" or "COMPARISON" not in seen.fault.accepts:
        return None
    return syntax.SingleEquals(at=seen.here)


def _chained(seen: _Seen) -> Problem | None:
    if seen.sign not in _COMPARISONS or "AND" not in seen.fault.accepts:
        return None
    return syntax.ChainedComparison(at=seen.here)


def _foreign(seen: _Seen) -> Problem | None:
    if seen.fault.kind != "text":
        return None
    if seen.sign in _TURNED and "COMPARISON" in seen.fault.accepts:
        return syntax.ForeignSign(at=seen.here, sign=seen.sign, meant=_TURNED[seen.sign])
    # The parser may have taken the beginning of the sign for one of its own.
    end = seen.at + len(seen.sign)
    for start in range(max(seen.at - 2, 0), seen.at + 1):
        sign = seen.text[start:end]
        if meant := _FOREIGN.get(sign):
            place = seen.place(start, len(sign))
            return syntax.ForeignSign(at=place, sign=sign, meant=meant)
    return None


def _single_quotes(seen: _Seen) -> Problem | None:
    match = _QUOTED.match(seen.text, seen.at)
    if match is None:
        return None
    return syntax.SingleQuotes(at=seen.place(*_extent(match)), text=match[1])


def _unknown_word(seen: _Seen) -> Problem | None:
    if seen.fault.kind != "text" or not _WORD.fullmatch(seen.sign):
        return None
    accepted = (seen.keywords[name] for name in seen.fault.accepts & seen.keywords.keys())
    known = [word for word in accepted if _WORD.fullmatch(word)]
    elsewhere = words.ELSEWHERE.get(seen.sign.casefold())
    meant = elsewhere if elsewhere in known else words.nearest(seen.sign, known)
    if meant is None:
        return None
    return syntax.UnknownWord(at=seen.here, word=seen.sign, meant=meant)


def _unknown_first_word(seen: _Seen) -> Problem | None:
    """A misspelt word before a word or text was taken for a name."""
    first = seen.first_word
    if first is None or seen.at < first.end() or not (seen.sign[:1].isalpha() or '"' in seen.sign):
        return None
    word = first.group()
    meant = words.nearest(word, words.LINE_WORDS, cutoff=0.8)
    if meant is None or meant == word:
        return None
    return syntax.UnknownWord(at=seen.place(*_extent(first)), word=word, meant=meant)


def _missing_colon(seen: _Seen) -> Problem | None:
    """The name of a member at the start of a line that goes on with a word."""
    member = _MEMBER.match(seen.text, seen.at)
    at_start = not seen.text[seen.line : seen.at].strip()
    if seen.fault.kind != "text" or "MEMBER" not in seen.fault.accepts:
        return None
    if member is None or not at_start:
        return None
    place = seen.place(seen.at, len(member[1]))
    return syntax.MissingColon(at=place, word=seen.sign)


_EXPLANATIONS: tuple[Callable[[_Seen], Problem | None], ...] = (
    _too_deep,
    _lone_quote,
    _unclosed_brace,
    _misnamed_aggregate,
    _number_from_elsewhere,
    _unclosed_bracket,
    _indentation,
    _single_equals,
    _chained,
    _foreign,
    _single_quotes,
    _unknown_word,
    _unknown_first_word,
    _missing_colon,
)


def _unexpected(seen: _Seen) -> Problem:
    expected = words.expected(seen.fault.accepts, seen.keywords)
    if seen.fault.kind == "end":
        return syntax.EndsEarly(at=seen.place(seen.at, 0), expected=expected)
    shown = "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in seen.sign)
    found = shown if len(shown) <= _MOST_SHOWN else shown[: _MOST_SHOWN - 1] + "…"
    hint = _hint(seen)
    return syntax.Unexpected(at=seen.here, found=found, expected=expected, hint=hint)


def _hint(seen: _Seen) -> Message | None:
    """How Casework says what other languages say with words or signs that are none here."""
    if seen.sign == "&":
        return syntax.JOINED
    before = seen.text[seen.line : seen.at].split()
    return syntax.CHOSEN if before and before[-1].casefold() == "if" else None


def _extent(match: re.Match[str]) -> tuple[int, int]:
    """Where a match starts and how long it is."""
    return match.start(), match.end() - match.start()
