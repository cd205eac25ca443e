"""Typed expressions: resolved, nullability known, one meaning for every back end.

Plain data. Rows are reached through variables; a variable is one of the well-known ones below or
one bound by an aggregate, a `let`, a `for` or the `ask` of a transition.
"""

from __future__ import annotations

from typing import Annotated, Literal, Union

from pydantic import Field as Discriminated

from compiler.model.base import EntityId, Model, RoleId
from compiler.model.types import Type

THIS = "this"
OLD = "old"
ME = "me"
INPUT = "input"
"""The variable of what a transition's form asks; its fields are the `ask` names."""


class Const(Model):
    """A constant in canonical form: decimals, dates, times and instants as text, a duration in
    seconds, a worktime in minutes, an enum value by its name; None is null."""

    node: Literal["const"] = "const"
    type: Type
    value: str | int | bool | None


class DataRow(Model):
    """A row of reference data, `Region.east`: by its key, the id is known at run time."""

    node: Literal["data_row"] = "data_row"
    type: Type
    entity: EntityId
    key: str


class Var(Model):
    """A variable. `this`, `old`, `me` and bound rows are `ref` typed and stand for the row."""

    node: Literal["var"] = "var"
    type: Type
    name: str


class FieldOf(Model):
    """A field of the row that `of` (a `ref`) leads to; null if `of` is null.

    To-one only; a set-valued enum field (`Skill many`) is a FieldOf of type `set`.
    """

    node: Literal["field"] = "field"
    type: Type
    of: Expr
    field: str


class Many(Model):
    """The rows of a to-many field: inverse, owned lines, many-to-many; of type `set` of `ref`.

    `of` is a `ref`, or a `set` of `ref` (then the rows of all of them).
    """

    node: Literal["many"] = "many"
    type: Type
    of: Expr
    field: str


class Extent(Model):
    """All rows of an entity."""

    node: Literal["extent"] = "extent"
    type: Type
    entity: EntityId


class Holders(Model):
    """The active direct holders of a role; a set of users."""

    node: Literal["holders"] = "holders"
    type: Type
    role: RoleId


Operator = Literal[
    "or", "and", "not", "==", "!=", "<", "<=", ">", ">=", "in", "contains", "starts with",
    "under", "is null", "??", "+", "-", "*", "/", "neg", "widen",
]  # fmt: skip


class Op(Model):
    """An operator of the one table in `backends.expr.operators`.

    `in`: first argument is the value, the rest are the members (`in` a range is lowered to
    comparisons, `in` a set expression has that one set as its second argument); `!=`, `not in` and
    `is not null` of the text are `!=`, `not` over `in` and over `is null`. `widen` changes an
    int or decimal to the scale of its type. Conditions are never null.
    """

    node: Literal["op"] = "op"
    type: Type
    op: Operator
    args: tuple[Expr, ...]


class Func(Model):
    """A call of a library function by its name (`compiler.field_type.Function`)."""

    node: Literal["func"] = "func"
    type: Type
    name: str
    args: tuple[Expr, ...]


class Case(Model):
    """The value of the first branch whose condition is true, else `otherwise`."""

    node: Literal["case"] = "case"
    type: Type
    branches: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr


class Concat(Model):
    """An interpolated text: constants and expressions in order; a null part is empty.

    In a value (computed field, display) a part has its canonical text form; in a text for people
    (notice, refusal) the runtime shows it in the reader's language.
    """

    node: Literal["concat"] = "concat"
    type: Type
    parts: tuple[Expr, ...]


class SortKey(Model):
    value: Expr
    descending: bool


AggregateFunction = Literal[
    "sum", "count", "min", "max", "avg", "exists", "all", "first", "last", "one"
]


class Aggregate(Model):
    """An aggregate over the rows of `source` for which `where` holds.

    `row` is the variable that stands for a row inside `value`, `where` and `sort`; it is unique in
    the whole expression. `value` is None for `count` and `exists`; for `all` it is the condition;
    for `first`, `last`, `one` it is the row itself (a Var) or a value of it.
    """

    node: Literal["aggregate"] = "aggregate"
    type: Type
    function: AggregateFunction
    distinct: bool
    row: str
    source: Expr
    value: Expr | None
    where: Expr | None
    sort: tuple[SortKey, ...]


Expr = Annotated[
    Union[  # noqa: UP007 (a forward reference inside a string)
        Const, DataRow, Var, FieldOf, Many, Extent, Holders, Op, Func, Case, Concat, Aggregate
    ],
    Discriminated(discriminator="node"),
]

for _class in (FieldOf, Many, Op, Func, Case, Concat, SortKey, Aggregate):
    _class.model_rebuild()
