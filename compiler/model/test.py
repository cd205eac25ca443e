"""Tests: what a situation is made of, what people do in it, and what must then be true.

They are compiled with the model and are no part of it: a release does not know them.
"""

from __future__ import annotations

from typing import Literal, Union

from compiler.model.base import EntityId, Model, Origin, RoleId
from compiler.model.expr import Expr
from compiler.model.statement import Decide, Transit


class Step(Model, tag_field="kind"):
    """What every line of a test has."""

    origin: Origin


class MakeRecord(Step, tag="make"):
    """Make a record, with the owned lines it comes with by the name of the collection; for a line
    that is added, `values` holds `parent`. `name` is the variable that leads to it, or empty."""

    name: str = ""
    entity: EntityId
    values: dict[str, Expr]
    lines: dict[str, tuple[dict[str, Expr], ...]]


class GiveRoles(Step, tag="roles"):
    """Give a person roles; one whom nobody has made yet is made first."""

    name: str
    label: str
    is_new: bool
    roles: tuple[RoleId, ...]
    team: Expr | None = None


class Change(Step, tag="change"):
    """Change fields of a record, or of each record of a set for which `where` holds; `row` is the
    variable that stands for one."""

    source: Expr
    row: str = ""
    where: Expr | None = None
    values: dict[str, Expr]


class Remove(Step, tag="remove"):
    row: Expr


class Press(Step, tag="press"):
    """Call a transition, or act on an approval."""

    call: Transit | Decide


class See(Step, tag="see"):
    """Look at a record, or at a field of it."""

    row: Expr
    field: str = ""


Attempt = MakeRecord | Change | Remove | Press | See
"""What somebody may be refused."""


class Bind(Step, tag="bind"):
    """Give a value a name."""

    name: str
    value: Expr


class Cannot(Step, tag="cannot"):
    """The attempt is refused, and the refusal says `text`."""

    attempt: Attempt
    text: Expr | None = None


class Part(Model):
    """A part of a condition whose value says why it does not hold, and where it is written."""

    value: Expr
    origin: Origin


class Expect(Step, tag="expect"):
    condition: Expr
    parts: tuple[Part, ...]


class ExpectTold(Step, tag="told"):
    """These people were told something, with `text` in it; or, with `none`, they were not. A
    warning is told to whoever acted last."""

    channel: Literal["notice", "mail", "warning"]
    none: bool
    people: tuple[Expr, ...]
    text: Expr | None = None


class ExpectReport(Step, tag="report"):
    """The report has rows for which `where` holds, and `has` is true of each of them. Its
    dimensions and measures are variables of both conditions."""

    report: str
    where: Expr | None = None
    has: Expr


Expectation = Expect | ExpectTold | ExpectReport


class Given(Step, tag="given"):
    """What is done with the app's authority. What must be filled in and is not said gets a value
    of its own (see `runtime.testing.dummies`)."""

    steps: tuple[MakeRecord | GiveRoles | Change | Press, ...]


class As(Step, tag="as"):
    """What a person does."""

    who: Expr
    steps: tuple[Union[Attempt, Bind, Cannot, Expectation], ...]  # noqa: UP007


class SetClock(Step, tag="clock"):
    """Go to a moment, or to the beginning of a day."""

    moment: Expr


class Test(Model):
    """A test of a module. It begins at `start`, if it says when."""

    module: str
    name: str
    start: Expr | None
    steps: tuple[Given | As | SetClock | Bind | MakeRecord | Expectation, ...]
    origin: Origin
