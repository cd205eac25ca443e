"""What decision tables cost: proving one of 1,000 rows, and looking a value up in it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from compiler.backends.expr.python import compile_function
from compiler.logic.boxes import Boxes, column
from compiler.model.expr import Lookup, Var
from compiler.model.value import Table
from compiler.pipeline import compile_app
from dsl.source import SourceFile
from stdlib.library import STANDARD

ROWS = 1_000
KINDS = 20
CALLS = 20_000


@dataclass(frozen=True, slots=True)
class Tables:
    """Milliseconds of CPU for the proof, microseconds for one call."""

    proof: float
    call: float


class _Workspace:
    """One app with a price table: an amount, a kind and a day give a number."""

    def files(self) -> list[SourceFile]:
        kinds = "\n".join(f"  k{kind}" for kind in range(KINDS))
        rows = "\n".join(map(_row, range(ROWS - 1)))
        head = "table Price(amount: money, kind: Kind, day: date?) -> int\n"
        text = f"app prices\n\nenum Kind\n{kinds}\n\n{head}  amount | kind | day | result\n{rows}\n"
        return [SourceFile("prices/app.case", text + "  otherwise | - | - | 0\n")]


def _row(number: int) -> str:
    step, rest = number % 25 * 40, number // 25
    since = ">= 2026-07-01" if rest // KINDS else "< 2026-07-01"
    return f"  {step}..<{step + 40} | k{rest % KINDS} | {since} | {number}"


def tables() -> Tables:
    """Measure a table of so many rows and three inputs."""
    compiled = compile_app(_Workspace(), STANDARD)
    assert compiled.bundle is not None, compiled.diagnostics
    workspace = compiled.bundle.workspace
    (table,) = workspace.tables
    began = time.process_time()
    _prove(table)
    proof = (time.process_time() - began) * 1000
    inputs = [Var(type=each.type, name=each.name) for each in table.parameters]
    asked = Lookup(type=table.results[0].type, table=table.id, result="result", args=tuple(inputs))
    names = tuple(each.name for each in inputs)
    function = compile_function(asked, names, STANDARD.functions, False, workspace.called)
    places = [
        (Decimal(n % 99_999).scaleb(-2), f"k{n % KINDS}", date(2026, n % 12 + 1, 1))
        for n in range(CALLS)
    ]
    began = time.process_time()
    for place in places:
        function(None, *place)
    return Tables(proof, (time.process_time() - began) * 1_000_000 / CALLS)


def _prove(table: Table) -> None:
    """No gap, and every row is reached."""
    kinds = [f"k{kind}" for kind in range(KINDS)]
    columns = [
        column(Var(type=each.type, name=each.variable), each.name, tests, kinds)[0]
        for each, tests in zip(
            table.parameters, zip(*(row.tests for row in table.rows), strict=True), strict=True
        )
    ]
    boxes = Boxes(columns, len(table.rows), 0)
    assert boxes.uncovered((1 << len(table.rows)) - 1) is None
    for row in range(len(table.rows)):
        above = boxes.meeting(row) & ((1 << row) - 1)
        assert boxes.uncovered(above, inside=row) is not None
