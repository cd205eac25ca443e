"""From text to syntax tree, block by block.

    text ─ prepare ─▶ clean text ─ Lark + builder ─▶ tree
                          ▲                │ fault
                          └─── recovery ◀──┘

A block is parsed as a whole; at a fault, the least part of the text that explains it is blanked
and the block is parsed again, so that one fault costs one message and hides nothing else.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Generic, TypeVar, cast

from lark import TextSlice
from lark.exceptions import UnexpectedInput

from dsl.ast.app import Decl
from dsl.ast.expr import Expr, Null
from dsl.build.tree import TreeBuilder
from dsl.diagnostic import Diagnostic, Problem
from dsl.explain import Fault, explain, fault_of
from dsl.layout import Layout, TooDeep
from dsl.prepare import Prepared, prepare
from dsl.recovery import Recovery
from dsl.source import MAX_BLOCKS, Block, Flaw, Place, SourceFile, Span
from dsl.syntax import BadIndentation, FileTooLarge, MoreFaults, NotUtf8, TooManyBlocks, Unreadable
from dsl.table import load

MAX_FILE_FAULTS = 100
_MEMO_BLOCKS = 16_384
_END = "\0"
"""Nothing of the language begins with it, so that the parser says what it would go on with."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ParsedBlock:
    """What one block says: its tree, or None where too little of it was understood."""

    key: str
    decl: Decl | None
    diagnostics: tuple[Diagnostic, ...]


def parse_block(block: Block) -> ParsedBlock:
    """The tree of a block and every fault in it; never raises, whatever the text.

    The result depends on the key and the text alone and is remembered, so that after an edit only
    the edited block is parsed.
    """
    return _parse(block.key, block.text)


def parse(file: SourceFile) -> tuple[ParsedBlock, ...]:
    """All blocks of a file in written order; past 100 faults the rest is left out, and nothing is
    read of a file with a flaw."""
    if file.flaw:
        return tuple(_unread(file))
    parsed: list[ParsedBlock] = []
    faults = 0
    for number, block in enumerate(file.blocks):
        if faults >= MAX_FILE_FAULTS or number == MAX_BLOCKS:
            parsed.append(_given_up(block, TooManyBlocks if number == MAX_BLOCKS else MoreFaults))
            break
        parsed.append(parse_block(block))
        faults += len(parsed[-1].diagnostics)
    return tuple(parsed)


def expected(before: str) -> frozenset[str]:
    """What may stand at the end of the beginning of a block: words and signs of the language as
    they are written, other terminals by their name (`NAME`, `STRING`, `MEMBER` …)."""
    with _PARSERS.lent() as parser, without_gc():
        return parser.expected(before)


_FLAWS: Mapping[Flaw, type[Problem]] = {
    "access": Unreadable,
    "size": FileTooLarge,
    "encoding": NotUtf8,
}


def _unread(file: SourceFile) -> Iterator[ParsedBlock]:
    """No tree for any block, and the flaw where it begins."""
    at = max(file.text.find("\ufffd"), file.blocks[0].start)
    faulty = max(block.start for block in file.blocks if block.start <= at)
    for block in file.blocks:
        place = Place(block.key, Span(at - block.start, at - block.start + 1))
        fault = _FLAWS[file.flaw](at=place).diagnostic()
        yield ParsedBlock(block.key, None, (fault,) if block.start == faulty else ())


def _given_up(block: Block, why: type[Problem]) -> ParsedBlock:
    start = len(block.text) - len(block.text.lstrip())
    place = Place(block.key, Span(start, start + 1))
    return ParsedBlock(block.key, None, (why(at=place).diagnostic(),))


@lru_cache(maxsize=_MEMO_BLOCKS)
def _parse(key: str, text: str) -> ParsedBlock:
    with _PARSERS.lent() as parser, without_gc():
        return parser.block(key, text)


class Pool(Generic[T]):
    """Lends what one user at a time may have, and makes another when all are lent."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._idle: list[T] = []

    @contextmanager
    def lent(self) -> Iterator[T]:
        try:
            item = self._idle.pop()
        except IndexError:
            item = self._make()
        try:
            yield item
        finally:
            self._idle.append(item)


@contextmanager
def without_gc() -> Iterator[None]:
    """Trees hold no cycles; looking for some while they grow costs a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Callbacks:
    """Gives Lark the builder's methods in the form it calls them in."""

    def __init__(self, builder: TreeBuilder) -> None:
        self._builder = builder

    def __getattr__(self, rule: str) -> Callable[[list[object]], object]:
        if rule.startswith("_"):
            raise AttributeError(rule)
        method = getattr(self._builder, rule)
        return lambda children: method(*children)


