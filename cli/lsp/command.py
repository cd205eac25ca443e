"""`casework lsp`: the language server, started by an editor."""

from __future__ import annotations

import click

from dsl.diagnostic import Language, Message

_MISSING = Message(
    "the language server needs a package more: pip install 'casework[lsp]'",
    "语言服务器还需要一个软件包：pip install 'casework[lsp]'",
)


@click.command("lsp")
@click.pass_obj
def lsp(language: Language) -> None:
    """Answer an editor on standard input and output. 通过标准输入输出为编辑器服务。"""
    try:
        from cli.lsp.server import make
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise click.ClickException(_MISSING.text(language)) from error
    make().start_io()
