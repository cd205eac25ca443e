"""What a text says of the data that was there before it was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.base import Name, Node
from dsl.ast.expr import Expr


@dataclass(frozen=True, slots=True)
class Intent(Node):
    """Base of what is said of earlier data, behind what it concerns."""


@dataclass(frozen=True, slots=True)
class Was(Intent):
    """`was title`, `was price_text: text`: an earlier name, with its type where that was another.
    The type is a `TypeRef`."""

    name: Name
    type: Node | None


@dataclass(frozen=True, slots=True)
class Fill(Intent):
    """`fill e`: what rows get that have no value."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Convert(Intent):
    """`convert e`: what becomes of a value of the earlier type."""

    value: Expr


OnErrorKind = Literal["fail", "quarantine", "null"]


@dataclass(frozen=True, slots=True)
class OnError(Intent):
    """`on error quarantine`: what becomes of a row whose value cannot be converted."""

    kind: OnErrorKind


@dataclass(frozen=True, slots=True)
class Retired(Intent):
    """`retired`, `retired -> other`: is there no more, and what takes over what it held."""

    to: Name | None


@dataclass(frozen=True, slots=True)
class Reuse(Intent):
    """`revive` (what was retired comes back) or `fresh` (only its name does)."""

    kind: Literal["revive", "fresh"]


def is_retired(tree: Node) -> bool:
    """Whether the text says of something that it is there no more."""
    return any(isinstance(each, Retired) for each in getattr(tree, "intents", ()))
