"""What the reader of a report may set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from compiler.analyse.expr import Context, is_broken, value_of
from compiler.analyse.texts import labels
from compiler.analyse.types import written_type
from compiler.model.expr import Expr, Var
from compiler.model.report import Param
from compiler.model.types import RANGE, Type, ref
from compiler.resolve.members import resolve_entity, shape
from compiler.resolve.names import Misspelt, nearest
from compiler.values.periods import NAMES, is_period
from dsl.ast import expr
from dsl.ast import report as ast
from dsl.ast.base import Node
from dsl.diagnostic import Message, Problem

RANGE_NAME = "range"
THIS_PERIOD = "this_year"


class HidesAField(Problem, code="CW0718", name="hides-a-field"):
    param: str
    message = Message(
        "`{param}` is a field of the report's rows, so nothing else can be called so here",
        "`{param}` 是报表各行的字段，此处不能再用此名称",
    )
    help = Message("give the parameter another name", "请给参数换一个名称")


class TakenParameter(Problem, code="CW0719", name="parameter-twice"):
    param: str
    message = Message("the parameter `{param}` is declared twice", "参数 `{param}` 重复声明")
    help = Message("rename one of them, or delete it", "请改名或删除其中一个")


class UnknownPeriod(Misspelt, Problem, code="CW0720", name="unknown-period"):
    written: str
    near: str
    message = Message("there is no period `{written}`", "没有时间段 `{written}`")
    help = Message(
        "for instance `this_month`, `last_year`, `last_30_days`",
        "例如 `this_month`、`last_year`、`last_30_days`",
    )


class NoParameterType(Problem, code="CW0721", name="no-parameter-type"):
    message = Message("a parameter has one value", "参数只有一个值")
    help = Message("leave out `many`", "请去掉 `many`")


def report_unknown_period(context: Context, node: Node, written: str) -> None:
    """Report that no period of time is called so."""
    near = nearest(written, NAMES)
    context.report(UnknownPeriod(at=context.place(node), written=written, near=near))


def params(context: Context, tree: ast.ReportDecl) -> tuple[Param, ...]:
    """The parameters of a report, each with the variable that stands for it."""
    return tuple(_params(context, tree))


def known(found: Sequence[Param]) -> dict[str, Expr]:
    """What their names mean in the report."""
    return {each.name: Var(type=each.type, name=each.variable) for each in found}


def _params(context: Context, tree: ast.ReportDecl) -> Iterator[Param]:
    taken: set[str] = set()
    for index, each in enumerate(tree.params):
        name, at = each.name.text, context.place(each.name)
        if name in taken:
            context.report(TakenParameter(at=at, param=name))
        elif context.this and name in shape(context.build, context.this).slots:
            context.report(HidesAField(at=at, param=name))
        elif (made := _param(context, tree, each, f"p{index}")) is not None:
            yield made
        taken.add(name)


def _param(context: Context, tree: ast.ReportDecl, each: ast.Param, variable: str) -> Param | None:
    key, at = f"{tree.name.text}.{each.name.text}", context.place(each.name)
    label = labels(context.build, context.module, (key,), each.label, each.name, at)
    name = each.name.text
    if each.type is not None and str(each.type.name) == RANGE_NAME:
        period = _period(context, each.default)
        return Param(name=name, label=label, variable=variable, type=RANGE, period=period)
    type = _type(context, each)
    if type is None:
        return None
    default = _default(context, each, type)
    type = type if default is not None and not default.type.nullable else type.optional()
    return Param(name=name, label=label, variable=variable, type=type, default=default)


def _type(context: Context, each: ast.Param) -> Type | None:
    if each.entity is not None:
        entity = resolve_entity(context.build, context.module, context.block, each.entity)
        return ref(entity) if entity else None
    assert each.type is not None
    if each.type.many:
        context.report(NoParameterType(at=context.place(each.type)))
        return None
    kind = written_type(context.build, context.module, context.block, each.type)
    return kind.type if kind else None


def _default(context: Context, each: ast.Param, type: Type) -> Expr | None:
    """A value that depends on no row, and on nobody."""
    if each.default is None:
        return None
    alone = replace(context, this=None, row=None, has_me=False)
    value = value_of(alone, each.default, type.optional())
    return None if is_broken(value) else value


def _period(context: Context, default: expr.Expr | None) -> str:
    if default is None:
        return THIS_PERIOD
    written = default.name.text if isinstance(default, expr.NameRef) else ""
    if not is_period(written):
        report_unknown_period(context, default, written or "…")
        return THIS_PERIOD
    return written
