"""What a form begins with: the values a record has or would get, and what the person may fill in.

A draft writes nothing: for a new record it works the defaults out on a row that no act saves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compiler.field_type import Invalid
from compiler.model.base import EntityId
from compiler.model.entity import Entity
from compiler.model.entity import Field as ModelField
from compiler.model.expr import Expr
from compiler.model.flow import State
from runtime.store.problems import NotFound
from runtime.store.query import Reference
from runtime.store.row import Row
from runtime.store.scope import Scope
from runtime.store.truths import holds

if TYPE_CHECKING:
    from runtime.store.act import Act

UNSAVED = 0
"""The id of a record that is not there yet."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A record as a form shows it.

    `values` are as a reader gets them. Of the members that the person may know, `writable` can be
    filled in and `readonly` only be seen; `required` must not be left empty, `hidden` are left out
    of the layout, and so are the sections whose condition is among `hidden_sections`. `lines` are
    the values that a new line of a collection begins with.
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
    values = {name: _shown(act, row, name, value) for name, value in row.values.items()}
    return _draft(act, row, {**values, **sets}, permitted)


def of_existing(act: Act, entity: EntityId, id: int, values: Mapping[str, object]) -> Draft:
    """The draft of a record; `values` are those its reader gets. Raises NotFound."""
    row = act.row(entity, id)
    if row is None or not act.guard.may_read(row):
        raise NotFound
    permitted = act.guard.fields("update", row)
    sets = {
        name: tuple(sorted(row[name]))
        for name in row.shape.sets
        if name not in values and act.guard.reads(row, name)
    }
    return _draft(
        act, row, {**values, **{n: _named(act, row, n, v) for n, v in sets.items()}}, permitted
    )


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
    for known in entity.fields.values():
        if known.default is None or row.values.get(known.name) is not None:
            continue
        value = Scope.of(row).value(known.default)
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
    act: Act, row: Row, values: Mapping[str, object], permitted: frozenset[str] | None
) -> Draft:
    entity, state = row.shape.entity, _state(act, row)
    fixed = frozenset(state.readonly) if state is not None and not row.made else frozenset()
    own = {name: each for name, each in entity.fields.items() if _is_input(each)}
    members = frozenset(own) | frozenset(
        name for name, each in entity.collections.items() if each.kind != "inverse"
    )
    writable = members if permitted is None else members & permitted
    readonly = (writable & fixed) | {
        name
        for name, each in own.items()
        if name in writable and (each.readonly or holds(row, each.readonly_when))
    }
    return Draft(
        values={
            name: value
            for name, value in values.items()
            if name in entity.fields or name in members
        },
        writable=writable - readonly,
        readonly=readonly - {name for name, each in own.items() if each.readonly},
        required=frozenset(
            name
            for name, each in own.items()
            if each.required
            or (state is not None and name in state.required)
            or holds(row, each.required_when)
        ),
        hidden=frozenset(
            name
            for name, each in own.items()
            if each.visible_when is not None and not holds(row, each.visible_when)
        ),
        hidden_sections=frozenset(
            each for each in _conditions(act, entity) if not holds(row, each)
        ),
        lines={
            each.name: _line(act, each.target)
            for each in entity.collections.values()
            if each.kind == "lines"
        },
    )


def _is_input(known: ModelField) -> bool:
    """Whether people can fill the field in: not what the app or the runtime writes."""
    return (
        not known.system and known.computed is None and known.field_type not in ("serial", "state")
    )


def _line(act: Act, entity: EntityId) -> dict[str, object]:
    row = _blank(act, entity)
    sets = _defaults(act, row, row.shape.entity)
    return {**{name: _shown(act, row, name, value) for name, value in row.values.items()}, **sets}


def _state(act: Act, row: Row) -> State | None:
    flow = act.domain.workspace.flows.get(row.shape.id)
    return flow.states[row.values[flow.field]] if flow else None


def _conditions(act: Act, entity: Entity) -> Iterable[Expr]:
    for view in act.domain.workspace.views[entity.id]:
        for section in view.form:
            if section.when is not None:
                yield section.when


def _readable(act: Act, target: EntityId | None, id: int) -> bool:
    found = act.row(target, id) if target is not None else None
    return found is not None and act.guard.may_read(found)


def _shown(act: Act, row: Row, name: str, value: Any) -> object:
    """A value as a reader gets it: a reference with the name of what it leads to."""
    target = row.shape.references.get(name)
    if target is None or value is None:
        return value
    return _reference(act, target, value)


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
