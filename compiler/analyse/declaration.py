"""What every declaration that stands by itself has."""

from __future__ import annotations

from typing import TypedDict

from compiler.analyse.texts import labels
from compiler.build import Build
from compiler.model.base import Labels, Origin
from compiler.resolve.declared import Declared
from compiler.resolve.names import place
from dsl.ast.app import Decl


class Head(TypedDict):
    """Its id, how it is called and described, and where it stands."""

    id: str
    name: str
    label: Labels
    doc: str
    origin: Origin


def head(build: Build, declared: Declared, tree: Decl) -> Head:
    """The head of a declaration."""
    at = place(declared.block, tree.name)
    label = labels(build, declared.module, (declared.name,), tree.label, tree.name, at)
    span = tree.name.span
    return Head(
        id=declared.id, name=declared.name, label=label, doc=tree.doc.text if tree.doc else "",
        origin=Origin(block=declared.block, start=span.start, end=span.end),
    )  # fmt: skip
