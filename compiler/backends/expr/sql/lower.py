"""A typed expression as SQL: values, paths, sets. Conditions are lowered by `conditions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
)

from compiler.backends.expr.python import python_value
from compiler.backends.expr.sql import aggregates, arithmetic, lookups
from compiler.backends.expr.sql.conditions import condition
from compiler.backends.expr.sql.joins import Bound, Column, Scope, Source
from compiler.backends.expr.sql.tables import Dialect, Tables
from compiler.backends.expr.sql.texts import collated, constant, text_of
from compiler.backends.schema.storage import sql_type
from compiler.field_type import Function
from compiler.model.base import EntityId
from compiler.model.entity import Collection
from compiler.model.expr import (
    ME,
    THIS,
    Aggregate,
    Call,
    Case,
    Concat,
    Const,
    DataRow,
    Expr,
    Extent,
    FieldOf,
    Func,
    Holders,
    Let,
    Lookup,
    Many,
    Op,
    Var,
)
from compiler.model.inline import function_of, written_out
from compiler.model.rewrite import walk
from compiler.model.types import Type
from compiler.operators import in_scale


class Lowering:
    """Lowers expressions over one workspace for one dialect.

    `scope` says what each variable stands for. `me`, `now`, `today` and `zone` (its name) are bind
    parameters; constants are bound too.
    """

    def __init__(self, tables: Tables, dialect: Dialect, functions: Mapping[str, Function]) -> None:
        self.tables = tables
        self.dialect = dialect
        self.functions = functions

    def condition(self, expr: Expr, scope: Scope) -> ColumnElement[bool]:
        """A condition for a WHERE; it may be NULL instead of false."""
        return condition(self, expr, scope)

    def value(self, expr: Expr, scope: Scope) -> Column:
        """A value in the storage of its type; a reference as its id."""
        match expr:
            case Const():
                return self._const(expr)
            case Var():
                return self._variable(expr, scope)
            case DataRow():
                return literal(self.tables.data_id(expr.entity, expr.key), sql_type(expr.type))
            case FieldOf():
                return self._field(expr, scope)
            case Op():
                return self._operator(expr, scope)
            case Func():
                return self._call(expr, scope)
            case Call():
                return self.value(self.called(expr), scope)
            case Lookup():
                return lookups.value(self, expr, scope)
            case Let():
                return self._let(expr, scope)
            case Case():
                return self._case(expr, scope)
            case Concat():
                return self._concat(expr, scope)
            case Aggregate():
                return self._aggregate(expr, scope)
        raise TypeError(f"{expr} is a set, which has no value in SQL")

    def number(self, expr: Expr, type: Type, scope: Scope) -> Column:
        """A number with the scale of `type`; anything else as it is."""
        if not (expr.type.is_number and type.is_number):
            return self.value(expr, scope)
        if isinstance(expr, Const) and expr.value is not None:
            return self._const(expr.but(type=type))
        return arithmetic.scaled(self.value(expr, scope), expr.type, type, self.dialect)

    def collated(self, value: Column, type: Type) -> Column:
        """Texts compare by code point, on PostgreSQL by saying so."""
        if type.kind != "text" or self.dialect == "sqlite":
            return value
        return collated(value, "C")

    def _const(self, const: Const) -> Column:
        if const.value is None:
            return null() if const.type.kind == "null" else cast(null(), sql_type(const.type))
        return literal(python_value(const), sql_type(const.type))

    def _variable(self, var: Var, scope: Scope) -> Column:
        found = scope.get(var.name)
        if found is None:
            return bindparam(var.name, type_=sql_type(var.type))
        return found.row.c["id"] if isinstance(found, Bound) else found

    # --- paths

    def reference(self, expr: Expr, scope: Scope) -> Bound | None:
        """The row at hand that a to-one path leads to, joined if need be; None if the path does
        not begin at one."""
        if isinstance(expr, Call):
            return self.reference(self.called(expr), scope)
        if isinstance(expr, Var):
            found = scope.get(expr.name)
            return found if isinstance(found, Bound) else None
        if not isinstance(expr, FieldOf) or expr.field == "id":
            return None
        left = self.reference(expr.of, scope)
        if left is None:
            return None
        table = self.tables.table(expr.type.of)
        return left.source.joined(
            left, expr.field, table, expr.type.of, lambda: self.column(left, expr.field)
        )

    def _field(self, expr: FieldOf, scope: Scope) -> Column:
        if expr.field == "id":
            return self.value(expr.of, scope)
        bound = self.reference(expr.of, scope)
        if bound is not None:
            return self.column(bound, expr.field)
        return self._through(expr.of, scope, lambda row: self.column(row, expr.field))

    def _through(self, of: Expr, scope: Scope, build: Callable[[Bound], Column]) -> Column:
        """`build` over the row with the id that `of` computes."""
        source, bound = self.start(of.type.of)
        value = build(bound)
        statement = select(value).select_from(source.clause)
        statement = statement.where(bound.row.c["id"] == self.value(of, scope))
        return statement.correlate_except(*source.own).scalar_subquery()

    def start(self, entity: str) -> tuple[Source, Bound]:
        """A new FROM over the rows of an entity."""
        row = self.tables.table(entity).alias()
        source = Source(row)
        return source, Bound(row, entity, source)

    def column(self, bound: Bound, field: str) -> Column:
        """A field of a row; one that is computed when read is computed here."""
        known = self.tables.workspace.entities[EntityId(bound.entity)].fields.get(field)
        if known is not None and known.computed is not None and known.upkeep == "read":
            return self.value(known.computed, {THIS: bound})
        return bound.row.c[field]

    # --- sets

    def items(self, expr: Expr, scope: Scope) -> Select[Any]:
        """A set as a SELECT of ids, or of its values if they are no rows."""
        match expr:
            case Holders():
                return self.tables.holders(expr.role)
            case Extent():
                return select(self.tables.table(expr.entity).alias().c["id"])
            case FieldOf():
                table = self.tables.values(expr.of.type.of, expr.field).alias()
                owner = self.value(expr.of, scope)
                found = select(table.c["value"]).where(table.c["record"] == owner)
                return found.correlate_except(table)
            case Many():
                return self._many(expr, scope)
        raise TypeError(f"no set is meant by {expr}")

    def _many(self, expr: Many, scope: Scope) -> Select[Any]:
        collection = self.collection(expr)
        if collection.kind == "link":
            row: FromClause = self.tables.link(collection.link).alias()
            sides = ("near", "far") if collection.near else ("far", "near")
            here, there = (row.c[side] for side in sides)
        else:
            row = self.tables.table(collection.target).alias()
            here, there = row.c[collection.via], row.c["id"]
        found = select(there).where(self.leads_back(expr, here, scope))
        return found.correlate_except(row)

    def leads_back(self, expr: Many, here: Column, scope: Scope) -> ColumnElement[bool]:
        """That `here` refers to the row, or to one of the rows, whose to-many field it is."""
        if expr.of.type.kind == "set":
            return here.in_(self.items(expr.of, scope))
        return here == self.value(expr.of, scope)

    def collection(self, expr: Many) -> Collection:
        of = expr.of.type.item or expr.of.type
        return self.tables.workspace.entities[EntityId(of.of)].collections[expr.field]

    def under(self, expr: Op, scope: Scope) -> Column:
        """That a row is another or below it: the rows below are found first if they are the same
        for all rows asked about, else the rows above."""
        below, above = expr.args
        entity = below.type.of
        field = next(
            each.name
            for each in self.tables.workspace.entities[EntityId(entity)].fields.values()
            if each.tree
        )
        if _is_fixed(above):
            return self.value(below, scope).in_(self._tree(entity, "id", field, above, scope))
        return self.value(above, scope).in_(self._tree(entity, field, "id", below, scope))

    def _tree(self, entity: str, step: str, key: str, start: Expr, scope: Scope) -> Select[Any]:
        """The ids that are reached from one by steps up or down the tree, itself included."""
        first = self.tables.table(entity).alias()
        found = select(first.c["id"].label("id")).where(first.c["id"] == self.value(start, scope))
        reached = found.correlate_except(first).cte(recursive=True, nesting=True)
        row = self.tables.table(entity).alias()
        more = select(row.c[step]).where(row.c[key] == reached.c["id"])
        if step != "id":
            more = more.where(row.c[step].is_not(None))
        return select(reached.union(more.correlate_except(row, reached)).c["id"])

    # --- aggregates

    def exists(self, expr: Aggregate, scope: Scope, negate: bool) -> ColumnElement[bool]:
        return aggregates.exists(self, expr, scope, negate)

    def _aggregate(self, expr: Aggregate, scope: Scope) -> Column:
        if expr.function in ("exists", "all"):
            return condition(self, expr, scope, strict=True)
        return aggregates.value(self, expr, scope)

    # --- the rest

    def _operator(self, expr: Op, scope: Scope) -> Column:
        if expr.type.kind == "bool" and expr.op != "??":
            return condition(self, expr, scope, strict=True)
        if expr.op == "??":
            parts = [self.number(arg, expr.type, scope) for arg in expr.args]
            return func.coalesce(*parts, type_=sql_type(expr.type))
        if expr.op == "widen":
            return self.number(expr.args[0], expr.type, scope)
        operands = [(self.value(arg, scope), arg.type) for arg in expr.args]
        if expr.op == "neg":
            return arithmetic.negate(operands[0][0], expr.type)
        return _arithmetic(expr, operands, self.dialect)

    def _call(self, expr: Func, scope: Scope) -> Column:
        function = self.functions[expr.name]
        args = in_scale(expr.args, expr.type) if function.signature.common else expr.args
        values = [self.value(arg, scope) for arg in args]
        return function.sql(self.dialect, values, [*(arg.type for arg in args), expr.type])

    def called(self, expr: Call) -> Expr:
        """What a call of an app's function stands for."""
        body = written_out(expr, function_of(self.tables.workspace.called, expr))
        assert body is not None, f"{expr.function} is written in Python, which SQL cannot call"
        return body

    def plainly(self, expr: Let, scope: Scope) -> Scope | None:
        """The scope of a body whose variable may stand for its value itself, without a name for
        it; None if the value has to be computed first, or could be null and must not be."""
        return self._plainly(expr, _uses(expr), scope)

    def _plainly(self, expr: Let, uses: int, scope: Scope) -> Scope | None:
        if expr.required and expr.value.type.nullable:
            return None
        column = self.value(expr.value, scope)
        if not isinstance(column, ColumnClause | BindParameter) and uses > 1:
            return None
        return {**scope, expr.name: column}

    def _let(self, expr: Let, scope: Scope) -> Column:
        return self.named(expr, _uses(expr), scope, lambda inner: self.value(expr.body, inner))

    def named(self, expr: Let, uses: int, scope: Scope, build: Callable[[Scope], Column]) -> Column:
        """What is built over a value that is computed once: the one row of a SELECT of its own.
        `uses` says how often it reads the value."""
        plain = self._plainly(expr, uses, scope)
        if plain is not None:
            return build(plain)
        value = select(self.value(expr.value, scope).label("value")).correlate_except(None)
        if self.dialect == "postgresql":
            value = value.offset(0)  # or the planner puts the value wherever it is read
        named = value.subquery()
        column = named.c["value"]
        statement = select(build({**scope, expr.name: column})).select_from(named)
        statement = statement.correlate_except(named)
        if expr.required and expr.value.type.nullable:
            statement = statement.where(column.is_not(None))
        return type_coerce(statement.scalar_subquery(), sql_type(expr.type))

    def _case(self, expr: Case, scope: Scope) -> Column:
        branches = [
            (condition(self, test, scope), self.number(value, expr.type, scope))
            for test, value in expr.branches
        ]
        return case(*branches, else_=self.number(expr.otherwise, expr.type, scope))

    def _concat(self, expr: Concat, scope: Scope) -> Column:
        text = constant("")
        for part in expr.parts:
            text = text.concat(self._part(part, scope))
        return text

    def _part(self, part: Expr, scope: Scope) -> Column:
        if part.type.kind == "ref":
            shown = self._display(part, scope)
        else:
            shown = text_of(self.value(part, scope), part.type, self.dialect)
        return func.coalesce(shown, constant(""), type_=Text()) if part.type.nullable else shown

    def _display(self, part: Expr, scope: Scope) -> Column:
        """The text that names the row a reference leads to."""
        entity = self.tables.workspace.entities[EntityId(part.type.of)]
        bound = self.reference(part, scope)
        if bound is None:
            return self._through(part, scope, lambda row: self.value(entity.display, {THIS: row}))
        shown = self.value(entity.display, {THIS: bound})
        return case((bound.row.c["id"].is_not(None), shown), else_=None)


