"""What must be true of a record at every save: its fields' own demands, and its checks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from compiler.backends.expr.python import python_value
from compiler.model.base import EntityId
from compiler.model.entity import Field
from compiler.model.expr import Const, Expr
from dsl.diagnostic import Message
from runtime.store import wording
from runtime.store.problems import Problem
from runtime.store.scope import Scope

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.domain import Domain
    from runtime.store.row import Row

REQUIRED = Message("this field is required", "此字段必填")
AT_LEAST = Message("this must be at least {limit}", "不能小于 {limit}")
AT_MOST = Message("this must be at most {limit}", "不能大于 {limit}")
NOT_AMONG = Message(
    "this cannot be chosen here: it does not fit the rest", "此处不能选择它：与其他内容不符"
)
TOO_MANY = Message("there can be at most {most}", "最多 {most} 个")
NO_MATCH = Message(
    "this does not have the form that is wanted here ({pattern})", "格式不符合要求（{pattern}）"
)


def faults_of_fields(act: Act, row: Row) -> Iterator[Problem]:
    """The demands of the record's fields that are not met."""
    if row.sound == act.epoch:
        return  # nothing in the act has changed since they all were
    found = False
    for problem in _faults_of_fields(act, row):
        found = True
        yield problem
    if not found:
        row.sound = act.epoch


def _faults_of_fields(act: Act, row: Row) -> Iterator[Problem]:
    demanded = act.domain.demands(row.shape.id)
    state = _required_by_state(act, row)
    for field in demanded:
        message = fault(act, row, field, row[field.name], field.name in state)
        if message is not None:
            yield act.problem(row, message, field.name, field.origin)
    for name in state.difference(field.name for field in demanded):
        if row[name] is None:
            yield act.problem(row, REQUIRED, name)


def makes_demands(field: Field) -> bool:
    """Whether anything is demanded of the field's value."""
    return not field.computed and bool(
        field.required
        or field.required_when
        or field.minimum
        or field.maximum
        or field.matches
        or field.most
        or field.among is not None
    )


def _required_by_state(act: Act, row: Row) -> frozenset[str]:
    entity = row.shape.entity
    if not entity.flow:
        return frozenset()
    state = act.domain.workspace.flows[entity.id].states[row.values[entity.flow]]
    return frozenset(state.required)


def fault(act: Act, row: Row, field: Field, value: Any, required: bool = False) -> Message | None:
    """What is wrong with a value for a field of the record; None if it meets all demands."""
    if value is None or value == "" or value == frozenset():
        asked = required or field.required or holds(row, field.required_when)
        return REQUIRED if asked and not _hidden(row, field) else None
    if not is_among(row, field, value):
        return NOT_AMONG
    if field.most is not None and len(value) > field.most:
        return TOO_MANY.filled({"most": field.most})
    return _outside(act, row, field, value) or _unlike(field, value)


def is_among(row: Row, field: Field, value: Any) -> bool:
    """Whether a reference of the record may lead there; one that leads nowhere may."""
    if field.among is None or value is None:
        return True
    chosen = row.act.row(EntityId(field.type.of), value)
    return Scope.of(row).bind(field.among_row, chosen).value(field.among) is True


def _hidden(row: Row, field: Field) -> bool:
    """What a form does not show is not demanded."""
    return field.visible_when is not None and not holds(row, field.visible_when)


def _outside(act: Act, row: Row, field: Field, value: Any) -> Message | None:
    if field.minimum is None and field.maximum is None:
        return None
    for limit, message in ((field.minimum, AT_LEAST), (field.maximum, AT_MOST)):
        if limit is None or isinstance(limit, Const):
            continue
        bound = Scope.of(row).value(limit)
        if bound is not None and _beyond(message, value, bound):
            at = wording.value_of(limit, Scope.of(row), act.reader)
            return Message(message.en.format(limit=at.en), message.zh.format(limit=at.zh))
    return beyond_limit(act.domain, field, value)


def beyond_limit(domain: Domain, field: Field, value: Any) -> Message | None:
    """What is wrong with a value by the limits that are the same for every record."""
    if field.minimum is None and field.maximum is None:
        return None
    for limit, message in ((field.minimum, AT_LEAST), (field.maximum, AT_MOST)):
        if isinstance(limit, Const) and _beyond(message, value, bound := python_value(limit)):
            en, zh = (wording.shown(domain, limit, bound, each) for each in ("en", "zh"))
            return Message(message.en.format(limit=en), message.zh.format(limit=zh))
    return None


def _beyond(message: Message, value: Any, bound: Any) -> bool:
    return bool(value < bound if message is AT_LEAST else value > bound)


def _unlike(field: Field, value: object) -> Message | None:
    if not field.matches or _pattern(field.matches).fullmatch(str(value)):
        return None
    return NO_MATCH.filled({"pattern": field.matches})


@cache
def _pattern(text: str) -> Any:
    """RE2 matches in linear time, whatever the pattern and the text."""
    import re2  # on the first field with a pattern

    return re2.compile(text)


def failed_checks(act: Act, row: Row) -> Iterator[Problem]:
    """The checks of the record that do not hold."""
    if not row.shape.entity.checks:
        return
    scope = Scope.of(row)
    for check in row.shape.entity.checks:
        if scope.value(check.condition) is not True:
            message = wording.message(check.message, scope, act.reader)
            field = check.fields[0] if check.fields else None
            yield act.problem(row, message, field, check.origin)


def holds(row: Row, condition: Expr | None) -> bool:
    """Whether a condition on the record is there and true."""
    return condition is not None and Scope.of(row).value(condition) is True
