"""Names: where they are declared, where they are used, and giving them others."""

from __future__ import annotations

from lsprotocol import types as lsp

from cli.lsp.places import location_of, range_of, workspace_edit
from cli.lsp.session import Session
from compiler.rename import renamable, rename


def definition(session: Session, name: str, offset: int) -> lsp.Location | None:
    """Where what is named at an offset is declared."""
    snapshot = session.snapshot()
    found = snapshot.mention_at(name, offset)
    place = snapshot.navigation.definition(found[1].symbol) if found else None
    return location_of(session, snapshot, place) if place else None


def references(
    session: Session, name: str, offset: int, *, with_declaration: bool
) -> list[lsp.Location]:
    """Everywhere that what is named at an offset is named."""
    snapshot = session.snapshot()
    found = snapshot.mention_at(name, offset)
    if found is None:
        return []
    symbol = found[1].symbol
    declared = snapshot.navigation.definition(symbol)
    places = [
        place
        for place in sorted(snapshot.navigation.uses(symbol))
        if with_declaration or place != declared
    ]
    return [where for place in places if (where := location_of(session, snapshot, place))]


def highlights(session: Session, name: str, offset: int) -> list[lsp.DocumentHighlight]:
    """The same name in the same file."""
    snapshot = session.snapshot()
    found = snapshot.mention_at(name, offset)
    if found is None:
        return []
    symbol = found[1].symbol
    declared = snapshot.navigation.definition(symbol)
    return [
        lsp.DocumentHighlight(
            range_of(snapshot, place),
            lsp.DocumentHighlightKind.Write
            if place == declared
            else lsp.DocumentHighlightKind.Read,
        )
        for place in snapshot.navigation.uses(symbol)
        if snapshot.sources.block(place.block).file == name
    ]


def name_to_change(session: Session, name: str, offset: int) -> lsp.Range | None:
    """The name at an offset, if it can be changed."""
    snapshot = session.snapshot()
    found = snapshot.mention_at(name, offset)
    if found is None or not renamable(snapshot.navigation, found[1].symbol):
        return None
    return range_of(snapshot, found[0])


def renamed(session: Session, name: str, offset: int, new: str) -> lsp.WorkspaceEdit | None:
    """The edits of a rename in all files; raises CannotRename."""
    snapshot = session.snapshot()
    found = snapshot.mention_at(name, offset)
    if found is None:
        return None
    edits = rename(snapshot.build, snapshot.navigation, found[1].symbol, new)
    return workspace_edit(session, snapshot, edits)
