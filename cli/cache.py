"""What came of texts, kept in the data folder of their workspace: no text is compiled twice.

A thing is kept under a hash over the texts and over the program that compiles them, so nothing has
to be told what is out of date. It is JSON, never pickled; what cannot be read, for whatever reason,
counts as not there, and where nothing can be written nothing is kept.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from cli.workspace import CACHE
from dsl.source import SourceFile

COMPILING = ("dsl", "compiler", "stdlib")
"""The packages that decide what becomes of a text, with grammar and library in them."""
BUNDLE, TESTS, VERDICT = "bundle", "tests", "verdict"
"""The kinds of what is kept."""
KEPT = 32
"""Files that stay in the folder: the newest."""
IGNORED = "*\n"
"""For version control: what is kept is of this machine alone."""


class Cache:
    """What is kept of these texts in the data folder of their workspace."""

    def __init__(self, data: Path, files: Sequence[SourceFile]) -> None:
        self.files = files
        self._folder = data / CACHE
        self._key = _key(files)

    def read(self, kind: str) -> bytes | None:
        """What was kept of that kind, as it was written; None if there is nothing whole."""
        try:
            found = self._path(kind).read_bytes()
        except OSError:
            return None
        digest, _, data = found.partition(b"\n")
        return data if digest == _digest(data) else None

    def write(self, kind: str, data: bytes) -> None:
        """Keep something; whole or not at all, and beside other processes that do so."""
        path = self._path(kind)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / ".gitignore").write_text(IGNORED, "utf-8")
            fresh.write_bytes(_digest(data) + b"\n" + data)
            fresh.replace(path)
            self._forget()

    def _path(self, kind: str) -> Path:
        return self._folder / f"{self._key}.{kind}.json"

    def _forget(self) -> None:
        """Leave only what was kept last."""
        kept = sorted(self._folder.glob("*.json*"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[:-KEPT]:
            path.unlink()


def _digest(data: bytes) -> bytes:
    return sha256(data).hexdigest().encode()


def _key(files: Sequence[SourceFile]) -> str:
    digest = sha256(_program())
    for file in files:
        for part in (file.path.encode(), file.text.encode("utf-8"), file.flaw.encode()):
            digest.update(b"%d " % len(part))
            digest.update(part)
    return digest.hexdigest()


@cache
def _program() -> bytes:
    """A hash over the program that compiles: its code, grammar and library, and its Python."""
    digest = sha256(sys.version.encode())
    for package in COMPILING:
        for path in _files(package):
            part = path.read_bytes()
            digest.update(b"%s %d " % (path.name.encode(), len(part)))
            digest.update(part)
    return digest.digest()


def _files(package: str) -> Iterator[Path]:
    """All files of a package, always in the same order."""
    spec = find_spec(package)
    assert spec is not None
    for root in spec.submodule_search_locations or ():
        for folder, inner, names in os.walk(root):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            yield from (Path(folder, name) for name in sorted(names))
