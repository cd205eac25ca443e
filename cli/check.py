"""`casework check`: what is wrong with a text, without running it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.cache import Cache
from cli.verdict import Verdict
from cli.workspace import FolderWorkspace, data_of
from dsl.diagnostic import Diagnostic, Language, Message, Severity
from dsl.render import terminal
from dsl.source import SourceFile, Sources

if TYPE_CHECKING:
    from cli.formats import Told

_CLEAN = Message("files: {files}, no faults", "文件：{files}，没有错误")
_FAULTY = Message(
    "files: {files}, errors: {errors}, warnings: {warnings}",
    "文件：{files}，错误：{errors}，警告：{warnings}",
)
_NOTHING = Message("there are no .case files in {path}", "{path} 中没有 .case 文件")


@click.command("check")
@click.argument(
    "paths",
    nargs=-1,
    metavar="PATHS…",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option(
    "--missing-texts", is_flag=True, help="List texts without a translation. 列出没有翻译的文本。"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="How to print. 输出格式。",
)
@click.pass_obj
def check(language: Language, paths: tuple[Path, ...], missing_texts: bool, form: str) -> None:
    """Check apps without running them; exit 1 if there are errors.

    Each of PATHS is the folder of an app or of a workspace of apps; without any, `apps` or the
    folder you are in. 检查应用而不运行。
    """
    results = [_checked(path, language) for path in paths or (_default(),)]
    if form == "text":
        _show_text(results, language, missing_texts)
    else:
        from cli.formats import FORMATS  # not for people who read text

        told = [each for result in results for each in result.as_data(missing_texts)]
        click.echo(FORMATS[form](told, language))
    if any(result.verdict.has_errors for result in results):
        raise click.exceptions.Exit(1)


def _default() -> Path:
    return Path("apps") if Path("apps").is_dir() else Path()


@dataclass(frozen=True)
class _Checked:
    """A workspace and what is to be said of it."""

    workspace: FolderWorkspace
    files: Sequence[SourceFile]
    verdict: Verdict

    @cached_property
    def sources(self) -> Sources:
        return self.verdict.sources(self.files)

    def told(self, missing_texts: bool) -> Sequence[Diagnostic]:
        verdict = self.verdict
        return [*verdict.diagnostics, *(verdict.missing_texts if missing_texts else ())]

    def as_data(self, missing_texts: bool) -> list[Told]:
        from cli.formats import Told

        return [Told(item, self.sources, self._path) for item in self.told(missing_texts)]

    def _path(self, name: str) -> str:
        """Where a file lies, seen from where the command was given; the library's by their name."""
        found = self.workspace.path_of(name)
        return found.as_posix() if found.exists() else name


def _checked(path: Path, language: Language) -> _Checked:
    """The verdict on the apps of a folder, as it was kept or found now."""
    workspace = FolderWorkspace(path)
    files = workspace.files()
    if not files:
        raise click.ClickException(_NOTHING.filled({"path": path}).text(language))
    cache = Cache(data_of(path), files)
    verdict = Verdict.kept(cache)
    if verdict is None:
        from cli.compiling import checked  # half a second that an unchanged text saves

        verdict = checked(cache)
    return _Checked(workspace, files, verdict)


def _show_text(results: Iterable[_Checked], language: Language, missing_texts: bool) -> None:
    color = sys.stdout.isatty()
    found = []
    files = 0
    for result in results:
        files += len(result.files)
        for item in result.told(missing_texts):
            click.echo(terminal(item, result.sources, language, color) + "\n")
            found.append(item.severity)
    errors, warnings = found.count(Severity.ERROR), found.count(Severity.WARNING)
    summary = _FAULTY if errors or warnings else _CLEAN
    counts = {"errors": errors, "warnings": warnings, "files": files}
    click.echo(summary.filled(counts).text(language))
