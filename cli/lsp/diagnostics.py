"""What is wrong with the texts, told to the editor as they change."""

from __future__ import annotations

from lsprotocol import types as lsp

from cli.lsp.places import location_of, range_of, uri_of
from cli.lsp.session import Session, Snapshot
from dsl.diagnostic import Diagnostic, Language, Severity

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_UNNEEDED = frozenset({"CW0019"})
"""Problems with a text that does nothing: editors show it faded."""


def by_file(session: Session, language: Language) -> dict[str, list[lsp.Diagnostic]]:
    """The diagnostics of every file of the workspace, by address; empty where there are none."""
    snapshot = session.snapshot()
    found: dict[str, list[lsp.Diagnostic]] = {
        uri: [] for name in snapshot.sources.files if (uri := uri_of(session, name))
    }
    for item in snapshot.compiled.diagnostics:
        uri = uri_of(session, snapshot.sources.block(item.primary.place.block).file)
        if uri is not None:
            found[uri].append(shown(session, snapshot, item, language))
    return found


def shown(
    session: Session, snapshot: Snapshot, item: Diagnostic, language: Language
) -> lsp.Diagnostic:
    """A diagnostic as editors show it."""
    texts = [item.message, item.primary.text, item.help]
    related = [
        lsp.DiagnosticRelatedInformation(where, label.text.text(language))
        for label in item.others
        if label.text and (where := location_of(session, snapshot, label.place))
    ]
    return lsp.Diagnostic(
        range=range_of(snapshot, item.primary.place),
        message="\n".join(text.text(language) for text in texts if text),
        severity=_SEVERITIES[item.severity],
        code=item.code,
        source="casework",
        tags=[lsp.DiagnosticTag.Unnecessary] if item.code in _UNNEEDED else None,
        related_information=related or None,
    )
