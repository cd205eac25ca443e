"""Giving something another name, wherever it is named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from compiler.build import Build
from compiler.navigation import Navigation
from compiler.resolve.declared import PRELUDE
from compiler.resolve.inside import inside
from compiler.resolve.members import entities
from compiler.resolve.symbols import Symbol
from dsl.build.base import RESERVED
from dsl.diagnostic import Edit, Message
from dsl.source import Place

_NAME = re.compile(r"[^\W\d]\w*")


class CannotRename(Exception):
    """Why a name cannot be changed, or not to this one."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


_NO_NAME = Message("`{name}` is no name", "`{name}` 不是合法的名称")
_RESERVED = Message("`{name}` is a word of the language", "`{name}` 是语言的保留字")
_TAKEN = Message("`{name}` is taken", "`{name}` 已被占用")
_GIVEN = Message(
    "`{name}` belongs to the language and keeps its name", "`{name}` 属于语言本身，不能改名"
)


def renamable(navigation: Navigation, symbol: Symbol) -> bool:
    """Whether the text of an app gives the symbol its name."""
    place = navigation.definition(symbol)
    return place is not None and symbol.kind not in ("app", "locale") and not _is_given(place)


def _is_given(place: Place) -> bool:
    return place.block.startswith(f"{PRELUDE}/")


def rename(build: Build, navigation: Navigation, symbol: Symbol, name: str) -> tuple[Edit, ...]:
    """The edits that give a symbol another name in all files; raises CannotRename.

    Everything keeps its meaning: what is named so already, a reserved word, and what is no name
    are refused.
    """
    name = unicodedata.normalize("NFC", name.strip())
    if not renamable(navigation, symbol):
        raise CannotRename(_GIVEN.filled({"name": symbol.name}))
    if not _NAME.fullmatch(name):
        raise CannotRename(_NO_NAME.filled({"name": name}))
    if name in RESERVED:
        raise CannotRename(_RESERVED.filled({"name": name}))
    if name in _taken(build, navigation, symbol):
        raise CannotRename(_TAKEN.filled({"name": name}))
    return tuple(Edit(place, name) for place in navigation.uses(symbol))


def _taken(build: Build, navigation: Navigation, symbol: Symbol) -> Iterator[str]:
    """The names that stand beside a symbol's; a mixin's member stands in many entities."""
    for other in navigation.symbols():
        if other.owner == symbol.owner and other != symbol:
            yield other.name
    for id in entities(build):
        beside = inside(build, Symbol("entity", id))
        if beside.get(symbol.name) == symbol:
            yield from beside.keys() - {symbol.name}
