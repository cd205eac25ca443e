"""From texts to a Bundle."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from compiler.analyse.test import tests
from compiler.analyse.texts import MissingText
from compiler.analyse.workspace import workspace as model_of
from compiler.build import Build
from compiler.bundle import Bundle
from compiler.checks import run as run_checks
from compiler.field_type import Library
from compiler.model.test import Test
from compiler.planning import schema, upkeep
from compiler.resolve.declared import KINDS, PRELUDE, Declared, module_of
from compiler.workspace import Workspace
from dsl.ast.app import AppDecl, Decl
from dsl.ast.change import is_retired
from dsl.ast.composition import CompositionDecl
from dsl.ast.entity import EntityDecl
from dsl.diagnostic import Diagnostic, Message, Problem, Severity
from dsl.parser import ParsedBlock, parse, without_gc
from dsl.source import Place, SourceFile, Sources, Span


class MissingTexts(Problem, code="CW0018", name="missing-texts", severity=Severity.NOTE):
    count: int
    message = Message("texts without a translation: {count}", "没有翻译的文本：{count} 处")
    help = Message(
        "`casework check --missing-texts` lists them", "用 `casework check --missing-texts` 列出"
    )


@dataclass(frozen=True)
class Compiled:
    """What became of a workspace. `bundle` is None if there are errors, and there are no `tests`
    then; `missing_texts` are the labels and messages without a translation, which `diagnostics`
    only counts."""

    bundle: Bundle | None
    tests: tuple[Test, ...]
    diagnostics: tuple[Diagnostic, ...]
    missing_texts: tuple[Diagnostic, ...]
    sources: Sources
    build: Build = field(repr=False, compare=False)


PASSES: tuple[Callable[[Build], object], ...] = (model_of, run_checks, tests, schema, upkeep)
"""In this order; the next is left out where an error would mislead it."""

_DEEP = 50_000
"""Frames for expressions at their deepest, in a long chain of fields computed from each other."""


def compile_app(
    workspace: Workspace, library: Library, previous: Compiled | None = None
) -> Compiled:
    """Compile all apps of a workspace, with what they use of the library before them.

    `previous` is the result for an earlier text of the same workspace, with the same library: what
    it computed is used again where nothing that it depends on has changed. Only one compilation
    at a time may go on from it.
    """
    build = previous.build if previous else Build(library)
    files = list(workspace.files())
    parsed = [block for file in files for block in parse(file)]
    files[:0], parsed[:0] = _of_library(library, parsed, previous)
    sources = Sources(files)
    faults = [fault for block in parsed for fault in block.diagnostics]
    with without_gc(), _deep_calls():
        build.begin(_inputs(parsed, sources))
        for run in PASSES:
            run(build)
            if _has_errors(faults) or _has_errors(build.diagnostics()):
                break
        return _compiled(build, faults, sources)


@contextmanager
def _deep_calls() -> Iterator[None]:
    """Room for a long chain of fields that are computed from each other; only while compiling,
    because what parses people's input relies on the usual limit."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(max(usual, _DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


def _of_library(
    library: Library, parsed: Iterable[ParsedBlock], previous: Compiled | None
) -> tuple[list[SourceFile], list[ParsedBlock]]:
    """The prelude and the modules that apps use, with those that these use, by name."""
    known = previous.sources.files if previous else {}
    found: dict[str, list[SourceFile]] = {}
    blocks: dict[str, list[ParsedBlock]] = {}
    missing = {PRELUDE} | _used(library, parsed)
    while missing:
        name = missing.pop()
        texts = library.prelude if name == PRELUDE else library.module(name)
        found[name] = [
            known[path] if path in known else SourceFile(path, text) for path, text in texts.items()
        ]
        blocks[name] = [block for file in found[name] for block in parse(file)]
        missing |= _used(library, blocks[name]) - found.keys()
    order = sorted(found, key=lambda name: (name != PRELUDE, name))
    return [file for name in order for file in found[name]], [
        block for name in order for block in blocks[name]
    ]


def _used(library: Library, parsed: Iterable[ParsedBlock]) -> set[str]:
    """The modules of the library that the `app` blocks name."""
    paths = (
        [part.text for part in path.parts]
        for block in parsed
        if isinstance(block.decl, AppDecl)
        for path in block.decl.use
    )
    return {name for prefix, *names in paths if prefix == PRELUDE for name in names} & (
        library.module_names
    )


