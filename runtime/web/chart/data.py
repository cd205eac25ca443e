"""What a figure shows, before it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["number", "bar", "stacked", "line"]


@dataclass(frozen=True, slots=True)
class Series:
    """One measure, or one part of a stack: a value (or none) per category, and where each leads.

    `total` is the measure over all categories as the database computed it, `None` where a total
    means nothing.
    """

    label: str
    values: tuple[Decimal | None, ...]
    hrefs: tuple[str, ...] = ()
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What to draw. `measure` names the values, the series of a stack their parts.

    `show` gives a value's full text; `over_time` makes columns instead of rows.
    """

    kind: Kind
    caption: str
    measure: str
    dimension: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    language: str
    show: Callable[[Decimal], str]
    over_time: bool = False
    id: str = "chart"
