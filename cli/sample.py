"""`casework sample`: an app filled with made-up data."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from cli.data import opened
from dsl.diagnostic import Language, Message
from runtime.exchange.sample.generator import Generator, NotEmpty, SampleResult
from runtime.exchange.sample.recipe import BadRecipe, Recipe, read
from runtime.people import RealUsers, demo_users, people_of

RECIPE = "sample.toml"
MADE = Message("{count:>7} {entity}", "{count:>7} {entity}")
REFUSED = Message(
    "{count:>7} {entity} refused by the app's own checks: {reason}",
    "{count:>7} 条 {entity} 被应用的检查拒绝：{reason}",
)
NO_PARTNER = Message("there was nothing that it could refer to", "没有可引用的记录")


@click.command()
@click.argument("app", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rows", type=click.IntRange(1), default=200, show_default=True,
              help="How many of the main entity. 主要实体的行数。")  # fmt: skip
@click.option("--database", "database_url", help="URL of the database. 数据库地址。")
@click.pass_obj
def sample(language: Language, app: Path, rows: int, database_url: str | None) -> None:
    """Fill APP with made-up data, as its text and its sample.toml suggest. 生成示例数据。"""
    try:
        recipe = _recipe(app)
        with opened(app, database_url, language) as host:
            people = people_of(host, host.serving)
            with suppress(RealUsers):  # they do the work then
                demo_users(people)
            workspace, store = host.serving.bundle.workspace, host.serving.store
            module = app.resolve().name
            generator = Generator(workspace, module, store, people, recipe, host.clock)
            _report(generator.run(rows), language)
    except (BadRecipe, NotEmpty) as refusal:
        raise click.ClickException(refusal.message.text(language)) from refusal


def _recipe(app: Path) -> Recipe:
    path = app / RECIPE
    return read(path.read_text("utf-8-sig")) if path.exists() else Recipe()


def _report(result: SampleResult, language: Language) -> None:
    for entity, count in result.made.items():
        click.echo(MADE.filled({"count": count, "entity": entity}).text(language))
    for entity, count in result.refused.items():
        reason = result.reasons.get(entity, NO_PARTNER)
        values = {"count": count, "entity": entity, "reason": reason.text(language)}
        click.echo(REFUSED.filled(values).text(language))
