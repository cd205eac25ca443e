"""Places of the language as editors count them: lines and UTF-16 units from 0."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path

from cli.lsp.session import Session, Snapshot
from dsl.diagnostic import Edit
from dsl.edit import in_file
from dsl.source import Place, SourceFile


def path_of(uri: str) -> Path | None:
    """The file behind an address; None for a text that is in no file."""
    found = to_fs_path(uri)
    return Path(found) if found else None


def uri_of(session: Session, name: str) -> str | None:
    """The address of a file of the workspace; None for one of the library's."""
    path = session.path_of(name)
    return from_fs_path(str(path.resolve())) if path else None


def position(file: SourceFile, offset: int) -> lsp.Position:
    line, column = file.position(offset)
    before = file.text[offset - column + 1 : offset]
    return lsp.Position(line - 1, len(before.encode("utf-16-le")) // 2)


def offset(file: SourceFile, at: lsp.Position) -> int:
    """The offset of a position; the end of the line or text where it lies beyond."""
    start, following = file.start_of(at.line + 1), file.start_of(at.line + 2)
    line = file.text[start:following].rstrip("\n")
    units = line.encode("utf-16-le")[: at.character * 2]
    return start + len(units.decode("utf-16-le", "ignore"))


def range_in(file: SourceFile, start: int, end: int) -> lsp.Range:
    return lsp.Range(position(file, start), position(file, end))


def range_of(snapshot: Snapshot, place: Place) -> lsp.Range:
    block = snapshot.sources.block(place.block)
    file = snapshot.sources.files[block.file]
    return range_in(file, block.start + place.span.start, block.start + place.span.end)


def location_of(session: Session, snapshot: Snapshot, place: Place) -> lsp.Location | None:
    """A place as an editor can go to; None in the library's own texts."""
    uri = uri_of(session, snapshot.sources.block(place.block).file)
    return lsp.Location(uri, range_of(snapshot, place)) if uri else None


def workspace_edit(
    session: Session, snapshot: Snapshot, edits: Iterable[Edit]
) -> lsp.WorkspaceEdit:
    """Edits of the language as an editor carries them out."""
    changes: dict[str, list[lsp.TextEdit]] = {}
    for edit in dict.fromkeys(edits):
        name, change = in_file(snapshot.sources, edit)
        uri = uri_of(session, name)
        if uri is not None:
            where = range_in(snapshot.sources.files[name], change.start, change.end)
            changes.setdefault(uri, []).append(lsp.TextEdit(where, change.text))
    return lsp.WorkspaceEdit(changes=changes)
