"""What `serve` and `dev` share: a host made from a workspace, and the server around it."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click
import uvicorn

from cli.cache import BUNDLE, Cache
from cli.workspace import DATA, DATA_DIR, FolderWorkspace
from compiler.bundle import Bundle, unpack
from compiler.field_type import Library
from dsl.diagnostic import Language, Message
from runtime.clock import Clock
from runtime.db import Database, UnknownDatabase
from runtime.externs import ExternFault, extended
from runtime.host import Host
from runtime.people import RealUsers, demo_users, people_of
from runtime.schema.refusal import Refused
from runtime.settings import BadSettings, Settings
from runtime.web.app import Background, create_app
from stdlib.library import STANDARD

GRACE_SECONDS = 1
"""An open event stream would otherwise keep a stopping server alive for ever."""

YOUNG_OBJECTS = 20_000
"""As many new objects as come together before garbage is looked for."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

_DEMO_ADDRESS = Message(
    "--demo lets anybody sign in as anybody, so it is served on 127.0.0.1 alone, not on {host}",
    "--demo 允许任何人以任何身份登录，因此只能在 127.0.0.1 上运行，不能用 {host}",
)
_BAD_SETTING = Message(
    "the setting `{name}` cannot be `{value}`: see docs/running.md",
    "设置 `{name}` 不能是 `{value}`：请参阅 docs/running.md",
)
_NO_ADDRESS = Message(
    "cannot listen on {address} ({reason}): stop what runs there, or choose another with --port",
    "无法监听 {address}（{reason}）：请停掉占用它的程序，或用 --port 另选端口",
)
_READY = Message("Casework serves {url}", "Casework 已启动：{url}")
_BOOTSTRAP = Message(
    "Nobody can sign in yet. Open this link once to become the administrator:\n  {url}",
    "还没有任何账号。请打开此链接（仅一次有效）创建管理员账号：\n  {url}",
)


def settings_of(folder: Path, language: Language, **options: object) -> Settings:
    """The settings of a workspace; unless told otherwise its data lies in its `.casework`."""
    environment = {DATA_DIR: str(folder / DATA), **os.environ}
    try:
        settings = Settings.read(environment, **options)
    except BadSettings as error:
        raise click.ClickException(_setting_words(error, language)) from error
    if settings.demo and settings.host not in LOOPBACK:
        raise click.ClickException(_DEMO_ADDRESS.filled({"host": settings.host}).text(language))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return settings


def _setting_words(error: BadSettings, language: Language) -> str:
    """Which settings do not fit, one a line."""
    return "\n".join(
        _BAD_SETTING.filled({"name": name, "value": value}).text(language)
        for name, value in error.faults.items()
    )


def bundle_of(workspace: FolderWorkspace, settings: Settings, language: Language) -> Bundle:
    """The workspace's Bundle, as it was kept or compiled now; with errors in the text, prints them
    and exits."""
    cache = Cache(settings.data_dir, workspace.files())
    kept = cache.read(BUNDLE)
    if kept is not None:
        with suppress(ValueError):
            return unpack(kept)
    from cli import compiling  # half a second that a start from what was kept does not need

    return compiling.compiled_and_kept(cache, language)


def words(refusal: Refused | UnknownDatabase | RealUsers, language: Language) -> str:
    """Why the apps cannot be served, one reason a line."""
    if isinstance(refusal, Refused):
        return "\n".join(change.words.text(language) for change in refusal.changes)
    return refusal.message.text(language)


def library_of(bundle: Bundle, settings: Settings, folder: Path, language: Language) -> Library:
    """The library, and the Python that the apps of a folder bring along, where that is on."""
    if not settings.extern:
        return STANDARD
    try:
        return extended(STANDARD, bundle, folder)
    except ExternFault as fault:
        raise click.ClickException(fault.message.text(language)) from fault


def open_host(bundle: Bundle, settings: Settings, folder: Path, language: Language) -> Host:
    """A host on the settings' database; raises runtime.schema.Refused."""
    library = library_of(bundle, settings, folder, language)
    return Host(bundle, library, Database.open(settings.url), settings, Clock())


def run(host: Host, language: Language, background: Sequence[Background] = ()) -> NoReturn:
    """Serve until a signal ends it; exits where the address is not free."""
    settings = host.settings
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    config = uvicorn.Config(
        create_app(host, background),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=False,
        server_header=False,
    )
    listening = _listening(settings, language)
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    welcome(host, f"http://{name}:{listening.getsockname()[1]}", language)
    # Uvicorn stops at these and then raises them again for whoever listened before: nobody has to.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: None)
    # The model and its plans live as long as the process: no request's garbage has to be looked
    # for among them; and a request makes thousands of objects, but few that hold each other.
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    uvicorn.Server(config).run(sockets=[listening])
    host.close()
    raise click.exceptions.Exit(0)


def _listening(settings: Settings, language: Language) -> socket.socket:
    """The open address; a click error where it is taken, or not one of this machine."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        address, reason = f"{settings.host}:{settings.port}", os.strerror(error.errno or 0)
        told = _NO_ADDRESS.filled({"address": address, "reason": reason})
        raise click.ClickException(told.text(language)) from error


def welcome(host: Host, url: str, language: Language) -> None:
    """Say where the app is, and how the first person comes in."""
    people = people_of(host, host.serving)
    if host.settings.demo:
        demo_users(people)
    elif people.is_empty():
        link = f"{url}/welcome/{people.bootstrap_link()}"
        click.echo(_BOOTSTRAP.filled({"url": link}).text(language))
    click.echo(_READY.filled({"url": url}).text(language))
