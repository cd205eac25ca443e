"""What `explain` and `who` share: an app of which something is asked, and how a name in it is
found and a place told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click

from cli.compiling import compiled
from cli.workspace import FolderWorkspace
from compiler.bundle import Bundle
from compiler.model.base import EntityId, Origin
from compiler.navigation import Navigation
from compiler.pipeline import Compiled
from compiler.resolve.declared import PRELUDE, modules
from compiler.resolve.inside import along, inside
from compiler.resolve.symbols import Symbol
from dsl.diagnostic import Language, Message
from dsl.source import Place, Span
from dsl.words import nearest

_NO_APPS = Message(
    "there are no apps in {folder}: name their folder with --in",
    "{folder} 中没有应用：请用 --in 指定文件夹",
)
_UNKNOWN = Message("there is nothing called {name}", "没有名为 {name} 的内容")
_NEAR = Message("; did you mean {near}?", "；是否指 {near}？")


@dataclass(frozen=True, slots=True)
class Found:
    """What a name means, and what the name before its last dot means: the entity of a member,
    wherever that is written."""

    symbol: Symbol
    of: Symbol | None


@dataclass(frozen=True)
class Asked:
    """A workspace without faults, and what the compiler knows of it."""

    result: Compiled
    bundle: Bundle
    language: Language

    @cached_property
    def navigation(self) -> Navigation:
        return Navigation(self.result.build)

    def find(self, written: str) -> Found:
        """What a name means that may stand in any app; a click error where it means nothing.

        Letters may be of either case where that leaves no doubt: `customer.phone`.
        """
        parts = written.split(".")
        found = self._exactly(parts) or self._exactly(self._respelt(parts))
        if found is None:
            near = ", ".join(self._members(written)) or nearest(written, self._names(parts))
            words = _UNKNOWN.filled({"name": written}).text(self.language)
            more = _NEAR.filled({"near": near}).text(self.language) if near else ""
            raise click.ClickException(words + more)
        return found

    def _exactly(self, parts: list[str]) -> Found | None:
        build = self.result.build
        for module in reversed(modules(build)):
            *above, found = along(build, module, parts)
            if found is not None:
                return Found(found, above[-1] if above else None)
        return None

    def _respelt(self, parts: list[str]) -> list[str]:
        """The path as it is written in the app, whatever its case was when it was asked for."""
        known = {name.casefold(): name for name in self._first()}
        spelt = [known.get(parts[0].casefold(), parts[0])]
        for part in parts[1:]:
            above = self._exactly(spelt)
            names = (
                {name.casefold(): name for name in inside(self.result.build, above.symbol)}
                if above
                else {}
            )
            spelt.append(names.get(part.casefold(), part))
        return spelt

    def _first(self) -> list[str]:
        top = [
            each for each in self.navigation.symbols() if each.owner in modules(self.result.build)
        ]
        return [each.name for each in top]

    def _names(self, parts: list[str]) -> Iterable[str]:
        """What could have been meant, with as many names as were written."""
        first = self._first()
        if len(parts) == 1:
            return first
        above = self._exactly(self._respelt(parts[:-1]))
        if above is None:
            return [".".join((name, *parts[1:])) for name in first]
        head = ".".join(self._respelt(parts[:-1]))
        return [f"{head}.{name}" for name in inside(self.result.build, above.symbol)]

    def _members(self, name: str) -> Iterator[str]:
        """What entities have by a name, with the entity's before it."""
        for id in sorted(self.bundle.workspace.entities):
            names = inside(self.result.build, Symbol("entity", id))
            same = (each for each in names if each.casefold() == name.casefold())
            yield from (f"{id.partition('.')[2]}.{each}" for each in same)

    def where(self, place: Place | Origin | None) -> str:
        """File and line; empty for what no text of the apps says."""
        if place is None:
            return ""
        at = place if isinstance(place, Place) else Place(place.block, Span(place.start, place.end))
        if at.block.startswith(f"{PRELUDE}/"):
            return ""
        location = self.result.sources.locate(at)
        return f"{location.file}:{location.line}"

    def line(self, place: Place | Origin) -> str:
        """The line of the text in which something stands."""
        start = place.span.start if isinstance(place, Place) else place.start
        text = self.result.sources.block(place.block).text
        return text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0].strip()

    def label(self, entity: EntityId, member: str = "") -> str:
        known = self.bundle.workspace.entities[entity]
        name = known.label[self.spoken]
        if not member:
            return name
        found = known.fields.get(member) or known.collections.get(member)
        return f"{name}: {found.label[self.spoken]}" if found else name

    @property
    def spoken(self) -> str:
        languages = self.bundle.workspace.languages
        return self.language if self.language in languages else languages[0]


def ask(folder: Path | None, language: Language) -> Asked:
    """The apps of a folder; prints what is wrong with them and exits where something is."""
    path = folder or (Path("apps") if Path("apps").is_dir() else Path())
    workspace = FolderWorkspace(path)
    if not workspace.files():
        raise click.ClickException(_NO_APPS.filled({"folder": path}).text(language))
    return Asked(*compiled(workspace, language), language)
