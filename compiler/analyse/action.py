"""Actions of the model: what people do with a record without moving it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from compiler.analyse.expr import of_record
from compiler.analyse.step import clauses, step_label
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.model.flow import Action
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import entities, resolve_entity
from compiler.resolve.names import ENTITY, find, place
from compiler.resolve.steps import actions_of, steps
from compiler.resolve.symbols import of_declared
from dsl.ast.flow import ActionDecl
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place


class StepTwice(Problem, code="CW0513", name="step-twice"):
    action: str
    entity: str
    first: Place
    message = Message(
        "`{entity}` already has the step `{action}`", "`{entity}` 已有操作 `{action}`"
    )
    help = Message(
        "actions and transitions of an entity have names of their own; rename one",
        "同一实体的操作与流转不能重名；请改名",
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次声明在此"))


class ActionByItself(Problem, code="CW0541", name="action-by-itself"):
    message = Message("an action does not happen by itself", "操作不会自动发生")
    help = Message(
        "what must hold is `require …`; what happens by itself is a rule: `rule NAME on ENTITY`",
        "须满足的条件请写 `require …`；自动发生的请写规则：`rule 名称 on 实体`",
    )


@query
def actions(build: Build, entity: EntityId) -> Mapping[str, Action]:
    """The actions of an entity, by name."""
    found = {}
    for declared in actions_of(build).get(entity, ()):
        made = _action(build, declared, entity)
        if made is not None:
            found[made.name] = made
    return found


@query
def _action(build: Build, declared: Declared, entity: EntityId) -> Action | None:
    tree = decl(build, declared.block, ActionDecl)
    first = steps(build, entity)[declared.name]
    if first.block != declared.block:
        kept = place(first.block, first.tree.name)
        short = entity.split(".", 1)[-1]
        at = place(declared.block, tree.name)
        build.report(StepTwice(at=at, action=declared.name, entity=short, first=kept))
        return None
    context = replace(of_record(build, declared.module, declared.block, entity), has_old=True)
    context.mention(tree.entity.parts[-1], of_declared(entities(build)[entity]))
    if tree.when is not None:
        context.report(ActionByItself(at=context.place(tree.when)))
    said = clauses(context, tree)
    return Action(
        entity=entity,
        name=tree.name.text,
        label=step_label(context, tree.name, tree.label),
        doc=tree.doc.text if tree.doc else "",
        by=said.by,
        asks=said.asks,
        requires=said.requires,
        confirm=said.confirm,
        do=said.do,
        origin=context.origin(tree.name),
    )


@query
def actions_have_entities(build: Build) -> None:
    """Report actions of entities that there are not."""
    for each in of_kind(build, "action"):
        path = decl(build, each.block, ActionDecl).entity
        names = [part.text for part in path.parts]
        if not isinstance(find(build, each.module, names, ENTITY), Declared):
            resolve_entity(build, each.module, each.block, path)
