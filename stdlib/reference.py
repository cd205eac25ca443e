"""The list of functions in the documentation, made from the functions themselves.

python -m stdlib.reference > docs/language/library.md
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.field_type import Function
from stdlib.library import FUNCTIONS

_HEAD = """\
# The functions of the language

Made from the functions themselves by `python -m stdlib.reference`.

- A function is null if one of its arguments is.
- What stands for an argument is its kind: `number` is an `int` or a `decimal`, `instant` a date
  with time, `ref` a record, `any` anything.
- `…` may be repeated, and what is in brackets may be left out.

| function | gives | 给出 | example |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = (_row(each) for each in sorted(FUNCTIONS, key=lambda each: each.name))
    return _HEAD + "\n".join(rows) + "\n"


def _row(function: Function) -> str:
    example, value = function.example
    shown = f"`{_cell(example)}` is `{_cell(value)}`"
    call = f"`{function.name}({', '.join(_arguments(function))})`"
    return f"| {call} | {_cell(function.doc.en)} | {_cell(function.doc.zh)} | {shown} |"


def _arguments(function: Function) -> Iterator[str]:
    signature = function.signature
    needed = len(signature.parameters) - signature.optional
    for at, kinds in enumerate(signature.parameters):
        shown = _cell(kinds)
        yield shown if at < needed else f"[{shown}]"
    if signature.variadic:
        yield "…"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


if __name__ == "__main__":
    print(page(), end="")
