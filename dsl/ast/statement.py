"""Statements: what `do`, `enter` and `leave` hold, in written order."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.base import Name, Node, Path
from dsl.ast.expr import Argument, Expr


@dataclass(frozen=True, slots=True)
class Statement(Node):
    """Base of all statements."""


@dataclass(frozen=True, slots=True)
class Assign(Statement):
    """`path = value`; the target is a NameRef or Attr."""

    target: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Let(Statement):
    """`let name = value`; the value may be a Create."""

    name: Name
    value: Expr | Create


@dataclass(frozen=True, slots=True)
class Create(Statement):
    """`create Entity(field: value, …)`; with `like`, `create Entity like record (…)`."""

    entity: Expr
    like: Expr | None
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Add(Statement):
    """`add record.lines(field: value, …)`; `target` is the path to the owned lines."""

    target: Expr
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Update(Statement):
    """`update set where condition` with its indented assignments."""

    source: Expr
    where: Expr | None
    body: tuple[Assign, ...]


@dataclass(frozen=True, slots=True)
class Delete(Statement):
    """`delete record`."""

    target: Expr


@dataclass(frozen=True, slots=True)
class For(Statement):
    """`for name in set where condition` (or a range `1..n`) with its body."""

    name: Name
    source: Expr
    where: Expr | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Do(Statement):
    """A transition or action call on a line of its own: `deal.qualify(budget: 100)`."""

    call: Expr


@dataclass(frozen=True, slots=True)
class Notify(Statement):
    """`notify people, people "text" via inbox`; `via` is empty for the inbox alone."""

    people: tuple[Expr, ...]
    text: Expr
    via: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Email(Statement):
    """`email customer using survey_mail`."""

    to: Expr
    mail: Path


@dataclass(frozen=True, slots=True)
class CallAction(Statement):
    """`call erp.voucher(date: paid_on, amount: amount)`."""

    connection: Name
    action: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Log(Statement):
    """`log "text"`: a line in the record's history."""

    text: Expr