def _inputs(parsed: Iterable[ParsedBlock], sources: Sources) -> dict[Hashable, object]:
    """What the queries may ask for: the declarations there are, and the tree of each."""
    inputs: dict[Hashable, object] = {}
    declared, lost = [], set[str]()
    for block in parsed:
        lost |= _lost_names(block, sources)
        if block.decl is None:
            continue
        tree = block.decl
        if isinstance(tree, CompositionDecl):
            inputs["target", block.key] = tree.target
            tree = tree.part
        inputs["decl", block.key] = tree
        declared.append(_declared(block.key, block.decl, tree))
    inputs["declared"] = tuple(declared)
    inputs["lost"] = frozenset(lost)
    return inputs


def _declared(key: str, written: Decl, tree: Decl) -> Declared:
    """What a block says: that it declares something, or what it says of another declaration."""
    module, kind, name = module_of(key), KINDS[type(tree)], tree.name.text
    if not isinstance(written, CompositionDecl):
        retired = isinstance(tree, EntityDecl) and is_retired(tree)
        return Declared(kind, module, name, key, retired=retired)
    *qualifier, _ = [part.text for part in written.target.parts]
    return Declared(kind, module, name, key, written.how, ".".join(qualifier))


_NAME = re.compile(r"[^\W\d]\w*")
_FIRST = re.compile(r"^[ ]*([^\W\d]\w*)", re.MULTILINE)


def _lost_names(block: ParsedBlock, sources: Sources) -> set[str]:
    """What the lines with faults may have declared: that it is missing elsewhere says nothing."""
    places = [fault.primary.place for fault in block.diagnostics]
    if block.decl is None:
        places.append(Place(block.key, Span(0, 0)))
    lines = (_line(sources, place) for place in places)
    lost = {name for line in lines for name in _NAME.findall(line)}
    if block.decl is None:  # perhaps the rest of the block above, cut off by a line too far left
        lost.update(_FIRST.findall(sources.block(block.key).text))
    return lost


def _line(sources: Sources, place: Place) -> str:
    at = sources.locate(place)
    return sources.files[at.file].line(at.line)


def _has_errors(items: Iterable[Diagnostic]) -> bool:
    return any(item.severity is Severity.ERROR for item in items)


def _compiled(build: Build, faults: list[Diagnostic], sources: Sources) -> Compiled:
    found = _in_order([*faults, *_beside(faults, build.diagnostics(), sources)], sources)
    missing = tuple(item for item in found if item.code == MissingText.code)
    told = tuple(item for item in found if item.code != MissingText.code)
    bundle = None
    if not _has_errors(told):
        bundle = Bundle(workspace=model_of(build), schema_plan=schema(build), upkeep=upkeep(build))
    plan = tests(build) if bundle else ()
    return Compiled(bundle, plan, (*told, *_counted(missing)), missing, sources, build)


def _beside(
    faults: list[Diagnostic], found: Iterable[Diagnostic], sources: Sources
) -> Iterator[Diagnostic]:
    """What is not on a line with a fault of syntax: of that line too little was understood."""

    def line(item: Diagnostic) -> tuple[str, int]:
        at = sources.locate(item.primary.place)
        return at.file, at.line

    damaged = {line(fault) for fault in faults}
    return (item for item in found if not damaged or line(item) not in damaged)


def _in_order(items: Iterable[Diagnostic], sources: Sources) -> list[Diagnostic]:
    """By place; what is said of the same place twice, as of a mixin's member, is said once."""
    once: dict[tuple[str, Place, str], Diagnostic] = {}
    for item in items:
        once.setdefault((item.code, item.primary.place, item.message.en), item)

    def position(item: Diagnostic) -> tuple[str, int]:
        at = item.primary.place
        block = sources.block(at.block)
        return block.file, block.start + at.span.start

    return sorted(once.values(), key=position)


def _counted(missing: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """One note for all texts without a translation."""
    if missing:
        at = missing[0].primary.place
        yield MissingTexts(at=at, count=len(missing)).diagnostic()
