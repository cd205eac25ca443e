"""Flows of the model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from compiler.analyse.access import subject_of
from compiler.analyse.assignment import NotWritable
from compiler.analyse.enums import color_of
from compiler.analyse.expr import Context, condition, is_broken, of_record, value_of
from compiler.analyse.field import ModifierMisplaced, field
from compiler.analyse.member import member
from compiler.analyse.narrowing import if_true
from compiler.analyse.settings import settings
from compiler.analyse.statement import statements
from compiler.analyse.texts import labels, phrase
from compiler.analyse.types import written_type
from compiler.analyse.unknown import report_unknown_field, unknown_value
from compiler.build import Build, query
from compiler.model.base import EntityId, EnumId
from compiler.model.entity import Enum, EnumValue, Field, Phrase
from compiler.model.expr import Const, Expr
from compiler.model.flow import Ask, Flow, Require, State, Transition
from compiler.model.types import TEXT, Type
from compiler.resolve.composition import Part
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import (
    entities,
    mentioned,
    resolve_entity,
    shape,
    state_parts,
    transition_parts,
)
from compiler.resolve.names import ENTITY, find, is_lost, nearest, place
from compiler.resolve.symbols import of_declared, of_value
from dsl.ast import flow as ast
from dsl.ast.base import Name
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place


class DuplicateState(Problem, code="CW0503", name="duplicate-state"):
    state: str
    first: Place
    message = Message("the state `{state}` is declared twice", "状态 `{state}` 重复声明")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次声明在此"))


class DuplicateTransition(Problem, code="CW0504", name="duplicate-transition"):
    transition: str
    first: Place
    message = Message(
        "the transition `{transition}` is declared twice", "流转 `{transition}` 重复声明"
    )

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次声明在此"))


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


@query
def flow(build: Build, entity: EntityId) -> Flow | None:
    """The flow of an entity; parts that were not understood are left out."""
    known = shape(build, entity)
    slot = known.slot_of("state")
    if slot is None:
        return None
    tree = decl(build, slot.block, ast.FlowDecl)
    owned = field(build, entity, slot.name)
    if owned is None:
        return None
    context = replace(of_record(build, slot.module, slot.block, entity), has_old=True)
    context.mention(tree.entity.parts[-1], of_declared(entities(build)[entity]))
    return Flow(
        entity=entity,
        field=slot.name,
        states_enum=EnumId(f"{entity}.{slot.name}"),
        label=owned.label,
        states=_states(context, slot.name),
        transitions=_transitions(context),
        origin=context.origin(tree.name),
    )


@query
def state_enum(build: Build, entity: EntityId) -> Enum | None:
    """The states of an entity's flow, seen as an enum."""
    made = flow(build, entity)
    if made is None:
        return None
    values = tuple(
        EnumValue(name=state.name, label=state.label, color=state.color)
        for state in made.states.values()
    )
    return Enum(id=made.states_enum, label=made.label, values=values)


@query
def flows_have_entities(build: Build) -> None:
    """Report flows of entities that there are not."""
    for each in of_kind(build, "flow"):
        tree = decl(build, each.block, ast.FlowDecl)
        names = [part.text for part in tree.entity.parts]
        if not isinstance(find(build, each.module, names, ENTITY), Declared):
            resolve_entity(build, each.module, each.block, tree.entity)


def _states(context: Context, field_name: str) -> dict[str, State]:
    found: dict[str, State] = {}
    first: dict[str, Place] = {}
    for part in state_parts(context.build, _entity(context)):
        name, at = part.tree.name.text, part.at(part.tree.name)
        if name in found:
            context.report(DuplicateState(at=at, state=name, first=first[name]))
            continue
        first[name] = at
        found[name] = _state(_where(context, part), field_name, part.tree)
    return found


def _where(context: Context, part: Part[ast.StateDecl] | Part[ast.TransitionDecl]) -> Context:
    """The context of a part of the flow, which another app may have written."""
    return replace(context, module=part.module, block=part.block)


def _state(context: Context, field_name: str, tree: ast.StateDecl) -> State:
    name, entity = tree.name.text, _name(context)
    return State(
        name=name,
        label=labels(
            context.build, context.module, (f"{entity}.{field_name}.{name}",), tree.label,
            tree.name, context.place(tree.name),
        ),
        doc=tree.doc.text if tree.doc else "",
        initial=tree.initial,
        final=tree.final,
        color=color_of(context.build, context.place(tree.color or tree.name), tree.color),
        readonly=_readonly(context, tree),
        required=_fields(context, tree.required),
        enter=statements(context, tree.enter),
        leave=statements(context, tree.leave),
        origin=context.origin(tree.name),
    )  # fmt: skip


def _name(context: Context) -> str:
    return shape(context.build, _entity(context)).name


def _entity(context: Context) -> EntityId:
    assert context.this is not None
    return context.this


def _readonly(context: Context, tree: ast.StateDecl) -> tuple[str, ...]:
    excepted = _fields(context, tree.readonly_except)
    if not tree.readonly_all:
        return _fields(context, tree.readonly)
    return tuple(name for name in editable(context.build, context.this) if name not in excepted)


