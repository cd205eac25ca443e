"""One fault, one message, on its line, with the name that was meant: over the sample apps.

In each program one name is misspelt where it is used. A person expects that the line is named, that
hardly anything else is said, and that the right name is offered.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.workspace import FolderWorkspace
from compiler.navigation import Navigation
from compiler.pipeline import Compiled, compile_app
from dsl.diagnostic import Diagnostic, Severity
from dsl.source import Location, Place
from stdlib.library import STANDARD
from tests.support.apps import Texts

APPS = Path(__file__).parents[2] / "apps"


@dataclass(frozen=True)
class Fault:
    """A name that was changed: where, what it was and what it became."""

    place: Location
    offset: int
    name: str
    written: str


@dataclass
class Tally:
    faults: int = 0
    on_line: int = 0
    others: int = 0
    offered: int = 0


def faults(result: Compiled, count: int) -> Iterator[Fault]:
    """Names of the apps, each misspelt at one of its uses; names in texts are left alone, for a
    text means something whatever it says."""
    chance = random.Random(20261128)
    navigation = Navigation(result.build)
    sources = result.sources
    places = [
        (Place(block.key, mention.span), mention.symbol.name)
        for file in sources.files.values()
        if not file.path.startswith("std/")
        for block in file.blocks
        if not block.text.startswith("locale")
        for mention in navigation.in_block(block.key)
        if not mention.defines and len(mention.symbol.name) > 3
    ]
    for place, name in chance.sample(places, min(count, len(places))):
        block = sources.block(place.block)
        start = block.start + place.span.start
        text = sources.files[block.file].text[start : block.start + place.span.end]
        if text == name:
            yield Fault(sources.locate(place), start, name, misspelt(name, chance))


def misspelt(name: str, chance: random.Random) -> str:
    """The name with two letters turned around, one left out, or one doubled."""
    at = chance.randrange(1, len(name) - 1)
    turned = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    shorter = name[:at] + name[at + 1 :]
    doubled = name[:at] + name[at] + name[at:]
    return chance.choice([each for each in (turned, shorter, doubled) if each != name])


def broken(result: Compiled, fault: Fault) -> Texts:
    texts = []
    for path, file in result.sources.files.items():
        text = file.text
        if path == fault.place.file:
            end = fault.offset + len(fault.name)
            text = text[: fault.offset] + fault.written + text[end:]
        if not path.startswith("std/"):
            texts.append((path, text))
    return Texts(tuple(texts))


def campaign(count: int) -> Tally:
    result = compile_app(FolderWorkspace(APPS), STANDARD)
    found, tally = result, Tally()
    for fault in faults(result, count):
        found = compile_app(broken(result, fault), STANDARD, found)
        errors = [each for each in found.diagnostics if each.severity is not Severity.NOTE]
        here = [each for each in errors if _is_on(found, each, fault)]
        tally.faults += 1
        tally.on_line += bool(here)
        tally.others += len(errors) - min(len(here), 1)
        tally.offered += any(_offers(each, fault.name) for each in here)
    return tally


def _is_on(found: Compiled, item: Diagnostic, fault: Fault) -> bool:
    at = found.sources.locate(item.primary.place)
    return (at.file, at.line) == (fault.place.file, fault.place.line)


def _offers(item: Diagnostic, name: str) -> bool:
    return any(name in edit.text for fix in item.fixes for edit in fix.edits)


def judge(tally: Tally) -> None:
    assert tally.on_line >= 0.95 * tally.faults
    assert tally.others <= 0.25 * tally.faults
    assert tally.offered >= 0.9 * tally.faults


def test_a_misspelt_name_is_told_once_on_its_line_with_the_name_that_was_meant() -> None:
    judge(campaign(150))


@pytest.mark.soak
def test_any_misspelt_name_is_told_so() -> None:
    judge(campaign(1_500))
