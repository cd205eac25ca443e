"""Expressions as a reader may know them.

Reading through grants is a rewriting of the expression, so it holds wherever expressions go:
columns, filters, sort keys, displays, measures. A field that may not be read is null, rows that
may not be read are in no aggregate. What is stored, computed fields included, is the same for
everyone; what a field was computed from is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from compiler.model.base import EntityId
from compiler.model.expr import (
    ME,
    THIS,
    Aggregate,
    Call,
    Case,
    Const,
    Expr,
    FieldOf,
    Let,
    Lookup,
    Many,
    Op,
    Var,
)
from compiler.model.inline import Called, function_of, reads_rows, written_out
from compiler.model.rewrite import rebuilt, replace_variable
from compiler.model.types import BOOL, NULL, Type
from runtime.access.permission import Permissions, Right, Standing, all_of, any_of

IDENTITY = frozenset({"id"})
"""Readable by whoever may know that the row exists."""
NOBODY = Const(type=BOOL, value=False)


class Unreadable(Exception):
    """An entity or field that no right shows."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What somebody of this standing may know.

    `readable` are variables that stand for rows whose row condition the statement tests itself.
    """

    permissions: Permissions
    standing: Standing
    readable: frozenset[str] = frozenset({THIS})

    def rows(self, entity: EntityId, variable: str = THIS) -> Expr | None:
        """The condition under which rows of an entity may be read; None is always.

        Raises Unreadable if no right lets anybody of this standing read any.
        """
        rights = self._rights(entity)
        if not rights:
            raise Unreadable(entity)
        return _said_of(rights, Var(type=_row(entity), name=variable))

    def may_read(self, entity: EntityId) -> bool:
        """Whether some right lets somebody of this standing read some row."""
        return bool(self._rights(entity))

    def shows(self, entity: EntityId, field: str) -> bool:
        """Whether some right shows the field of some row."""
        return field in IDENTITY or any(right.covers(field) for right in self._rights(entity))

    def apply(self, expr: Expr) -> Expr:
        """The expression with null for what may not be known."""
        match expr:
            case FieldOf() | Many():
                return self._path(expr)
            case Aggregate():
                return self._aggregate(expr)
            case Op(op="in" | "contains") if (of := _row_set(expr)) is not None:
                return self._within(expr, of)
            case Call() if reads_rows(function_of(self._called, expr), self._called.get):
                body = written_out(expr, function_of(self._called, expr))
                # What Python reads of a record cannot be told, so nobody may know it.
                return _nothing(expr.type) if body is None else self.apply(body)
            case _:
                return _with_nulls(rebuilt(expr, self.apply))

    @property
    def _called(self) -> Mapping[str, Called]:
        return self.permissions.workspace.called

    def known(self, path: Expr) -> Expr:
        """The condition under which the value of a path may be known."""
        try:
            known, _ = self._known(path)
        except Unreadable:
            return NOBODY
        return known or Const(type=BOOL, value=True)

    def _rights(self, entity: EntityId) -> tuple[Right, ...]:
        return self.permissions.rights(self.standing, entity, "read")

    def _path(self, expr: FieldOf | Many) -> Expr:
        """A path is known where each of its steps is: one condition for all of it."""
        try:
            known, raw = self._known(expr)
        except Unreadable:
            return _nothing(expr.type)
        if known is None:
            return raw
        if expr.type.kind == "set":
            return _nothing(expr.type)  # where a set may be known in part, `_within` asks
        return Case(
            type=expr.type.optional(), branches=((known, raw),), otherwise=_nothing(expr.type)
        )

    def _within(self, expr: Op, of: Expr) -> Expr:
        """A test whether something is in a set of a row: false where the set is not known."""
        try:
            known, raw = self._known(of)
        except Unreadable:
            return NOBODY
        args = tuple(raw if arg is of else self.apply(arg) for arg in expr.args)
        test = all_of(known, expr.but(args=args))
        assert test is not None
        return test

    def _known(self, expr: Expr) -> tuple[Expr | None, Expr]:
        """When a path may be known, and the path with what it begins at masked.

        What one may know of oneself is not asked: a path that begins at `me` is known.
        """
        begin = expr
        while isinstance(begin, FieldOf | Many):
            begin = begin.of
        if isinstance(begin, Var) and begin.name == ME:
            return None, expr
        conditions, raw = self._steps(expr)
        return all_of(*conditions), raw

    def _steps(self, expr: Expr) -> tuple[list[Expr | None], Expr]:
        """The conditions of all steps, and the path with what it begins at masked."""
        if not isinstance(expr, FieldOf | Many):
            return [], self.apply(expr)
        conditions, of = self._steps(expr.of)
        raw = expr.but(of=of)
        entity = (expr.of.type.item or expr.of.type).of
        return [*conditions, self._step(EntityId(entity), expr.field, of)], raw

    def _step(self, entity: EntityId, field: str, of: Expr) -> Expr | None:
        rights = self._rights(entity)
        covering = rights if field in IDENTITY else [r for r in rights if r.covers(field)]
        if not covering:
            raise Unreadable(f"{entity}.{field}")
        tested = isinstance(of, Var) and of.name in self.readable
        if field in IDENTITY or (tested and len(covering) == len(rights)):
            return None
        return _said_of(covering, of)

    def _aggregate(self, expr: Aggregate) -> Expr:
        """An aggregate over the rows that may be read."""
        entity = expr.source.type.item.of if expr.source.type.item else ""
        if EntityId(entity) not in self.permissions.workspace.entities:
            return _with_nulls(rebuilt(expr, self.apply))
        inner = replace(self, readable=self.readable | {expr.row})
        try:
            known, source = self._known(expr.source)
            rows = self.rows(EntityId(entity), expr.row)
        except Unreadable:
            return expr.but(where=NOBODY)
        masked = rebuilt(expr.but(source=source), inner._parts_beside(source))
        assert isinstance(masked, Aggregate)
        return masked.but(where=all_of(known, rows, masked.where))

    def _parts_beside(self, source: Expr) -> Callable[[Expr], Expr]:
        """`apply` for the parts of an aggregate, whose source is masked already."""
        return lambda part: part if part is source else self.apply(part)


def _row_set(expr: Op) -> Expr | None:
    """The set of a row that a membership test asks, if it asks one."""
    sets = (arg for arg in expr.args if arg.type.kind == "set" and isinstance(arg, FieldOf | Many))
    return next(sets, None)


def _row(entity: EntityId) -> Type:
    return Type(kind="ref", of=entity)


def _said_of(rights: Iterable[Right], row: Expr) -> Expr | None:
    condition = any_of(right.condition for right in rights)
    return condition and replace_variable(condition, THIS, row)


def _nothing(type: Type) -> Expr:
    return Const(type=type.optional() if type.kind != "set" else NULL, value=None)


def _with_nulls(expr: Expr) -> Expr:
    """The expression with a type that allows null where one of its parts now does."""
    if expr.type.nullable or expr.type.kind == "set":
        return expr
    if not isinstance(expr, Call | Lookup | Let) and (
        expr.type.kind == "bool" or not isinstance(expr, Op | Case)
    ):
        return expr
    if isinstance(expr, Op) and expr.op == "??":
        parts: list[Expr] = [expr.args[-1]]
    elif isinstance(expr, Op | Call | Lookup):
        parts = list(expr.args)
    elif isinstance(expr, Let):
        parts = [expr.body, *([expr.value] if expr.required else [])]
    else:
        parts = [expr.otherwise, *(then for _, then in expr.branches)]
    if any(part.type.nullable for part in parts):
        return expr.but(type=expr.type.optional())
    return expr
