"""Calls of functions, the app's own and those of the library."""

from __future__ import annotations

from compiler.analyse.context import BROKEN, Context, is_broken, rule, typed
from compiler.analyse.fit import kept, value_of
from compiler.analyse.function import body, circle, is_extern, signature
from compiler.analyse.measure import MEASURES, NotInMeasure
from compiler.analyse.paths import ChainTooLong, names_of
from compiler.analyse.types import type_name
from compiler.build import Cycle, TooDeep
from compiler.field_type import Function
from compiler.model.expr import Call, Expr, Func
from compiler.model.types import Type
from compiler.resolve.declared import Declared
from compiler.resolve.names import (
    CALLED,
    AmbiguousName,
    Misspelt,
    find,
    is_lost,
    nearest,
    visible_names,
)
from compiler.resolve.symbols import Symbol, of_declared
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


class CallsItself(Problem, code="CW0437", name="calls-itself"):
    function: str
    path: str
    message = Message("`{function}` calls itself: {path}", "`{function}` 调用了自身：{path}")
    help = Message(
        "a function always ends, so none may lead back to itself; break the circle",
        "函数必须总能结束，因此不能回到自身；请打破循环",
    )


@rule(ast.Call)
def _call(context: Context, node: ast.Call, expected: Type | None) -> Expr:
    names = names_of(node.callee)
    if names is None:
        return context.report(NotAFunction(at=context.place(node)))
    parts = [name.text for name in names]
    if context.measuring is not None and parts[0] in MEASURES and len(parts) == 1:
        return MEASURES[parts[0]](context, node, parts[0])
    own = find(context.build, context.module, parts, CALLED)
    if isinstance(own, Declared):
        context.mention(names[-1], of_declared(own))
        return _own(context, node, own)
    if own.several:
        return context.report(_several(context, node.callee, own.several))
    if len(parts) > 1:
        return context.report(NotAFunction(at=context.place(node)))
    function = context.build.library.functions.get(parts[0])
    if function is None and parts[0] in MEASURES:
        return context.report(NotInMeasure(at=context.place(node.callee), word=parts[0]))
    if function is None:
        return _unknown(context, node.callee, parts[0])
    context.mention(names[0], Symbol("function", parts[0]))
    return _apply(context, node, function)


def _several(context: Context, node: ast.Expr, found: tuple[Declared, ...]) -> Problem:
    choices = ", ".join(f"`{each.id}`" for each in found)
    return AmbiguousName(at=context.place(node), written=found[0].name, choices=choices)


def _unknown(context: Context, node: ast.Expr, written: str) -> Expr:
    if is_lost(context.build, written):
        return BROKEN
    own = visible_names(context.build, context.module, CALLED)
    near = nearest(written, [*context.build.library.functions, *own])
    return context.report(UnknownFunction(at=context.place(node), written=written, near=near))


def _own(context: Context, node: ast.Call, declared: Declared) -> Expr:
    """A call of a function of an app: its arguments fit the parameters one by one."""
    sign = signature(context.build, declared)
    if not _count_fits(context, node, declared.name, len(sign.parameters), len(sign.parameters)):
        return BROKEN
    args = tuple(
        kept(value_of(context, argument.value, parameter.type), parameter.type)
        for argument, parameter in zip(node.arguments, sign.parameters, strict=True)
    )
    if not _ends(context, node, declared) or sign.result is None or is_broken(*args):
        return BROKEN
    return Call(type=sign.result, function=declared.id, args=args)


def _ends(context: Context, node: ast.Call, declared: Declared) -> bool:
    """Whether a function does not lead back to itself; a circle is reported where it closes."""
    if is_extern(context.build, declared):
        return True
    try:
        body(context.build, declared)
    except TooDeep:
        context.report(ChainTooLong(at=context.place(node)))
        return False
    except Cycle:
        path = " → ".join(f"`{each.name}`" for each in circle(context.build, declared))
        if not path:
            raise  # the circle goes through a computed field, where it is reported
        at = context.place(node.callee)
        context.report(CallsItself(at=at, function=declared.name, path=path))
        return False
    return True


def _count_fits(context: Context, node: ast.Call, name: str, least: int, most: int) -> bool:
    """Whether a call has as many arguments as it takes, none of them named."""
    for argument in node.arguments:
        if argument.name:
            at, parameter = context.place(argument.name), argument.name.text
            context.report(NamedArgument(at=at, function=name, parameter=parameter))
            return False
    if least <= len(node.arguments) <= most:
        return True
    found = len(node.arguments)
    at = context.place(node)
    context.report(WrongArgumentCount(at=at, function=name, wanted=most, found=found))
    return False


def _apply(context: Context, node: ast.Call, function: Function) -> Expr:
    takes, count = function.signature, len(node.arguments)
    known = len(takes.parameters)
    most = max(known, count) if takes.variadic else known
    if not _count_fits(context, node, function.name, known - takes.optional, most):
        return BROKEN
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
