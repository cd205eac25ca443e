"""`casework check`: what is wrong with a text, without running it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import click

from cli.cache import Cache
from cli.verdict import Verdict
from cli.workspace import FolderWorkspace, data_of
from dsl.diagnostic import Diagnostic, Language, Message, Severity
from dsl.render import data, terminal
from dsl.source import SourceFile, Sources

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
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print. 输出格式。",
)
@click.pass_obj
def check(
    language: Language, paths: tuple[Path, ...], missing_texts: bool, form: Literal["text", "json"]
) -> None:
    """Check apps without running them; exit 1 if there are errors.

    Each of PATHS is the folder of an app or of a workspace of apps; without any, `apps` or the
    folder you are in. 检查应用而不运行。
    """
    results = [_checked(path, language) for path in paths or (_default(),)]
    if form == "json":
        _show_json(results, language, missing_texts)
    else:
        _show_text(results, language, missing_texts)
    if any(result.verdict.has_errors for result in results):
        raise click.exceptions.Exit(1)


def _default() -> Path:
    return Path("apps") if Path("apps").is_dir() else Path()


@dataclass(frozen=True)
class _Checked:
    """A workspace and what is to be said of it."""

    files: Sequence[SourceFile]
    verdict: Verdict

    @cached_property
    def sources(self) -> Sources:
        return self.verdict.sources(self.files)

    def told(self, missing_texts: bool) -> Sequence[Diagnostic]:
        verdict = self.verdict
        return [*verdict.diagnostics, *(verdict.missing_texts if missing_texts else ())]


def _checked(path: Path, language: Language) -> _Checked:
    """The verdict on the apps of a folder, as it was kept or found now."""
    files = FolderWorkspace(path).files()
    if not files:
        raise click.ClickException(_NOTHING.filled({"path": path}).text(language))
    cache = Cache(data_of(path), files)
    verdict = Verdict.kept(cache)
    if verdict is None:
        from cli.compiling import compile_and_keep  # half a second that an unchanged text saves

        verdict = Verdict.of(compile_and_keep(cache), files)
    return _Checked(files, verdict)


def _show_json(results: Iterable[_Checked], language: Language, missing_texts: bool) -> None:
    found = [
        data(item, result.sources, language)
        for result in results
        for item in result.told(missing_texts)
    ]
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


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
