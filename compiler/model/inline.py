"""Calls written out: the body of a function with its arguments in the place of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compiler.model.expr import Call, Expr, Extent, FieldOf, Holders, Let, Many, Var
from compiler.model.rewrite import parts, replace_variable, walk
from compiler.model.value import Function, Parameter

Definition = Callable[[str], Function | None]
"""The function with an id; None while the text of it has a fault."""


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
    for parameter, arg in reversed(bound):
        body = _let(parameter, arg, body)
    return body


def _let(parameter: Parameter, arg: Expr, body: Expr) -> Let:
    required = not parameter.type.nullable
    type = body.type.optional() if required and arg.type.nullable else body.type
    return Let(type=type, name=parameter.variable, value=arg, required=required, body=body)


def _is_path(arg: Expr) -> bool:
    """Whether it is a reference that a path of fields leads to."""
    if arg.type.kind != "ref":
        return False
    while isinstance(arg, FieldOf):
        arg = arg.of
    return isinstance(arg, Var)


def walk_through(expr: Expr, definition: Definition) -> Iterator[Expr]:
    """The expression and all it is made of, the bodies of the functions it calls included."""
    seen: set[Call] = set()
    left = [expr]
    while left:
        part = left.pop()
        yield part
        left.extend(reversed(parts(part)))
        if isinstance(part, Call) and part not in seen:
            seen.add(part)
            function = definition(part.function)
            body = written_out(part, function) if function is not None else None
            if body is not None:
                left.append(body)


_ROWS = (FieldOf, Many, Extent, Holders)


def reads_rows(function: Function, definition: Definition) -> bool:
    """Whether what a function gives depends on more than the values of its arguments."""
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
                left += [called] if called is not None else []
    return False