def editable(build: Build, entity: EntityId | None) -> tuple[str, ...]:
    """The members that people may edit on the record's own page."""
    assert entity is not None
    found = []
    for name, slot in shape(build, entity).slots.items():
        if slot.source in ("field", "reference", "lines", "link", "link_inverse", "column"):
            found.append(name)
    return tuple(found)


def _fields(context: Context, names: Sequence[Name]) -> tuple[str, ...]:
    """The names of members; others are reported."""
    assert context.this is not None
    known, found = shape(context.build, context.this), []
    for name in names:
        if mentioned(context.build, context.block, known, name):
            found.append(name.text)
        else:
            report_unknown_field(context.build, context.place(name), known.id, name.text)
    return tuple(found)


def _transitions(context: Context) -> dict[str, Transition]:
    trees = [part.tree for part in state_parts(context.build, _entity(context))]
    states = [state.name.text for state in trees]
    lasting = [state.name.text for state in trees if not state.final]
    found: dict[str, Transition] = {}
    first: dict[str, Place] = {}
    for part in transition_parts(context.build, _entity(context)):
        here, each = _where(context, part), part.tree
        name, at = each.name.text, part.at(each.name)
        if name in found:
            context.report(DuplicateTransition(at=at, transition=name, first=first[name]))
            continue
        first[name] = at
        sources = [*known_states(here, states, each.sources)] if each.sources else lasting
        target = known_states(here, states, [each.target] if each.target else ())
        made = _transition(here, each, sources, next(iter(target), None))
        if each.target is None or target:
            found[name] = made
    return found


def known_states(context: Context, states: Sequence[str], names: Sequence[Name]) -> list[str]:
    """Those of the names that are states; others are reported."""
    assert context.this is not None
    field = shape(context.build, context.this).slot_of("state")
    for name in names:
        if name.text in states and field is not None:
            context.mention(name, of_value(f"{context.this}.{field.name}", name.text))
        elif not is_lost(context.build, name.text):
            context.report(unknown_value(context.place(name), name.text, _name(context), states))
    return [name.text for name in names if name.text in states]


def _transition(
    context: Context, tree: ast.TransitionDecl, sources: list[str], target: str | None
) -> Transition:
    label = labels(
        context.build, context.module, (f"{_name(context)}.{tree.name.text}",), tree.label,
        tree.name, context.place(tree.name),
    )  # fmt: skip
    subjects = [subject_of(context, path) for path in tree.by]
    when = condition(context, tree.when) if tree.when else None
    asks = [ask for ask in (_ask(context, tree, each) for each in tree.asks) if ask]
    inside = _asking(context, asks)
    requires, inside = _requires(inside, tree)
    confirm = phrase(inside, tree.confirm) if tree.confirm else None
    return Transition(
        name=tree.name.text,
        label=label,
        doc=tree.doc.text if tree.doc else "",
        sources=tuple(sources),
        target=target,
        by=tuple(subject for subject in subjects if subject),
        automatic=tree.when is not None,
        when=None if when is None or is_broken(when) else when,
        asks=tuple(asks),
        requires=requires,
        confirm=None if confirm is None or is_broken(*confirm.texts.values()) else confirm,
        do=statements(inside, tree.do),
        origin=context.origin(tree.name),
    )


def _asking(context: Context, asks: Sequence[Ask]) -> Context:
    """What is asked is known where the transition does its work."""
    inputs = {ask.field.name: ask.field.type for ask in asks if not ask.is_field}
    present = frozenset(
        ("this", ask.field.name) for ask in asks if ask.is_field and ask.field.required
    )
    return replace(context, inputs=inputs).knowing(present)


def _requires(context: Context, tree: ast.TransitionDecl) -> tuple[tuple[Require, ...], Context]:
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


def _ask(context: Context, tree: ast.TransitionDecl, ask: ast.AskDecl) -> Ask | None:
    made = _ask_field(context, ask) if ask.type is None else _ask_input(context, tree, ask)
    if made is None:
        return None
    required = any(each.kind == "required" and each.when is None for each in ask.modifiers)
    type = made.type.present() if required else made.type
    update = {"required": required or made.required, "type": type}
    update |= _modified(context, ask, made.type)
    return Ask(field=made.but(**update), is_field=ask.type is None)


def _ask_field(context: Context, ask: ast.AskDecl) -> Field | None:
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


def _ask_input(context: Context, tree: ast.TransitionDecl, ask: ast.AskDecl) -> Field | None:
    assert ask.type is not None
    kind = written_type(context.build, context.module, context.block, ask.type, entities=True)
    if kind is None:
        return None
    key = f"{_name(context)}.{tree.name.text}.{ask.name.text}"
    at = context.place(ask.name)
    return Field(
        name=ask.name.text,
        label=labels(context.build, context.module, (key,), ask.label, ask.name, at),
        field_type=kind.field_type,
        parameters=kind.parameters,
        type=kind.type.optional() if kind.type.kind != "set" else kind.type,
        origin=context.origin(ask.name),
    )


def _modified(context: Context, ask: ast.AskDecl, type: Type) -> dict[str, Expr]:
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
