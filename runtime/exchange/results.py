"""What an import is asked to do, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.diagnostic import Message


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row was refused: its column and cell, if the reason lies in one."""

    file: str
    row: int
    column: str
    value: str
    message: Message


@dataclass(slots=True)
class FileResult:
    """What became of a file's rows."""

    name: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[RowFault] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return len({fault.row for fault in self.faults})


@dataclass(slots=True)
class ImportResult:
    """What became of an import; `notices` were due, and sent if that was asked."""

    files: list[FileResult] = field(default_factory=list)
    notices: int = 0

    @property
    def faults(self) -> list[RowFault]:
        return [fault for file in self.files for fault in file.faults]


@dataclass(frozen=True, slots=True)
class Manner:
    """How an import is carried out; see docs/import.md."""

    as_history: bool = False
    all_or_nothing: bool = False
    dry_run: bool = False
    tell: bool = False
