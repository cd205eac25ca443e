"""Rules of the model, each by itself; their order follows in `order`."""

from __future__ import annotations

from dataclasses import replace

from compiler.analyse.expr import Context, condition, is_broken, of_record
from compiler.analyse.flow import known_states
from compiler.analyse.member import flow_of
from compiler.analyse.narrowing import if_true
from compiler.analyse.statement import statements
from compiler.analyse.texts import labels, phrase
from compiler.analyse.unknown import report_unknown_field
from compiler.analyse.upkeep import fields_of
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.model.expr import Expr
from compiler.model.rule import Event, Refusal, Rule
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import mentioned, resolve_entity, shape
from compiler.resolve.names import place
from dsl.ast import rule as ast
from dsl.ast.base import Name
from dsl.diagnostic import Message, Problem


class NoFlow(Problem, code="CW0602", name="no-flow"):
    entity: str
    message = Message(
        "`{entity}` has no flow, so it enters no state", "`{entity}` 没有流程，不会进入任何状态"
    )
    help = Message(
        "declare `flow {entity}.status`, or use `changed`",
        "请声明 `flow {entity}.status`，或改用 `changed`",
    )


@query
def rule(build: Build, declared: Declared) -> Rule | None:
    """A rule of the model; None if its entity is unknown."""
    tree = decl(build, declared.block, ast.RuleDecl)
    entity = resolve_entity(build, declared.module, declared.block, tree.entity)
    if entity is None:
        return None
    context = of_record(build, declared.module, declared.block, entity)
    context = replace(context, has_old=True)
    when = condition(context, tree.when) if tree.when else None
    inside = context.knowing(if_true(when)) if when is not None else context
    known = when is not None and not is_broken(when)
    return Rule(
        id=declared.id,
        name=declared.name,
        label=labels(
            build, declared.module, (declared.name,), tree.label, tree.name,
            place(declared.block, tree.name),
        ),
        doc=tree.doc.text if tree.doc else "",
        entity=entity,
        events=tuple(_event(context, entity, each) for each in tree.events),
        when=when if known else None,
        refusal=_refusal(inside, entity, tree.refusal) if tree.refusal else None,
        do=statements(inside, tree.do),
        reads=_reads(when) if when is not None and known else (),
        origin=context.origin(tree.name),
    )  # fmt: skip


def _reads(when: Expr) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*fields_of(when), *fields_of(when, "old"))))


def _event(context: Context, entity: EntityId, tree: ast.Event) -> Event:
    if tree.kind == "entered":
        return Event(kind="entered", names=_states(context, entity, tree))
    return Event(kind=tree.kind, names=tuple(_fields(context, entity, tree.names)))


def _states(context: Context, entity: EntityId, tree: ast.Event) -> tuple[str, ...]:
    flow = flow_of(context.build, entity)
    if flow is None:
        short = entity.split(".", 1)[-1]
        context.report(NoFlow(at=context.place(tree), entity=short))
        return ()
    return tuple(known_states(context, [each.name.text for each in flow.states], tree.names))


def _fields(context: Context, entity: EntityId, names: tuple[Name, ...]) -> list[str]:
    known, found = shape(context.build, entity), []
    for name in names:
        if mentioned(context.build, context.block, known, name):
            found.append(name.text)
        else:
            report_unknown_field(context.build, context.place(name), entity, name.text)
    return found


def _refusal(context: Context, entity: EntityId, tree: ast.Refusal) -> Refusal | None:
    message = phrase(context, tree.text)
    if is_broken(*message.texts.values()):
        return None
    fields = tuple(_fields(context, entity, tree.fields))
    return Refusal(kind=tree.kind, message=message, fields=fields)
