"""What a form begins with: the values a record has or would get, and what the person may fill in.

A draft writes nothing: for a new record it works the defaults out on a row that no act saves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from compiler.field_type import Invalid
from compiler.model.base import EntityId
from compiler.model.entity import Collection, Entity
from compiler.model.entity import Field as ModelField
from compiler.model.expr import Expr
from compiler.model.flow import State
from runtime.store.problems import NotFound
from runtime.store.query import Record, Reference
from runtime.store.row import Row
from runtime.store.scope import Scope
from runtime.store.shape import Shape
from runtime.store.truths import holds

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.domain import Domain

UNSAVED = 0
"""The id of a record that is not there yet."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A record as a form shows it.

    `values` are as a reader gets them, but for references of a new record, which are ids. Of the
    members that the person may know, `writable` can be filled in and `readonly` only be seen;
    `required` must not be left empty, `hidden` are left out of the layout, and so are the sections
    whose condition is among `hidden_sections`. `lines` are the values that a new line of a
    collection begins with, references as ids.
    """

    values: Mapping[str, object]
    writable: frozenset[str]
    readonly: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    hidden_sections: frozenset[Expr] = frozenset()
    lines: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def of_new(act: Act, entity: EntityId, given: Mapping[str, object]) -> Draft:
    """The draft of a new record; `given` are values it begins with (references by id)."""
    row = _blank(act, entity)
    row.values.update(
        (name, id)
        for name, id in given.items()
        if isinstance(id, int) and _readable(act, row.shape.references.get(name), id)
    )
    known = row.shape.entity
    if known.flow:
        row.values[known.flow] = act.domain.workspace.flows[entity].initial.name
    sets = _defaults(act, row, known)
    permitted = act.domain.permissions.fields(act.guard.standing, entity, "create")
    return _draft(act, _Subject(row.shape, lambda: row, True), {**row.values, **sets}, permitted)


def of_existing(act: Act, record: Record) -> Draft:
    """The draft of a record as its reader got it at this moment. Its row is read if something in
    the text asks for more than that."""

    @cache
    def row() -> Row:
        found = act.row(record.entity, record.id)
        if found is None:
            raise NotFound
        return found

    subject = _Subject(act.domain.shapes[record.entity], row, False)
    sets = {
        name: _named(act, row(), name, tuple(sorted(row()[name])))
        for name in subject.shape.sets
        if name not in record.values and name in record.rights.readable
    }
    return _draft(act, subject, {**record.values, **sets}, record.rights.writable)


@dataclass(frozen=True, slots=True)
class Outline:
    """What the drafts of an entity have in common, whatever their values: for those who are
    permitted the same fields, in the same state. The rest hangs on conditions, each with the name
    of its field."""

    shown: frozenset[str]
    permitted: frozenset[str]
    closed: frozenset[str]
    never_open: frozenset[str]
    required: frozenset[str]
    closed_when: tuple[tuple[str, Expr], ...]
    required_when: tuple[tuple[str, Expr], ...]
    visible_when: tuple[tuple[str, Expr], ...]
    sections: tuple[Expr, ...]
    lines: tuple[Collection, ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    """The record of a draft."""

    shape: Shape
    row: Callable[[], Row]
    new: bool

    def holds(self, condition: Expr) -> bool:
        return holds(self.row(), condition)

    def holding(self, conditions: Iterable[tuple[str, Expr]]) -> frozenset[str]:
        """The fields whose condition holds."""
        return frozenset(name for name, condition in conditions if self.holds(condition))

    def failing(self, conditions: Iterable[tuple[str, Expr]]) -> frozenset[str]:
        """The fields whose condition does not."""
        return frozenset(name for name, condition in conditions if not self.holds(condition))


def _blank(act: Act, entity: EntityId) -> Row:
    shape = act.domain.shapes[entity]
    row = Row(act, shape, UNSAVED, dict.fromkeys(shape.columns), made=True)
    row.values.update(created_at=act.time.now, created_by=act.actor.user_id)
    return row


def _defaults(act: Act, row: Row, entity: Entity) -> dict[str, object]:
    """Fill in the defaults of fields without a value; returns those of sets, which no row keeps.

    A default that cannot be worked out yet (the price of a product not chosen) stays empty.
    """
    sets: dict[str, object] = {}
    scope = Scope.of(row)
    for known in entity.fields.values():
        if known.default is None or row.values.get(known.name) is not None:
            continue
        value = scope.value(known.default)
        if known.type.kind == "set":
            sets[known.name] = tuple(sorted(value or ()))
        elif value is not None:
            row.values[known.name] = _checked(act, known, value)
    return sets


def _checked(act: Act, known: ModelField, value: object) -> Any:
    """A default as the field keeps it; none where it does not fit (saving says why)."""
    try:
        return act.domain.checked(known, value)
    except Invalid:
        return None


def _draft(
    act: Act, subject: _Subject, values: Mapping[str, object], permitted: frozenset[str]
) -> Draft:
    outline = _outline(act, subject, permitted)
    closed = outline.closed | subject.holding(outline.closed_when)
    return Draft(
        values={name: value for name, value in values.items() if name in outline.shown},
        writable=outline.permitted - closed,
        readonly=closed - outline.never_open,
        required=outline.required | subject.holding(outline.required_when),
        hidden=subject.failing(outline.visible_when),
        hidden_sections=frozenset(each for each in outline.sections if not subject.holds(each)),
        lines={each.name: _line(act, each.target) for each in outline.lines},
    )


def _outline(act: Act, subject: _Subject, permitted: frozenset[str]) -> Outline:
    """The outline of a record's draft, worked out once."""
    state = _state(act, subject)
    key = subject.shape.id, permitted, state.name if state else "", subject.new
    known = act.domain.outlines
    if key not in known:
        known[key] = _outlined(act.domain, subject.shape.entity, permitted, state, subject.new)
    return known[key]


