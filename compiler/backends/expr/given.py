"""What a `pick` takes from around it, apart from what it asks of the rows it chooses from."""

from __future__ import annotations

from compiler.model.expr import Aggregate, Expr, FieldOf, Pick, Var
from compiler.model.rewrite import rebuilt

Given = dict[str, Expr]


def with_given(pick: Pick) -> tuple[Pick, Given]:
    """The pick with variables in the place of values from around it, and those values.

    They are the values of paths that begin at a variable bound outside, so that what is left can
    be asked of the database for all rows at once.
    """
    given: Given = {}
    inner = rebuilt(pick, lambda part: _outside(part, frozenset({pick.row}), given))
    assert isinstance(inner, Pick)
    return inner, given


def _outside(expr: Expr, bound: frozenset[str], given: Given) -> Expr:
    if isinstance(expr, Var | FieldOf):
        start: Expr = expr
        while isinstance(start, FieldOf):
            start = start.of
        if isinstance(start, Var) and start.name not in bound and expr.type.kind != "set":
            name = next((name for name, value in given.items() if value == expr), "")
            name = name or f"given{len(given)}"
            given[name] = expr
            return Var(type=expr.type, name=name)
    if isinstance(expr, Aggregate):
        bound |= {expr.row}
    return rebuilt(expr, lambda part: _outside(part, bound, given))
