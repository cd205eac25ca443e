"""A new record's values: what is given, then defaults in written order, then serial numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from compiler.field_type import Invalid
from compiler.model.entity import Field
from runtime.store.problems import Problem
from runtime.store.scope import Scope
from runtime.store.serial import number, taken

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Row


def fill(act: Act, row: Row, values: Mapping[str, Any], action: str = "create") -> list[Problem]:
    """Complete a blank record with these checked values; says which defaults do not fit.

    A default may read fields written before it and what was given; the state is the initial one
    unless it is given, which only an import of history does.
    """
    entity = row.shape.entity
    sets = {name: value for name, value in values.items() if name in row.shape.sets}
    row.values.update((name, value) for name, value in values.items() if name not in sets)
    if entity.flow and row.values[entity.flow] is None:
        row.values[entity.flow] = act.domain.workspace.flows[entity.id].initial.name
    problems = [
        problem
        for field in entity.fields.values()
        if field.default is not None and field.name not in values
        for problem in _default(act, row, field, sets)
    ]
    if problems:
        return problems
    for field in entity.fields.values():
        if field.field_type == "serial":
            if row.values[field.name] is None:
                row.values[field.name] = number(act, row, field)
            else:
                taken(act, row, field)
    act.made(row, action)
    for name, value in sets.items():
        act.put(row, name, frozenset(value))
    return []


def _default(act: Act, row: Row, field: Field, sets: dict[str, Any]) -> list[Problem]:
    assert field.default is not None
    value = Scope.of(row).value(field.default)
    try:
        checked = act.domain.checked(field, value)
    except Invalid as invalid:
        return [act.problem(row, invalid.message, field.name, field.origin)]
    if field.name in row.shape.sets:
        sets[field.name] = checked
    else:
        row.values[field.name] = checked
    return []
