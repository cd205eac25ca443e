"""What a file holds: its declarations with their members, and what can be folded."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from cli.lsp.places import location_of, range_in, range_of
from cli.lsp.session import Session, Snapshot
from compiler.resolve.declared import Declared, decl, everything
from compiler.resolve.definitions import declared_in
from compiler.resolve.symbols import Symbol, SymbolKind
from dsl.ast.app import Decl
from dsl.source import Place, SourceFile

KINDS: dict[SymbolKind, lsp.SymbolKind] = {
    "app": lsp.SymbolKind.Module,
    "role": lsp.SymbolKind.Key,
    "enum": lsp.SymbolKind.Enum,
    "data": lsp.SymbolKind.Array,
    "entity": lsp.SymbolKind.Class,
    "mixin": lsp.SymbolKind.Interface,
    "rule": lsp.SymbolKind.Event,
    "function": lsp.SymbolKind.Function,
    "table": lsp.SymbolKind.Array,
    "report": lsp.SymbolKind.Operator,
    "member": lsp.SymbolKind.Field,
    "value": lsp.SymbolKind.EnumMember,
    "transition": lsp.SymbolKind.Method,
    "local": lsp.SymbolKind.Variable,
}
"""What editors show beside a name; a kind that is not here is a plain object."""


def kind_of(symbol: Symbol) -> lsp.SymbolKind:
    return KINDS.get(symbol.kind, lsp.SymbolKind.Object)


def document_symbols(session: Session, name: str) -> list[lsp.DocumentSymbol]:
    """The declarations of a file in written order."""
    snapshot = session.snapshot()
    blocks = {each.block: each for each in everything(snapshot.build)}
    file = snapshot.sources.files.get(name)
    found = [blocks[block.key] for block in file.blocks if block.key in blocks] if file else []
    return [_declaration(snapshot, each) for each in found]


def _declaration(snapshot: Snapshot, each: Declared) -> lsp.DocumentSymbol:
    block = snapshot.sources.block(each.block)
    file = snapshot.sources.files[block.file]
    name = Place(block.key, decl(snapshot.build, block.key, Decl).name.span)
    return lsp.DocumentSymbol(
        name=block.key.partition(":")[2].partition("~")[0],
        kind=KINDS.get(each.kind, lsp.SymbolKind.Object),
        range=range_in(file, block.start, block.start + len(block.text.rstrip())),
        selection_range=range_of(snapshot, name),
        children=[
            _inside(symbol, range_of(snapshot, place))
            for symbol, place in _named(snapshot, each)
            if place != name
        ],
    )


def _inside(symbol: Symbol, where: lsp.Range) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(
        name=symbol.name, kind=kind_of(symbol), range=where, selection_range=where
    )


def _named(snapshot: Snapshot, each: Declared) -> Iterator[tuple[Symbol, Place]]:
    for symbol, place in declared_in(snapshot.build, each):
        if symbol.kind != "local":
            yield symbol, place


def workspace_symbols(session: Session, written: str) -> list[lsp.WorkspaceSymbol]:
    """Everything declared whose name holds what was typed."""
    snapshot = session.snapshot()
    wanted = written.casefold()
    return [
        lsp.WorkspaceSymbol(
            location=where, name=symbol.name, kind=kind_of(symbol), container_name=symbol.owner
        )
        for each in everything(snapshot.build)
        for symbol, place in _named(snapshot, each)
        if wanted in symbol.name.casefold()
        and (where := location_of(session, snapshot, place)) is not None
    ]


def folds(file: SourceFile) -> list[lsp.FoldingRange]:
    """Every line with lines further in below it."""
    lines = file.text.split("\n")
    written = [(at, line) for at, line in enumerate(lines) if line.strip()]
    found: list[lsp.FoldingRange] = []
    open_: list[tuple[int, int]] = []
    last = 0
    for at, line in written:
        column = len(line) - len(line.lstrip())
        while open_ and open_[-1][0] >= column:
            _, start = open_.pop()
            if last > start:
                found.append(lsp.FoldingRange(start_line=start, end_line=last))
        open_.append((column, at))
        last = at
    found += [lsp.FoldingRange(start, last) for _, start in open_ if last > start]
    return sorted(found, key=lambda each: each.start_line)
