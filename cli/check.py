"""`casework check`: what is wrong with a text, without running it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import click

from cli.workspace import FolderWorkspace
from compiler.pipeline import Compiled, compile_app
from dsl.diagnostic import Diagnostic, Language, Message, Severity
from dsl.render import data, terminal
from stdlib.library import STANDARD

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
    results = [_compiled(path, language) for path in paths or (_default(),)]
    if form == "json":
        _show_json(results, language, missing_texts)
    else:
        _show_text(results, language, missing_texts)
    if any(result.bundle is None for result in results):
        raise click.exceptions.Exit(1)


def _default() -> Path:
    return Path("apps") if Path("apps").is_dir() else Path()


def _compiled(path: Path, language: Language) -> Compiled:
    workspace = FolderWorkspace(path)
    if not workspace.files():
        raise click.ClickException(_NOTHING.filled({"path": path}).text(language))
    return compile_app(workspace, STANDARD)


def _told(result: Compiled, missing_texts: bool) -> Sequence[Diagnostic]:
    return [*result.diagnostics, *(result.missing_texts if missing_texts else ())]


def _show_json(results: Iterable[Compiled], language: Language, missing_texts: bool) -> None:
    found = [
        data(item, result.sources, language)
        for result in results
        for item in _told(result, missing_texts)
    ]
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _show_text(results: Iterable[Compiled], language: Language, missing_texts: bool) -> None:
    color = sys.stdout.isatty()
    found = []
    files = 0
    for result in results:
        files += len(result.sources.files) - len(STANDARD.prelude)
        for item in _told(result, missing_texts):
            click.echo(terminal(item, result.sources, language, color) + "\n")
            found.append(item.severity)
    errors, warnings = found.count(Severity.ERROR), found.count(Severity.WARNING)
    summary = _FAULTY if errors or warnings else _CLEAN
    counts = {"errors": errors, "warnings": warnings, "files": files}
    click.echo(summary.filled(counts).text(language))
