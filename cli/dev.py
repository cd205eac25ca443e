"""`casework dev`: serve the apps while they are written; a save is seen at once."""

from __future__ import annotations

import time
from pathlib import Path

import click
from starlette.concurrency import run_in_threadpool
from watchfiles import awatch

from cli.compiling import compiled, show_faults
from cli.serving import library_of, open_host, run, settings_of, words
from cli.workspace import FolderWorkspace
from compiler.pipeline import Compiled, compile_app
from dsl.diagnostic import Language, Message
from runtime.db import UnknownDatabase
from runtime.host import Faults, Host
from runtime.people import RealUsers
from runtime.schema.refusal import Refused
from stdlib.library import STANDARD

STEP_MS = 5
DEBOUNCE_MS = 50
SUFFIX = ".case"

_SWAPPED = Message("Reloaded in {ms} ms", "已在 {ms} 毫秒内重新加载")
_KEPT = Message("The last good version keeps running.", "上一个正确的版本仍在运行。")


class Reloader:
    """Brings what is saved into what is served."""

    def __init__(self, workspace: FolderWorkspace, host: Host, last: Compiled, language: Language):
        self.workspace = workspace
        self.host = host
        self.last = last
        self.language = language

    async def watch(self) -> None:
        """Reload at every save, until cancelled."""
        saves = awatch(
            self.workspace.folder,
            watch_filter=lambda _, path: path.endswith(SUFFIX),
            step=STEP_MS,
            debounce=DEBOUNCE_MS,
        )
        async for _ in saves:
            await run_in_threadpool(self.reload)

    def reload(self) -> None:
        """Compile what changed and swap; with faults, say them and serve on what was served."""
        began = time.perf_counter()
        result = compile_app(self.workspace, STANDARD, self.last)
        self.last = result
        if result.bundle is None:
            self._fault(result)
            return
        try:
            self.host.library = library_of(
                result.bundle, self.host.settings, self.workspace.folder, self.language
            )
            self.host.replace(result.bundle)
        except click.ClickException as fault:
            click.echo(fault.message)
            self._say(_KEPT)
            return
        except Refused as refusal:
            self.host.fault(Faults((), result.sources, refusal.changes))
            self._say(*(change.words for change in refusal.changes), _KEPT)
            return
        self._say(_SWAPPED.filled({"ms": round((time.perf_counter() - began) * 1000)}))

    def _fault(self, result: Compiled) -> None:
        self.host.fault(Faults(tuple(result.diagnostics), result.sources))
        show_faults(result, self.language)
        self._say(_KEPT)

    def _say(self, *messages: Message) -> None:
        for message in messages:
            click.echo(message.text(self.language))


@click.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("apps")
)
@click.option("--port", type=int, help="Port to listen on. 监听端口。  [8000]")
@click.option("--database", "database_url", help="URL of the database. 数据库地址。")
@click.option("--demo", is_flag=True, default=None, help="Offer demo users. 提供演示用户。")
@click.pass_obj
def dev(
    language: Language,
    folder: Path,
    port: int | None,
    database_url: str | None,
    demo: bool | None,
) -> None:
    """Serve the apps in FOLDER and reload them when they change. 运行并随保存即时更新。"""
    settings = settings_of(
        folder, language, port=port, database_url=database_url, demo=demo, dev=True
    )
    workspace = FolderWorkspace(folder)
    last, bundle = compiled(workspace, language)
    try:
        host = open_host(bundle, settings, folder, language)
        reloader = Reloader(workspace, host, last, language)
        run(host, language, [reloader.watch])
    except (Refused, UnknownDatabase, RealUsers) as refusal:
        raise click.ClickException(words(refusal, language)) from refusal
