"""Typed statements: what a `do` does, as data that the engine carries out with the app's rights."""

from __future__ import annotations

from typing import Annotated, Literal, Union

from pydantic import Field as Discriminated

from compiler.model.base import EntityId, Model, Origin
from compiler.model.entity import Phrase
from compiler.model.expr import Expr


class Assign(Model):
    """Set a field of the row that `row` leads to."""

    kind: Literal["assign"] = "assign"
    row: Expr
    field: str
    value: Expr
    origin: Origin


class Let(Model):
    """Bind a variable to a value, or to the record that `create` makes."""

    kind: Literal["let"] = "let"
    name: str
    value: Expr | None = None
    create: Create | None = None
    origin: Origin


class Create(Model):
    """Create a record; `like` copies the fields of a record first. For `add` to owned lines,
    `values` holds `parent`."""

    kind: Literal["create"] = "create"
    entity: EntityId
    like: Expr | None = None
    values: dict[str, Expr]
    origin: Origin


class Update(Model):
    """Assign fields of every row of a set; `row` is the variable that stands for one."""

    kind: Literal["update"] = "update"
    row: str
    source: Expr
    where: Expr | None
    values: dict[str, Expr]
    origin: Origin


class Delete(Model):
    kind: Literal["delete"] = "delete"
    row: Expr
    origin: Origin


class For(Model):
    """Run the body for every row of a set, or for every int of a range."""

    kind: Literal["for"] = "for"
    name: str
    source: Expr | None = None
    low: Expr | None = None
    high: Expr | None = None
    where: Expr | None = None
    body: tuple[Statement, ...]
    origin: Origin


class Transit(Model):
    """Take a transition of the row's flow, with `require` asked and `by` not."""

    kind: Literal["transit"] = "transit"
    row: Expr
    transition: str
    values: dict[str, Expr]
    origin: Origin


class Notify(Model):
    """Tell people; each item of `people` is a user or a set of users. The actor, duplicates and
    null are left out."""

    kind: Literal["notify"] = "notify"
    people: tuple[Expr, ...]
    text: Phrase
    origin: Origin


class Log(Model):
    """Write a line into the record's history."""

    kind: Literal["log"] = "log"
    text: Phrase
    origin: Origin


Statement = Annotated[
    Union[Assign, Let, Create, Update, Delete, For, Transit, Notify, Log],  # noqa: UP007
    Discriminated(discriminator="kind"),
]

for _class in (Let, For):
    _class.model_rebuild()
