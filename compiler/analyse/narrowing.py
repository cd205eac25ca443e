"""What a condition tells about null: which paths are there if it holds, and if it does not."""

from __future__ import annotations

from compiler.analyse.context import Facts, path_key
from compiler.model.expr import Const, Expr, Op

_NOTHING: Facts = frozenset()
_PRESENT_IF_TRUE = frozenset({"<", "<=", ">", ">=", "contains", "starts with", "under"})


def if_true(condition: Expr) -> Facts:
    """Paths that are not null where the condition holds."""
    if not isinstance(condition, Op):
        return _NOTHING
    first, *others = condition.args
    match condition.op:
        case "and":
            return _NOTHING.union(*map(if_true, condition.args))
        case "or":
            return if_true(first).intersection(*map(if_true, others))
        case "not":
            return if_false(first)
        case "==" | "in" if all(not other.type.nullable for other in others):
            return _present(first)
        case "==" if not first.type.nullable:
            return _present(others[0])
        case "!=" if _is_null(others[0]):
            return _present(first)
        case op if op in _PRESENT_IF_TRUE:
            return frozenset().union(*(_present(arg) for arg in condition.args))
    return _NOTHING


def if_false(condition: Expr) -> Facts:
    """Paths that are not null where the condition does not hold."""
    if not isinstance(condition, Op):
        return _NOTHING
    first, *others = condition.args
    match condition.op:
        case "and":
            return if_false(first).intersection(*map(if_false, others))
        case "or":
            return _NOTHING.union(*map(if_false, condition.args))
        case "not":
            return if_true(first)
        case "is null":
            return _present(first)
        case "==" if _is_null(others[0]):
            return _present(first)
        case "!=" if not others[0].type.nullable:
            return _present(first)
    return _NOTHING


def _is_null(value: Expr) -> bool:
    return isinstance(value, Const) and value.value is None


def _present(value: Expr) -> Facts:
    """The path of a value and all paths it goes through."""
    key = path_key(value)
    if key is None:
        return _NOTHING
    return frozenset(key[:length] for length in range(1, len(key) + 1))
