"""What the commands that bring data share: the workspace of an app, opened with its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cli.serving import bundle_of, open_host, settings_of, words
from cli.workspace import FolderWorkspace, workspace_of
from dsl.diagnostic import Language
from runtime.db import UnknownDatabase
from runtime.host import Host
from runtime.schema.refusal import Refused


@contextmanager
def opened(app: Path, database_url: str | None, language: Language) -> Iterator[Host]:
    """The workspace of an app on its database; a fault in the text or a refusal ends the
    command in words."""
    folder = workspace_of(app)
    settings = settings_of(folder, language, database_url=database_url)
    bundle = bundle_of(FolderWorkspace(folder), settings, language)
    try:
        host = open_host(bundle, settings, folder, language)
    except (Refused, UnknownDatabase) as refusal:
        raise click.ClickException(words(refusal, language)) from refusal
    try:
        yield host
    finally:
        host.close()
