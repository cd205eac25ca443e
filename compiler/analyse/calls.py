"""Calls of functions, the app's own and those of the library."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.analyse.context import BROKEN, Context, is_broken, rule, typed
from compiler.analyse.elsewhere import FUNCTIONS, HELP
from compiler.analyse.fit import kept, value_of
from compiler.analyse.function import body, circle, is_extern, signature
from compiler.analyse.link import LINK, link
from compiler.analyse.measure import MEASURES, NotInMeasure
from compiler.analyse.names import attribute
from compiler.analyse.paths import ChainTooLong, names_of
from compiler.analyse.table import inputs, results, table
from compiler.analyse.types import type_name
from compiler.build import Cycle, TooDeep
from compiler.field_type import Function
from compiler.model.expr import Call, Expr, Func, Lookup
from compiler.model.types import Type
from compiler.model.value import Parameter, Result
from compiler.resolve.declared import Declared
from compiler.resolve.names import (
    CALLED,
    TABLE,
    AmbiguousName,
    Misspelt,
    find,
    is_lost,
    nearest,
    visible_names,
)
from compiler.resolve.symbols import Symbol, of_declared, of_local
from dsl import words
from dsl.ast import expr as ast
from dsl.ast.base import Name
from dsl.ast.value import RESULT
from dsl.diagnostic import Message, Near, Problem


class UnknownFunction(Misspelt, Problem, code="CW0422", name="unknown-function"):
    written: str
    near: str
    message = Message("there is no function `{written}`", "没有名为 `{written}` 的函数")

    def more_help(self) -> Message | None:
        return HELP.get(self.written.casefold()) or super().more_help()


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


class SeveralResults(Problem, code="CW0645", name="several-results"):
    table: str
    choices: str
    message = Message("`{table}` gives more than one value", "`{table}` 给出多个值")
    help = Message("say which one is meant: {choices}", "请写明需要哪一个：{choices}")


class UnknownResult(Misspelt, Problem, code="CW0646", name="unknown-result"):
    table: str
    written: str
    near: str
    message = Message("`{table}` gives no `{written}`", "`{table}` 没有结果 `{written}`")
    help = None


@rule(ast.Attr)
def _attr(context: Context, node: ast.Attr, expected: Type | None) -> Expr:
    """A result of a table, where a call of one comes before the dot."""
    found = _result(context, node.of, node.name) if isinstance(node.of, ast.Call) else None
    return found or attribute(context, node)


@rule(ast.Call)
def _call(context: Context, node: ast.Call, expected: Type | None) -> Expr:
    names = names_of(node.callee)
    if names is None:
        return context.report(NotAFunction(at=context.place(node)))
    parts = [name.text for name in names]
    if context.measuring is not None and parts[0] in MEASURES and len(parts) == 1:
        return MEASURES[parts[0]](context, node, parts[0])
    if parts == [LINK]:
        return link(context, node)
    own = find(context.build, context.module, parts, CALLED)
    if isinstance(own, Declared):
        context.mention(names[-1], of_declared(own))
        return _looked_up(context, node, own) if own.kind == "table" else _own(context, node, own)
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
    known = (*context.build.library.functions, *words.AGGREGATES, *own)
    near = Near(_meant(written, known), known)
    return context.report(UnknownFunction(at=context.place(node), written=written, near=near))


def _meant(written: str, known: Sequence[str]) -> str:
    """The function that was likely meant; empty where none was."""
    if written.casefold() in HELP:
        return ""
    near = FUNCTIONS.get(written.casefold(), nearest(written, known))
    return near or words.aggregate(written) or ""


def _own(context: Context, node: ast.Call, declared: Declared) -> Expr:
    """A call of a function of an app."""
    sign = signature(context.build, declared)
    args = _fitting(context, node, declared, sign.parameters)
    if args is None or sign.result is None:
        return BROKEN
    return Call(type=sign.result, function=declared.id, args=args)


def _looked_up(context: Context, node: ast.Call, declared: Declared) -> Expr:
    """What a table gives that gives one value without a name."""
    args = _fitting(context, node, declared, inputs(context.build, declared))
    found = results(context.build, declared)
    if not found or found[0].name != RESULT:
        choices = ", ".join(f"`….{each.name}`" for each in found)
        at = context.place(node)
        return context.report(SeveralResults(at=at, table=declared.name, choices=choices))
    return _lookup(declared, found[0], args)


def _result(context: Context, node: ast.Call, name: Name) -> Expr | None:
    """The result of that name of the table that a call asks; None where it asks no table with
    results that have names."""
    names = names_of(node.callee)
    parts = [each.text for each in names] if names else []
    declared = find(context.build, context.module, parts, TABLE) if parts else None
    if not isinstance(declared, Declared) or names is None:
        return None
    known = {each.name: each for each in results(context.build, declared)}
    if RESULT in known:
        return None
    context.mention(names[-1], of_declared(declared))
    args = _fitting(context, node, declared, inputs(context.build, declared))
    if name.text not in known:
        at, near = context.place(name), nearest(name.text, known)
        return context.report(
            UnknownResult(at=at, table=declared.name, written=name.text, near=near)
        )
    context.mention(name, of_local(declared.block, name.text))
    return _lookup(declared, known[name.text], args)


def _lookup(declared: Declared, result: Result, args: tuple[Expr, ...] | None) -> Expr:
    if args is None or result.type.kind == "error":
        return BROKEN
    return Lookup(type=result.type, table=declared.id, result=result.name, args=args)


def _fitting(
    context: Context, node: ast.Call, declared: Declared, parameters: Sequence[Parameter]
) -> tuple[Expr, ...] | None:
    """The arguments as the parameters take them, one by one; None after a fault."""
    if not _count_fits(context, node, declared.name, len(parameters), len(parameters)):
        return None
    args = tuple(
        kept(value_of(context, argument.value, parameter.type), parameter.type)
        for argument, parameter in zip(node.arguments, parameters, strict=True)
    )
    return None if is_broken(*args) or not _ends(context, node, declared) else args


def _ends(context: Context, node: ast.Call, declared: Declared) -> bool:
    """Whether what is called does not lead back to itself; a circle is reported where it closes."""
    if is_extern(context.build, declared):
        return True
    try:
        if declared.kind == "table":
            table(context.build, declared)
        else:
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
