"""What one app says about the declarations of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.app import Decl
from dsl.ast.base import Path

How = Literal["extends", "overrides"]


@dataclass(frozen=True, slots=True)
class CompositionDecl(Decl):
    """`extend contacts.Person`, `override rule sales.deep_discount on Deal`.

    `target` is what it says something about, as written; of a flow or a view, the entity. `part` is
    a tree of that kind (an `EntityDecl` for an entity or a mixin) with what is added or put in
    another's place.
    """

    how: How
    target: Path
    part: Decl
