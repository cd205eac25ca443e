"""Webhooks and kinds of events of the model."""

from __future__ import annotations

from dataclasses import replace

from compiler.analyse.access import path_expr
from compiler.analyse.context import Context
from compiler.analyse.declaration import head
from compiler.analyse.expr import condition, is_broken, of_record, typed
from compiler.analyse.given import given
from compiler.analyse.member import SetWithoutAggregate
from compiler.analyse.rule import event
from compiler.analyse.unknown import report_unknown_field, short_name
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.model.outside import EventKind, Told, Webhook
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import mentioned, resolve_entity, shape
from dsl.ast import outside as ast
from dsl.ast.base import Name, Path
from dsl.diagnostic import Message, Problem


class IdentifiesNobody(Problem, code="CW0832", name="identifies-nobody"):
    entity: str
    fields: str
    message = Message("a `{entity}` cannot be known by {fields}", "无法用 {fields} 识别 `{entity}`")
    help = Message(
        "`identify by` names at least one field of each of the entities",
        "`identify by` 须至少包含每个实体的一个字段",
    )


class NothingToTell(Problem, code="CW0843", name="nothing-to-tell"):
    webhook: str
    message = Message("`{webhook}` tells nothing of the record", "`{webhook}` 没有发送任何字段")
    help = Message(
        "name what is sent: `fields number, customer.name`",
        "请写明发送的字段：`fields number, customer.name`",
    )


@query
def webhook(build: Build, declared: Declared) -> Webhook | None:
    """A webhook of the model; None if its entity is unknown."""
    tree = decl(build, declared.block, ast.WebhookDecl)
    entity = resolve_entity(build, declared.module, declared.block, tree.entity)
    if entity is None:
        return None
    context = of_record(build, declared.module, declared.block, entity)
    context = replace(context, has_old=True, has_me=False)
    when = condition(context, tree.when) if tree.when else None
    if not tree.fields:
        context.report(NothingToTell(at=context.place(tree.name), webhook=declared.name))
    return Webhook(
        **head(build, declared, tree),
        entity=entity,
        events=tuple(event(context, entity, each) for each in tree.events),
        when=None if when is None or is_broken(when) else when,
        fields=tuple(told for path in tree.fields if (told := _told(context, path))),
    )


def _told(context: Context, path: Path) -> Told | None:
    value = typed(context, path_expr(path.parts))
    if is_broken(value):
        return None
    if value.type.item is not None and value.type.item.kind == "ref":
        context.report(SetWithoutAggregate(at=context.place(path), written=str(path)))
        return None
    return Told(path=str(path), value=value)


@query
def event_kind(build: Build, declared: Declared) -> EventKind:
    """A kind of events of the model."""
    tree = decl(build, declared.block, ast.EventDecl)
    context = Context(build, declared.module, declared.block, has_me=False)
    found = [resolve_entity(build, declared.module, declared.block, path) for path in tree.entities]
    entities = tuple(id for id in found if id is not None)
    if len(entities) == len(found):
        _identifies(context, tree, entities)
    fields = (given(context, declared, each) for each in tree.fields)
    return EventKind(
        **head(build, declared, tree),
        entities=entities,
        fields=tuple(each for each in fields if each),
        identify=tuple(name.text for name in tree.identify),
    )


def _identifies(context: Context, tree: ast.EventDecl, entities: tuple[EntityId, ...]) -> None:
    """Report names that are no field, and entities that none of them knows."""
    known = {id: _known(context, id, tree.identify) for id in entities}
    for name in tree.identify:
        if not any(name.text in names for names in known.values()):
            report_unknown_field(context.build, context.place(name), entities[0], name.text)
            return
    for id, names in known.items():
        if not names:
            shown = ", ".join(f"`{name}`" for name in tree.identify) or "—"
            at = context.place(tree.name)
            context.report(IdentifiesNobody(at=at, entity=short_name(id), fields=shown))


def _known(context: Context, entity: EntityId, names: tuple[Name, ...]) -> set[str]:
    known = shape(context.build, entity)
    return {each.text for each in names if mentioned(context.build, context.block, known, each)}
