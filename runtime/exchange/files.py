"""CSV files as rows of cells, read one by one."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dsl.diagnostic import Message
from runtime.exchange.mapping import Fault, Manner

csv.field_size_limit(1 << 20)

NO_FILE = Message("there is no such file", "没有这个文件")
NO_ENCODING = Message("there is no encoding `{encoding}`", "没有编码 `{encoding}`")
UNDECODABLE = Message(
    "the file is not written in {encoding}: state its `encoding`",
    "文件的编码不是 {encoding}：请写明 `encoding`",
)
NO_HEADER = Message("the file has no header row", "文件没有表头行")
UNREADABLE = Message("the file cannot be read as CSV: {reason}", "文件不能按 CSV 读取：{reason}")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of a file: its number as a spreadsheet counts, the header being 1, and its cells."""

    number: int
    cells: tuple[str, ...]

    def cell(self, place: int) -> str:
        """A cell as it stands; empty where the row is too short."""
        return self.cells[place] if place < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A CSV file; `header` are its columns without the white space around them."""

    path: Path
    manner: Manner
    header: tuple[str, ...]

    def rows(self) -> Iterator[SourceRow]:
        """The rows that say anything, in order. Raises Fault."""
        for number, cells in enumerate(_read(self.path, self.manner), 1):
            if number > 1 and any(cell.strip() for cell in cells):
                yield SourceRow(number, tuple(cells))


def opened(path: Path, manner: Manner) -> SourceFile:
    """The file with its header read. Raises Fault."""
    header = next(iter(_read(path, manner)), None)
    if header is None:
        raise Fault(((path.name, NO_HEADER),))
    return SourceFile(path, manner, tuple(cell.strip() for cell in header))


def _read(path: Path, manner: Manner) -> Iterator[list[str]]:
    encoding = "utf-8-sig" if manner.encoding.lower() in ("utf-8", "utf8") else manner.encoding
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield from csv.reader(file, delimiter=manner.delimiter, strict=True)
    except FileNotFoundError as error:
        raise Fault(((path.name, NO_FILE),)) from error
    except LookupError as error:
        raise Fault(((path.name, NO_ENCODING.filled({"encoding": encoding})),)) from error
    except UnicodeDecodeError as error:
        raise Fault(((path.name, UNDECODABLE.filled({"encoding": encoding})),)) from error
    except csv.Error as error:
        raise Fault(((path.name, UNREADABLE.filled({"reason": str(error)})),)) from error
