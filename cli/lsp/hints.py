"""Types that are not written: shown behind the names of computed fields."""

from __future__ import annotations

from lsprotocol import types as lsp

from cli.lsp.places import position
from cli.lsp.session import Session
from compiler.analyse.field import text_type
from compiler.analyse.member import member
from compiler.model.base import EntityId
from compiler.model.types import TEXT, Type, set_of
from compiler.resolve.declared import Declared, everything
from compiler.resolve.members import entities, members
from dsl.ast.entity import ComputedDecl
from dsl.source import SourceFile


def type_hints(session: Session, name: str, where: lsp.Range) -> list[lsp.InlayHint]:
    """The types of the computed fields in a range of a file that declare none."""
    snapshot = session.snapshot()
    file = snapshot.sources.files.get(name)
    if file is None:
        return []
    blocks = {block.key for block in file.blocks}
    return [
        hint
        for each in everything(snapshot.build)
        if each.block in blocks and each.id in entities(snapshot.build)
        for hint in _of_entity(session, file, each)
        if where.start.line <= hint.position.line <= where.end.line
    ]


def _of_entity(session: Session, file: SourceFile, each: Declared) -> list[lsp.InlayHint]:
    snapshot = session.snapshot()
    start = snapshot.sources.block(each.block).start
    found = []
    for tree in members(snapshot.build, each.block):
        if not isinstance(tree, ComputedDecl) or tree.type is not None:
            continue
        known = member(snapshot.build, EntityId(each.id), tree.name.text)
        if known is not None and known.type.kind != "error":
            named = tree.label or tree.name
            found.append(
                lsp.InlayHint(
                    position=position(file, start + named.span.end),
                    label=f": {type_words(known.type)}",
                    kind=lsp.InlayHintKind.Type,
                )
            )
    return found


def type_words(type: Type) -> str:
    """A type as it would be written, with `?` where it may be null."""
    if type == set_of(TEXT):
        return "tags"
    if type.kind == "set" and type.item is not None:
        return f"{type_words(type.item)} many"
    word = type.of.rpartition(".")[2] if type.kind in ("ref", "enum") else text_type(type)
    if word == "decimal":
        word = f"decimal({type.scale})"
    return f"{word}?" if type.nullable else word
