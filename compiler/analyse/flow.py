"""Flows of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from compiler.analyse.approval import approvals
from compiler.analyse.enums import color_of
from compiler.analyse.expr import Context, condition, is_broken, of_record
from compiler.analyse.field import field as field_of
from compiler.analyse.span import length
from compiler.analyse.statement import statements
from compiler.analyse.step import clauses, entity_name, step_label
from compiler.analyse.texts import labels
from compiler.analyse.unknown import report_unknown_field, unknown_value
from compiler.build import Build, query
from compiler.model.base import EntityId, EnumId
from compiler.model.entity import Enum, EnumValue
from compiler.model.flow import Flow, Region, State, Timer, Transition
from compiler.resolve.composition import Part
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import (
    entities,
    mentioned,
    region_parts,
    resolve_entity,
    shape,
    state_parts,
    transition_parts,
)
from compiler.resolve.names import ENTITY, find, is_lost
from compiler.resolve.symbols import of_declared, of_value
from dsl.ast import flow as ast
from dsl.ast.base import Name, Node
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place

N = TypeVar("N", bound=Node)


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


class NestedParallel(Problem, code="CW0514", name="nested-parallel"):
    message = Message("a state of a region has no regions of its own", "区域内的状态不能再分区域")
    help = Message(
        "write the regions side by side under one `parallel`",
        "请把各区域并列写在同一个 `parallel` 下",
    )


@dataclass
class _Names:
    """The states and transitions that a flow has declared so far, those of its regions among
    them: a name means one of them in the whole flow."""

    states: dict[str, Place] = field(default_factory=dict)
    transitions: dict[str, Place] = field(default_factory=dict)

    def is_new(self, context: Context, kind: Literal["states", "transitions"], name: Name) -> bool:
        """Whether a name is declared for the first time; reports where it is not."""
        known, at = getattr(self, kind), context.place(name)
        first = known.setdefault(name.text, at)
        if first == at:
            return True
        if kind == "states":
            context.report(DuplicateState(at=at, state=name.text, first=first))
        else:
            context.report(DuplicateTransition(at=at, transition=name.text, first=first))
        return False


@query
def flow(build: Build, entity: EntityId) -> Flow | None:
    """The flow of an entity; parts that were not understood are left out."""
    known = shape(build, entity)
    slot = known.slot_of("state")
    if slot is None:
        return None
    tree = decl(build, slot.block, ast.FlowDecl)
    owned = field_of(build, entity, slot.name)
    if owned is None:
        return None
    context = replace(of_record(build, slot.module, slot.block, entity), has_old=True)
    context.mention(tree.entity.parts[-1], of_declared(entities(build)[entity]))
    names, states = _Names(), state_parts(build, entity)
    return Flow(
        entity=entity,
        field=slot.name,
        states_enum=EnumId(f"{entity}.{slot.name}"),
        label=owned.label,
        states=_states(context, names, slot.name, states),
        transitions=_transitions(
            context, names, slot.name, states, transition_parts(build, entity)
        ),
        regions=tuple(
            _region(context, names, states, each) for each in region_parts(build, entity)
        ),
        pinned=tree.pinned,
        origin=context.origin(tree.name),
    )


@query
def state_enums(build: Build, entity: EntityId) -> tuple[Enum, ...]:
    """The states of an entity's flow and of its regions, seen as enums."""
    made = flow(build, entity)
    if made is None:
        return ()
    return (_enum(made), *map(_enum, made.regions))


def _enum(made: Flow | Region) -> Enum:
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


def _where(context: Context, part: Part[N]) -> Context:
    """The context of a part of the flow, which another app may have written."""
    return replace(context, module=part.module, block=part.block)


def _inside(region: Part[ast.RegionDecl], tree: N) -> Part[N]:
    return Part(region.of, region.block, region.module, region.index, tree)


