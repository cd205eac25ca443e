"""The file of refused rows, for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from dsl.diagnostic import Language
from runtime.exchange.results import RowFault

COLUMNS = ("file", "row", "column", "value", "reason")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute."""


def write_faults(path: Path, faults: Iterable[RowFault], language: Language) -> None:
    """One line for each fault; UTF-8 with a byte-order mark, formulas defused."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for fault in faults:
            reason = fault.message.text(language)
            texts = (fault.file, str(fault.row), fault.column, fault.value, reason)
            writer.writerow([_defused(text) for text in texts])


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
