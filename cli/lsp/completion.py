"""What may be written at a place: the words the grammar takes there, and the names that would mean
something, as the compiler lists them when it does not know a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types as lsp

from cli.lsp.outline import kind_of
from cli.lsp.session import Session, Snapshot
from compiler.resolve.symbols import Symbol
from dsl.diagnostic import Language
from dsl.parser import expected
from dsl.source import Place, SourceFile
from stdlib.library import STANDARD

PROBE = "casework_probe"
"""A name that nothing has."""
AGGREGATES = ("sum", "count", "min", "max", "avg", "exists", "all", "first", "last", "one")

_WORD_BEFORE = re.compile(r"[^\W\d]\w*$|\b\d*$")
_WORD = re.compile(r"[^\W\d]")
_GUESSES = {"NAME": "x", "NUMBER": "1", "STRING": '""', "_INDENT": ""}
_MOST_GUESSED = 4
_NAMES = frozenset({"NAME", "MEMBER"})
_SYMBOLS: dict[lsp.SymbolKind, lsp.CompletionItemKind] = {
    lsp.SymbolKind.Class: lsp.CompletionItemKind.Class,
    lsp.SymbolKind.Enum: lsp.CompletionItemKind.Enum,
    lsp.SymbolKind.Key: lsp.CompletionItemKind.Constant,
    lsp.SymbolKind.Interface: lsp.CompletionItemKind.Interface,
    lsp.SymbolKind.Array: lsp.CompletionItemKind.Class,
    lsp.SymbolKind.Event: lsp.CompletionItemKind.Event,
    lsp.SymbolKind.EnumMember: lsp.CompletionItemKind.EnumMember,
    lsp.SymbolKind.Method: lsp.CompletionItemKind.Method,
    lsp.SymbolKind.Variable: lsp.CompletionItemKind.Variable,
}


def completions(
    session: Session, name: str, offset: int, language: Language
) -> list[lsp.CompletionItem]:
    """What may stand at an offset of a file, the likeliest kind first."""
    file = session.snapshot().sources.files.get(name)
    if file is None:
        return []
    before = file.text[:offset]
    written = _WORD_BEFORE.search(before)
    start = offset - len(written.group() if written else "")
    if _in_comment(before):
        return []
    inside = _open_text(before)
    words = expected(_of_block(file, start)) if not inside else frozenset({"NAME", "AGGREGATE"})
    names = [*_names(session, file, start)] if words & _NAMES else []
    return [
        *names,
        *(_functions(language) if "AGGREGATE" in words else ()),
        *(_keyword(word) for word in sorted(words) if _WORD.match(word) and word.islower()),
    ]


def _of_block(file: SourceFile, offset: int) -> str:
    """The text from the beginning of the block in which an offset lies, up to it."""
    starts = [block.start for block in file.blocks if block.start <= offset]
    text = file.text[starts[-1] if starts else 0 : offset]
    # A line at column 0 begins a block, though nothing of it is written yet.
    return "" if text.endswith("\n") or not text else text


def _in_comment(before: str) -> bool:
    line = before[before.rfind("\n") + 1 :]
    return "#" in re.sub(r'"[^"]*"', "", line)


def _open_text(before: str) -> bool:
    """Whether an expression inside a text is being written: `"… {name`."""
    line = before[before.rfind("\n") + 1 :]
    return line.count('"') % 2 == 1 and line.rfind("{") > line.rfind("}")


def _keyword(word: str) -> lsp.CompletionItem:
    return lsp.CompletionItem(label=word, kind=lsp.CompletionItemKind.Keyword, sort_text=f"3{word}")


def _functions(language: Language) -> Iterator[lsp.CompletionItem]:
    for name in AGGREGATES:
        yield lsp.CompletionItem(
            label=name, kind=lsp.CompletionItemKind.Operator, sort_text=f"2{name}"
        )
    for name, function in STANDARD.functions.items():
        yield lsp.CompletionItem(
            label=name,
            kind=lsp.CompletionItemKind.Function,
            documentation=function.doc.text(language),
            sort_text=f"2{name}",
        )


def _names(session: Session, file: SourceFile, start: int) -> Iterator[lsp.CompletionItem]:
    """The names that might stand where a name that nothing has is put."""
    for text in _probed(file.text, start):
        snapshot = session.probe(file.path, text)
        choices = _choices(snapshot, file.path, start)
        if choices:
            symbols = {symbol.name: symbol for symbol in snapshot.navigation.symbols()}
            yield from (_named(name, symbols.get(name)) for name in dict.fromkeys(choices))
            return


def _choices(snapshot: Snapshot, name: str, start: int) -> tuple[str, ...]:
    for item in snapshot.compiled.diagnostics:
        if item.choices and _is_probe(snapshot, name, start, item.primary.place):
            return item.choices
    return ()


def _is_probe(snapshot: Snapshot, name: str, start: int, place: Place) -> bool:
    block = snapshot.sources.block(place.block)
    first = block.start + place.span.start
    return block.file == name and first <= start < block.start + place.span.end


def _named(name: str, symbol: Symbol | None) -> lsp.CompletionItem:
    kind = kind_of(symbol) if symbol else lsp.SymbolKind.Field
    return lsp.CompletionItem(
        label=name,
        kind=_SYMBOLS.get(kind, lsp.CompletionItemKind.Field),
        sort_text=f"1{name}",
    )


def _probed(text: str, start: int) -> Iterator[str]:
    """The text with the probe in place of the word that is being written, and with what is open
    on its line closed, so that the line can be read; then without the rest of the line."""
    end = start
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    line = text[text.rfind("\n", 0, start) + 1 : start]
    rest, newline, below = text[end:].partition("\n")
    if rest.strip():
        yield text[:start] + PROBE + _closing(line, rest) + text[end:]
    closed = PROBE + _closing(line, "")
    more = _continuation(_of_block(SourceFile("", text), start) + closed)
    yield text[:start] + closed + more + newline + below


def _continuation(before: str) -> str:
    """The shortest guess at what the rest of an unfinished line may be."""
    more = ""
    for _ in range(_MOST_GUESSED):
        words = expected(before + more)
        guess = next((_GUESSES.get(word, word) for word in sorted(words, key=_easiest)), "")
        if "_NL" in words or not guess:
            break
        more += f" {guess}"
    return more


def _easiest(word: str) -> tuple[bool, bool, str]:
    """Words of the language first, then what can be guessed, then signs."""
    return not word.islower(), word not in _GUESSES, word


def _closing(line: str, rest: str) -> str:
    """What closes the brackets and the text that a line leaves open."""
    closing = ""
    if line.count('"') % 2 and rest.count('"') % 2 == 0:
        closing = '}"' if line.rfind("{") > line.rfind("}") else '"'
    bare = re.sub(r'"[^"]*"', "", line)
    missing = bare.count("(") - bare.count(")") - rest.count(")") + rest.count("(")
    return closing + ")" * max(missing, 0)
