"""The value axis: which numbers it names, how it writes them, where they stand."""

from decimal import Decimal
from math import ceil, floor

from markupsafe import Markup

from runtime.web.chart.data import Chart
from runtime.web.chart.svg import element, plain, svg_text
from runtime.web.messages import messages

HEIGHT = 240
"""The height of a plot without its category labels, in pixels."""

LABELLED_HEIGHT = HEIGHT + 26

_TOP = 12  # above the highest tick, so that its label is not cut
_ENGLISH_UNITS = (("billion", 9), ("million", 6), ("thousand", 3))
_CHINESE_UNITS = (("billion", 8), ("million", 4))  # 亿 and 万


def ticks(low: Decimal, high: Decimal, count: int = 4) -> list[Decimal]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) that cover `low` to `high` and zero."""
    low, high = min(low, Decimal()), max(high, Decimal())
    if low == high:
        return [Decimal(), Decimal(1)]
    rough = (high - low) / count
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(s * power for s in map(Decimal, ("1", "2", "2.5", "5", "10")) if s * power >= rough)
    first, last = floor(low / step), ceil(high / step)
    return [step * n for n in range(first, last + 1)]


def axis_text(value: Decimal, language: str) -> str:
    """A short number for an axis: `1.2万` and `3亿` in Chinese, `12K`, `1.5M`, `3B` in English."""
    t = messages(language)
    units = _CHINESE_UNITS if language == "zh" else _ENGLISH_UNITS
    for name, exponent in units:
        if abs(value) >= Decimal(10) ** exponent:
            return t(f"chart.{name}", value=_short(value.scaleb(-exponent)))
    return _short(value)


def _short(value: Decimal) -> str:
    rounded = round(value, 2)
    text = format(rounded, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def bounds(chart: Chart) -> tuple[Decimal, Decimal]:
    """The lowest and highest value to draw, zero always between them, never equal."""
    low = high = Decimal()
    for index in range(len(chart.categories)):
        values = [s.values[index] for s in chart.series]
        known = [v for v in values if v is not None]
        if chart.kind == "stacked":
            low = min(low, sum((v for v in known if v < 0), Decimal()))
            high = max(high, sum((v for v in known if v > 0), Decimal()))
        else:
            low, high = min([low, *known]), max([high, *known])
    return low, high if low < high else high + 1


class Scale:
    """The value axis of a plot: values to pixels from the top."""

    def __init__(self, low: Decimal, high: Decimal) -> None:
        self.ticks = ticks(low, high)
        self.low, self.high = self.ticks[0], self.ticks[-1]

    def y(self, value: Decimal) -> Decimal:
        return _TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - _TOP)

    def lines(self) -> str:
        return "".join(
            f'<line class="{"axis" if tick == 0 else "rule"}" x1="0" x2="100%" '
            f'y1="{plain(self.y(tick))}" y2="{plain(self.y(tick))}"/>'
            for tick in self.ticks
        )

    def beside(self, chart: Chart, plot: Markup) -> Markup:
        """The plot with the axis' numbers at its left."""
        labels = "".join(
            svg_text(axis_text(tick, chart.language), x="100%", y=plain(self.y(tick) + 4))
            for tick in self.ticks
        )
        axis = (
            f'<svg class="chart-axis" height="{LABELLED_HEIGHT}" aria-hidden="true">{labels}</svg>'
        )
        return element("div", Markup(axis), plot, class_="chart-plot")
