"""What is said of a name when the mouse rests on it."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from cli.lsp.hints import type_words
from cli.lsp.places import range_of
from cli.lsp.session import Session, Snapshot
from compiler.analyse.field import field
from compiler.analyse.member import member
from compiler.field_type import Function
from compiler.model.base import EntityId
from compiler.resolve.members import entities
from compiler.resolve.symbols import Symbol
from dsl.diagnostic import Language, Message
from dsl.source import Place
from stdlib.library import STANDARD

_KEPT = {
    "row": Message("kept with the row", "随本行保存"),
    "aggregate": Message("kept; follows related rows", "已保存，随相关记录更新"),
    "read": Message("computed when read", "读取时计算"),
}
_EXAMPLE = Message("`{example}` is `{value}`", "`{example}` 为 `{value}`")


def hover(session: Session, name: str, offset: int, language: Language) -> lsp.Hover | None:
    """The declaration behind the name at an offset, its documentation, and its type."""
    snapshot = session.snapshot()
    found = snapshot.mention_at(name, offset)
    if found is None:
        return None
    place, mention = found
    parts = [part for part in _parts(snapshot, mention.symbol, language) if part]
    if not parts:
        return None
    text = lsp.MarkupContent(lsp.MarkupKind.Markdown, "\n\n".join(parts))
    return lsp.Hover(contents=text, range=range_of(snapshot, place))


def _parts(snapshot: Snapshot, symbol: Symbol, language: Language) -> Iterator[str]:
    place = snapshot.navigation.definition(symbol)
    if place is not None:
        line, doc = _written(snapshot, place)
        yield f"```casework\n{line}\n```"
        yield _facts(snapshot, symbol, language)
        yield doc
    elif symbol.kind == "function" and symbol.name in STANDARD.functions:
        yield from _of_function(STANDARD.functions[symbol.name], language)
    elif symbol.kind == "type":
        yield f"```casework\n{symbol.name}\n```"


def _written(snapshot: Snapshot, place: Place) -> tuple[str, str]:
    """The line of a declaration, and the `##` lines above it."""
    block = snapshot.sources.block(place.block)
    start = block.text.rfind("\n", 0, place.span.start) + 1
    line = block.text[start:].partition("\n")[0].strip()
    doc: list[str] = []
    for above in reversed(block.text[:start].splitlines()):
        if not above.strip().startswith("##"):
            break
        doc.insert(0, above.strip().lstrip("#").strip())
    return line, "\n".join(doc)


def _facts(snapshot: Snapshot, symbol: Symbol, language: Language) -> str:
    """The type of a member, and how a computed one is kept."""
    id = EntityId(symbol.owner)
    if symbol.kind != "member" or id not in entities(snapshot.build):
        return ""
    known = member(snapshot.build, id, symbol.name)
    if known is None or known.type.kind == "error":
        return ""
    facts = [f"`{type_words(known.type)}`"]
    made = field(snapshot.build, id, symbol.name)
    if made is not None and made.upkeep is not None:
        facts.append(_KEPT[made.upkeep].text(language))
    return " — ".join(facts)


def _of_function(function: Function, language: Language) -> Iterator[str]:
    kinds = ", ".join(each.replace("|", " or ") for each in function.signature.parameters)
    more = ", …" if function.signature.variadic else ""
    yield f"```casework\n{function.name}({kinds}{more})\n```"
    yield function.doc.text(language)
    example, value = function.example
    yield _EXAMPLE.filled({"example": example, "value": value}).text(language)
