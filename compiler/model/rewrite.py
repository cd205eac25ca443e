"""Walking and rewriting expressions, whatever they are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compiler.model.expr import (
    Aggregate,
    Call,
    Case,
    Concat,
    Expr,
    FieldOf,
    Func,
    Let,
    Link,
    Lookup,
    Many,
    Op,
    Pick,
    SortKey,
    Var,
)


def rebuilt(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The expression with each of its parts changed."""
    match expr:
        case FieldOf() | Many():
            return expr.but(of=change(expr.of))
        case Op() | Func() | Call() | Lookup():
            return expr.but(args=tuple(map(change, expr.args)))
        case Let():
            return expr.but(value=change(expr.value), body=change(expr.body))
        case Concat():
            return expr.but(parts=tuple(map(change, expr.parts)))
        case Case():
            branches = tuple((change(when), change(then)) for when, then in expr.branches)
            return expr.but(branches=branches, otherwise=change(expr.otherwise))
        case Aggregate():
            return expr.but(
                source=change(expr.source),
                value=expr.value and change(expr.value),
                where=expr.where and change(expr.where),
                sort=tuple(
                    SortKey(value=change(key.value), descending=key.descending) for key in expr.sort
                ),
            )
        case Link():
            return expr.but(of=expr.of and change(expr.of))
        case Pick():
            return expr.but(
                source=change(expr.source),
                where=expr.where and change(expr.where),
                lowest=tuple(map(change, expr.lowest)),
            )
        case _:
            return expr


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The expressions that an expression is directly made of."""
    match expr:
        case FieldOf() | Many():
            return (expr.of,)
        case Op() | Func() | Call() | Lookup():
            return expr.args
        case Let():
            return (expr.value, expr.body)
        case Concat():
            return expr.parts
        case Case():
            return (*(part for branch in expr.branches for part in branch), expr.otherwise)
        case Aggregate():
            inner = (expr.source, expr.value, expr.where, *(key.value for key in expr.sort))
            return tuple(part for part in inner if part is not None)
        case Link():
            return () if expr.of is None else (expr.of,)
        case Pick():
            return (expr.source, *((expr.where,) if expr.where else ()), *expr.lowest)
        case _:
            return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all it is made of."""
    yield expr
    for part in parts(expr):
        yield from walk(part)


def replace_variable(expr: Expr, name: str, replacement: Expr) -> Expr:
    """The expression said of `replacement` where it was said of the variable `name`."""
    if isinstance(expr, Var):
        return replacement if expr.name == name else expr
    return rebuilt(expr, lambda part: replace_variable(part, name, replacement))
