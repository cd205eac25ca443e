"""The table of what was measured, beside the goals of the first thread."""

from __future__ import annotations

from dataclasses import dataclass

WIDTHS = (44, 14, 14, 10, 10, 8)
HEAD = ("", "casework", "by hand", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Line:
    """A measure: what it cost, what the limit is, and the goal for the last of `measured`."""

    name: str
    measured: str
    limit: str = ""
    ratio: str = ""
    goal: str = ""
    kept: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.kept is None else "pass" if self.kept else "MISS"


def ratio(name: str, ours: float, theirs: float, goal: float, unit: str = "ms") -> Line:
    """Ours beside the limit, and how many times it that may be."""
    times = ours / theirs
    shown = (f"{ours:.2f} {unit}", f"{theirs:.2f} {unit}", f"{times:.2f} ×", f"{goal:.1f} ×")
    return Line(name, *shown, times <= goal)


def bound(name: str, value: float, goal: float, unit: str) -> Line:
    """A measure that may be at most so much."""
    return Line(name, f"{value:.0f} {unit}", goal=f"{goal:.0f} {unit}", kept=value <= goal)


def at_least(name: str, value: float, goal: float) -> Line:
    """A measure that may be no less than so much."""
    return Line(name, f"{value:.2f}", goal=f"{goal:.2f}", kept=value >= goal)


def show(line: Line) -> None:
    """Print a line of the table as soon as it is known."""
    _print((line.name, line.measured, line.limit, line.ratio, line.goal, line.verdict))


def section(title: str) -> None:
    """Print what the lines that follow are about."""
    print(title, flush=True)


def head(title: str) -> None:
    """Print the head of the table."""
    print(title)
    _print(HEAD)


def _print(cells: tuple[str, ...]) -> None:
    name, *rest = zip(cells, WIDTHS, strict=True)
    print(name[0].ljust(name[1]) + "".join(cell.rjust(width) for cell, width in rest), flush=True)
