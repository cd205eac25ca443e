"""Statements: what a `do` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from compiler.analyse.answers import answers, report_missing
from compiler.analyse.assignment import (
    after_assignment,
    nothing_is_missing,
    target_of,
    type_of,
    values_of,
    writable,
)
from compiler.analyse.context import BROKEN, Context, is_broken, typed
from compiler.analyse.decision import VERBS, approvals_of, decision
from compiler.analyse.fit import condition, value_of
from compiler.analyse.member import member
from compiler.analyse.narrowing import if_true
from compiler.analyse.reaching import call_action, channels, email
from compiler.analyse.segments import Segment, both, segment_of
from compiler.analyse.texts import phrase
from compiler.analyse.types import type_name
from compiler.model import statement as model
from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.expr import Expr, Extent, Many, Var
from compiler.model.types import INT, ref
from compiler.resolve.names import nearest, replacing
from compiler.resolve.steps import steps
from compiler.resolve.symbols import of_transition
from dsl.ast import expr as ast
from dsl.ast import statement as tree
from dsl.ast.base import Name, Node
from dsl.diagnostic import Fix, Message, Problem

Found = tuple[model.Statement | None, Context]


class UnknownTransition(Problem, code="CW0502", name="unknown-transition"):
    written: str
    entity: str
    near: str
    message = Message("`{entity}` has no transition `{written}`", "`{entity}` 没有流转 `{written}`")

    def fixes(self) -> Iterable[Fix]:
        if self.near:
            yield replacing(self.at, self.near)


class NotifiesNobody(Problem, code="CW0430", name="notifies-nobody"):
    found: str
    found_zh: str
    message = Message("only people can be notified, not {found}", "只能通知人员，而不是{found_zh}")
    help = Message("name a role or a path to users", "请写角色或指向用户的路径")


class NotRows(Problem, code="CW0432", name="not-rows"):
    found: str
    found_zh: str
    message = Message("rows are needed here, not {found}", "此处应为多行记录，而不是{found_zh}")


def statements(context: Context, nodes: Sequence[tree.Statement]) -> tuple[model.Statement, ...]:
    """The typed statements in order; each sees the variables bound before it."""
    found = []
    context = replace(context, may_pick=True)
    for node in nodes:
        made, context = _RULES[type(node)](context, node)
        if made is not None:
            found.append(made)
    return tuple(found)


def _assign(context: Context, node: tree.Assign) -> Found:
    row, name = target_of(context, node.target)
    field = writable(context, row, name) if row is not None and name is not None else None
    if field is None or row is None or name is None:
        typed(context, node.value, type_of(context, row, name))
        return None, context
    value = value_of(context, node.value, field.type)
    if is_broken(value):
        return None, context
    made = model.Assign(row=row, field=field.name, value=value, origin=context.origin(node))
    return made, after_assignment(context, made)


def _let(context: Context, node: tree.Let) -> Found:
    if isinstance(node.value, tree.Create):
        create, _ = _create(context, node.value)
        if not isinstance(create, model.Create):
            return None, context.binding(node.name.text, BROKEN)
        made = model.Let(name=node.name.text, create=create, origin=context.origin(node))
        return made, context.binding(
            node.name.text, Var(type=ref(create.entity), name=node.name.text)
        )
    value = typed(context, node.value)
    if is_broken(value):
        return None, context.binding(node.name.text, BROKEN)
    made = model.Let(name=node.name.text, value=value, origin=context.origin(node))
    return made, context.binding(node.name.text, Var(type=value.type, name=node.name.text))


def _create(context: Context, node: tree.Create) -> Found:
    source = typed(context, node.entity)
    if not isinstance(source, Extent):
        _not_rows(context, node.entity, source)
        return None, context
    like = value_of(context, node.like, ref(source.entity)) if node.like else None
    values = values_of(context, source.entity, node.arguments)
    if values is None or (like is not None and is_broken(like)):
        return None, context
    if like is None:
        nothing_is_missing(context, node, source.entity, values)
    made = model.Create(entity=source.entity, like=like, values=values, origin=context.origin(node))
    return made, context


def _not_rows(context: Context, node: Node, value: Expr) -> None:
    if not is_broken(value):
        found = type_name(value.type)
        at = context.place(node)
        context.report(NotRows(at=at, found=found.en, found_zh=found.zh))


def _add(context: Context, node: tree.Add) -> Found:
    target = typed(context, node.target)
    if not isinstance(target, Many) or target.of.type.kind != "ref":
        _not_rows(context, node.target, target)
        return None, context
    assert target.type.item is not None
    entity = EntityId(target.type.item.of)
    found = member(context.build, EntityId(target.of.type.of), target.field)
    if found is None or found.source != "lines":
        _not_rows(context, node.target, target)
        return None, context
    values = values_of(context, entity, node.arguments)
    if values is None:
        return None, context
    values = {"parent": target.of, **values}
    nothing_is_missing(context, node, entity, values)
    return model.Create(entity=entity, values=values, origin=context.origin(node)), context


def _rows(context: Context, node: ast.Expr, name: str) -> tuple[Expr, Var, Segment | None] | None:
    """A set of rows, the variable for one of them, and the segment that it has to be in."""
    only = segment_of(context, node)
    source = only.rows if only and not only.rest else typed(context, node)
    if is_broken(source):
        return None
    if source.type.item is None or source.type.item.kind != "ref":
        _not_rows(context, node, source)
        return None
    return source, Var(type=source.type.item, name=name), only


def _where(inside: Context, node: ast.Expr | None, row: Expr, only: Segment | None) -> Expr | None:
    """The condition on a row, that it is in its segment included."""
    where = condition(inside, node) if node else None
    if only is None or (where is not None and is_broken(where)):
        return where
    return both(only.holds(row), where)


def _update(context: Context, node: tree.Update) -> Found:
    name = context.new_name()
    rows = _rows(context, node.source, name)
    if rows is None:
        return None, context
    source, row, only = rows
    inside = context.within(row)
    where = _where(inside, node.where, row, only)
    inside = inside.knowing(if_true(where)) if where is not None else inside
    inside = replace(inside, may_pick=True)
    values = {}
    for assignment in node.body:
        made, inside = _assign(inside, assignment)
        if isinstance(made, model.Assign):
            values[made.field] = made.value
    if where is not None and is_broken(where):
        return None, context
    return (
        model.Update(
            row=name, source=source, where=where, values=values, origin=context.origin(node)
        ),
        context,
    )


def _delete(context: Context, node: tree.Delete) -> Found:
    row = typed(context, node.target)
    if is_broken(row):
        return None, context
    if row.type.kind != "ref":
        _not_rows(context, node.target, row)
        return None, context
    return model.Delete(row=row, origin=context.origin(node)), context


def _for(context: Context, node: tree.For) -> Found:
    if isinstance(node.source, ast.Range):
        return _for_range(context, node, node.source)
    rows = _rows(context, node.source, node.name.text)
    if rows is None:
        statements(context.binding(node.name.text, BROKEN), node.body)
        return None, context
    source, row, only = rows
    where = _where(context.within(row), node.where, row, only)
    inside = context.binding(node.name.text, row)
    if where is not None:
        inside = inside.knowing(if_true(where))
    body = _body(inside, node.body)
    if where is not None and is_broken(where):
        return None, context
    made = model.For(
        name=node.name.text, source=source, where=where, body=body, origin=context.origin(node)
    )
    return made, context


def _for_range(context: Context, node: tree.For, range: ast.Range) -> Found:
    low, high = value_of(context, range.low, INT), value_of(context, range.high, INT)
    number = Var(type=INT, name=node.name.text)
    body = _body(context.binding(node.name.text, number), node.body)
    if is_broken(low, high):
        return None, context
    made = model.For(
        name=node.name.text, low=low, high=high, body=body, origin=context.origin(node)
    )
    return made, context


def _body(context: Context, nodes: Sequence[tree.Statement]) -> tuple[model.Statement, ...]:
    """The statements of a `for`, which stand a level deeper than those around it."""
    with context.progress.deeper():
        return statements(context, nodes)


def _do(context: Context, node: tree.Do) -> Found:
    return transit(context, node), context


def transit(
    context: Context, node: tree.Do, *, whole: bool = True
) -> model.Transit | model.Decide | None:
    """The call of a transition or an action of a record, or what is done with its approval; a
    `whole` one says all that must be said."""
    call = node.call
    assert isinstance(call, ast.Call)
    row, name = target_of(context, call.callee)
    if row is None or name is None:
        return None
    return _transit(context, call, row, name, whole)


def _transit(
    context: Context, call: ast.Call, row: Expr, name: Name, whole: bool
) -> model.Transit | model.Decide | None:
    entity = EntityId(row.type.of)
    known = steps(context.build, entity)
    step = known.get(name.text)
    if step is None:
        if name.text in VERBS and approvals_of(context.build, entity):
            return decision(context, call, row, name)
        short, near = entity.split(".", 1)[-1], nearest(name.text, known)
        at = context.place(name)
        context.report(UnknownTransition(at=at, written=name.text, entity=short, near=near))
        return None
    context.mention(name, of_transition(entity, name.text))
    asks = {ask.name.text: ask for ask in step.tree.asks}
    where = (step.module, step.block)
    values = answers(context, entity, call.arguments, asks, where)
    if whole:
        report_missing(context, call, entity, asks)
    if values is None:
        return None
    return model.Transit(row=row, transition=name.text, values=values, origin=context.origin(call))


def _notify(context: Context, node: tree.Notify) -> Found:
    people = [people_of(context, each) for each in node.people]
    via = channels(context, node.via)
    text = phrase(context, node.text)
    if is_broken(*people, *text.texts.values()):
        return None, context
    origin = context.origin(node)
    made = model.Notify(people=tuple(people), text=text, via=via, origin=origin)
    return made, context


def people_of(context: Context, node: ast.Expr) -> Expr:
    """A user or a set of users."""
    value = typed(context, node)
    if is_broken(value):
        return BROKEN
    item = value.type.item or value.type
    if (item.kind, item.of) == ("ref", USER):
        return value
    found = type_name(value.type)
    return context.report(NotifiesNobody(at=context.place(node), found=found.en, found_zh=found.zh))


def _log(context: Context, node: tree.Log) -> Found:
    text = phrase(context, node.text)
    if is_broken(*text.texts.values()):
        return None, context
    return model.Log(text=text, origin=context.origin(node)), context


_RULES: dict[type[tree.Statement], Callable[[Context, Any], Found]] = {
    tree.Assign: _assign,
    tree.Let: _let,
    tree.Create: _create,
    tree.Add: _add,
    tree.Update: _update,
    tree.Delete: _delete,
    tree.For: _for,
    tree.Do: _do,
    tree.Notify: _notify,
    tree.Log: _log,
    tree.Email: email,
    tree.CallAction: call_action,
}
