"""The ways out of a problem, for the editor to carry out."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from cli.lsp.diagnostics import shown
from cli.lsp.places import range_of, workspace_edit
from cli.lsp.session import Session, Snapshot
from dsl.diagnostic import Diagnostic, Edit, Language, Message, Safety

_ALL = Message("Apply all safe fixes", "应用所有安全的修正")


def actions(
    session: Session, name: str, where: lsp.Range, language: Language
) -> list[lsp.CodeAction]:
    """The fixes of what is wrong in a range of a file, and all safe ones of the file at once."""
    snapshot = session.snapshot()
    found = [
        item
        for item in snapshot.compiled.diagnostics
        if snapshot.sources.block(item.primary.place.block).file == name
    ]
    here = [item for item in found if _touches(range_of(snapshot, item.primary.place), where)]
    fixes = [each for item in here for each in _fixes(session, snapshot, item, language)]
    return [*fixes, *_all_safe(session, snapshot, found, language)]


def _touches(problem: lsp.Range, asked: lsp.Range) -> bool:
    def key(at: lsp.Position) -> tuple[int, int]:
        return at.line, at.character

    return key(problem.start) <= key(asked.end) and key(asked.start) <= key(problem.end)


def _fixes(
    session: Session, snapshot: Snapshot, item: Diagnostic, language: Language
) -> Iterator[lsp.CodeAction]:
    for fix in item.fixes:
        if fix.safety is not Safety.SHOW:
            yield lsp.CodeAction(
                title=fix.title.text(language),
                kind=lsp.CodeActionKind.QuickFix,
                diagnostics=[shown(session, snapshot, item, language)],
                is_preferred=fix.safety is Safety.SAFE,
                edit=workspace_edit(session, snapshot, fix.edits),
            )


def _all_safe(
    session: Session, snapshot: Snapshot, found: list[Diagnostic], language: Language
) -> Iterator[lsp.CodeAction]:
    edits = [edit for item in found for edit in _first_safe(item)]
    if edits:
        yield lsp.CodeAction(
            title=_ALL.text(language),
            kind=lsp.CodeActionKind.SourceFixAll,
            edit=workspace_edit(session, snapshot, edits),
        )


def _first_safe(item: Diagnostic) -> tuple[Edit, ...]:
    safe = (fix.edits for fix in item.fixes if fix.safety is Safety.SAFE)
    return next(safe, ())
