"""Operators, tests for null, lists, ranges and `case`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from compiler.analyse.context import BROKEN, Context, is_broken, rule, typed
from compiler.analyse.enums import value_names
from compiler.analyse.fit import condition, note_percents, widen, widened
from compiler.analyse.literals import CalendarUnit
from compiler.analyse.member import is_tree
from compiler.analyse.names import local_exists
from compiler.analyse.narrowing import if_false, if_true
from compiler.analyse.segments import Segment, segment_of
from compiler.analyse.types import type_name
from compiler.analyse.unknown import short_name
from compiler.build import Build
from compiler.logic import Limits, may_all_hold
from compiler.model.base import EntityId
from compiler.model.expr import WORKING_TIME, Case, Const, Expr, Func, Op, Operator, Var
from compiler.model.report import bounds
from compiler.model.types import BOOL, INT, NULL, TEXT, Type
from compiler.operators import common_type, result_type
from compiler.resolve.calendars import calendar_for
from dsl.ast import expr as ast
from dsl.ast.base import Node
from dsl.diagnostic import Message, Problem


class OperandsDiffer(Problem, code="CW0401", name="operands-do-not-fit"):
    op: str
    left: str
    left_zh: str
    right: str
    right_zh: str
    hint: Message | None
    message = Message(
        "`{op}` does not fit {left} and {right}", "`{op}` 不能用于{left_zh}与{right_zh}"
    )

    def more_help(self) -> Message | None:
        return self.hint


class NotATree(Problem, code="CW0434", name="not-a-tree"):
    entity: str
    message = Message(
        "records of `{entity}` do not lie below each other", "`{entity}` 的记录没有上下级关系"
    )
    help = Message(
        "`under` needs a tree: `parent -> {entity} tree`",
        "`under` 需要树：`parent -> {entity} tree`",
    )


class OperandWrong(Problem, code="CW0415", name="operand-does-not-fit"):
    op: str
    found: str
    found_zh: str
    message = Message("`{op}` does not fit {found}", "`{op}` 不能用于{found_zh}")


class BranchesDiffer(Problem, code="CW0416", name="branches-differ"):
    message = Message(
        "the branches of this `case` have values of different types", "此 `case` 各分支的类型不同"
    )
    help = Message("give all of them the same type", "请使各分支类型一致")


class UnreachableBranch(Problem, code="CW0442", name="unreachable-branch"):
    message = Message("no value ever comes to this branch", "没有任何值会进入此分支")
    help = Message(
        "move it up, or delete it: the branches above take all that it asks for",
        "请上移或删除：上面的分支已处理它的全部情况",
    )


MOST_BRANCHES = 40
"""Branches of one `case` that are looked at for whether they are reached."""


class OnlyAfterIn(Problem, code="CW0417", name="only-after-in"):
    message = Message("a list or a range stands only after `in`", "列表或区间只能写在 `in` 之后")


_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "under"})
_SAME_SCALE = frozenset({"+", "-", "==", "!=", "<", "<=", ">", ">=", "in"})
_MONTHS = {"months": 1, "years": 12}


@rule(ast.Unary)
def _unary(context: Context, node: ast.Unary, expected: Type | None) -> Expr:
    if node.op == "not":
        operand = condition(context, node.operand)
        return operation(context, node, "not", (operand,))
    return operation(context, node, "neg", (typed(context, node.operand, expected),))


@rule(ast.Binary)
def _binary(context: Context, node: ast.Binary, expected: Type | None) -> Expr:
    if node.op in ("and", "or"):
        return _logic(context, node)
    if node.op in ("in", "not in"):
        return _membership(context, node)
    if node.op == "??":
        return _coalesce(context, node, expected)
    right = node.right
    if node.op in ("+", "-") and isinstance(right, ast.DurationLit) and right.unit in _MONTHS:
        return _months_later(context, node, right)
    args = _both(context, node)
    if node.op in ("+", "-") and _is_working_time(args):
        return _working_time(context, node, args)
    return operation(context, node, cast(Operator, node.op), args)


def _is_working_time(args: tuple[Expr, Expr]) -> bool:
    moment, span = (arg.type.kind for arg in args)
    return moment in ("date", "instant") and span == "worktime"


def _working_time(context: Context, node: ast.Binary, args: tuple[Expr, Expr]) -> Expr:
    """A date or moment so much working time later, or earlier, by the module's calendar."""
    moment, span = args
    calendar = calendar_for(context.build, context.module, context.place(node))
    if calendar is None:
        return BROKEN
    if node.op == "-":
        span = Op(type=span.type, op="neg", args=(span,))
    nullable = moment.type.nullable or span.type.nullable
    type = moment.type.optional() if nullable else moment.type
    by = Const(type=TEXT, value=calendar.id)
    return Func(type=type, name=WORKING_TIME, args=(moment, span, by))


