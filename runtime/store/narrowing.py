"""What a dependent reference may lead to, as a condition on the rows that a picker offers.

The write door holds to the condition whatever was offered; here it only spares a wrong choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.model.entity import Entity, Field
from compiler.model.expr import THIS, Expr, FieldOf, Var
from compiler.model.rewrite import rebuilt, replace_variable, walk
from runtime.store.selection import Within


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The rows that fit, and the values of the record that decide it, by their parameters."""

    within: Within
    values: Mapping[str, object]


def decided_by(entity: Entity, field: Field) -> tuple[str, ...]:
    """The fields of the record that decide what a reference of it may lead to; none where nothing
    does, or more than values that a form has."""
    if field.among is None or any(_is_this(part) for part in walk(_of_values(field.among))):
        return ()
    named = dict.fromkeys(
        part.field for part in walk(field.among) if isinstance(part, FieldOf) and _is_this(part.of)
    )
    stored = all(_is_stored(entity.fields[name]) for name in named)
    return tuple(named) if stored else ()


def narrowing(entity: Entity, field: Field, values: Mapping[str, object]) -> Narrowing:
    """The rows that the reference may lead to in a record with these values, one for each of the
    fields that decide it. Tested with the reader's eyes."""
    assert field.among is not None
    row = Var(type=field.type.present(), name=THIS)
    condition = replace_variable(_of_values(field.among), field.among_row, row)
    parameters = {_parameter(name): value for name, value in values.items()}
    return Narrowing(Within(f"among {entity.id}.{field.name}", condition), parameters)


def _of_values(condition: Expr) -> Expr:
    """The condition with parameters for the values of the record."""
    if isinstance(condition, FieldOf) and _is_this(condition.of):
        return Var(type=condition.type.optional(), name=_parameter(condition.field))
    return rebuilt(condition, _of_values)


def _parameter(field: str) -> str:
    return f"this_{field}"


def _is_this(expr: Expr) -> bool:
    return isinstance(expr, Var) and expr.name == THIS


def _is_stored(field: Field) -> bool:
    return field.computed is None and field.type.kind != "set"
