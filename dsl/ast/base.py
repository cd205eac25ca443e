"""What every node has: a span inside its block. Nodes are plain, frozen and compare by value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of syntax and where it stands."""

    span: Span


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name as written, NFC-normalised."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A dotted name: `customer.owner`, `crm.Deal`."""

    parts: tuple[Name, ...]

    def __str__(self) -> str:
        return ".".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class String(Node):
    """A constant text: a label or a message without `{…}`; `value` has its escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class Doc(Node):
    """The `##` lines right above a declaration or member, joined by line breaks."""

    text: str


def children(node: Node) -> Iterator[Node]:
    """The nodes that a node is directly made of, in the order of its fields."""
    for field in node.__dataclass_fields__:
        value = getattr(node, field)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (each for each in value if isinstance(each, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and all it is made of."""
    yield node
    for child in children(node):
        yield from walk(child)