def _arithmetic(expr: Op, operands: list[tuple[Column, Type]], dialect: Dialect) -> Column:
    (left, right), type = operands, expr.type
    kinds = left[1].kind, right[1].kind
    if expr.op in ("*", "/"):
        if expr.op == "/":
            return arithmetic.divide(left, right, type, dialect)
        return arithmetic.multiply(left, right, type, dialect)
    if kinds[0] == kinds[1] and kinds[0] in ("date", "instant", "time"):
        return arithmetic.difference(left, right, type, dialect)
    if kinds[0] in ("date", "instant"):
        return arithmetic.move(expr.op, left, right[0], dialect)
    return arithmetic.add(expr.op, left, right, type, dialect)


def _uses(expr: Let) -> int:
    """How often SQL would compute the value of a variable where it is read; inside an aggregate
    that is once for every row."""
    found = 0
    for part in walk(expr.body):
        if isinstance(part, Var) and part.name == expr.name:
            found += 1
        elif isinstance(part, Aggregate):
            inside = (each for each in walk(part) if isinstance(each, Var))
            found += any(each.name == expr.name for each in inside)
    return found


def _is_fixed(expr: Expr) -> bool:
    """Whether a value is the same for all rows of a statement: it begins at `me` or a constant."""
    while isinstance(expr, FieldOf):
        expr = expr.of
    return isinstance(expr, Const | DataRow) or (isinstance(expr, Var) and expr.name == ME)
