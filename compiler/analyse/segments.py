"""Segments as sets: the rows of an entity that meet a condition.

A segment has no form of its own in the model. Where a set is asked, it is the entity with the
segment's field as a condition, so that the rights of a reader hold for it like for any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.analyse.context import Context
from compiler.analyse.paths import names_of
from compiler.model.base import EntityId
from compiler.model.expr import Expr, Extent, FieldOf, Op
from compiler.model.types import BOOL, ref, set_of
from compiler.resolve.declared import Declared
from compiler.resolve.members import marked, shape
from compiler.resolve.names import SEGMENT, find
from compiler.resolve.symbols import of_member
from dsl.ast import expr as ast
from dsl.ast.base import Name


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that is meant as a set, and the names that follow it."""

    entity: EntityId
    field: str
    rest: tuple[Name, ...] = ()

    @property
    def rows(self) -> Extent:
        """All rows of the entity."""
        return Extent(type=set_of(ref(self.entity)), entity=self.entity)

    def holds(self, row: Expr) -> Expr:
        """That a row is in the segment."""
        type = BOOL.optional() if row.type.nullable else BOOL
        return FieldOf(type=type, of=row, field=self.field)


def segment_of(context: Context, node: ast.Expr) -> Segment | None:
    """The segment that a path begins with, where a set is asked; None if it begins otherwise."""
    names = names_of(node)
    for count in (2, 1):
        found = _named(context, names[:count]) if names and len(names) >= count else None
        if found is not None and names is not None:
            entity = marked(context.build, found)
            if entity is not None:
                context.mention(names[count - 1], of_member(entity, found.name))
                return Segment(entity, found.name, tuple(names[count:]))
    return None


def _named(context: Context, names: Sequence[Name]) -> Declared | None:
    if len(names) == 1 and _is_local(context, names[0].text):
        return None
    parts = [name.text for name in names]
    found = find(context.build, context.module, parts, SEGMENT)
    return found if isinstance(found, Declared) else None


def _is_local(context: Context, name: str) -> bool:
    """Whether a bare name means something else; as a field of the row at hand, a segment is no
    set, so where one is asked it means itself."""
    if name in context.variables or name in context.inputs:
        return True
    row = context.row
    slot = shape(context.build, EntityId(row.type.of)).slots.get(name) if row else None
    return slot is not None and slot.source != "segment"


def both(one: Expr, other: Expr | None) -> Expr:
    """One condition, and the other if there is one."""
    return one if other is None else Op(type=BOOL, op="and", args=(one, other))
