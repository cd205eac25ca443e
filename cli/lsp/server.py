"""The language server on the protocol: each request is handed to the module that answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from cli.lsp import actions, completion, hints, hover, layout, naming, outline, tokens
from cli.lsp.diagnostics import by_file
from cli.lsp.places import offset, path_of
from cli.lsp.session import Session, Sessions
from compiler.rename import CannotRename
from dsl.diagnostic import Language

T = TypeVar("T")


class CaseworkServer(LanguageServer):
    """The sessions of one editor, and what it was told last."""

    def __init__(self) -> None:
        super().__init__("casework", "1")
        self.sessions = Sessions()
        self.language: Language = "en"
        self._told: dict[str, list[lsp.Diagnostic]] = {}

    def begin(self, params: lsp.InitializeParams) -> None:
        """The folders that are open, and the language of the person."""
        self.language = "zh" if (params.locale or "").lower().startswith("zh") else "en"
        folders = [folder.uri for folder in params.workspace_folders or ()]
        for uri in folders or ([params.root_uri] if params.root_uri else []):
            path = path_of(uri)
            if path is not None:
                self.sessions.roots[uri] = path

    def tell(self, session: Session) -> None:
        """Send the diagnostics that changed."""
        for uri, found in by_file(session, self.language).items():
            if self._told.get(uri, []) != found:
                self._told[uri] = found
                self.text_document_publish_diagnostics(
                    lsp.PublishDiagnosticsParams(uri=uri, diagnostics=found)
                )

    def answer(
        self, document: lsp.TextDocumentIdentifier, ask: Callable[[Session, str], T]
    ) -> T | None:
        """What is said of a document; None for one that is in no file."""
        path = path_of(document.uri)
        if path is None:
            return None
        session = self.sessions.of(path)
        return ask(session, session.name_of(path))

    def at(self, params: Any, ask: Callable[[Session, str, int], T]) -> T | None:
        """What is said of a position of a document."""

        def asked(session: Session, name: str) -> T | None:
            file = session.snapshot().sources.files.get(name)
            return ask(session, name, offset(file, params.position)) if file else None

        return self.answer(params.text_document, asked)


def make() -> CaseworkServer:
    """A server with all that it can answer."""
    server = CaseworkServer()
    for register in (_documents, _names, _texts, _shapes):
        register(server)
    return server


def _documents(server: CaseworkServer) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        server.begin(params)

    def changed(uri: str) -> None:
        path = path_of(uri)
        if path is not None:
            session = server.sessions.of(path)
            session.change(path, server.workspace.get_text_document(uri).source)
            server.tell(session)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        changed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def edited(params: lsp.DidChangeTextDocumentParams) -> None:
        changed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            session = server.sessions.of(path)
            session.close(path)
            server.tell(session)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def on_disk(params: lsp.DidChangeWatchedFilesParams) -> None:
        for session in server.sessions.all():
            session.touch()
            server.tell(session)


def _names(server: CaseworkServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        return server.at(params, naming.definition)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        whole = params.context.include_declaration
        return server.at(
            params,
            lambda session, name, at: naming.references(session, name, at, with_declaration=whole),
        )

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlights(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight] | None:
        return server.at(params, naming.highlights)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        return server.at(params, naming.name_to_change)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        try:
            return server.at(
                params, lambda session, name, at: naming.renamed(session, name, at, params.new_name)
            )
        except CannotRename as refused:
            raise JsonRpcException(
                refused.message.text(server.language), lsp.LSPErrorCodes.RequestFailed
            ) from refused


def _texts(server: CaseworkServer) -> None:
    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", " ", "{"])
    )
    def complete(params: lsp.CompletionParams) -> list[lsp.CompletionItem] | None:
        return server.at(
            params,
            lambda session, name, at: completion.completions(session, name, at, server.language),
        )

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def shown(params: lsp.HoverParams) -> lsp.Hover | None:
        return server.at(
            params, lambda session, name, at: hover.hover(session, name, at, server.language)
        )

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def formatted(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        document = server.workspace.get_text_document(params.text_document.uri)
        return layout.formatted(document.source)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll]),
    )
    def fixes(params: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
        return server.answer(
            params.text_document,
            lambda session, name: actions.actions(session, name, params.range, server.language),
        )


def _shapes(server: CaseworkServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol] | None:
        return server.answer(params.text_document, outline.document_symbols)

    @server.feature(lsp.WORKSPACE_SYMBOL)
    def everywhere(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        return [
            symbol
            for session in server.sessions.all()
            for symbol in outline.workspace_symbols(session, params.query)
        ]

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange] | None:
        def asked(session: Session, name: str) -> list[lsp.FoldingRange]:
            file = session.snapshot().sources.files.get(name)
            return outline.folds(file) if file else []

        return server.answer(params.text_document, asked)

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, tokens.LEGEND)
    def coloured(params: lsp.SemanticTokensParams) -> lsp.SemanticTokens | None:
        return server.answer(params.text_document, tokens.tokens)

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    def hinted(params: lsp.InlayHintParams) -> list[lsp.InlayHint] | None:
        return server.answer(
            params.text_document,
            lambda session, name: hints.type_hints(session, name, params.range),
        )