def _region(
    context: Context,
    names: _Names,
    flow: Sequence[Part[ast.StateDecl]],
    part: Part[ast.RegionDecl],
) -> Region:
    context, tree = _where(context, part), part.tree
    field_name = tree.name.text
    for inner in (inner for state in tree.states for inner in state.regions):
        context.report(NestedParallel(at=context.place(inner.name)))
    key, at = f"{entity_name(context)}.{field_name}", context.place(tree.name)
    states = [_inside(part, each) for each in tree.states]
    transitions = [_inside(part, each) for each in tree.transitions]
    return Region(
        field=field_name,
        states_enum=EnumId(f"{context.this}.{field_name}"),
        label=labels(context.build, context.module, (key,), tree.label, tree.name, at),
        doc=tree.doc.text if tree.doc else "",
        within=next(each.tree.name.text for each in flow if tree in each.tree.regions),
        states=_states(context, names, field_name, states),
        transitions=_transitions(context, names, field_name, states, transitions),
        origin=context.origin(tree.name),
    )


def _states(
    context: Context, names: _Names, field_name: str, parts: Sequence[Part[ast.StateDecl]]
) -> dict[str, State]:
    fields = {part.tree.name.text: field_name for part in parts}
    found = {}
    for part in parts:
        here = _where(context, part)
        if names.is_new(here, "states", part.tree.name):
            found[part.tree.name.text] = _state(here, field_name, fields, part.tree)
    return found


def _state(
    context: Context, field_name: str, fields: Mapping[str, str], tree: ast.StateDecl
) -> State:
    name, entity = tree.name.text, entity_name(context)
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
        timers=_timers(context, fields, tree),
        approvals=approvals(context, tree, lambda written: _target(context, fields, written)),
        regions=tuple(each.name.text for each in tree.regions),
        origin=context.origin(tree.name),
    )  # fmt: skip


def _timers(context: Context, states: Mapping[str, str], tree: ast.StateDecl) -> tuple[Timer, ...]:
    found = []
    for each in tree.timers:
        after = length(replace(context, has_me=False), each.after, or_moment=True)
        target = _target(context, states, each.target)
        if after is not None and target is not None:
            found.append(
                Timer(
                    after=after.value, calendar=after.calendar, target=target,
                    origin=context.origin(each),
                )
            )  # fmt: skip
    return tuple(found)


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


def _transitions(
    context: Context,
    names: _Names,
    field_name: str,
    states: Sequence[Part[ast.StateDecl]],
    parts: Sequence[Part[ast.TransitionDecl]],
) -> dict[str, Transition]:
    trees = [part.tree for part in states]
    fields = {state.name.text: field_name for state in trees}
    lasting = [state.name.text for state in trees if not state.final]
    joins = frozenset(state.name.text for state in trees if state.regions)
    found: dict[str, Transition] = {}
    for part in parts:
        here, each = _where(context, part), part.tree
        if not names.is_new(here, "transitions", each.name):
            continue
        sources = known_states(here, fields, each.sources) if each.sources else lasting
        target = _target(here, fields, each.target) if each.target else None
        is_join = each.when is None and not each.by and joins.issuperset(sources or ("",))
        made = _transition(here, each, sources, target, is_join)
        if each.target is None or target:
            found[each.name.text] = made
    return found


def _target(context: Context, states: Mapping[str, str], written: Name) -> str | None:
    """The state that a name means; reports where it means none."""
    return next(iter(known_states(context, states, [written])), None)


def known_states(context: Context, states: Mapping[str, str], names: Sequence[Name]) -> list[str]:
    """Those of the names that are states; others are reported. `states` are the known ones with
    the field that holds each."""
    for name in names:
        if name.text in states:
            context.mention(name, of_value(f"{context.this}.{states[name.text]}", name.text))
        elif not is_lost(context.build, name.text):
            known, owner = tuple(states), entity_name(context)
            context.report(unknown_value(context.place(name), name.text, owner, known))
    return [name.text for name in names if name.text in states]


def _transition(
    context: Context,
    tree: ast.TransitionDecl,
    sources: Sequence[str],
    target: str | None,
    is_join: bool,
) -> Transition:
    when = condition(context, tree.when) if tree.when else None
    said = clauses(context, tree)
    return Transition(
        name=tree.name.text,
        label=step_label(context, tree.name, tree.label),
        doc=tree.doc.text if tree.doc else "",
        sources=tuple(sources),
        target=target,
        by=said.by,
        automatic=tree.when is not None or is_join,
        when=None if when is None or is_broken(when) else when,
        asks=said.asks,
        requires=said.requires,
        confirm=said.confirm,
        do=said.do,
        origin=context.origin(tree.name),
    )
