"""`casework import`: CSV files into an app, by its mapping."""

from __future__ import annotations

from pathlib import Path

import click

from cli.data import opened
from compiler.bundle import Bundle
from compiler.model.app import USER
from dsl.diagnostic import Language, Message
from runtime.access.actor import Actor
from runtime.exchange.faults import write_faults
from runtime.exchange.imports import Importer
from runtime.exchange.mapping import Fault, read
from runtime.exchange.plan import FilePlan, Planner
from runtime.exchange.results import ImportResult, Manner
from runtime.host import Host
from runtime.store.query import Filter, ListQuery
from stdlib.library import STANDARD

FILE = Message(
    "{name:<20} {rows} rows: {new} new, {changed} changed, {same} the same, {refused} refused",
    "{name:<20} 共 {rows} 行：新增 {new}，修改 {changed}，相同 {same}，拒绝 {refused}",
)
FAULTS = Message("{count} faults are listed in {path}", "{count} 处问题已列入 {path}")
UNDONE = Message("nothing was saved", "未保存任何数据")
NOTICES = Message(
    "{count} notices of rules were not sent; --notify sends them",
    "规则产生的 {count} 条通知未发送；加 --notify 发送",
)
NO_HISTORY = Message(
    "what stands under `history` was left out; --as-history takes it in",
    "`history` 下的内容未导入；加 --as-history 导入",
)
NO_FILE = Message(
    "there is no file {path}; docs/import.md says how a mapping is written",
    "没有文件 {path}；映射的写法见 docs/import.md",
)
UNREADABLE = Message("{path} cannot be read", "无法读取 {path}")
NO_PERSON = Message("there is no active user {email}", "没有有效的用户 {email}")


@click.command("import")
@click.argument("app", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="The mapping. 映射文件。")
@click.option("--as-history", is_flag=True, help="The rows are of the past. 按历史数据导入。")
@click.option("--all-or-nothing", is_flag=True, help="One bad row undoes all. 有错则全部撤销。")
@click.option("--dry-run", is_flag=True, help="Save nothing. 只检查，不保存。")
@click.option("--as", "email", help="E-mail of who does it. 以谁的名义。")
@click.option("--notify", is_flag=True, help="Send what rules notify. 发送规则产生的通知。")
@click.option("--errors", default="import-errors.csv", type=click.Path(path_type=Path),
              help="File of refused rows. 被拒绝的行的文件。")  # fmt: skip
@click.option("--database", "database_url", help="URL of the database. 数据库地址。")
@click.pass_obj
def import_(
    language: Language,
    app: Path,
    source: Path,
    mapping: Path | None,
    as_history: bool,
    all_or_nothing: bool,
    dry_run: bool,
    email: str | None,
    notify: bool,
    errors: Path,
    database_url: str | None,
) -> None:
    """Bring the CSV files of SOURCE into APP. 将 SOURCE 中的 CSV 文件导入 APP。"""
    manner = Manner(as_history, all_or_nothing, dry_run, notify)
    with opened(app, database_url, language) as host:
        bundle = host.serving.bundle
        plans = _plans(bundle, app, source, mapping or app / "import.toml", manner, language)
        importer = Importer(bundle, host.serving.catalog, host.database, host.library, host.clock)
        actor = _actor(host, email, language)
        try:
            result = importer.run(plans, actor, manner)
        except Fault as fault:
            raise _unusable(fault, language) from fault
    _report(result, manner, errors, language)


def _plans(
    bundle: Bundle, app: Path, source: Path, mapping: Path, manner: Manner, language: Language
) -> tuple[FilePlan, ...]:
    try:
        read_mapping = read(mapping.read_text("utf-8-sig"))
        planner = Planner(
            bundle.workspace, STANDARD, read_mapping, app.resolve().name, manner.as_history
        )
        if not manner.as_history and any(file.history for file in read_mapping.file):
            click.echo(NO_HISTORY.text(language), err=True)
        if source.is_dir():
            return planner.plan(source)
        return planner.plan(source.parent, source.name)
    except OSError as error:
        told = NO_FILE if isinstance(error, FileNotFoundError) else UNREADABLE
        path = error.filename or mapping
        raise Unusable(told.filled({"path": path}).text(language)) from error
    except Fault as fault:
        raise _unusable(fault, language) from fault


class Unusable(click.ClickException):
    """The command, its mapping or a file is wrong; nothing was saved."""

    exit_code = 2


def _unusable(fault: Fault, language: Language) -> Unusable:
    """A mapping or file that cannot be used, with every place that is wrong."""
    lines = (
        f"{place}: {message.text(language)}" if place else message.text(language)
        for place, message in fault.faults
    )
    return Unusable("\n".join(lines))


def _actor(host: Host, email: str | None, language: Language) -> Actor:
    """The import itself, in the name of a person if one is given."""
    actor = Actor(None, language=language, authority="app", cause="import")
    if email is None:
        return actor
    active = (Filter(("email",), "eq", (email,)), Filter(("active",), "eq", (True,)))
    rows = host.serving.store.reader(actor).list(USER, ListQuery((), filters=active, size=1)).rows
    if not rows:
        raise Unusable(NO_PERSON.filled({"email": email}).text(language))
    return Actor(rows[0].id, language=language, authority="app", cause="import")


def _report(result: ImportResult, manner: Manner, errors: Path, language: Language) -> None:
    """One line for each file, the refused rows in a file; exits with 1 if there are any."""
    for file in result.files:
        values = {name: getattr(file, name) for name in ("name", "rows", "new", "changed", "same")}
        click.echo(FILE.filled({**values, "refused": file.refused}).text(language))
    if result.notices and not manner.tell:
        click.echo(NOTICES.filled({"count": result.notices}).text(language))
    if manner.dry_run or (manner.all_or_nothing and result.faults):
        click.echo(UNDONE.text(language))
    if result.faults:
        write_faults(errors, result.faults, language)
        message = FAULTS.filled({"count": len(result.faults), "path": errors})
        click.echo(message.text(language), err=True)
        raise click.exceptions.Exit(1)
