"""What pages hold most of, drawn by Python: shown fields, and the heads of tables.

A template asks for every attribute by its name and escapes every text; here that is one expression.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from runtime.web.cells import text
from runtime.web.contexts import Heading, Shown


def shown_fields(fields: Iterable[Shown], nothing: Markup) -> Markup:
    """Fields with their values; `nothing` stands where there is none."""
    drawn = (
        f"  <div{WIDE if each.wide else ''}><dt>{text(each.label)}</dt>"
        f"<dd>{each.value or nothing}</dd></div>\n"
        for each in fields
    )
    return Markup(f'<dl class="fields">\n{"".join(drawn)}</dl>\n')


WIDE = ' class="wide"'


def headings(found: Iterable[Heading], arrows: dict[str, Markup]) -> Markup:
    """The heads of a table's columns; `arrows` are the pictures of how it is sorted."""
    return Markup("".join([_heading(each, arrows) for each in found]))


def _heading(heading: Heading, arrows: dict[str, Markup]) -> str:
    label, sorted = text(heading.label), heading.sorted
    if heading.sort_href:
        label = f'<a href="{text(heading.sort_href)}">{label}{arrows.get(sorted, "")}</a>'
    numeric = " n" if heading.numeric else ""
    css = f' class="{text(heading.css)}{numeric}"' if heading.css or numeric else ""
    state = f' aria-sort="{sorted}"' if sorted else ""
    return f'<th scope="col"{css}{state}>{label}</th>\n'
