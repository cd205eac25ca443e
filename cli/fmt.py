"""`casework fmt`: the one layout, applied."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from dsl.diagnostic import Language, Message
from dsl.format import format
from dsl.parser import parse
from dsl.source import SourceFile

_FORMATTED = Message("formatted {path}", "已整理 {path}")
_WOULD_FORMAT = Message("{path} is not in the layout", "{path} 的排版不符合规范")
_FAULTY = Message(
    "{path}: parts with faults are left as they are; see casework check",
    "{path}：有错误的部分保持原样；请运行 casework check",
)
_UNREADABLE = Message("{path} cannot be read: {reason}", "无法读取 {path}：{reason}")
_NOT_TEXT = Message("{path} is not UTF-8 text", "{path} 不是 UTF-8 文本")


@click.command("fmt")
@click.argument("paths", nargs=-1, metavar="PATHS…", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--check",
    is_flag=True,
    help="Change nothing; exit 1 if something would. 只检查，有差异时返回 1。",
)
@click.option("--diff", is_flag=True, help="Change nothing; show what would change. 只显示差异。")
@click.pass_obj
def fmt(language: Language, paths: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Put .case files into the layout of the language.

    PATHS are files or folders; without any, the folder you are in. 整理 .case 文件的排版。
    """
    differing = failed = False
    for path in _files(paths or (Path(),)):
        try:
            before = path.read_bytes().decode("utf-8")
        except OSError as error:
            told = _UNREADABLE.filled({"path": path, "reason": error.strerror})
            click.echo(told.text(language), err=True)
            failed = True
            continue
        except UnicodeDecodeError:
            click.echo(_NOT_TEXT.filled({"path": path}).text(language), err=True)
            failed = True
            continue
        after = format(before)
        if any(block.diagnostics for block in parse(SourceFile(str(path), before))):
            click.echo(_FAULTY.filled({"path": path}).text(language), err=True)
        if before == after:
            continue
        differing = True
        if diff:
            click.echo(_difference(path, before, after), nl=False)
        elif check:
            click.echo(_WOULD_FORMAT.filled({"path": path}).text(language), err=True)
        else:
            replace(path, after)
            click.echo(_FORMATTED.filled({"path": path}).text(language))
    if failed or (check and differing):
        raise click.exceptions.Exit(1)


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """The files named, and all .case files below the folders named, each once."""
    found = [file for path in paths for file in (_below(path) if path.is_dir() else [path])]
    return iter(dict.fromkeys(found))


def _below(folder: Path) -> list[Path]:
    """The .case files of a folder; a folder may be named like one."""
    return sorted(path for path in folder.rglob("*.case") if os.path.isfile(path))


def _difference(path: Path, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        str(path),
        str(path),
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def replace(path: Path, text: str) -> None:
    """Writes a file whole or not at all, with the rights that it had."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        os.chmod(name, target.stat().st_mode)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
