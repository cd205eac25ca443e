"""What every builder needs: the text being parsed, spans from tokens, names, labels, docs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar
from unicodedata import is_normalized, normalize

from lark import Token

from dsl.ast.base import Doc, Name, Node, Path, String
from dsl.diagnostic import Diagnostics, Problem
from dsl.source import Place, Span
from dsl.syntax import BracedLabel, NotWhole, ReservedName, WrittenTwice

RESERVED = frozenset({
    "and", "or", "not", "in", "is", "case", "else", "where", "of", "true", "false", "null",
    "me", "this", "old",
})  # fmt: skip

Part = Token | Node
NodeT = TypeVar("NodeT", bound=Node)


def start_of(part: Part) -> int:
    return part.start_pos or 0 if isinstance(part, Token) else part.span.start


def end_of(part: Part) -> int:
    return part.end_pos or 0 if isinstance(part, Token) else part.span.end


def token_span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def over(*parts: Part | None) -> Span:
    """The span from the first part that is there to the last one."""
    present = [part for part in parts if part is not None]
    return Span(start_of(present[0]), end_of(present[-1]))


def of_type(kind: type[NodeT], items: Iterable[object]) -> tuple[NodeT, ...]:
    return tuple(item for item in items if isinstance(item, kind))


def unescaped(text: str) -> str:
    """Resolves the two escapes of a text: a backslash before a quote or a backslash."""
    if "\\" not in text:
        return text
    return text.replace(r"\\", "\0").replace(r"\"", '"').replace("\0", "\\")


class Builder:
    """State of one run over one block: its text, and what was found wrong on the way."""

    def __init__(self) -> None:
        self.begin("", "")

    def begin(self, key: str, source: str) -> None:
        self.key = key
        self.source = source
        self.found = Diagnostics()

    def refuse(self, problem: Problem) -> None:
        self.found.add(problem)

    def place(self, span: Span) -> Place:
        return Place(self.key, span)

    # ------------------------------------------------------------ names and texts

    def name(self, token: Token) -> Name:
        """The name of a token; a reserved word is reported and kept."""
        text = str(token)
        if text in RESERVED:
            self.refuse(ReservedName(at=self.place(token_span(token)), word=text))
        if not is_normalized("NFC", text):
            text = normalize("NFC", text)
        return Name(token_span(token), text)

    def optional_name(self, token: Token | None) -> Name | None:
        return None if token is None else self.name(token)

    def path(self, *tokens: Token) -> Path:
        return Path(over(*tokens), tuple(self.name(token) for token in tokens))

    def paths(self, *paths: Path) -> tuple[Path, ...]:
        return paths

    def names(self, *tokens: Token) -> tuple[Name, ...]:
        return tuple(self.name(token) for token in tokens)

    def string(self, token: Token) -> String:
        """A constant text with its braces as written."""
        return String(token_span(token), unescaped(token[1:-1]))

    def raw_string(self, token: Token) -> String:
        """A text that means what is between its quotes, backslashes included."""
        return String(token_span(token), token[1:-1])

    def label(self, token: Token | None) -> String | None:
        """A label: `{{` is a brace, and there is nothing to fill in."""
        return None if token is None else self.required_label(token)

    def required_label(self, token: Token) -> String:
        text = self.string(token)
        if "{" not in text.value:
            return text
        value = text.value.replace("{{", "\0")
        if "{" in value:
            self.refuse(BracedLabel(at=self.place(text.span)))
        return String(text.span, value.replace("\0", "{"))

    def doc(self, first: Token) -> Doc | None:
        """The `##` lines right above the line that `first` begins."""
        text = self.source
        line_start = text.rfind("\n", 0, start_of(first)) + 1
        start, lines = line_start, []
        while start > 0:
            above = text.rfind("\n", 0, start - 1) + 1
            line = text[above : start - 1].strip()
            if not line.startswith("##"):
                break
            lines.append(line[2:].strip())
            start = above
        if not lines:
            return None
        return Doc(Span(start, line_start - 1), "\n".join(reversed(lines)))

    def whole_number(self, token: Token) -> int:
        """The value of a count; a fraction is reported and cut off."""
        if "." in token:
            self.refuse(NotWhole(at=self.place(token_span(token)), text=str(token)))
        return int(Decimal(token.replace("_", "")))

    def whole_percent(self, token: Token) -> int:
        """The value of `50%`; a fraction is reported and cut off."""
        if "." in token:
            self.refuse(NotWhole(at=self.place(token_span(token)), text=str(token)))
        return int(Decimal(token[:-1].replace("_", "")))

    # ------------------------------------------------------------ clauses

    def only_one(self, items: tuple[NodeT, ...], what: str) -> NodeT | None:
        """The clause that may be written once; a second one is reported, the first one kept."""
        for item in items[1:]:
            self.refuse(
                WrittenTwice(at=self.place(item.span), first=self.place(items[0].span), what=what)
            )
        return items[0] if items else None
