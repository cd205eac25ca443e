"""Table rows as generated functions: built once per list and language, then only called.

The generated source holds positions and the names of prepared functions, never a text of the app
or of a person; those reach it as values.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup, escape

from runtime.web.cells import Show, needs_escape, text

RowFunction = Callable[[Iterable[Sequence[Any]]], Markup]
"""Rows of the read (sequences of values) to the `<tr>`s of a table body."""

Part = Literal["title", "state", "card", "plain"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of generated rows.

    `at` is the position of the value in a row, or two positions that make the (id, text) pair of
    a linked reference; one shown without link is a `text` at the position of its text.
    `part` is its place on a phone's card: the linked title, the state, one of the three labelled
    lines, or nowhere.
    """

    label: str
    show: Show
    at: int | tuple[int, int]
    numeric: bool = False
    part: Part = "plain"


def row_function(cells: Sequence[Cell], href: str = "", id_at: int = 0) -> RowFunction:
    """A function from rows to their HTML.

    With an `href` the cell whose part is `title` links to `href` + the whole number at `id_at`; a
    record whose title is empty is called by that number.
    """
    names: dict[str, object] = {
        "Markup": Markup,
        "href": escape(href),
        "text": text,
        "needs_escape": needs_escape,
    }
    pieces = [_piece(number, cell, bool(href), id_at, names) for number, cell in enumerate(cells)]
    row = "<tr>" + "".join(pieces) + "</tr>"
    source = f"def rows(data):\n    return Markup(''.join([f'''{row}''' for r in data]))\n"
    exec(compile(source, "<generated rows>", "exec"), names)
    return names["rows"]  # type: ignore[return-value]


def _piece(number: int, cell: Cell, linked: bool, id_at: int, names: dict[str, object]) -> str:
    names[f"show{number}"] = cell.show
    names[f"label{number}"] = escape(cell.label)
    value = _value(number, cell)
    if cell.part == "title":
        shown = _link(value, id_at) if linked else f"{{{value}}}"
        return f'<th scope="row">{shown}</th>'
    return f"<td{_attributes(number, cell)}>{{{value}}}</td>"


def _value(number: int, cell: Cell) -> str:
    """The expression that shows the cell; the most common kind is spelt out to save a call."""
    if cell.show is text:
        return f"v if (v := {_read(cell.at)}) and not needs_escape(v) else text(v)"
    return f"show{number}({_read(cell.at)})"


def _read(at: int | tuple[int, int]) -> str:
    return f"r[{at}]" if isinstance(at, int) else f"(r[{at[0]}], r[{at[1]}])"


def _link(value: str, id_at: int) -> str:
    identity = f"r[{id_at}]"
    return f'<a href="{{href}}{{{identity}:d}}">{{({value}) or "#%d" % {identity}}}</a>'


def _attributes(number: int, cell: Cell) -> str:
    marks = {"state": "s", "card": "c"}.get(cell.part, "")
    css = " ".join(mark for mark in (marks, "n" if cell.numeric else "") if mark)
    label = f' data-label="{{label{number}}}"' if cell.part == "card" else ""
    return (f' class="{css}"' if css else "") + label
