"""Comparisons that a missing value on both sides would make true, where that must not be."""

from __future__ import annotations

from compiler.analyse.called import definition
from compiler.analyse.context import Context
from compiler.model.expr import Const, Expr, Op
from compiler.model.inline import walk_through
from dsl.ast import expr
from dsl.diagnostic import Message, Problem


class NullOpens(Problem, code="CW0804", name="null-opens-access"):
    message = Message(
        "two values that may both be null are compared, so a missing one would open the record",
        "比较的两个值都可能为空，缺值会使记录被开放",
    )
    help = Message(
        "test one of them with `is not null and …`, or make its field required",
        "请先用 `is not null and …` 判断其一，或将字段设为必填",
    )


def null_opens_nothing(context: Context, node: expr.Expr, value: Expr) -> None:
    """Report comparisons that hold because both sides are missing."""
    for part in walk_through(value, definition(context.build)):
        if isinstance(part, Op) and part.op in ("==", "!=", "in") and _opens(part):
            context.report(NullOpens(at=context.place(node)))
            return


def _opens(test: Op) -> bool:
    nullable = [arg.type.nullable for arg in test.args]
    literal_null = any(isinstance(arg, Const) and arg.value is None for arg in test.args)
    if literal_null:
        return False
    return any(nullable) if test.op == "!=" else nullable[0] and any(nullable[1:])
