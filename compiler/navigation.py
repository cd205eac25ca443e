"""Where names stand and what they mean: what editors, renames and questions ask of a build."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from compiler.build import Build, query
from compiler.resolve.declared import Declared, decl, written
from compiler.resolve.definitions import declared_in
from compiler.resolve.inside import along
from compiler.resolve.symbols import Repeated, Symbol
from dsl.ast.app import LocaleDecl
from dsl.ast.base import Path
from dsl.source import Place, Span


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A name in a block; `defines` where it is the name that a declaration gives."""

    span: Span
    symbol: Symbol
    defines: bool = False


class Navigation:
    """All names of one build that were understood; made anew for each."""

    def __init__(self, build: Build) -> None:
        self._by_block = _mentions(build)
        self._definitions: dict[Symbol, Place] = {}
        self._uses: dict[Symbol, list[Place]] = {}
        for block, mentions in self._by_block.items():
            for each in mentions:
                place = Place(block, each.span)
                if each.defines:
                    self._definitions.setdefault(each.symbol, place)
                self._uses.setdefault(each.symbol, []).append(place)

    def in_block(self, block: str) -> list[Mention]:
        """The names of a block, in order."""
        return self._by_block.get(block, [])

    def at(self, block: str, offset: int) -> Mention | None:
        """The name at an offset of a block, or that ends there."""
        mentions = self.in_block(block)
        index = bisect_right(mentions, offset, key=lambda each: each.span.start) - 1
        if index < 0 or mentions[index].span.end < offset:
            return None
        return mentions[index]

    def symbols(self) -> Iterable[Symbol]:
        """Everything that is named."""
        return self._uses.keys()

    def definition(self, symbol: Symbol) -> Place | None:
        """Where a symbol is declared; None for what the language itself gives."""
        return self._definitions.get(symbol)

    def uses(self, symbol: Symbol) -> list[Place]:
        """Where a symbol is named, its declaration among them; in no order."""
        return self._uses.get(symbol, [])


def _mentions(build: Build) -> Mapping[str, list[Mention]]:
    """The names of each block in order; of those at one place the first counts."""
    found: dict[str, dict[Span, Mention]] = {}
    repeated: list[tuple[Place, Repeated]] = []
    for place, symbol in _defined(build):
        mention = Mention(place.span, symbol, defines=True)
        found.setdefault(place.block, {}).setdefault(place.span, mention)
    for place, meaning in _used(build):
        if isinstance(meaning, Repeated):
            repeated.append((place, meaning))
        elif isinstance(meaning, Symbol):
            mention = Mention(place.span, meaning)
            found.setdefault(place.block, {}).setdefault(place.span, mention)
    ordered = _ordered(found)
    for place, text in repeated:
        for mention in _repeated(ordered.get(text.of.block, []), text.of.span, place.span):
            found.setdefault(place.block, {}).setdefault(mention.span, mention)
    return _ordered(found) if repeated else ordered


def _ordered(found: Mapping[str, Mapping[Span, Mention]]) -> dict[str, list[Mention]]:
    return {block: sorted(mentions.values(), key=_span_of) for block, mentions in found.items()}


def _span_of(mention: Mention) -> Span:
    return mention.span


def _repeated(mentions: list[Mention], text: Span, copy: Span) -> Iterator[Mention]:
    """The names of a text, where they stand in a copy of it."""
    away = copy.start - text.start
    for each in mentions[bisect_left(mentions, text, key=_span_of) :]:
        if each.span.end > text.end:
            return
        yield Mention(Span(each.span.start + away, each.span.end + away), each.symbol)


def _defined(build: Build) -> Iterator[tuple[Place, Symbol]]:
    for declared in written(build):
        for symbol, place in declared_in(build, declared):
            yield place, symbol


def _used(build: Build) -> Iterator[tuple[Place, Hashable]]:
    for declared in written(build):
        yield from _translated(build, declared)
    yield from build.mentions()


@query
def _translated(build: Build, declared: Declared) -> tuple[tuple[Place, Symbol], ...]:
    """The names by which a `locale` block says what it translates."""
    if declared.kind != "locale":
        return ()
    return tuple(
        (Place(declared.block, name.span), symbol)
        for entry in decl(build, declared.block, LocaleDecl).entries
        if isinstance(entry.source, Path)
        for name, symbol in zip(
            entry.source.parts,
            along(build, declared.module, [part.text for part in entry.source.parts]),
            strict=True,
        )
        if symbol is not None
    )
