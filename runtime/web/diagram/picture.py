"""What a picture shows: boxes with words, and lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import east_asian_width

from runtime.web.diagram.layout import Box, Laid, layered

Shape = Literal["state", "final", "name", "entity"]
"""A state, one in which a record ends, the name of a line, an entity."""

LINE_HEIGHT = 18
_NARROW, _WIDE = 7.2, 14.0
"""Pixels of a letter at 14 pixels, for the layout alone: text is drawn at its own width."""
_PADDING = {"state": (16, 9), "final": (16, 9), "name": (4, 2), "entity": (14, 8)}


@dataclass(frozen=True, slots=True)
class Part:
    """A box with its lines of words, the first of which names it."""

    shape: Shape
    words: tuple[str, ...]
    color: str = ""
    initial: bool = False

    @property
    def box(self) -> Box:
        across, above = _PADDING[self.shape]
        widest = max(map(_width, self.words), default=0.0)
        return Box(widest + 2 * across, len(self.words) * LINE_HEIGHT + 2 * above)


@dataclass(frozen=True, slots=True)
class Line:
    """From one part to another, by their places in the picture."""

    start: int
    end: int
    arrow: bool = True
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its title, and the same in a sentence for who cannot see it."""

    title: str
    sentence: str
    parts: Sequence[Part]
    lines: Sequence[Line]

    def laid(self) -> Laid:
        boxes = [part.box for part in self.parts]
        return layered(boxes, [(line.start, line.end) for line in self.lines])


def _width(text: str) -> float:
    return sum(_WIDE if east_asian_width(char) in "WF" else _NARROW for char in text)
