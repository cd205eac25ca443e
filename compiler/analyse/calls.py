"""Calls of library functions."""

from __future__ import annotations

from compiler.analyse.context import BROKEN, Context, is_broken, rule, typed
from compiler.analyse.types import type_name
from compiler.field_type import Function
from compiler.model.expr import Expr, Func
from compiler.model.types import Type
from compiler.resolve.names import Misspelt, nearest
from compiler.resolve.symbols import Symbol
from dsl.ast import expr as ast
from dsl.diagnostic import Message, Problem


class UnknownFunction(Misspelt, Problem, code="CW0422", name="unknown-function"):
    written: str
    near: str
    message = Message("there is no function `{written}`", "没有名为 `{written}` 的函数")


class WrongArgumentCount(Problem, code="CW0423", name="wrong-argument-count"):
    function: str
    wanted: int
    found: int
    message = Message(
        "`{function}` takes {wanted} arguments, not {found}",
        "`{function}` 需要 {wanted} 个参数，而不是 {found} 个",
    )


class WrongArgument(Problem, code="CW0424", name="wrong-argument"):
    function: str
    found: str
    found_zh: str
    message = Message("`{function}` does not take {found}", "`{function}` 不接受{found_zh}")


class NamedArgument(Problem, code="CW0425", name="named-argument"):
    function: str
    parameter: str
    message = Message(
        "`{function}` takes its arguments in order, without names",
        "`{function}` 的参数按顺序给出，不带名称",
    )
    help = Message("leave out `{parameter}:`", "请去掉 `{parameter}:`")


class NotAFunction(Problem, code="CW0426", name="not-a-function"):
    message = Message("only functions can be called in an expression", "表达式中只能调用函数")
    help = Message(
        "a transition is called as a statement of its own, inside `do`",
        "流转须作为单独的语句写在 `do` 中",
    )


@rule(ast.Call)
def _call(context: Context, node: ast.Call, expected: Type | None) -> Expr:
    if not isinstance(node.callee, ast.NameRef):
        return context.report(NotAFunction(at=context.place(node)))
    name = node.callee.name.text
    function = context.build.library.functions.get(name)
    if function is None:
        near = nearest(name, context.build.library.functions)
        return context.report(
            UnknownFunction(at=context.place(node.callee), written=name, near=near)
        )
    context.mention(node.callee.name, Symbol("function", name))
    return _apply(context, node, function)


def _apply(context: Context, node: ast.Call, function: Function) -> Expr:
    for argument in node.arguments:
        if argument.name:
            at, name = context.place(argument.name), argument.name.text
            return context.report(NamedArgument(at=at, function=function.name, parameter=name))
    if not function.signature.takes(len(node.arguments)):
        return context.report(
            WrongArgumentCount(
                at=context.place(node), function=function.name,
                wanted=len(function.signature.parameters), found=len(node.arguments),
            )
        )  # fmt: skip
    args = _arguments(context, node)
    if is_broken(*args):
        return BROKEN
    for index, (written, arg) in enumerate(zip(node.arguments, args, strict=True)):
        if not function.signature.accepts(index, arg.type):
            return context.report(_wrong(context, function, written.value, arg))
    type = function.signature.result(args)
    if type is None:
        return context.report(_wrong(context, function, node, args[-1]))
    if any(arg.type.nullable for arg in args):
        type = type.optional()
    return Func(type=type, name=function.name, args=args)


def _wrong(context: Context, function: Function, node: ast.Expr, arg: Expr) -> Problem:
    found, at = type_name(arg.type), context.place(node)
    return WrongArgument(at=at, function=function.name, found=found.en, found_zh=found.zh)


def _arguments(context: Context, node: ast.Call) -> tuple[Expr, ...]:
    """A bare name after the first argument may be a value of the first one's enum."""
    args: list[Expr] = []
    for argument in node.arguments:
        args.append(typed(context, argument.value, args[0].type if args else None))
    return tuple(args)
