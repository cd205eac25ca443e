"""Typed expressions: resolved, nullability known, one meaning for every back end.

Plain data. Rows are reached through variables; a variable is one of the well-known ones below or
one bound by an aggregate, a `let`, a `for` or the `ask` of a transition.
"""

from __future__ import annotations

from typing import Literal, Union

from compiler.model.base import EntityId, Model, RoleId
from compiler.model.types import Type

THIS = "this"
OLD = "old"
ME = "me"
INPUT = "input"
"""The variable of what a transition's form asks; its fields are the `ask` names."""


class Node(Model, tag_field="node"):
    """What every expression has."""

    type: Type


class Const(Node, tag="const"):
    """A constant in canonical form: decimals, dates, times and instants as text, a duration in
    seconds, a worktime in minutes, an enum value by its name; None is null."""

    value: str | int | bool | None


class DataRow(Node, tag="data_row"):
    """A row of reference data, `Region.east`: by its key, the id is known at run time."""

    entity: EntityId
    key: str


class Var(Node, tag="var"):
    """A variable. `this`, `old`, `me` and bound rows are `ref` typed and stand for the row."""

    name: str


class FieldOf(Node, tag="field"):
    """A field of the row that `of` (a `ref`) leads to; null if `of` is null.

    To-one only; a set-valued enum field (`Skill many`) is a FieldOf of type `set`.
    """

    of: Expr
    field: str


class Many(Node, tag="many"):
    """The rows of a to-many field: inverse, owned lines, many-to-many; of type `set` of `ref`.

    `of` is a `ref`, or a `set` of `ref` (then the rows of all of them).
    """

    of: Expr
    field: str


class Extent(Node, tag="extent"):
    """All rows of an entity."""

    entity: EntityId


class Holders(Node, tag="holders"):
    """The active direct holders of a role; a set of users."""

    role: RoleId


Operator = Literal[
    "or", "and", "not", "==", "!=", "<", "<=", ">", ">=", "in", "contains", "starts with",
    "under", "is null", "??", "+", "-", "*", "/", "neg", "widen",
]  # fmt: skip


class Op(Node, tag="op"):
    """An operator of the one table in `backends.expr.operators`.

    `in`: first argument is the value, the rest are the members (`in` a range is lowered to
    comparisons, `in` a set expression has that one set as its second argument); `!=`, `not in` and
    `is not null` of the text are `!=`, `not` over `in` and over `is null`. `widen` changes an
    int or decimal to the scale of its type. Conditions are never null.
    """

    op: Operator
    args: tuple[Expr, ...]


WORKING_TIME = "working time"
"""The name under which working time is added to a date or a moment: a `Func` of the moment, the
worktime and the id of the calendar. It is of no library, for it needs the holidays of people."""


class Func(Node, tag="func"):
    """A call of a library function by its name (`compiler.field_type.Function`)."""

    name: str
    args: tuple[Expr, ...]


class Call(Node, tag="call"):
    """A call of a function that an app declares, by its id; null if an argument is null that the
    parameter does not allow to be (as in a draft)."""

    function: str
    args: tuple[Expr, ...]


class Lookup(Node, tag="lookup"):
    """What a decision table gives for some inputs: the result of that name, of the table with that
    id; null if an argument is null that the parameter does not allow to be."""

    table: str
    result: str
    args: tuple[Expr, ...]


class Let(Node, tag="let"):
    """The value of `body`, in which the variable `name` stands for `value`; null if that is null
    and `required`. No declaration says it: calls are written out with it (`model.inline`)."""

    name: str
    value: Expr
    required: bool
    body: Expr


class Case(Node, tag="case"):
    """The value of the first branch whose condition is true, else `otherwise`."""

    branches: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr


class Concat(Node, tag="concat"):
    """An interpolated text: constants and expressions in order; a null part is empty.

    In a value (computed field, display) a part has its canonical text form; in a text for people
    (notice, refusal) the runtime shows it in the reader's language.
    """

    parts: tuple[Expr, ...]


class SortKey(Model):
    value: Expr
    descending: bool


AggregateFunction = Literal[
    "sum", "count", "min", "max", "avg", "exists", "all", "first", "last", "one"
]


class Aggregate(Node, tag="aggregate"):
    """An aggregate over the rows of `source` for which `where` holds.

    `row` is the variable that stands for a row inside `value`, `where` and `sort`; it is unique in
    the whole expression. `value` is None for `count` and `exists`; for `all` it is the condition;
    for `first`, `last`, `one` it is the row itself (a Var) or a value of it.
    """

    function: AggregateFunction
    distinct: bool
    row: str
    source: Expr
    value: Expr | None
    where: Expr | None
    sort: tuple[SortKey, ...]


class Link(Node, tag="link"):
    """The address of a form in a mail: for the record `of`, once for each mail, or of a public
    form."""

    form: str
    of: Expr | None = None


class Pick(Node, tag="pick"):
    """One of the rows of `source` for which `where` holds: of those with the lowest values of
    `lowest` the one whose turn it is, or by lot; null if there is none.

    No value but a deed, so it stands in statements alone: each is remembered under its `name`, so
    that turns go on from act to act. `row` is the variable that stands for a row.
    """

    name: str
    row: str
    source: Expr
    where: Expr | None
    lowest: tuple[Expr, ...]
    by_lot: bool


Expr = Union[  # noqa: UP007 (a forward reference inside a string)
    Const,
    DataRow,
    Var,
    FieldOf,
    Many,
    Extent,
    Holders,
    Op,
    Func,
    Call,
    Lookup,
    Let,
    Case,
    Concat,
    Aggregate,
    Pick,
    Link,
]
