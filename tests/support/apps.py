"""Apps for tests: compiled from their text, prepared on a database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from compiler.bundle import Bundle
from compiler.pipeline import compile_app
from dsl.source import SourceFile
from stdlib.library import STANDARD

HEAD = """\
app shop "Shop"
  languages en
  timezone "Asia/Shanghai"
  currency CNY
"""


@dataclass(frozen=True)
class Texts:
    """A workspace of texts by path."""

    texts: tuple[tuple[str, str], ...]

    def files(self) -> Iterable[SourceFile]:
        return [SourceFile(path, text) for path, text in self.texts]


def compiled(*texts: tuple[str, str]) -> Bundle:
    """The Bundle of these files; fails with their faults if there are any."""
    result = compile_app(Texts(texts), STANDARD)
    assert result.bundle is not None, "\n".join(map(str, result.diagnostics))
    return result.bundle


def shop(body: str) -> Bundle:
    """The Bundle of the app `shop` with these declarations."""
    return compiled(("shop/app.case", f"{HEAD}\n{body}"))


def app(folder: Path) -> Bundle:
    """The Bundle of an app's folder."""
    files = sorted(folder.rglob("*.case"))
    return compiled(*((f"{folder.name}/{file.name}", file.read_text("utf-8")) for file in files))
