"""A workspace in a folder: one app, or a folder of apps."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dsl.source import SourceFile

SUFFIX = ".case"
DATA = ".casework"
DATA_DIR = "CASEWORK_DATA_DIR"
MAX_FILE = 4 * 1024 * 1024
"""Bytes of a file that are read; no text written by people comes near it."""
CACHE = "cache"
"""The folder beside the data for what can be made again from the text."""


def workspace_of(app: Path) -> Path:
    """The workspace that an app is served with: the folder it lies in, unless it keeps data of
    its own or lies there alone."""
    app = app.resolve()
    if _keeps_data(app):
        return app
    siblings = (each for each in app.parent.glob(f"*/*{SUFFIX}") if each.parent != app)
    return app.parent if (app.parent / DATA).exists() or any(siblings) else app


def _keeps_data(folder: Path) -> bool:
    data = folder / DATA
    return data.is_dir() and [path.name for path in data.iterdir()] != [CACHE]


def data_of(folder: Path) -> Path:
    """Where the data of a workspace, or of the one that an app belongs to, lies unless an option
    says otherwise."""
    return Path(os.environ.get(DATA_DIR) or workspace_of(folder) / DATA)


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as it was when it was read."""

    stamp: tuple[int, int]
    source: SourceFile


def _source(name: str, data: bytes) -> SourceFile:
    """A file of these bytes, whatever they are."""
    try:
        return SourceFile(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return SourceFile(name, data.decode("utf-8-sig", "replace"), "encoding")


class FolderWorkspace:
    """The `.case` files below a folder; one that did not change is the same object every time.

    A folder that holds `.case` files itself is an app, and gives its name to the module; else its
    sub-folders are apps. Folders whose name begins with a dot are left out.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, _Read] = {}

    def files(self) -> list[SourceFile]:
        """All files, sorted by path; those that are gone in the meantime are left out."""
        found = {path: self._current(path) for path in self._paths()}
        self._read = {path: read for path, read in found.items() if read is not None}
        return sorted((read.source for read in self._read.values()), key=lambda file: file.path)

    def path_of(self, name: str) -> Path:
        """Where a file of the workspace lies."""
        return self.folder.parent / name if self._is_app else self.folder / name

    def name_of(self, path: Path) -> str:
        """The path in the workspace: the app's folder comes first."""
        inside = path.relative_to(self.folder)
        if self._is_app:
            inside = Path(self.folder.resolve().name) / inside
        # A name that is no text is shown as well as it can be.
        return os.fsencode(inside.as_posix()).decode("utf-8", "replace")

    @property
    def _is_app(self) -> bool:
        return any(self.folder.glob(f"*{SUFFIX}"))

    def _paths(self) -> Iterator[Path]:
        for path in self.folder.rglob(f"*{SUFFIX}"):
            inside = path.relative_to(self.folder)
            if os.path.isfile(path) and not any(part.startswith(".") for part in inside.parts):
                yield path

    def _current(self, path: Path) -> _Read | None:
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._read.get(path)
            if known is not None and known.stamp == stamp:
                return known
            large = stat.st_size > MAX_FILE
            source = _source(self.name_of(path), b"" if large else path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError:
            return _Read((0, -1), SourceFile(self.name_of(path), "", "access"))
        return _Read(stamp, replace(source, flaw="size") if large else source)