def _logic(context: Context, node: ast.Binary) -> Expr:
    """A chain of the same word is one operation; each operand knows what those before it say."""
    implied = if_true if node.op == "and" else if_false
    args: list[Expr] = []
    for operand in _chain(node, node.op):
        args.append(condition(context, operand))
        context = context.knowing(implied(args[-1]))
    return operation(context, node, cast(Operator, node.op), tuple(args))


def _chain(node: ast.Expr, op: str) -> list[ast.Expr]:
    """The operands of `a and b and c`, in order."""
    found: list[ast.Expr] = []
    while isinstance(node, ast.Binary) and node.op == op:
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _both(context: Context, node: ast.Binary) -> tuple[Expr, Expr]:
    """The operands; a bare name on one side may be a value of the other side's enum."""
    compares = node.op in _COMPARISONS
    bare = compares and isinstance(node.left, ast.NameRef)
    if bare and isinstance(node.left, ast.NameRef) and not local_exists(context, node.left.name):
        right_name = node.right.name if isinstance(node.right, ast.NameRef) else None
        if right_name is None or local_exists(context, right_name):
            right = typed(context, node.right)
            return typed(context, node.left, right.type), right
    left = typed(context, node.left)
    right = typed(context, node.right, left.type if compares or node.op == "contains" else None)
    if bare and right.type.kind == "enum" and left.type.kind != "enum":
        left = typed(context, node.left, right.type)
    return left, right


def _membership(context: Context, node: ast.Binary) -> Expr:
    left = typed(context, node.left)
    if isinstance(node.right, ast.Range):
        found = in_range(context, node, left, node.right)
    elif isinstance(node.right, ast.ListLit):
        items = [typed(context, item, left.type) for item in node.right.items]
        found = operation(context, node, "in", (left, *items))
    elif (segment := segment_of(context, node.right)) is not None and not segment.rest:
        found = _in_segment(context, node, left, segment)
    else:
        right = typed(context, node.right, left.type)
        is_range = right.type.kind == "range"
        inside = _in_period if is_range else operation
        found = inside(context, node, "in", (left, right))
    if is_broken(found) or node.op == "in":
        return found
    return Op(type=BOOL, op="not", args=(found,))


def _in_segment(context: Context, node: ast.Binary, row: Expr, segment: Segment) -> Expr:
    """That a row is in a segment: its field says so."""
    if is_broken(operation(context, node, "in", (row, segment.rows))):
        return BROKEN
    return segment.holds(row)


def in_range(context: Context, node: Node, value: Expr, range: ast.Range) -> Expr:
    """That a value lies in a range."""
    low, high = typed(context, range.low, value.type), typed(context, range.high, value.type)
    above = operation(context, node, ">=", (value, low))
    below = operation(context, node, "<" if range.open_end else "<=", (value, high))
    if is_broken(above, below):
        return BROKEN
    return Op(type=BOOL, op="and", args=(above, below))


def _in_period(context: Context, node: ast.Binary, op: Operator, args: tuple[Expr, ...]) -> Expr:
    """A day or moment in a range that somebody chooses."""
    value, chosen = args
    if is_broken(value):
        return BROKEN
    if value.type.kind not in ("date", "instant"):
        return context.report(_misfit(context, node, op, args))
    assert isinstance(chosen, Var)
    names = bounds(chosen.name, value.type.kind)
    first, after = (Var(type=value.type.present(), name=name) for name in names)
    tests = (
        Op(type=BOOL, op=">=", args=(value, first)),
        Op(type=BOOL, op="<", args=(value, after)),
    )
    return Op(type=BOOL, op="and", args=tests)


def _coalesce(context: Context, node: ast.Binary, expected: Type | None) -> Expr:
    left = typed(context, node.left, expected)
    wanted = left.type if left.type.kind != "null" else expected
    right = typed(context, node.right, wanted)
    return operation(context, node, "??", (left, right))


def _months_later(context: Context, node: ast.Binary, span: ast.DurationLit) -> Expr:
    start = typed(context, node.left)
    if is_broken(start):
        return BROKEN
    if start.type.kind not in ("date", "month") or span.amount % 1:
        return context.report(CalendarUnit(at=context.place(span), unit=span.unit))
    months = int(span.amount) * _MONTHS[span.unit] * (1 if node.op == "+" else -1)
    args = (start, Const(type=INT, value=months))
    return Func(type=start.type, name="add_months", args=args)


