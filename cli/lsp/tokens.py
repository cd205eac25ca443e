"""Semantic tokens: every name in the colour of what it means."""

from __future__ import annotations

from lsprotocol import types as lsp

from cli.lsp.places import position
from cli.lsp.session import Session
from compiler.resolve.symbols import SymbolKind

_TYPES: dict[SymbolKind, str] = {
    "app": "namespace",
    "role": "typeParameter",
    "enum": "enum",
    "data": "class",
    "entity": "class",
    "mixin": "interface",
    "member": "property",
    "value": "enumMember",
    "transition": "method",
    "local": "variable",
    "function": "function",
    "table": "function",
    "type": "type",
}
"""The token types of the protocol; a kind that is not here is coloured as a `struct`."""
_OTHER = "struct"
LEGEND = lsp.SemanticTokensLegend(
    token_types=[*dict.fromkeys([*_TYPES.values(), _OTHER])], token_modifiers=["declaration"]
)
_DECLARATION = 1


def tokens(session: Session, name: str) -> lsp.SemanticTokens:
    """The names of a file, each as the protocol counts: from the one before it."""
    snapshot = session.snapshot()
    file = snapshot.sources.files.get(name)
    data: list[int] = []
    line, character = 0, 0
    for block in file.blocks if file else ():
        for each in snapshot.navigation.in_block(block.key):
            assert file is not None
            at = position(file, block.start + each.span.start)
            end = position(file, block.start + each.span.end)
            if at.line < line or (at.line == line and data and at.character < character):
                continue
            first = at.character - character if at.line == line else at.character
            kind = LEGEND.token_types.index(_TYPES.get(each.symbol.kind, _OTHER))
            modifiers = _DECLARATION if each.defines else 0
            data += [at.line - line, first, end.character - at.character, kind, modifiers]
            line, character = at.line, at.character
    return lsp.SemanticTokens(data=data)
