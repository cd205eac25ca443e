"""The parse table of `grammar.lark`, kept beside it as `grammar.json`.

Working the table out takes half a second, reading it 40 ms. It is data, never pickled; a table of
another grammar or another Lark is not used. After a change of the grammar:

    python -m dsl.table
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from dsl.layout import Layout

_GRAMMAR = files("dsl") / "grammar.lark"
_TABLE = files("dsl") / "grammar.json"
_OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "contextual",
    "start": ["declaration", "expr", "cell"],
    "propagate_positions": False,
    "maybe_placeholders": True,
}


def load(callbacks: Any, layout: Layout) -> Lark:
    """The parser; `callbacks` has a method for each rule, `layout` makes the indentation."""
    table = _read()
    if table is None:
        return build(callbacks, layout)
    loaded: Lark = Lark._load_from_dict(  # type: ignore[no-untyped-call]
        table["data"], table["memo"], postlex=layout, transformer=callbacks
    )
    return loaded


def build(callbacks: Any, layout: Layout, **options: Any) -> Lark:
    """The parser, worked out from the grammar."""
    grammar = _GRAMMAR.read_text("utf-8")
    return Lark(grammar, postlex=layout, transformer=callbacks, **_OPTIONS, **options)


def is_current() -> bool:
    """Whether the table that is kept is that of the grammar."""
    return _read() is not None


def _read() -> dict[str, Any] | None:
    """The table, or None if it is missing or of another grammar."""
    if not _TABLE.is_file():
        return None
    table: dict[str, Any] = json.loads(_TABLE.read_text("utf-8"))
    if table["of"] != _stamp():
        return None
    parser = table["data"]["parser"]["parser"]
    parser["tokens"] = _numbered(parser["tokens"])
    parser["states"] = {state: _numbered(row) for state, row in _numbered(parser["states"]).items()}
    table["memo"] = _numbered(table["memo"])
    return table


def _numbered(mapping: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in mapping.items()}


def _stamp() -> str:
    grammar = _GRAMMAR.read_bytes()
    return f"lark {lark.__version__} {sha256(grammar).hexdigest()}"


def _write() -> None:
    data, memo = build(None, Layout()).memo_serialize([TerminalDef, Rule])
    data["options"] = _OPTIONS
    table = {"of": _stamp(), "data": data, "memo": memo}
    Path(str(_TABLE)).write_text(json.dumps(table, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    _write()
