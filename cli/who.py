"""`casework who can read customer.phone`: who may do what, and by which line of the app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

import click

from cli.asking import Asked, Found, ask
from compiler.analyse.unknown import short_name
from compiler.model.base import EntityId
from compiler.model.entity import Action
from compiler.questions import Allowed, who_can
from dsl.diagnostic import Language, Message

_ADMIN = Message("Admin: everything", "Admin：全部")
_THROUGH = Message("as its owner {owner}: {grant}", "随所属的 {owner}：{grant}")
_ALSO = Message("and {roles}, who have this role", "以及拥有此角色的 {roles}")
_NOBODY = Message(
    "nobody: {name} changes only by a step or a rule", "没有人：{name} 只能由流转或规则改变"
)
_NO_ACTION = Message(
    "{entity} has no such action or step: {action}; there are {known}",
    "{entity} 没有该操作或流转：{action}；可用的有 {known}",
)
_NEITHER = Message("{name} is neither an entity nor a field", "{name} 既不是实体也不是字段")
_AUTOMATIC = Message("nobody: it happens by itself", "没有人：它会自动发生")


@click.group("who")
def who() -> None:
    """Who may do what. 谁可以做什么。"""


@who.command("can")
@click.argument("action")
@click.argument("name", metavar="ENTITY[.FIELD]")
@click.option(
    "--in", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the apps. 应用所在的文件夹。",
)  # fmt: skip
@click.pass_obj
def can(language: Language, action: str, name: str, folder: Path | None) -> None:
    """Say who may do an action or take a step: `casework who can read customer.phone`.

    ACTION is create, read, update, delete, export, import, or a step of the entity's flow.
    查询谁可以执行某个操作或流转。
    """
    asked = ask(folder, language)
    entity, field = _of(asked, asked.find(name))
    for line in _answer(asked, action, entity, field):
        click.echo(line)


def _of(asked: Asked, found: Found) -> tuple[EntityId, str]:
    entities = asked.bundle.workspace.entities
    if found.symbol.id in entities:
        return EntityId(found.symbol.id), ""
    if found.symbol.kind == "member" and found.of is not None and found.of.id in entities:
        return EntityId(found.of.id), found.symbol.name
    message = _NEITHER.filled({"name": found.symbol.name})
    raise click.ClickException(message.text(asked.language))


def _answer(asked: Asked, action: str, entity: EntityId, field: str) -> Iterator[str]:
    flow = asked.bundle.workspace.flows.get(entity)
    steps = flow.transitions if flow else {}
    if action in get_args(Action):
        known = asked.bundle.workspace.entities[entity].fields.get(field)
        if known is not None and action != "read" and (known.system or known.computed is not None):
            yield _NOBODY.filled({"name": field}).text(asked.language)
            return
        for text, where in allowed_rows(
            asked, who_can(asked.bundle, entity, cast(Action, action), field)
        ):
            yield f"{text}    {where}".rstrip()
    elif action in steps:
        step = steps[action]
        if step.automatic:
            yield _AUTOMATIC.text(asked.language)
        yield f"{asked.line(step.origin)}    {asked.where(step.origin)}"
        yield from _by(asked, entity, action)
    else:
        words = {
            "entity": asked.label(entity), "action": action,
            "known": ", ".join((*get_args(Action), *steps)),
        }  # fmt: skip
        raise click.ClickException(_NO_ACTION.filled(words).text(asked.language))


def _by(asked: Asked, entity: EntityId, step: str) -> Iterator[str]:
    """The line of a step that says who may take it."""
    origin = asked.bundle.workspace.flows[entity].transitions[step].origin
    text = asked.result.sources.block(origin.block).text
    for line in text[origin.start :].split("\n")[1:]:
        if not line.startswith("    "):
            return
        if line.strip().startswith("by "):
            yield line.strip()


def allowed_rows(asked: Asked, allowed: list[Allowed]) -> Iterator[tuple[str, str]]:
    """Each grant as it is written, with who else has its role, and its place."""
    for each in allowed:
        if each.grant is None:
            yield _ADMIN.text(asked.language), ""
            continue
        text = asked.line(each.grant.origin)
        if each.through is not None:
            words = {"owner": short_name(each.through), "grant": text}
            text = _THROUGH.filled(words).text(asked.language)
        others = ", ".join(short_name(role) for role in each.roles[1:])
        if others:
            text += f" ({_ALSO.filled({'roles': others}).text(asked.language)})"
        yield text, asked.where(each.grant.origin)
