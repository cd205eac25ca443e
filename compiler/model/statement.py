"""Typed statements: what a `do` does, as data that the engine carries out with the app's rights."""

from __future__ import annotations

from typing import Literal, Union

from compiler.model.base import EntityId, Model, Origin
from compiler.model.entity import Phrase
from compiler.model.expr import Expr


class Step(Model, tag_field="kind"):
    """What every statement has."""

    origin: Origin


class Assign(Step, tag="assign"):
    """Set a field of the row that `row` leads to."""

    row: Expr
    field: str
    value: Expr


class Let(Step, tag="let"):
    """Bind a variable to a value, or to the record that `create` makes."""

    name: str
    value: Expr | None = None
    create: Create | None = None


class Create(Step, tag="create"):
    """Create a record; `like` copies the fields of a record first. For `add` to owned lines,
    `values` holds `parent`."""

    entity: EntityId
    like: Expr | None = None
    values: dict[str, Expr]


class Update(Step, tag="update"):
    """Assign fields of every row of a set; `row` is the variable that stands for one."""

    row: str
    source: Expr
    where: Expr | None
    values: dict[str, Expr]


class Delete(Step, tag="delete"):
    row: Expr


class For(Step, tag="for"):
    """Run the body for every row of a set, or for every int of a range."""

    name: str
    source: Expr | None = None
    low: Expr | None = None
    high: Expr | None = None
    where: Expr | None = None
    body: tuple[Statement, ...]


class Transit(Step, tag="transit"):
    """Take a transition of the row's flow, or an action of its entity, with `require` asked and
    `by` not."""

    row: Expr
    transition: str
    values: dict[str, Expr]


Verb = Literal["approve", "refuse", "transfer", "add", "delegate", "return", "withdraw", "revoke"]
"""What can be done with an approval."""


class Decide(Step, tag="decide"):
    """Act on the approval that is under way for a row, in the place of whoever acts: with their
    own open task, or (`withdraw`, `revoke`) with their own request. `person` is who is asked
    instead or besides, `state` where the record is sent back to, `values` what is asked."""

    row: Expr
    verb: Verb
    person: Expr | None = None
    state: str = ""
    values: dict[str, Expr]


class Notify(Step, tag="notify"):
    """Tell people; each item of `people` is a user or a set of users. The actor, duplicates and
    null are left out."""

    people: tuple[Expr, ...]
    text: Phrase
    via: tuple[str, ...] = ()
    """Beside nothing else the inbox alone; `inbox`, `email`, or the ids of connections."""


class Email(Step, tag="email"):
    """Send a mail to the record, or to each of the records, that `to` leads to: to the address in
    its field `address`. It is about that record, or `about_this`."""

    to: Expr
    address: str
    mail: str
    about_this: bool


class Call(Step, tag="call"):
    """Let a connection do something, after the act."""

    connection: str
    action: str
    values: dict[str, Expr]


class Log(Step, tag="log"):
    """Write a line into the record's history."""

    text: Phrase


Statement = Union[  # noqa: UP007
    Assign, Let, Create, Update, Delete, For, Transit, Decide, Notify, Log, Email, Call
]
