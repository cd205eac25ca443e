"""Functions of an app: what others may know of one, and what it means.

A function sees its parameters and nothing of who calls it, so that it means the same wherever it
is called. A body is a query of its own that a call asks for: a circle of functions, with computed
fields in it or without, is found where it closes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.analyse.context import BROKEN, Context, Progress, is_broken, typed
from compiler.analyse.fit import fit, kept
from compiler.analyse.types import written_type
from compiler.build import Build, query
from compiler.model.expr import Call, Expr, Var
from compiler.model.inline import Definition
from compiler.model.rewrite import walk
from compiler.model.types import Type
from compiler.model.value import Function, Parameter
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.names import CALLED, find, place
from dsl.ast import expr as ast
from dsl.ast import value as tree
from dsl.ast.base import walk as walk_tree
from dsl.ast.entity import TypeRef
from dsl.diagnostic import Message, Problem


class SeveralValues(Problem, code="CW0438", name="several-values"):
    message = Message(
        "functions and tables take and give single values", "函数和决策表的参数与结果都只能是单个值"
    )
    help = Message(
        "leave out `many`, or pass the record and take its values with an aggregate",
        "请去掉 `many`，或传入记录后用聚合取值",
    )


class DuplicateParameter(Problem, code="CW0439", name="duplicate-parameter"):
    parameter: str
    message = Message(
        "the parameter `{parameter}` is declared twice", "参数 `{parameter}` 重复声明"
    )
    help = Message("give one of them another name", "请为其中一个另取名称")


class NameOfTheLanguage(Problem, code="CW0440", name="name-of-the-language"):
    written: str
    message = Message(
        "the language has a function `{written}` already", "语言中已有函数 `{written}`"
    )
    help = Message("choose another name", "请另选名称")


class GivesARecord(Problem, code="CW0444", name="gives-a-record"):
    message = Message(
        "a function in Python gives a value, not a record", "由 Python 编写的函数给出值，而不是记录"
    )
    help = Message(
        "give a value by which the record is found, and find it in the text",
        "请给出可用于查找记录的值，再在文本中查找",
    )


class TooLarge(Problem, code="CW0443", name="function-too-large"):
    written: str
    message = Message(
        "`{written}` is too large with all the functions that it calls written out",
        "`{written}` 连同其调用的函数展开后过大",
    )
    help = Message(
        "let it call others less often, or keep their results in computed fields",
        "请减少调用次数，或将结果保存为计算字段",
    )


LARGEST = 20_000
"""Parts of a function with all its calls written out, which SQL and rights need."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a call needs to know; the type of a parameter that was not understood is an error."""

    id: str
    parameters: tuple[Parameter, ...]
    result: Type | None


@query
def signature(build: Build, declared: Declared) -> Signature:
    """The parameters and the result of a function."""
    node = decl(build, declared.block, tree.CallableDecl)
    assert isinstance(node, tree.FunctionDecl | tree.ExternDecl)
    return Signature(
        declared.id,
        parameters(build, declared, node),
        single_type(build, declared, node.result),
    )


def parameters(build: Build, declared: Declared, node: tree.CallableDecl) -> tuple[Parameter, ...]:
    """The parameters of what can be called; of two with the same name the first counts."""
    found: dict[str, Parameter] = {}
    for each in node.parameters:
        name = each.name.text
        type = single_type(build, declared, each.type)
        if name in found:
            at = place(declared.block, each.name)
            build.report(DuplicateParameter(at=at, parameter=name))
            continue
        variable = f"{declared.id}.{name}"
        found[name] = Parameter(name=name, variable=variable, type=type or BROKEN.type)
    return tuple(found.values())


def single_type(build: Build, declared: Declared, written: TypeRef) -> Type | None:
    """The type of one value; None after a fault, which is then reported."""
    kind = written_type(build, declared.module, declared.block, written, entities=True)
    if kind is None:
        return None
    if written.many:
        build.report(SeveralValues(at=place(declared.block, written)))
        return None
    return kind.type.optional() if written.optional else kind.type


