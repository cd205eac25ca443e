"""What an input of a form is made of; `templates/widgets.html` draws one macro per kind.

Values are texts, so that wrong input comes back exactly as it was typed.
"""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

WidgetKind = Literal[
    "text",
    "note",
    "number",
    "bool",
    "date",
    "month",
    "time",
    "datetime",
    "duration",
    "email",
    "phone",
    "url",
    "choice",
    "choices",
    "tags",
    "reference",
    "references",
    "password",
]
Span = Literal["half", "full"]

NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: the text sent for it and the label shown."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form.

    `value` is the text sent and shown; `number` has it without grouping, dates are ISO texts, a
    `bool` is `"true"` or empty. A `reference` sends the id in `value` under its own name and the
    text in `text` under `<name>.text`; `options_href` answers `?q=` with `options.html`. A `choice`
    and `choices` have `options`; `references` has the chosen ones in `options`. `prefix` and
    `suffix` are a currency or unit beside the input. `notice` says what happened to the value, for
    instance that it is another person's. `cell_label` names an input inside a grid, where no label
    is visible. `id` replaces the id made from the name where one name has several inputs on a page.
    """

    kind: WidgetKind
    name: str
    label: str
    value: str = ""
    text: str = ""
    options: tuple[Option, ...] = ()
    options_href: str = ""
    required: bool = False
    readonly: bool = False
    span: Span = "half"
    help: str = ""
    error: str = ""
    notice: str = ""
    prefix: str = ""
    suffix: str = ""
    max_length: int = 0
    autocomplete: str = ""
    autofocus: bool = False
    cell_label: str = ""
    id: str = ""

    @property
    def input_id(self) -> str:
        return self.id or f"f-{self.name}"

    @property
    def described_by(self) -> str:
        """The ids of the texts that belong to the input, for `aria-describedby`."""
        parts = [
            f"{self.input_id}-{part}"
            for part, text in (("error", self.error), ("help", self.help), ("notice", self.notice))
            if text and not (self.cell_label and part == "help")
        ]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of a line-item grid: its head, and how wide it wants to be (1 to 4)."""

    label: str
    required: bool = False
    numeric: bool = False
    weight: int = 2


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid: an input, or a shown value of a computed or read-only field."""

    field: Field | None = None
    shown: Markup = NOTHING
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """One line: its position in the form, its id (empty when new), its cells, its own errors."""

    index: str
    id: str
    cells: tuple[GridCell, ...]
    error: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The owned lines of a record, edited in one table.

    Inputs are named `<name>.<index>.<field>`, with `<name>.<index>.id` for kept lines; rows are
    read in the order of their index. `blank` is a row whose index is the text `__index__` and whose
    labels say `__position__` for the line's number; the script copies it to add one.
    Without script `cw-add=<name>` and `cw-remove=<name>.<index>` ask the server to draw the form
    again with a row more or less. A row left empty and without id is no row.
    """

    name: str
    label: str
    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]
    blank: GridRow
    readonly: bool = False
    error: str = ""
    help: str = ""
    known_name: str = ""
    known: str = ""
