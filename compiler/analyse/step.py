"""Steps: what a transition, an action and an approval ask of people and do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from compiler.analyse.access import subject_of
from compiler.analyse.assignment import NotWritable
from compiler.analyse.expr import Context, condition, is_broken, value_of
from compiler.analyse.field import ModifierMisplaced, field
from compiler.analyse.member import member
from compiler.analyse.narrowing import if_true
from compiler.analyse.settings import settings
from compiler.analyse.statement import statements
from compiler.analyse.texts import labels, phrase
from compiler.analyse.types import written_type
from compiler.model.base import Labels
from compiler.model.entity import Field, Phrase, Subject
from compiler.model.expr import Const, Expr
from compiler.model.statement import Statement
from compiler.model.step import Ask, Require
from compiler.model.types import TEXT, Type
from compiler.resolve.members import mentioned, shape
from compiler.resolve.names import is_lost, nearest, place
from dsl.ast import flow as ast
from dsl.ast.approval import AskDecl
from dsl.ast.base import Name, String
from dsl.diagnostic import Message, Problem


class AskIsNoField(Problem, code="CW0505", name="ask-is-no-field"):
    written: str
    entity: str
    near: str
    message = Message(
        "`{entity}` has no field `{written}` to ask for", "`{entity}` 没有可询问的字段 `{written}`"
    )
    help = Message(
        "give it a type, if it is no field: `ask {written}: text`",
        "若不是字段，请写明类型：`ask {written}: text`",
    )


@dataclass(frozen=True, slots=True)
class Clauses:
    """What a step says besides where it leads."""

    by: tuple[Subject, ...]
    asks: tuple[Ask, ...]
    requires: tuple[Require, ...]
    confirm: Phrase | None
    do: tuple[Statement, ...]


def clauses(context: Context, tree: ast.StepDecl) -> Clauses:
    """The clauses of a transition or an action; parts that were not understood are left out."""
    subjects = [subject_of(context, path) for path in tree.by]
    asks = asked(context, tree.name, tree.asks)
    inside = _asking(context, asks)
    requires, inside = _requires(inside, tree)
    confirm = phrase(inside, tree.confirm) if tree.confirm else None
    return Clauses(
        by=tuple(subject for subject in subjects if subject),
        asks=asks,
        requires=requires,
        confirm=None if confirm is None or is_broken(*confirm.texts.values()) else confirm,
        do=statements(inside, tree.do),
    )


def step_label(context: Context, name: Name, written: String | None) -> Labels:
    """The label of a transition, an action or an approval."""
    key = f"{entity_name(context)}.{name.text}"
    return labels(context.build, context.module, (key,), written, name, context.place(name))


def entity_name(context: Context) -> str:
    """The name of the declaration's entity."""
    assert context.this is not None
    return shape(context.build, context.this).name


def asked(context: Context, step: Name, asks: Iterable[AskDecl]) -> tuple[Ask, ...]:
    """What the form of a step asks."""
    return tuple(ask for ask in (_ask(context, step, each) for each in asks) if ask)


def _asking(context: Context, asks: Sequence[Ask]) -> Context:
    """What is asked is known where the transition does its work."""
    inputs = {ask.field.name: ask.field.type for ask in asks if not ask.is_field}
    present = frozenset(
        ("this", ask.field.name) for ask in asks if ask.is_field and ask.field.required
    )
    return replace(context, inputs=inputs).knowing(present)


def _requires(context: Context, tree: ast.StepDecl) -> tuple[tuple[Require, ...], Context]:
    """The conditions of a transition; what follows them knows that they hold."""
    found = []
    for each in tree.requires:
        test = condition(context, each.condition)
        message = phrase(context, each.message) if each.message else _no_message(context)
        if not is_broken(test, *message.texts.values()):
            origin = context.origin(each)
            found.append(Require(condition=test, message=message, origin=origin))
        context = context.knowing(if_true(test))
    return tuple(found), context


def _no_message(context: Context) -> Phrase:
    texts = {
        "zh": "尚不满足此操作的条件",
        "en": "The record does not satisfy a condition of this step",
    }
    return Phrase(
        texts={
            language: Const(type=TEXT, value=texts[language])
            for language in settings(context.build).languages
        }
    )


def _ask(context: Context, step: Name, ask: AskDecl) -> Ask | None:
    made = _ask_field(context, ask) if ask.type is None else _ask_input(context, step, ask)
    if made is None:
        return None
    required = any(each.kind == "required" and each.when is None for each in ask.modifiers)
    type = made.type.present() if required else made.type
    update = {"required": required or made.required, "type": type}
    update |= _modified(context, ask, made.type)
    return Ask(field=made.but(**update), is_field=ask.type is None)


def _ask_field(context: Context, ask: AskDecl) -> Field | None:
    assert context.this is not None
    name, known = ask.name.text, shape(context.build, context.this)
    if not mentioned(context.build, context.block, known, ask.name):
        if not is_lost(context.build, name):
            at, near = context.place(ask.name), nearest(name, known.slots)
            context.report(AskIsNoField(at=at, written=name, entity=known.name, near=near))
        return None
    sign = member(context.build, context.this, name)
    if sign is not None and (sign.is_computed or sign.is_system or sign.is_collection):
        why = Message("only fields that people fill in can be asked for", "只能询问由人填写的字段")
        context.report(NotWritable(at=context.place(ask.name), field=name, why=why))
        return None
    return field(context.build, context.this, name)


def _ask_input(context: Context, step: Name, ask: AskDecl) -> Field | None:
    assert ask.type is not None
    kind = written_type(context.build, context.module, context.block, ask.type, entities=True)
    if kind is None:
        return None
    key = f"{entity_name(context)}.{step.text}.{ask.name.text}"
    at = context.place(ask.name)
    return Field(
        name=ask.name.text,
        label=labels(context.build, context.module, (key,), ask.label, ask.name, at),
        field_type=kind.field_type,
        parameters=kind.parameters,
        type=kind.type.optional() if kind.type.kind != "set" else kind.type,
        origin=context.origin(ask.name),
    )


def _modified(context: Context, ask: AskDecl, type: Type) -> dict[str, Expr]:
    names = {"default": "default", "min": "minimum", "max": "maximum"}
    found = {}
    for each in ask.modifiers:
        if each.kind in names and each.value is not None:
            value = value_of(context, each.value, type.optional())
            if not is_broken(value):
                found[names[each.kind]] = value
        elif each.kind not in ("required", "help"):
            place_of = place(context.block, each)
            context.report(ModifierMisplaced(at=place_of, modifier=each.kind))
    return found
