"""Whether a value may stand in a place of a type, and how it is brought to that type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from compiler.analyse.context import BROKEN, Context, is_broken, typed
from compiler.analyse.types import type_name
from compiler.model.expr import Const, Expr, Op
from compiler.model.types import BOOL, Type
from compiler.operators import constant
from dsl.ast import expr as ast
from dsl.ast.base import Node
from dsl.diagnostic import Edit, Fix, Message, Problem, Safety, Severity
from dsl.source import Place, Span


class WrongType(Problem, code="CW0402", name="wrong-type"):
    found: str
    found_zh: str
    wanted: str
    wanted_zh: str
    hint: Message | None = None
    message = Message(
        "{wanted} is expected here, not {found}", "此处应为{wanted_zh}，而不是{found_zh}"
    )

    def more_help(self) -> Message | None:
        return self.hint


class NullNotAllowed(Problem, code="CW0403", name="null-not-allowed"):
    wanted: str
    wanted_zh: str
    message = Message(
        "this may be null, but {wanted} is needed here", "此值可能为空，而此处需要{wanted_zh}"
    )
    help = Message(
        "say what to use instead with `?? value`, or test it with `is not null` before",
        "请用 `?? 值` 给出替代值，或先用 `is not null` 判断",
    )
    instead: str

    def fixes(self) -> Iterable[Fix]:
        if self.instead:
            title = Message(f"use `{self.instead}` instead", f"用 `{self.instead}` 代替")
            end = Place(self.at.block, Span(self.at.span.end, self.at.span.end))
            yield Fix(title, (Edit(end, f" ?? {self.instead}"),), Safety.UNSAFE)


_INSTEAD = {
    "int": "0",
    "decimal": "0",
    "text": '""',
    "bool": "false",
    "date": "today()",
    "instant": "now()",
}
"""What people most often want in the place of null."""


class NotACondition(Problem, code="CW0404", name="not-a-condition"):
    found: str
    found_zh: str
    message = Message("a condition is expected here, not {found}", "此处应为条件，而不是{found_zh}")
    help = Message("compare it with something: `… == …`", "请与某个值比较：`… == …`")


class PercentAsNumber(Problem, code="CW0435", name="percent-as-number", severity=Severity.WARNING):
    number: str
    message = Message(
        "as a percent, {number} is {number}00%", "作为百分比，{number} 即 {number}00%"
    )
    help = Message("a percent is a fraction: write `{number}%`", "百分比是小数：请写 `{number}%`")


def condition(context: Context, node: ast.Expr) -> Expr:
    """A typed condition."""
    value = typed(context, node, BOOL)
    if is_broken(value) or value.type.kind == "bool":
        return value
    found = type_name(value.type)
    return context.report(NotACondition(at=context.place(node), found=found.en, found_zh=found.zh))


def value_of(context: Context, node: ast.Expr, wanted: Type) -> Expr:
    """A typed value that fits a type."""
    return fit(context, node, typed(context, node, wanted), wanted)


def fit(context: Context, node: Node, value: Expr, wanted: Type) -> Expr:
    """The value brought to a type; BROKEN after a fault, which is then reported.

    A number with fewer decimals is widened; one with more is left to be rounded where it is
    stored.
    """
    if is_broken(value) or wanted.kind == "error":
        return BROKEN
    if value.type.kind == "null":
        value = Const(type=wanted.optional(), value=None)
    if not may_hold(wanted, value.type):
        return context.report(_wrong_type(context, node, value.type, wanted))
    if value.type.nullable and not wanted.nullable:
        name = type_name(wanted)
        return context.report(
            NullNotAllowed(
                at=context.place(node),
                wanted=name.en,
                wanted_zh=name.zh,
                instead=_INSTEAD.get(wanted.kind, "") if not isinstance(node, ast.Null) else "",
            )
        )
    if wanted.unit == "%":
        note_percents(context, node, (Const(type=wanted, value=None), value))
    return widen(value, wanted) if wanted.is_number else value


def kept(value: Expr, wanted: Type) -> Expr:
    """A value that fits a type as it is kept with it: a number rounded half up to its scale."""
    if not (value.type.is_number and wanted.is_number):
        return value
    if (value.type.kind, value.type.scale) == (wanted.kind, wanted.scale):
        return value
    type = wanted.but(nullable=value.type.nullable)
    return Op(type=type, op="widen", args=(value,))


def note_percents(context: Context, node: Node, values: Sequence[Expr]) -> None:
    """Warn of a whole number beside a percent, which was most likely meant to be one."""
    if not any(value.type.unit == "%" for value in values):
        return
    for value in values:
        number = constant(value)
        if value.type.kind == "int" and number is not None and abs(number) > 1:
            context.report(PercentAsNumber(at=context.place(node), number=str(number)))


def may_hold(wanted: Type, found: Type) -> bool:
    """Whether values of a type can be kept as values of another, null aside."""
    if wanted.is_number and found.is_number:
        units = {wanted.unit, found.unit} - {"", "%"}
        return len(units) < 2
    same = wanted.kind == found.kind and wanted.of == found.of
    if wanted.kind == "set" and same and wanted.item and found.item:
        return may_hold(wanted.item, found.item)
    return same


def _wrong_type(context: Context, node: Node, found: Type, wanted: Type) -> Problem:
    hint = None
    if wanted.kind == "text" and found.kind not in ("set", "null"):
        hint = Message('put it into a text: `"{{…}}"`', '请写入文本：`"{{…}}"`')
    elif wanted.kind == "enum" and found.kind == "text":
        hint = Message("values of an enum stand without quotes", "枚举的值不加引号")
    elif found.kind == "set":
        hint = Message(
            "take one value of many with an aggregate: `sum(…)`, `count(…)`, `first(…)`",
            "请用聚合从多个值中取一个：`sum(…)`、`count(…)`、`first(…)`",
        )
    was, want = type_name(found), type_name(wanted)
    return WrongType(
        at=context.place(node), found=was.en, found_zh=was.zh, wanted=want.en,
        wanted_zh=want.zh, hint=hint,
    )  # fmt: skip


def widen(value: Expr, wanted: Type) -> Expr:
    """A number with the decimals of a type, if it has fewer."""
    found = value.type
    if not (found.is_number and wanted.is_number) or found.scale > wanted.scale:
        return value
    if found.scale == wanted.scale and found.kind == wanted.kind:
        return value
    if wanted.kind == "int":
        return value
    whole = max(found.digits - found.scale, 1)
    type = found.but(
        kind="decimal", scale=wanted.scale, digits=min(whole + wanted.scale, 18), unit=found.unit
    )
    if isinstance(value, Const):
        return value if value.value is None else Const(type=type, value=_scaled(value, type))
    return Op(type=type, op="widen", args=(value,))


def _scaled(value: Const, type: Type) -> str:
    exact = Decimal(str(value.value))
    return str(exact.quantize(Decimal(1).scaleb(-type.scale), ROUND_HALF_UP))


def widened(values: Iterable[Expr]) -> tuple[Expr, ...]:
    """Numbers brought to the most decimals that one of them has."""
    values = tuple(values)
    numbers = [value.type for value in values if value.type.is_number]
    if len({(type.kind, type.scale) for type in numbers}) < 2:
        return values
    widest = max(numbers, key=lambda type: (type.scale, type.kind == "decimal"))
    return tuple(widen(value, widest) for value in values)
