"""Changes of the text as data: what fixes, and later renames and visual edits, are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dsl.diagnostic import Edit
from dsl.source import Sources


class OverlappingEdits(ValueError):
    """Two edits of one set want to replace the same text."""


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """An edit in terms of a file: the text from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


def apply(sources: Sources, edits: Iterable[Edit]) -> dict[str, str]:
    """The new texts of the files that change, by path; everything outside the edits stays.

    Equal edits count once; of several insertions at one place the first written comes first.
    Raises OverlappingEdits, and KeyError for a place in a block that is not there.
    """
    by_file: dict[str, list[Replacement]] = {}
    for edit in dict.fromkeys(edits):
        path, replacement = in_file(sources, edit)
        by_file.setdefault(path, []).append(replacement)
    changed = {
        path: replaced(sources.files[path].text, replacements)
        for path, replacements in by_file.items()
    }
    return {path: text for path, text in changed.items() if text != sources.files[path].text}


def in_file(sources: Sources, edit: Edit) -> tuple[str, Replacement]:
    """The file of an edit and what it replaces there."""
    block = sources.block(edit.place.block)
    span = edit.place.span
    replacement = Replacement(block.start + span.start, block.start + span.end, edit.text)
    return block.file, replacement


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """The text with all replacements made; raises OverlappingEdits."""
    pieces: list[str] = []
    at = 0
    for change in sorted(replacements, key=lambda change: (change.start, change.end)):
        if change.start < at:
            raise OverlappingEdits(f"two edits at offset {change.start}")
        pieces += [text[at : change.start], change.text]
        at = change.end
    return "".join([*pieces, text[at:]])
