"""Rows that are written as lines of cells."""

from __future__ import annotations

from dsl.diagnostic import Message, Problem


class RowLength(Problem, code="CW0312", name="row-length"):
    found: int
    wanted: int
    message = Message(
        "this row has {found} cells, the header {wanted}", "此行有 {found} 格，表头有 {wanted} 格"
    )
