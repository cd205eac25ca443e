"""A picture as SVG that stands by itself, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from runtime.web.diagram.layout import Box, Laid, Point
from runtime.web.diagram.picture import LINE_HEIGHT, Line, Part, Picture

_MARGIN = 16
_COLORS = {
    "gray": "#68727f", "red": "#c4302b", "orange": "#b35900", "yellow": "#8f6a00",
    "gold": "#8f6a00", "amber": "#9a5b00", "green": "#1d7a43", "teal": "#00707a",
    "cyan": "#0b6e8f", "blue": "#0b5cad", "purple": "#7a3ff2", "violet": "#7a3ff2",
    "pink": "#b0285a",
}  # fmt: skip
STYLE = """\
svg { background: #fff; color: #1a1f27; font: 14px/18px system-ui, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif }
text { fill: currentColor; text-anchor: middle }
.name text { fill: #566070; font-size: 12px }
.box { fill: #f6f8fa; stroke: #7d8793; stroke-width: 1.5 }
.final .box { stroke-width: 3 }
.paper { fill: #fff }
.line { fill: none; stroke: #7d8793; stroke-width: 1.5 }
.dashed { stroke-dasharray: 5 4 }
.head { fill: #7d8793 }
@media (prefers-color-scheme: dark) {
  svg { background: #12161c; color: #e6edf3 }
  .box { fill: #1b2129 }
  .paper { fill: #12161c }
  .name text { fill: #a3adba }
}
"""


def draw(picture: Picture) -> Markup:
    """The whole picture."""
    laid = picture.laid()
    width, height = laid.width + 2 * _MARGIN, laid.height + 2 * _MARGIN
    body = "".join([*_lines(picture, laid), *_boxes(picture, laid)])
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'viewBox="{-_MARGIN} {-_MARGIN} {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">'
        f"<title>{escape(picture.title)}</title><desc>{escape(picture.sentence)}</desc>"
        f"<style>{STYLE}</style>"
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker>'
        f"{body}</svg>"
    )


def _lines(picture: Picture, laid: Laid) -> Iterator[str]:
    for line, way in zip(picture.lines, laid.lines, strict=True):
        css = "line dashed" if line.dashed else "line"
        head = ' marker-end="url(#head)"' if line.arrow else ""
        yield f'<path class="{css}" d="{_path(picture, line, way)}"{head}/>'


def _path(picture: Picture, line: Line, way: Sequence[Point]) -> str:
    """A curve that leaves and reaches every corner level; it begins and ends at the sides."""
    start = _side(picture.parts[line.start].box, way[0], way[1])
    end = _side(picture.parts[line.end].box, way[-1], way[-2])
    points = [start, *way[1:-1], end]
    path = f"M{start[0]:.1f} {start[1]:.1f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        bend = (to_x - x) / 2
        path += f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    return path


def _side(box: Box, middle: Point, towards: Point) -> Point:
    right = towards[0] >= middle[0]
    return middle[0] + (box.width if right else -box.width) / 2, middle[1]


def _boxes(picture: Picture, laid: Laid) -> Iterator[str]:
    for at, part in enumerate(picture.parts):
        x, y = laid.middles[at]
        yield f'<g class="{part.shape}">{_frame(part, x, y)}{_words(part, y, x)}</g>'


def _frame(part: Part, x: float, y: float) -> str:
    box = part.box
    css = "paper" if part.shape == "name" else "box"
    radius = {"state": 14, "final": 14, "entity": 4, "name": 0}[part.shape]
    stroke = f' style="stroke:{_COLORS[part.color]}"' if part.color in _COLORS else ""
    frame = (
        f'<rect class="{css}"{stroke} x="{x - box.width / 2:.1f}" y="{y - box.height / 2:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}" rx="{radius}"/>'
    )
    start = f'<circle class="head" cx="{x - box.width / 2 - 8:.1f}" cy="{y:.1f}" r="4"/>'
    return frame + (start if part.initial else "")


def _words(part: Part, y: float, x: float) -> str:
    first = y - (len(part.words) - 1) * LINE_HEIGHT / 2 + 5
    return "".join(
        f'<text x="{x:.1f}" y="{first + at * LINE_HEIGHT:.1f}">{escape(word)}</text>'
        for at, word in enumerate(part.words)
    )
