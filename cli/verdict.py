"""What is to be said of texts: kept with them, so that an unchanged workspace is not compiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from cli.cache import VERDICT, Cache
from dsl.diagnostic import Diagnostic, Severity
from dsl.source import Place, SourceFile, Sources

if TYPE_CHECKING:
    from compiler.pipeline import Compiled


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the compiler told of texts. `library` are the texts of the library that it points into,
    by their path."""

    diagnostics: tuple[Diagnostic, ...]
    missing_texts: tuple[Diagnostic, ...]
    library: Mapping[str, str]

    @staticmethod
    def of(result: Compiled, files: Sequence[SourceFile]) -> Verdict:
        """What was told when these files were compiled."""
        own = {file.path for file in files}
        pointed_at = {
            result.sources.block(place.block).file
            for diagnostic in (*result.diagnostics, *result.missing_texts)
            for place in _places(diagnostic)
        }
        library = {path: result.sources.files[path].text for path in sorted(pointed_at - own)}
        return Verdict(result.diagnostics, result.missing_texts, library)

    @staticmethod
    def kept(cache: Cache) -> Verdict | None:
        """The one that was kept with the texts, if it was."""
        data = cache.read(VERDICT)
        try:
            return msgspec.json.decode(data, type=Verdict) if data is not None else None
        except msgspec.DecodeError:
            return None

    def keep(self, cache: Cache) -> None:
        cache.write(VERDICT, msgspec.json.encode(self, enc_hook=str))  # a `Near` is a text

    @property
    def has_errors(self) -> bool:
        return any(each.severity is Severity.ERROR for each in self.diagnostics)

    def sources(self, files: Sequence[SourceFile]) -> Sources:
        """What the diagnostics point into, given the files that were compiled."""
        return Sources([*(SourceFile(path, text) for path, text in self.library.items()), *files])


def _places(diagnostic: Diagnostic) -> Iterator[Place]:
    yield from (label.place for label in (diagnostic.primary, *diagnostic.others))
    yield from (edit.place for fix in diagnostic.fixes for edit in fix.edits)
