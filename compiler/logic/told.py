"""An example in words: the terms of a condition and their values as the language writes them."""

from __future__ import annotations

from compiler.logic.points import Point, point, shown
from compiler.model.expr import (
    THIS,
    Aggregate,
    Const,
    DataRow,
    Expr,
    Extent,
    FieldOf,
    Func,
    Holders,
    Many,
    Op,
    Var,
)


def told(expr: Expr, value: Point | None) -> tuple[str, str]:
    """A term and its value."""
    return name_of(expr), shown(value, expr.type)


def name_of(expr: Expr) -> str:
    """An expression in short: what it is about, its inner conditions left out."""
    match expr:
        case Var():
            return expr.name
        case FieldOf() | Many():
            of = expr.of
            start = isinstance(of, Var) and of.name in (THIS, "input")
            return expr.field if start else f"{name_of(of)}.{expr.field}"
        case Const():
            return shown(point(expr), expr.type)
        case DataRow():
            return f"{expr.entity.split('.')[-1]}.{expr.key}"
        case Extent():
            return expr.entity.split(".")[-1]
        case Holders():
            return expr.role.split(".")[-1]
        case Func():
            return f"{expr.name}({', '.join(map(name_of, expr.args))})"
        case Op(op="widen"):
            return name_of(expr.args[0])
        case Op(op="neg"):
            return f"-{name_of(expr.args[0])}"
        case Op() if len(expr.args) == 2:
            left, right = map(name_of, expr.args)
            return f"{left} {expr.op} {right}"
        case Aggregate():
            return f"{expr.function}({_counted(expr)})"
    return "…"


def _counted(expr: Aggregate) -> str:
    rows = name_of(expr.source)
    if expr.value is not None and not isinstance(expr.value, Var):
        value = name_of(expr.value).removeprefix(f"{expr.row}.")
        rows = f"{value} of {rows}"
    return rows if expr.where is None else f"{rows} where …"
