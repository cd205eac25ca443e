"""Calls written out: what is called, with its arguments in the place of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from compiler.model.expr import (
    Call,
    Case,
    Const,
    Expr,
    Extent,
    FieldOf,
    Holders,
    Let,
    Lookup,
    Many,
    Op,
    Var,
)
from compiler.model.rewrite import parts, replace_variable, walk
from compiler.model.types import BOOL
from compiler.model.value import Function, Parameter, Row, Table

Called = Function | Table
Definition = Callable[[str], Called | None]
"""The function or table with an id; None while the text of it has a fault."""


def function_of(called: Mapping[str, Called], call: Call) -> Function:
    """The function that a call of a model without faults means."""
    found = called[call.function]
    assert isinstance(found, Function)
    return found


def table_of(called: Mapping[str, Called], lookup: Lookup) -> Table:
    """The table of a model without faults in which is looked up."""
    found = called[lookup.table]
    assert isinstance(found, Table)
    return found


def written_out(call: Call, function: Function) -> Expr | None:
    """What a call stands for; None for a function that is written in Python.

    A path takes the place of its parameter; any other argument is bound, to be computed once.
    """
    body = function.body
    if body is None:
        return None
    bound: list[tuple[Parameter, Expr]] = []
    for parameter, arg in zip(function.parameters, call.args, strict=True):
        if _is_path(arg):
            body = replace_variable(body, parameter.variable, arg)
        else:
            bound.append((parameter, arg))
    return bind(bound, body)


def bind(bound: Iterable[tuple[Parameter, Expr]], body: Expr) -> Expr:
    """An expression with values for parameters that it speaks of."""
    for parameter, arg in reversed(list(bound)):
        required = not parameter.type.nullable
        type = body.type.optional() if required and arg.type.nullable else body.type
        body = Let(type=type, name=parameter.variable, value=arg, required=required, body=body)
    return body


def _is_path(arg: Expr) -> bool:
    """Whether it is a reference that a path of fields leads to."""
    if arg.type.kind != "ref":
        return False
    while isinstance(arg, FieldOf):
        arg = arg.of
    return isinstance(arg, Var)


def first_hit(table: Table, result: str) -> Expr:
    """A result of a table of which one row counts, said of its parameters."""
    place = place_of(table, result)
    branches: list[tuple[Expr, Expr]] = []
    for row in in_order(table):
        test = fits(row)
        if test is None:
            return _case(table, branches, row.values[place])
        branches.append((test, row.values[place]))
    type = table.results[place].type
    return _case(table, branches, Const(type=type.optional(), value=None))


def _case(table: Table, branches: list[tuple[Expr, Expr]], otherwise: Expr) -> Expr:
    if not branches:
        return otherwise
    return Case(type=branches[0][1].type, branches=tuple(branches), otherwise=otherwise)


def place_of(table: Table, result: str) -> int:
    """Where a result stands among the values of a row."""
    return [each.name for each in table.results].index(result)


def in_order(table: Table) -> list[Row]:
    """The rows in the order in which they are asked: those for the rest come last."""
    return sorted(table.rows, key=lambda row: row.otherwise)


def fits(row: Row) -> Expr | None:
    """The condition under which a row fits; None is always."""
    tests = tuple(test for test in row.tests if test is not None)
    if len(tests) < 2:
        return tests[0] if tests else None
    return Op(type=BOOL, op="and", args=tests)


def walk_through(expr: Expr, definition: Definition) -> Iterator[Expr]:
    """The expression and all it is made of, what it calls included."""
    seen: set[Call | str] = set()
    left = [expr]
    while left:
        part = left.pop()
        yield part
        left.extend(reversed(parts(part)))
        if isinstance(part, Call) and part not in seen:
            seen.add(part)
            function = definition(part.function)
            body = written_out(part, function) if isinstance(function, Function) else None
            left.extend([body] if body is not None else [])
        elif isinstance(part, Lookup) and part.table not in seen:
            seen.add(part.table)
            table = definition(part.table)
            left.extend(cells(table) if isinstance(table, Table) else ())


def cells(table: Table) -> Iterator[Expr]:
    """All expressions of a table."""
    for row in table.rows:
        yield from (test for test in row.tests if test is not None)
        yield from row.values


_ROWS = (FieldOf, Many, Extent, Holders)


def reads_rows(function: Function, definition: Definition) -> bool:
    """Whether what a function gives depends on more than the values of its arguments; a table
    reads no records."""
    seen, left = {function.id}, [function]
    while left:
        each = left.pop()
        if any(parameter.type.kind == "ref" for parameter in each.parameters):
            return True
        for part in walk(each.body) if each.body is not None else ():
            if isinstance(part, _ROWS):
                return True
            if isinstance(part, Call) and part.function not in seen:
                seen.add(part.function)
                called = definition(part.function)
                left += [called] if isinstance(called, Function) else []
    return False
