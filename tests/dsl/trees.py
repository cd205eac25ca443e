"""Trees compared by what they say, not by where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dsl.ast.base import Node
from dsl.diagnostic import Diagnostic
from dsl.parser import ParsedBlock, parse
from dsl.source import SourceFile, Sources, Span

SHOP = (Path(__file__).parent / "shop.case").read_text("utf-8")
"""A valid app with every construct in it."""


def blocks(text: str) -> tuple[ParsedBlock, ...]:
    return parse(SourceFile("app.case", text))


def faults(text: str) -> list[tuple[int, str]]:
    """Line and code of everything found in a text, in order."""
    file = SourceFile("app.case", text)
    sources = Sources([file])
    found = [item for block in parse(file) for item in block.diagnostics]
    return [(line_of(item, sources), item.code) for item in found]


def line_of(item: Diagnostic, sources: Sources) -> int:
    return sources.locate(item.primary.place).line


def shape(value: object) -> Any:
    """A tree as plain values without its spans."""
    if isinstance(value, Span):
        return None
    if isinstance(value, tuple):
        return [shape(item) for item in value]
    if isinstance(value, Node):
        names = [name for name in value.__dataclass_fields__ if name != "span"]
        return (type(value).__name__, *((name, shape(getattr(value, name))) for name in names))
    return value


def shapes(text: str) -> list[Any]:
    return [shape(block.decl) for block in blocks(text) if block.decl is not None]
