"""Fields that a query names, as expressions."""

from __future__ import annotations

from compiler.model.app import Workspace
from compiler.model.base import EntityId
from compiler.model.entity import Entity, Field
from compiler.model.expr import THIS, Case, Concat, Const, Expr, FieldOf, Op, Var
from compiler.model.rewrite import rebuilt, replace_variable
from compiler.model.types import BOOL, INT, TEXT, ref
from runtime.store.query import Path, unknown_field

DEPTH = 3
"""How far the display of a record follows the displays of others."""


def record(entity: EntityId) -> Expr:
    """The record that a query is about."""
    return Var(type=ref(entity), name=THIS)


def follow(workspace: Workspace, entity: EntityId, path: Path) -> tuple[Expr, Field]:
    """The value at the end of a path, and its field. Raises BadQuery for one that leads nowhere."""
    expr, field = record(entity), None
    for name in path:
        known = workspace.entities.get(EntityId(expr.type.of)) if expr.type.kind == "ref" else None
        field = known.fields.get(name) if known else None
        if field is None:
            raise unknown_field(path)
        nullable = field.type.nullable or expr.type.nullable
        type = field.type.optional() if nullable and field.type.kind != "set" else field.type
        expr = FieldOf(type=type, of=expr, field=name)
    if field is None:
        raise unknown_field(path)
    return expr, field


def display(workspace: Workspace, reference: Expr, depth: int = DEPTH) -> Expr:
    """The text that names the record a reference leads to; null for null.

    The displays of records it mentions are written out, so that a mask reaches their fields.
    """
    own = workspace.entities[EntityId(reference.type.of)].display
    shown = _written_out(workspace, replace_variable(own, THIS, reference), depth)
    if not reference.type.nullable:
        return shown
    if isinstance(shown, FieldOf):
        return shown.but(type=shown.type.optional())
    return _unless_null(reference, Const(type=TEXT.optional(), value=None), shown)


def _unless_null(reference: Expr, instead: Const, value: Expr) -> Expr:
    is_null = Op(type=BOOL, op="is null", args=(reference,))
    return Case(type=instead.type, branches=((is_null, instead),), otherwise=value)


def _written_out(workspace: Workspace, expr: Expr, depth: int) -> Expr:
    if isinstance(expr, Concat) and len(expr.parts) == 1 and _is_text(expr.parts[0]):
        return expr.parts[0]  # the field itself, which an index can serve
    if not isinstance(expr, Concat):
        return rebuilt(expr, lambda part: _written_out(workspace, part, depth))
    parts = tuple(_part(workspace, part, depth) for part in expr.parts)
    return expr.but(parts=parts)


def _is_text(part: Expr) -> bool:
    return part.type.kind == "text" and not part.type.nullable


def _part(workspace: Workspace, part: Expr, depth: int) -> Expr:
    if part.type.kind != "ref":
        return _written_out(workspace, part, depth)
    if not depth:
        return Const(type=TEXT, value="")
    return display(workspace, part, depth - 1)


def sort_key(workspace: Workspace, value: Expr) -> Expr:
    """What rows are sorted by for people: references by their names, choices as they are listed."""
    if value.type.kind == "ref":
        return display(workspace, value)
    enum = next((each for each in workspace.enums.values() if each.id == value.type.of), None)
    if value.type.kind != "enum" or enum is None:
        return value
    places = tuple(
        (_equals(value, each.name), Const(type=INT, value=place))
        for place, each in enumerate(enum.values)
    )
    return Case(
        type=INT.optional(), branches=places, otherwise=Const(type=INT.optional(), value=None)
    )


def _equals(value: Expr, name: str) -> Expr:
    return Op(type=BOOL, op="==", args=(value, Const(type=value.type.present(), value=name)))


def searched(entity: Entity) -> tuple[str, ...]:
    """The fields that a search looks into: those that say so, else the texts of the display."""
    flagged = tuple(field.name for field in entity.fields.values() if field.search)
    return flagged or tuple(_texts(entity, entity.display))


def _texts(entity: Entity, expr: Expr) -> list[str]:
    match expr:
        case FieldOf(of=Var(name="this"), field=name) if entity.fields[name].type.kind == "text":
            return [name]
        case Concat(parts=parts):
            return [name for part in parts for name in _texts(entity, part)]
    return []
