"""Compiling the texts of a workspace, and what is kept of it; imported only where it has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click
import msgspec

from cli.cache import BUNDLE, TESTS, Cache
from cli.verdict import Verdict
from compiler.bundle import Bundle, pack
from compiler.pipeline import Compiled, compile_app
from compiler.workspace import Workspace
from dsl.diagnostic import Language
from dsl.render import terminal
from dsl.source import SourceFile
from stdlib.library import STANDARD


@dataclass(frozen=True)
class _Texts:
    """A workspace as it was read once."""

    read: Sequence[SourceFile]

    def files(self) -> Sequence[SourceFile]:
        return self.read


def checked(cache: Cache) -> Verdict:
    """What is to be said of the texts of a cache, which keeps it."""
    verdict = Verdict.of(compile_app(_Texts(cache.files), STANDARD), cache.files)
    verdict.keep(cache)
    return verdict


def compiled_and_kept(cache: Cache, language: Language) -> Bundle:
    """The Bundle of the texts of a cache, which keeps it; with errors, prints them and exits."""
    bundle = bundle_of(compile_app(_Texts(cache.files), STANDARD), language)
    cache.write(BUNDLE, pack(bundle))
    return bundle


def compiled_with_tests(cache: Cache) -> Compiled:
    """What the texts of a cache come to; without errors it keeps the Bundle and the tests."""
    result = compile_app(_Texts(cache.files), STANDARD)
    if result.bundle is not None:
        cache.write(BUNDLE, pack(result.bundle))
        cache.write(TESTS, msgspec.json.encode(result.tests))
    return result


def compiled(workspace: Workspace, language: Language) -> tuple[Compiled, Bundle]:
    """A workspace with its Bundle; with errors in the text, prints them and exits."""
    result = compile_app(workspace, STANDARD)
    return result, bundle_of(result, language)


def bundle_of(result: Compiled, language: Language) -> Bundle:
    """What the texts came to; with errors in them, prints those and exits."""
    if result.bundle is None:
        show_faults(result, language)
        raise click.exceptions.Exit(1)
    return result.bundle


def show_faults(result: Compiled, language: Language) -> None:
    """All diagnostics, for the terminal."""
    for diagnostic in result.diagnostics:
        click.echo(terminal(diagnostic, result.sources, language), err=True)
