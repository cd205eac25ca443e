"""Rules of the model, each by itself; their order follows in `order`."""

from __future__ import annotations

from dataclasses import replace

from compiler.analyse.boundary import Turns, turns
from compiler.analyse.expr import Context, condition, is_broken, of_record
from compiler.analyse.flow import known_states
from compiler.analyse.moment import moment
from compiler.analyse.names import NotHere
from compiler.analyse.narrowing import if_true
from compiler.analyse.statement import statements
from compiler.analyse.texts import labels, phrase
from compiler.analyse.unknown import report_unknown_field
from compiler.analyse.upkeep import fields_of
from compiler.build import Build, query
from compiler.model.base import EntityId
from compiler.model.expr import ME, Expr, Var
from compiler.model.rewrite import walk
from compiler.model.rule import Event, Refusal, Rule
from compiler.resolve.declared import Declared, decl
from compiler.resolve.members import mentioned, resolve_entity, shape
from compiler.resolve.names import place
from compiler.resolve.steps import fields_of_states
from dsl.ast import expr
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


class EventsAndMoments(Problem, code="CW0612", name="events-and-moments"):
    message = Message(
        "a rule fires at an event or at a time, not at both", "规则由事件或时间触发，二者不能并用"
    )
    help = Message("make two rules of it", "请拆成两条规则")


class NothingToMiss(Problem, code="CW0613", name="nothing-to-miss"):
    message = Message(
        "`missed` belongs to `at` and `every`", "`missed` 只能与 `at` 或 `every` 一起使用"
    )
    help = Message(
        "a condition that time makes true waits until somebody is there to see it",
        "由时间变为真的条件会在系统恢复后照常触发",
    )


class NothingExists(Problem, code="CW0615", name="nothing-exists"):
    message = Message(
        "`existing` belongs to a rule that watches its condition",
        "`existing` 只用于监视条件的规则",
    )
    help = Message(
        "what exists already is in no event and at no moment again; leave it out",
        "已有记录不会再次发生事件，请删去此行",
    )


@query
def rule(build: Build, declared: Declared) -> Rule | None:
    """A rule of the model; None if its entity is unknown."""
    tree = decl(build, declared.block, ast.RuleDecl)
    entity = resolve_entity(build, declared.scope, declared.block, tree.entity)
    if entity is None:
        return None
    context = of_record(build, declared.scope, declared.block, entity)
    context = replace(context, has_old=not tree.moments, has_me=not tree.moments)
    _fits_together(context, tree)
    moments = [moment(context, each) for each in tree.moments]
    when = condition(context, tree.when) if tree.when else None
    inside = context.knowing(if_true(when)) if when is not None else context
    known = when is not None and not is_broken(when)
    watches = known and not tree.events and not tree.moments
    turned = turns(build, when) if when is not None and watches else Turns()
    if turned.any:
        inside = replace(inside, has_me=False)
        _nobody_acts(context, tree.when, when)
    return Rule(
        id=declared.id,
        name=declared.name,
        label=labels(
            build, declared.scope, (declared.name,), tree.label, tree.name,
            place(declared.block, tree.name),
        ),
        doc=tree.doc.text if tree.doc else "",
        entity=entity,
        events=tuple(event(context, entity, each) for each in tree.events),
        moments=tuple(each for each in moments if each),
        missed=tree.missed or "once",
        existing=tree.existing,
        when=when if known else None,
        boundaries=turned.boundaries,
        rescanned=turned.elsewhere,
        refusal=_refusal(inside, entity, tree.refusal) if tree.refusal else None,
        do=statements(inside, tree.do),
        reads=_reads(build, when) if when is not None and known else (),
        origin=context.origin(tree.name),
    )  # fmt: skip


def _fits_together(context: Context, tree: ast.RuleDecl) -> None:
    """Report clauses that belong to rules of another kind."""
    at = context.place(tree.name)
    if tree.moments and (tree.events or tree.refusal):
        context.report(EventsAndMoments(at=context.place(tree.moments[0])))
    if tree.missed and not tree.moments:
        context.report(NothingToMiss(at=at))
    if tree.existing and (tree.events or tree.moments or tree.when is None):
        context.report(NothingExists(at=at))


def _nobody_acts(context: Context, node: expr.Expr | None, when: Expr | None) -> None:
    """Time may make the condition true, and then there is no `me`."""
    if node and when and any(isinstance(part, Var) and part.name == ME for part in walk(when)):
        context.report(NotHere(at=context.place(node), word="me"))


def _reads(build: Build, when: Expr) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*fields_of(build, when), *fields_of(build, when, "old"))))


def event(context: Context, entity: EntityId, tree: ast.Event) -> Event:
    """An event of the model; unknown fields and states are reported."""
    if tree.kind == "entered":
        return Event(kind="entered", names=_states(context, entity, tree))
    return Event(kind=tree.kind, names=tuple(_fields(context, entity, tree.names)))


def _states(context: Context, entity: EntityId, tree: ast.Event) -> tuple[str, ...]:
    states = fields_of_states(context.build, entity)
    if not states and shape(context.build, entity).flow is None:
        short = entity.split(".", 1)[-1]
        context.report(NoFlow(at=context.place(tree), entity=short))
        return ()
    return tuple(known_states(context, states, tree.names))


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
