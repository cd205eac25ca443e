"""Pieces of SVG. Positions are percentages of the width and pixels of the height."""

from decimal import Decimal

from markupsafe import Markup, escape

from runtime.web.chart.data import Chart


def element(tag: str, *content: str, **attributes: str) -> Markup:
    """An element; `content` must be escaped, attributes are escaped here (`class_` is `class`)."""
    shown = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    return Markup(f"<{tag}{shown}>{''.join(content)}</{tag}>")


def svg(chart: Chart, body: str, height: int) -> Markup:
    """The picture of a chart, named by its caption."""
    return Markup(
        f'<svg class="chart-svg" height="{height}" role="group" '
        f'aria-labelledby="{escape(chart.id)}-caption">{body}</svg>'
    )


def svg_text(text: str, x: str, y: object, class_: str = "") -> str:
    css = f' class="{class_}"' if class_ else ""
    return f'<text{css} x="{x}" y="{y}">{text}</text>'


def rect(x: str, y: object, width: str, height: object, css: str) -> str:
    return f'<rect class="{css}" x="{x}" y="{y}" width="{width}" height="{height}" rx="2"/>'


def percent(value: Decimal) -> str:
    return f"{plain(value)}%"


def plain(value: Decimal) -> str:
    """A number without more digits than a picture needs."""
    text = format(round(value, 2), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
