"""From what the model keeps of a place to one that a problem can show."""

from __future__ import annotations

from compiler.model.base import Origin
from dsl.source import Place, Span


def at(origin: Origin) -> Place:
    """Where a thing of the model is written."""
    return Place(origin.block, Span(origin.start, origin.end))
