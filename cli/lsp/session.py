"""A workspace as an editor sees it: the files on disk, with what is being typed laid over them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from cli.workspace import SUFFIX, FolderWorkspace
from compiler.navigation import Mention, Navigation
from compiler.pipeline import Compiled, compile_app
from compiler.resolve.declared import PRELUDE
from dsl.source import Block, Place, SourceFile, Sources
from stdlib.library import STANDARD


class Edited:
    """The workspace of a folder, with the texts of open files in place of those on disk."""

    def __init__(self, folder: Path) -> None:
        self.disk = FolderWorkspace(folder)
        self.open: dict[str, SourceFile] = {}

    def files(self) -> list[SourceFile]:
        found = {file.path: file for file in self.disk.files()}
        return [file for _, file in sorted((found | self.open).items())]


class Snapshot:
    """What the compiler understood of the texts at one moment."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.sources: Sources = compiled.sources
        self.build = compiled.build

    @cached_property
    def navigation(self) -> Navigation:
        return Navigation(self.build)

    def block_at(self, name: str, offset: int) -> Block | None:
        """The block of a file in which an offset lies."""
        file = self.sources.files.get(name)
        blocks = [each for each in file.blocks if each.start <= offset] if file else []
        return blocks[-1] if blocks else None

    def mention_at(self, name: str, offset: int) -> tuple[Place, Mention] | None:
        """The name of the app's text that stands at an offset of a file."""
        block = self.block_at(name, offset)
        mention = self.navigation.at(block.key, offset - block.start) if block else None
        return (Place(block.key, mention.span), mention) if block and mention else None


class Session:
    """One workspace while it is edited. A snapshot is right until a text changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._edited = Edited(folder)
        self._compiled: Compiled | None = None
        self._snapshot: Snapshot | None = None

    def change(self, path: Path, text: str) -> None:
        """An open file has this text."""
        name = self.name_of(path)
        known = self._edited.open.get(name)
        if known is None or known.text != text:
            self._edited.open[name] = SourceFile(name, text)
            self._snapshot = None

    def close(self, path: Path) -> None:
        """A file is no longer open: what lies on disk counts."""
        self._edited.open.pop(self.name_of(path), None)
        self._snapshot = None

    def touch(self) -> None:
        """Files on disk may have changed."""
        self._snapshot = None

    def snapshot(self) -> Snapshot:
        """What is understood of the texts as they are now."""
        if self._snapshot is None:
            self._compiled = compile_app(self._edited, STANDARD, self._compiled)
            self._snapshot = Snapshot(self._compiled)
        return self._snapshot

    def probe(self, name: str, text: str) -> Snapshot:
        """What would be understood if a file had another text. It goes on from what is kept of
        the last compilation, so the snapshot before it can answer no more."""
        texts = self._edited.open
        self._edited.open = {**texts, name: SourceFile(name, text)}
        try:
            self._compiled = compile_app(self._edited, STANDARD, self._compiled)
        finally:
            self._edited.open = texts
            self._snapshot = None
        return Snapshot(self._compiled)

    def name_of(self, path: Path) -> str:
        return self._edited.disk.name_of(path)

    def path_of(self, name: str) -> Path | None:
        """Where a file lies; None for one of the library's."""
        return None if name.startswith(f"{PRELUDE}/") else self._edited.disk.path_of(name)


class Sessions:
    """The workspaces of an editor, each found by any of its files."""

    def __init__(self, roots: Mapping[str, Path] | None = None) -> None:
        self.roots = dict(roots or {})
        self._by_folder: dict[Path, Session] = {}

    def of(self, path: Path) -> Session:
        """The session of a file's workspace."""
        folder = workspace_of(path, [*self.roots.values()])
        if folder not in self._by_folder:
            self._by_folder[folder] = Session(folder)
        return self._by_folder[folder]

    def all(self) -> list[Session]:
        return [*self._by_folder.values()]


def workspace_of(path: Path, roots: list[Path]) -> Path:
    """The folder of the workspace of a file: that of its app, or the one above it, if the editor
    has that open too, in which other apps may lie."""
    app = path.parent
    for folder in path.parents:
        if folder in roots and not any(folder.glob(f"*{SUFFIX}")):
            break
        if any(folder.glob(f"*{SUFFIX}")):
            app = folder
    inside = any(app.parent == root or root in app.parent.parents for root in roots)
    return app.parent if inside else app
