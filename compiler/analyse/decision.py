"""Calls that act on an approval: `deal.approve()`, `deal.transfer(to: x)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from compiler.analyse.answers import answers
from compiler.analyse.context import BROKEN, Context, is_broken
from compiler.analyse.fit import value_of
from compiler.analyse.unknown import unknown_value
from compiler.build import Build, query
from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.expr import Expr
from compiler.model.statement import Decide, Verb
from compiler.model.types import ref
from compiler.resolve.members import shape
from compiler.resolve.steps import all_states, fields_of_states
from compiler.resolve.symbols import of_value
from dsl.ast import expr as ast
from dsl.ast.approval import ApproveDecl, AskDecl
from dsl.ast.base import Name
from dsl.diagnostic import Message, Problem


@dataclass(frozen=True, slots=True)
class _Verb:
    """What a call is: the model's verb, what it is given, and what a step must permit for it."""

    verb: Verb
    takes: Literal["", "person", "state"] = ""
    parameter: str = ""
    permit: str = ""


VERBS: Mapping[str, _Verb] = {
    "approve": _Verb("approve"),
    "refuse": _Verb("refuse"),
    "transfer": _Verb("transfer", "person", "to", "transfer"),
    "delegate": _Verb("delegate", "person", "to", "delegate"),
    "add": _Verb("add", "person", "person", "add"),
    "return_to": _Verb("return", "state", "state", "return"),
    "withdraw": _Verb("withdraw", permit="withdraw"),
    "revoke": _Verb("revoke", permit="revoke"),
}
"""What people can do with an approval, by the name of the call."""


class NotPermitted(Problem, code="CW0527", name="not-permitted"):
    verb: str
    entity: str
    message = Message(
        "no approval of `{entity}` permits `{verb}`", "`{entity}` 的审批都不允许 `{verb}`"
    )
    help = Message("add it to an approval: `permit {verb}`", "请在审批中加上：`permit {verb}`")


class NotWhatItTakes(Problem, code="CW0528", name="not-what-it-takes"):
    call: str
    wanted: str
    wanted_zh: str
    message = Message("`{call}` takes {wanted}", "`{call}` 需要{wanted_zh}")


@query
def approvals_of(build: Build, entity: EntityId) -> tuple[ApproveDecl, ...]:
    """All approvals of an entity's flow, as they are written."""
    return tuple(
        approval
        for state in all_states(build, entity)
        for group in state.steps
        for approval in group.approvals
    )


def decision(context: Context, call: ast.Call, row: Expr, name: Name) -> Decide | None:
    """The statement that a call of one of VERBS is; its name is known to be one."""
    entity, known = EntityId(row.type.of), VERBS[name.text]
    _is_permitted(context, entity, name, known)
    arguments = list(call.arguments)
    given = _given(arguments, known)
    person, state = None, ""
    if known.takes == "person":
        person = _person(context, call, given, known)
    elif known.takes == "state":
        state = _state(context, call, entity, given) or ""
    asks = _asks(context, entity) if known.verb in ("approve", "refuse") else {}
    others = [each for each in arguments if each is not given]
    where = _written_in(context, entity)
    values = answers(context, entity, others, asks, where)
    if values is None or (person is not None and is_broken(person)):
        return None
    return Decide(
        row=row, verb=known.verb, person=person, state=state, values=values,
        origin=context.origin(call),
    )  # fmt: skip


def _is_permitted(context: Context, entity: EntityId, name: Name, known: _Verb) -> None:
    permits = {
        permit.verb for each in approvals_of(context.build, entity) for permit in each.permits
    }
    if known.permit and known.permit not in permits:
        short, at = entity.split(".", 1)[-1], context.place(name)
        context.report(NotPermitted(at=at, verb=known.permit, entity=short))


def _given(arguments: list[ast.Argument], known: _Verb) -> ast.Argument | None:
    """The argument that says who or which state, with or without its name."""
    if not known.takes:
        return None
    named = [each for each in arguments if each.name and each.name.text == known.parameter]
    unnamed = [each for each in arguments if each.name is None]
    return next(iter([*named, *unnamed]), None)


def _person(context: Context, call: ast.Call, given: ast.Argument | None, known: _Verb) -> Expr:
    if given is None:
        return _wanted(context, call, Message("a person", "一个人员"))
    return value_of(context, given.value, ref(USER))


def _state(
    context: Context, call: ast.Call, entity: EntityId, given: ast.Argument | None
) -> str | None:
    """The state that is named, which is one that some approval permits to return to."""
    if given is None or not isinstance(given.value, ast.NameRef):
        _wanted(context, call, Message("the name of a state", "一个状态名"))
        return None
    name, fields = given.value.name, fields_of_states(context.build, entity)
    if name.text not in fields:
        owner, known = shape(context.build, entity).name, tuple(fields)
        context.report(unknown_value(context.place(name), name.text, owner, known))
        return None
    context.mention(name, of_value(f"{entity}.{fields[name.text]}", name.text))
    return name.text


def _wanted(context: Context, call: ast.Call, what: Message) -> Expr:
    callee = call.callee
    written = callee.name.text if isinstance(callee, ast.Attr | ast.NameRef) else ""
    at = context.place(call)
    context.report(NotWhatItTakes(at=at, call=written, wanted=what.en, wanted_zh=what.zh))
    return BROKEN


def _written_in(context: Context, entity: EntityId) -> tuple[str, str]:
    """The module and the block of the entity's flow."""
    slot = shape(context.build, entity).slot_of("state")
    return (slot.module, slot.block) if slot else (context.module, context.block)


def _asks(context: Context, entity: EntityId) -> Mapping[str, AskDecl]:
    """What approvals ask; which one a call acts on shows only when it is carried out."""
    found: dict[str, AskDecl] = {}
    for each in approvals_of(context.build, entity):
        for ask in each.asks:
            found.setdefault(ask.name.text, ask)
    return found
