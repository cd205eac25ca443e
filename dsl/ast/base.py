"""What every node has: a span inside its block. Nodes are plain, frozen and compare by value."""

from __future__ import annotations

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