def context_of(build: Build, declared: Declared, known: tuple[Parameter, ...]) -> Context:
    """Where an expression stands that sees these parameters and nothing else."""
    variables: dict[str, Expr] = {
        each.name: BROKEN if each.type.kind == "error" else Var(type=each.type, name=each.variable)
        for each in known
    }
    return Context(
        build,
        declared.module,
        declared.block,
        variables=variables,
        has_me=False,
        progress=Progress(prefix=f"{declared.id}."),
    )


@query
def body(build: Build, declared: Declared) -> Expr:
    """The value of a function, with the scale of its type."""
    node = decl(build, declared.block, tree.FunctionDecl)
    sign = signature(build, declared)
    context = context_of(build, declared, sign.parameters)
    value = typed(context, node.body, sign.result)
    if sign.result is None:
        return BROKEN
    return kept(fit(context, node.body, value, sign.result), sign.result)


@query
def function(build: Build, declared: Declared) -> Function | None:
    """A function of the model; None if it was not understood."""
    node = decl(build, declared.block, tree.CallableDecl)
    sign = signature(build, declared)
    _name_is_free(build, declared)
    value = None if is_extern(build, declared) else body(build, declared)
    whole = all(each.type.kind != "error" for each in sign.parameters)
    if not whole or sign.result is None or (value is not None and is_broken(value)):
        return None
    if value is None and sign.result.kind == "ref":
        build.report(GivesARecord(at=place(declared.block, node.name)))
    if _size(build, declared) > LARGEST:
        at = place(declared.block, node.name)
        build.report(TooLarge(at=at, written=declared.name))
    return Function(
        id=declared.id,
        name=declared.name,
        doc=node.doc.text if node.doc else "",
        parameters=sign.parameters,
        result=sign.result,
        body=value,
        origin=Context(build, declared.module, declared.block).origin(node.name),
    )


def _name_is_free(build: Build, declared: Declared) -> None:
    if declared.name in build.library.functions:
        node = decl(build, declared.block, tree.CallableDecl)
        at = place(declared.block, node.name)
        build.report(NameOfTheLanguage(at=at, written=declared.name))


def is_extern(build: Build, declared: Declared) -> bool:
    """Whether a function is written in Python."""
    return isinstance(build.given(("decl", declared.block)), tree.ExternDecl)


@query
def _size(build: Build, declared: Declared) -> int:
    """The parts of a body with all its calls written out."""
    if is_extern(build, declared):
        return 1
    found = 0
    for part in walk(body(build, declared)):
        called = functions(build).get(part.function) if isinstance(part, Call) else None
        found += 1 if called is None else _size(build, called)
    return found


@query
def functions(build: Build) -> dict[str, Declared]:
    """All functions by id, in order."""
    found: dict[str, Declared] = {}
    for each in of_kind(build, "function"):
        found.setdefault(each.id, each)
    return found


def definitions(build: Build) -> Definition:
    """The functions that calls in typed expressions mean."""

    def definition(id: str) -> Function | None:
        found = functions(build).get(id)
        return function(build, found) if found else None

    return definition


def calls(build: Build, declared: Declared) -> Iterator[Declared]:
    """What the text of a function calls, in order."""
    for node in walk_tree(decl(build, declared.block, tree.CallableDecl)):
        if isinstance(node, ast.Call) and isinstance(node.callee, ast.NameRef):
            found = find(build, declared.module, [node.callee.name.text], CALLED)
            if isinstance(found, Declared):
                yield found


def circle(build: Build, start: Declared) -> tuple[Declared, ...]:
    """The shortest way from a function back to itself; empty if there is none."""
    ways: list[tuple[Declared, ...]] = [(start,)]
    seen: set[Declared] = set()
    for way in ways:
        for each in calls(build, way[-1]):
            if each == start:
                return (*way, each)
            if each not in seen:
                seen.add(each)
                ways.append((*way, each))
    return ()
