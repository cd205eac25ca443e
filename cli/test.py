"""`casework test`: run the tests that stand in the text of apps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from cli.cache import BUNDLE, TESTS, Cache
from cli.outcomes import Results, as_json, as_junit, as_text
from cli.playing import run
from cli.workspace import SUFFIX, FolderWorkspace, data_of, workspace_of
from compiler.bundle import Bundle, unpack
from compiler.model.test import Test
from dsl.diagnostic import Language, Message
from dsl.source import SourceFile, Sources
from runtime.schema.refusal import Refused
from runtime.testing.coverage import coverage
from runtime.testing.outcome import Outcome
from stdlib.library import STANDARD

if TYPE_CHECKING:
    from compiler.pipeline import Compiled

Form = Literal["text", "json", "junit"]

NO_TESTS = Message("there are no tests in {path}", "{path} 中没有测试")
NO_SUCH_TEST = Message(
    "no test in {path} has “{only}” in its name", "{path} 中没有名称含“{only}”的测试"
)
NO_FILES = Message("there are no .case files in {path}", "{path} 中没有 .case 文件")
WATCHING = Message("Waiting for the next save.", "等待下一次保存。")


@dataclass(frozen=True, slots=True)
class _Script:
    """Apps and their tests, and the text they stand in."""

    bundle: Bundle
    tests: tuple[Test, ...]
    sources: Sources


class Runner:
    """Runs the tests of a folder, again and again with what has changed.

    The tests of one app run in the workspace that it is served with.
    """

    def __init__(self, folder: Path, only: str, jobs: int | None, language: Language) -> None:
        is_app = any(folder.glob(f"*{SUFFIX}"))
        self.module = folder.resolve().name if is_app else ""
        self.folder = workspace_of(folder) if is_app else folder
        self.only = only
        self.jobs = jobs
        self.language = language
        self._workspace = FolderWorkspace(self.folder)
        self._last: Compiled | None = None
        self._script: _Script | None = None
        self._known: dict[tuple[str, str], tuple[Test, Outcome]] = {}

    def run(self) -> Results | None:
        """The outcomes of all tests; None, and a word about it, where the text has faults.

        A test is run again if it has changed, if it failed, or if anything of the app has.
        """
        began = time.perf_counter()
        before, script = self._script, self._kept() or self._compiled()
        self._script = script
        if script is None:
            return None
        if before is None or before.bundle.workspace != script.bundle.workspace:
            self._known = {}
        tests = [each for each in script.tests if self._is_meant(each)]
        due = [each for each in tests if not self._still_passes(each)]
        for test, outcome in zip(due, run(script.bundle, due, self.jobs), strict=True):
            self._known[test.module, test.name] = test, outcome
        outcomes = tuple(self._known[each.module, each.name][1] for each in tests)
        reached = (element for outcome in outcomes for element in outcome.reached)
        return Results(
            outcomes,
            not self.only,
            coverage(script.bundle.workspace, reached, self.module),
            script.sources,
            time.perf_counter() - began,
        )

    def _kept(self) -> _Script | None:
        """What was compiled of this text before, by whatever command."""
        if self._last is not None:
            return None  # what is in memory is nearer
        cache = Cache(data_of(self.folder), self._workspace.files())
        bundle, tests = cache.read(BUNDLE), cache.read(TESTS)
        if bundle is None or tests is None:
            return None
        try:
            return _Script(
                unpack(bundle),
                msgspec.json.decode(tests, type=tuple[Test, ...]),
                Sources([*_library(), *cache.files]),
            )
        except ValueError:
            return None

    def _compiled(self) -> _Script | None:
        """What the text comes to; its faults are shown."""
        # Half a second that a run of what was kept does not need.
        from cli import compiling
        from compiler.pipeline import compile_app

        if self._last is None:
            cache = Cache(data_of(self.folder), self._workspace.files())
            self._last = compiling.compiled_with_tests(cache)
        else:
            self._last = compile_app(self._workspace, STANDARD, self._last)
        if self._last.bundle is None:
            compiling.show_faults(self._last, self.language)
            return None
        return _Script(self._last.bundle, self._last.tests, self._last.sources)

    @property
    def bundle(self) -> Bundle | None:
        """The apps that were tested last."""
        return None if self._script is None else self._script.bundle

    def _is_meant(self, test: Test) -> bool:
        return self.only in test.name and (not self.module or test.module == self.module)

    def _still_passes(self, test: Test) -> bool:
        known = self._known.get((test.module, test.name))
        return known is not None and known[0] == test and known[1].passed

    def results(self) -> Iterator[Results | None]:
        """What comes of the text now, and of each save from now on."""
        from watchfiles import watch  # which most runs can do without

        yield self.run()
        for _ in watch(self.folder, watch_filter=_is_text, raise_interrupt=False):
            yield self.run()


def _library() -> Iterator[SourceFile]:
    """All text of the library, in which a line that refuses may stand."""
    for texts in (STANDARD.prelude, *map(STANDARD.module, sorted(STANDARD.module_names))):
        yield from (SourceFile(path, text) for path, text in texts.items())


def _is_text(_: object, path: str) -> bool:
    return path.endswith(SUFFIX)


@click.command("test")
@click.argument(
    "path",
    required=False,
    metavar="[PATH]",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option(
    "--only", default="", help="Tests whose name has this text. 只运行名称含此文本的测试。"
)
@click.option("--watch", is_flag=True, help="Run again at every save. 每次保存后重新运行。")
@click.option("--jobs", type=click.IntRange(1), help="How many processes. 进程数。")
@click.option(
    "--coverage",
    "whole",
    is_flag=True,
    help="Say where each line is that no test reached. 列出未覆盖的行。",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    help="How to print. 输出格式。",
)
@click.pass_obj
def test(
    language: Language,
    path: Path | None,
    only: str,
    watch: bool,
    jobs: int | None,
    whole: bool,
    form: Form,
) -> None:
    """Run the tests of apps; exit 1 if one fails or the text has errors.

    PATH is the folder of an app or of a workspace of apps; without it, `apps` or the folder you
    are in. 运行应用中的测试。
    """
    folder = path or (Path("apps") if Path("apps").is_dir() else Path())
    if not FolderWorkspace(folder).files():
        raise click.ClickException(NO_FILES.filled({"path": folder}).text(language))
    runner = Runner(folder, only, jobs, language)
    try:
        if watch:
            for results in runner.results():
                _show(results, folder, only, language, whole, form)
                click.echo(WATCHING.text(language))
            return
        results = runner.run()
    except Refused as refusal:
        reasons = "\n".join(change.words.text(language) for change in refusal.changes)
        raise click.ClickException(reasons) from refusal
    _show(results, folder, only, language, whole, form)
    if results is None or results.failed or (only and not results.outcomes):
        raise click.exceptions.Exit(1)


def _show(
    results: Results | None,
    folder: Path,
    only: str,
    language: Language,
    whole: bool,
    form: Form,
) -> None:
    if results is None:
        return
    if form == "json":
        click.echo(as_json(results, language))
    elif form == "junit":
        click.echo(as_junit(results, language))
    elif not results.outcomes:
        told = NO_SUCH_TEST if only else NO_TESTS
        click.echo(told.filled({"path": folder, "only": only}).text(language))
    else:
        for line in as_text(results, language, whole):
            click.echo(line)