def operation(context: Context, node: Node, op: Operator, args: tuple[Expr, ...]) -> Expr:
    """An operator over typed operands; BROKEN after a fault, which is then reported."""
    if is_broken(*args):
        return BROKEN
    type = result_type(op, args)
    if type is None:
        return context.report(_misfit(context, node, op, args))
    if op == "under" and not is_tree(context.build, EntityId(args[0].type.of)):
        entity = short_name(args[0].type.of)
        return context.report(NotATree(at=context.place(node), entity=entity))
    if op in _SAME_SCALE:
        note_percents(context, node, args)
        args = widened(args)
    elif op == "??":
        args = tuple(widen(arg, type) for arg in args)
    return Op(type=type, op=op, args=args)


def _misfit(context: Context, node: Node, op: Operator, args: tuple[Expr, ...]) -> Problem:
    at, names = context.place(node), [type_name(arg.type) for arg in args]
    if len(args) == 1:
        sign = "-" if op == "neg" else op
        return OperandWrong(at=at, op=sign, found=names[0].en, found_zh=names[0].zh)
    other = next((name for name in names[1:] if name != names[0]), names[1])
    return OperandsDiffer(
        at=at, op=op, left=names[0].en, left_zh=names[0].zh, right=other.en, right_zh=other.zh,
        hint=_hint({arg.type.kind for arg in args}, {arg.type.unit for arg in args}),
    )  # fmt: skip


_HINTS = (
    ({"date", "int"}, Message("add a duration: `… + 3 days`", "请加时长：`… + 3 days`")),
    ({"date", "instant"}, Message("take its day: `date(…)`", "请取其日期：`date(…)`")),
    (
        {"enum", "text"},
        Message("values of an enum stand without quotes", "枚举的值不加引号"),
    ),
    (
        {"ref", "text"},
        Message("compare a field of it: `….name == …`", "请比较其字段：`….name == …`"),
    ),
    ({"month", "date"}, Message("take its month: `month(…)`", "请取其月份：`month(…)`")),
    (
        {"duration", "int"},
        Message("say what is counted: `3 days`, `days(…)`", "请写明单位：`3 days`、`days(…)`"),
    ),
)


def _hint(kinds: set[str], units: set[str]) -> Message | None:
    """What people most often meant."""
    if kinds == {"decimal"} and len(units - {"", "%"}) > 1:
        return Message("amounts in one currency can be added", "同一货币的金额才能相加或比较")
    return next((hint for pair, hint in _HINTS if kinds == pair), None)


@rule(ast.IsNull)
def _is_null(context: Context, node: ast.IsNull, expected: Type | None) -> Expr:
    test = operation(context, node, "is null", (typed(context, node.operand),))
    if is_broken(test) or not node.negated:
        return test
    return Op(type=BOOL, op="not", args=(test,))


@rule(ast.Range)
def _range(context: Context, node: ast.Range, expected: Type | None) -> Expr:
    return context.report(OnlyAfterIn(at=context.place(node)))


@rule(ast.ListLit)
def _list(context: Context, node: ast.ListLit, expected: Type | None) -> Expr:
    return context.report(OnlyAfterIn(at=context.place(node)))


def _is_reached(context: Context, node: ast.Expr, test: Expr, before: list[Expr]) -> None:
    """Report a branch that no values come to: those above it take all that it asks for."""
    if is_broken(test, *before) or len(before) > MOST_BRANCHES:
        return
    left = [Op(type=BOOL, op="not", args=(each,)) for each in before]
    if may_all_hold((test, *left), _Values(context.build)).is_no:
        context.report(UnreachableBranch(at=context.place(node)))


@dataclass(frozen=True, slots=True)
class _Values:
    """What typing can tell the logic of conditions: the values of enums, and nothing of fields,
    which may be computed from what is being typed."""

    build: Build

    def values_of(self, enum: str) -> Collection[str]:
        return value_names(self.build, enum)

    def limits_of(self, entity: EntityId, field: str) -> Limits | None:
        return None


@rule(ast.Case)
def _case(context: Context, node: ast.Case, expected: Type | None) -> Expr:
    """Each branch knows that the conditions above it did not hold."""
    branches: list[tuple[Expr, Expr]] = []
    otherwise: Expr = Const(type=(expected or NULL).optional(), value=None)
    for branch in node.branches:
        if branch.condition is None:
            otherwise = typed(context, branch.value, expected)
            break
        test = condition(context, branch.condition)
        _is_reached(context, branch.condition, test, [before for before, _ in branches])
        value = typed(context.knowing(if_true(test)), branch.value, expected)
        branches.append((test, value))
        context = context.knowing(if_false(test))
    parts = [part for branch in branches for part in branch]
    if is_broken(otherwise, *parts):
        return BROKEN
    values = (*(value for _, value in branches), otherwise)
    type = common_type(values)
    if type is None:
        return context.report(BranchesDiffer(at=context.place(node)))
    tests = [test for test, _ in branches]
    *fitted, last = (widen(value, type) for value in values)
    pairs = tuple(zip(tests, fitted, strict=True))
    return Case(type=type, branches=pairs, otherwise=last)
