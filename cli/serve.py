"""`casework serve`: the apps of a workspace, for the people who work with them."""

from __future__ import annotations

from pathlib import Path

import click

from cli.serving import bundle_of, open_host, run, settings_of, words
from cli.workspace import FolderWorkspace
from dsl.diagnostic import Language
from runtime.db import UnknownDatabase
from runtime.people import RealUsers
from runtime.schema.refusal import Refused


@click.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("apps")
)
@click.option("--host", help="Address to listen on. 监听地址。  [127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on. 监听端口。  [8000]")
@click.option("--database", "database_url", help="URL of the database. 数据库地址。")
@click.option("--demo", is_flag=True, default=None, help="Offer demo users. 提供演示用户。")
@click.pass_obj
def serve(
    language: Language,
    folder: Path,
    host: str | None,
    port: int | None,
    database_url: str | None,
    demo: bool | None,
) -> None:
    """Serve the apps in FOLDER. 运行 FOLDER 中的应用。"""
    settings = settings_of(
        folder, language, host=host, port=port, database_url=database_url, demo=demo
    )
    bundle = bundle_of(FolderWorkspace(folder), settings, language)
    try:
        run(open_host(bundle, settings, folder, language), language)
    except (Refused, UnknownDatabase, RealUsers) as refusal:
        raise click.ClickException(words(refusal, language)) from refusal