class BlockParser:
    """A LALR parser with its builder, for one user at a time; remembers nothing."""

    def __init__(self, layout: Layout) -> None:
        self._builder = TreeBuilder()
        self._builder.parse_expression = self._expression
        self._builder.parse_cell = partial(self._part, "cell")
        self._layout = layout
        self._lark = load(_Callbacks(self._builder), self._layout)
        self._keywords = {
            terminal.name: terminal.pattern.value
            for terminal in self._lark.terminals
            if terminal.pattern.type == "str"
        }

    def block(self, key: str, text: str) -> ParsedBlock:
        """What a block says; see `parse_block`."""
        prepared = prepare(key, text)
        if prepared.text is None:
            return ParsedBlock(key, None, tuple(prepared.found))
        recovery = Recovery(key, prepared.text, self._keywords)
        decl: Decl | None = None
        while recovery.text is not None:
            self._layout.columns = recovery.columns
            fault = self._attempt(key, recovery.text)
            if isinstance(fault, Decl):
                decl = fault
                break
            recovery.repair(fault, self._builder.found)
        found = sorted(
            self._all_found(key, prepared, recovery), key=lambda item: item.primary.place.span
        )
        return ParsedBlock(key, decl, tuple(found))

    def expected(self, before: str) -> frozenset[str]:
        """What may follow; see the function of that name."""
        prepared = prepare("", before + _END)
        self._layout.columns = {}
        fault = self._attempt("", prepared.text or "")
        accepts = fault.accepts if isinstance(fault, Fault) else frozenset()
        return frozenset(self._keywords.get(name, name) for name in accepts)

    def is_valid(self, key: str, text: str) -> bool:
        """Whether a block has no fault; costs one reading, whatever the text."""
        prepared = prepare(key, text)
        if prepared.text is None or prepared.found.items:
            return False
        self._layout.columns = {}
        tree = self._attempt(key, prepared.text)
        return isinstance(tree, Decl) and not self._builder.found.items and not self._layout.ragged

    def _attempt(self, key: str, text: str) -> Decl | Fault:
        self._builder.begin(key, text)
        self._layout.ragged.clear()
        try:
            return cast(Decl, self._lark.parse(text, start="declaration"))
        except (UnexpectedInput, TooDeep) as error:
            return fault_of(error, text, len(text))

    def _expression(self, start: int, end: int) -> Expr:
        """The expression in a range of the builder's text; a broken one is reported, and null."""
        return cast(Expr, self._part("expr", start, end))

    def _part(self, rule: str, start: int, end: int) -> object:
        """What a range of the builder's text is by a rule; null, and reported, if it is broken."""
        text = self._builder.source
        try:
            return self._lark.parse(TextSlice(text, start, end), start=rule)
        except (UnexpectedInput, TooDeep) as error:
            fault = fault_of(error, text, end)
            self._builder.refuse(explain(self._builder.key, text, fault, self._keywords))
            return Null(Span(start, end))

    def _all_found(self, key: str, prepared: Prepared, recovery: Recovery) -> Iterator[Diagnostic]:
        """Everything found, one message a line."""
        recovered = (item for item in recovery.found if not _follows_tab(prepared, item))
        fatal = [*prepared.found, *recovered]
        lines = {_line(prepared, item) for item in fatal}
        yield from fatal
        ragged = [
            BadIndentation(at=Place(key, Span(at, at + 1))).diagnostic()
            for at in self._layout.ragged
            if not prepared.has_tabs
        ]
        for item in [*ragged, *self._builder.found]:
            if _line(prepared, item) not in lines:
                yield item


def _follows_tab(prepared: Prepared, item: Diagnostic) -> bool:
    """Whether a tab indents what is found: the tab is the mistake, and reported."""
    text, start = prepared.text or "", item.primary.place.span.start
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return "\t" in before and not before.strip()


def _line(prepared: Prepared, item: Diagnostic) -> int:
    return (prepared.text or "").count("\n", 0, item.primary.place.span.start)


_PARSERS = Pool(lambda: BlockParser(Layout()))