def _outlined(
    domain: Domain, entity: Entity, permitted: frozenset[str], state: State | None, new: bool
) -> Outline:
    own = {name: each for name, each in entity.fields.items() if _is_input(each)}
    never_open = frozenset(name for name, each in own.items() if each.readonly)
    members = frozenset(own) | frozenset(
        name for name, each in entity.collections.items() if each.kind != "inverse"
    )
    open_to = members & permitted
    kept = frozenset(state.readonly) if state is not None and not new else frozenset()
    closed = open_to & (kept | never_open)
    required = frozenset(name for name, each in own.items() if each.required)
    if state is not None:
        required |= own.keys() & state.required
    return Outline(
        shown=members | frozenset(entity.fields),
        permitted=open_to,
        closed=closed,
        never_open=never_open,
        required=required,
        closed_when=tuple(
            (name, each.readonly_when)
            for name, each in own.items()
            if each.readonly_when is not None and name in open_to - closed
        ),
        required_when=tuple(
            (name, each.required_when)
            for name, each in own.items()
            if each.required_when is not None and name not in required
        ),
        visible_when=tuple(
            (name, each.visible_when) for name, each in own.items() if each.visible_when is not None
        ),
        sections=tuple(_conditions(domain, entity)),
        lines=tuple(each for each in entity.collections.values() if each.kind == "lines"),
    )


def _is_input(known: ModelField) -> bool:
    """Whether people can fill the field in: not what the app or the runtime writes."""
    return (
        not known.system and known.computed is None and known.field_type not in ("serial", "state")
    )


def _line(act: Act, entity: EntityId) -> dict[str, object]:
    row = _blank(act, entity)
    sets = _defaults(act, row, row.shape.entity)
    return {**row.values, **sets}


def _state(act: Act, subject: _Subject) -> State | None:
    flow = act.domain.workspace.flows.get(subject.shape.id)
    return flow.states[subject.row().values[flow.field]] if flow else None


def _conditions(domain: Domain, entity: Entity) -> Iterable[Expr]:
    for view in domain.workspace.views[entity.id]:
        for section in view.form:
            if section.when is not None:
                yield section.when


def _readable(act: Act, target: EntityId | None, id: int) -> bool:
    found = act.row(target, id) if target is not None else None
    return found is not None and act.guard.may_read(found)


def _named(act: Act, row: Row, name: str, ids: tuple[Any, ...]) -> tuple[object, ...]:
    """The members of a many-to-many as references; other sets as they are."""
    collection = row.shape.entity.collections.get(name)
    if collection is None:
        return ids
    return tuple(_reference(act, collection.target, id) for id in ids)


def _reference(act: Act, target: EntityId, id: int) -> Reference:
    found = act.row(target, id)
    readable = found is not None and act.guard.may_read(found)
    return Reference(target, id, act.name_of(found) if found is not None and readable else None)
