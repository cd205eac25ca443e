"""From statements to commands, in written order.

Each expression is evaluated when its turn comes, so it sees what the statements before it did.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any

from compiler.model.expr import Expr
from compiler.model.statement import (
    Assign,
    Create,
    Delete,
    For,
    Let,
    Log,
    Notify,
    Statement,
    Transit,
    Update,
)
from runtime.engine.commands import Command, Make, Move, Note, Remove, Scope, Tell, Write

Running = Generator[Command, Any, Scope]
"""Commands of one statement; returns the scope of the next one."""


def run(statements: Iterable[Statement], scope: Scope) -> Running:
    """The commands of a `do`; nothing is done where a path to a record leads nowhere."""
    for statement in statements:
        scope = yield from _RUN[type(statement)](statement, scope)
    return scope


def _assign(statement: Assign, scope: Scope) -> Running:
    record = scope.record(statement.row)
    if record is not None:
        value = scope.value(statement.value)
        yield Write(record, {statement.field: value}, statement.origin)
    return scope


def _let(statement: Let, scope: Scope) -> Running:
    if statement.create is not None:
        made = yield _make(statement.create, scope)
        return scope.bind(statement.name, made)
    assert statement.value is not None
    return scope.bind(statement.name, _bound(statement.value, scope))


def _create(statement: Create, scope: Scope) -> Running:
    yield _make(statement, scope)
    return scope


def _make(statement: Create, scope: Scope) -> Make:
    like = None if statement.like is None else scope.record(statement.like)
    return Make(statement.entity, _values(statement.values, scope), like, statement.origin)


def _update(statement: Update, scope: Scope) -> Running:
    # All rows are chosen before the first is written: a write must not choose the next one.
    rows = [(row, scope.bind(statement.row, row)) for row in scope.records(statement.source)]
    where = statement.where
    for record, inner in [each for each in rows if where is None or each[1].value(where)]:
        yield Write(record, _values(statement.values, inner), statement.origin)
    return scope


def _delete(statement: Delete, scope: Scope) -> Running:
    record = scope.record(statement.row)
    if record is not None:
        yield Remove(record, statement.origin)
    return scope


def _for(statement: For, scope: Scope) -> Running:
    turns = [scope.bind(statement.name, each) for each in _turns(statement, scope)]
    where = statement.where
    for inner in [each for each in turns if where is None or each.value(where)]:
        yield from run(statement.body, inner)
    return scope


def _turns(statement: For, scope: Scope) -> Iterable[object]:
    """What the variable of a `for` stands for, one after the other."""
    if statement.source is not None:
        return _members(statement.source, scope)
    assert statement.low is not None and statement.high is not None
    low, high = scope.value(statement.low), scope.value(statement.high)
    return () if low is None or high is None else range(low, high + 1)


def _members(source: Expr, scope: Scope) -> Iterable[object]:
    item = source.type.item
    assert item is not None
    return scope.records(source) if item.kind == "ref" else sorted(scope.value(source))


def _transit(statement: Transit, scope: Scope) -> Running:
    record = scope.record(statement.row)
    if record is not None:
        yield Move(record, statement.transition, _values(statement.values, scope))
    return scope


def _notify(statement: Notify, scope: Scope) -> Running:
    people: set[Any] = set()
    for expr in statement.people:
        found = scope.value(expr)
        people |= set(found) if expr.type.kind == "set" else {found}
    people.discard(None)  # a path to nobody
    if people:
        yield Tell(frozenset(people), statement.text, scope)
    return scope


def _log(statement: Log, scope: Scope) -> Running:
    yield Note(statement.text, scope)
    return scope


def _values(values: Mapping[str, Expr], scope: Scope) -> dict[str, object]:
    return {name: scope.value(expr) for name, expr in values.items()}


def _bound(expr: Expr, scope: Scope) -> object:
    """What a variable stands for: a record where its type is a reference, else a value."""
    return scope.record(expr) if expr.type.kind == "ref" else scope.value(expr)


_RUN: dict[type, Callable[..., Running]] = {
    Assign: _assign,
    Let: _let,
    Create: _create,
    Update: _update,
    Delete: _delete,
    For: _for,
    Transit: _transit,
    Notify: _notify,
    Log: _log,
}
