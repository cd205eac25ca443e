"""Layers of boxes and the lines between them, after Sugiyama.

Names of lines are boxes of the layout too, so that no two cover each other; a line that passes
layers is led around what stands in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fast_sugiyama import from_edges

Point = tuple[float, float]

_BETWEEN_LAYERS, _BETWEEN_BOXES = 40.0, 16.0
"""Pixels between two layers, and between two boxes of one."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a size in pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Laid:
    """The middles of the boxes by their number, the corners of each line from box to box, and the
    size of the whole, in pixels."""

    middles: Mapping[int, Point]
    lines: Sequence[Sequence[Point]]
    width: float
    height: float


@dataclass(slots=True)
class _Part:
    """What hangs together: layers from left to right, and the way of each line."""

    layers: list[list[int]]
    across: dict[int, float]
    ways: dict[tuple[int, int], list[int]]


def layered(boxes: Sequence[Box], lines: Sequence[tuple[int, int]]) -> Laid:
    """A layout from left to right; boxes and lines are known by their places in the sequences.

    Lines from a box to itself take no part. Where several orders of a layer are equally good, the
    library may take another one the next time.
    """
    between = [line for line in dict.fromkeys(lines) if line[0] != line[1]]
    parts = [_part(layout, between) for layout in _solved(between)]
    joined = {box for line in between for box in line}
    parts += [_Part([[box]], {box: 0.0}, {}) for box in range(len(boxes)) if box not in joined]
    return _placed(boxes, lines, parts)


Solved = tuple[list[tuple[int, Point]], list[tuple[int, int]]]
"""Positions, and the steps that lines are made of; numbers past those given are bends of lines."""


def _solved(lines: list[tuple[int, int]]) -> list[Solved]:
    if not lines:
        return []
    found = from_edges(lines, vertex_spacing=1, dummy_vertices=True, dummy_size=1)
    return [
        ([(int(box), at) for box, at in positions], [(int(a), int(b)) for a, b in steps or ()])
        for positions, _, _, steps in found
    ]


def _part(solved: Solved, lines: list[tuple[int, int]]) -> _Part:
    positions, steps = solved
    levels = sorted({-y for _, (_, y) in positions})
    layers: list[list[int]] = [[] for _ in levels]
    for box, (_, y) in positions:
        layers[levels.index(-y)].append(box)
    following = dict[int, list[int]]()
    for start, end in steps:
        following.setdefault(start, []).append(end)
    real = {box for line in lines for box in line}
    ways = {}
    for start in real & following.keys():
        for end in following[start]:
            way = [start, end]
            while way[-1] not in real:
                way.append(following[way[-1]][0])
            ways[start, way[-1]] = way
    return _Part(layers, {box: x for box, (x, _) in positions}, ways)


def _placed(boxes: Sequence[Box], lines: Sequence[tuple[int, int]], parts: Sequence[_Part]) -> Laid:
    """The parts below each other, the largest first."""
    middles: dict[int, Point] = {}
    ways: dict[tuple[int, int], list[Point]] = {}
    top = width = 0.0
    for part in sorted(parts, key=lambda each: -sum(map(len, each.layers))):
        found, right, bottom = _in_pixels(boxes, part, top)
        middles |= {box: at for box, at in found.items() if box < len(boxes)}
        ways |= {line: [found[box] for box in way] for line, way in part.ways.items()}
        top, width = bottom + _BETWEEN_LAYERS, max(width, right)
    routes = [_way(line, ways, middles) for line in lines]
    return Laid(middles, routes, width, max(top - _BETWEEN_LAYERS, 0.0))


def _way(
    line: tuple[int, int], ways: Mapping[tuple[int, int], list[Point]], middles: Mapping[int, Point]
) -> list[Point]:
    """The corners of a line; one that leads back was turned around for the layout."""
    start, end = line
    if line in ways:
        return ways[line]
    if (end, start) in ways:
        return ways[end, start][::-1]
    return [middles[start], middles[end]]


def _in_pixels(
    boxes: Sequence[Box], part: _Part, top: float
) -> tuple[dict[int, Point], float, float]:
    """Where the boxes of a part stand, its right end and its bottom."""
    size = {box: boxes[box] if box < len(boxes) else Box(0, 0) for box in part.across}
    unit = _row_height(size, part)
    first = min(part.across.values())
    left = 0.0
    found = {}
    for layer in part.layers:
        widest = max(size[box].width for box in layer)
        for box in layer:
            found[box] = (left + widest / 2, (part.across[box] - first) * unit)
        left += widest + _BETWEEN_LAYERS
    above = top - min(y - size[box].height / 2 for box, (_, y) in found.items())
    found = {box: (x, y + above) for box, (x, y) in found.items()}
    bottom = max(y + size[box].height / 2 for box, (_, y) in found.items())
    return found, left - _BETWEEN_LAYERS, bottom


def _row_height(size: Mapping[int, Box], part: _Part) -> float:
    """Pixels for one unit of the layout: so many that no two boxes of a layer touch."""
    needed = [_BETWEEN_BOXES]
    for layer in part.layers:
        rows = sorted(layer, key=part.across.__getitem__)
        for above, below in pairwise(rows):
            apart = part.across[below] - part.across[above]
            height = (size[above].height + size[below].height) / 2 + _BETWEEN_BOXES
            needed.append(height / apart if apart else height)
    return max(needed)
