"""Names that mean nothing where they stand, and what was likely meant."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.build import Build
from compiler.model.base import EntityId
from compiler.resolve.members import may_have, shape
from compiler.resolve.names import (
    Misspelt,
    nearest,
)  # fmt: skip
from dsl.diagnostic import Message, Problem
from dsl.source import Place


class UnknownField(Misspelt, Problem, code="CW0405", name="unknown-field"):
    written: str
    entity: str
    near: str
    message = Message("`{entity}` has no field `{written}`", "`{entity}` 没有字段 `{written}`")


class UnknownValue(Misspelt, Problem, code="CW0406", name="unknown-value"):
    written: str
    enum: str
    near: str
    values: str
    message = Message("`{enum}` has no value `{written}`", "`{enum}` 没有值 `{written}`")
    help = Message("its values are {values}", "可取的值：{values}")


class FieldOfReport(Problem, code="CW0702", name="field-outside-aggregate"):
    written: str
    message = Message(
        "`{written}` is a field of the report's rows, not a measure",
        "`{written}` 是报表各行的字段，不是指标",
    )
    help = Message(
        "aggregate it, `sum({written})`, or group by it",
        "请聚合它，如 `sum({written})`，或按它分组",
    )


class UnknownColumn(Misspelt, Problem, code="CW0703", name="unknown-column"):
    written: str
    near: str
    message = Message(
        "the report has no dimension or measure `{written}`", "报表没有维度或指标 `{written}`"
    )


def unknown_value(at: Place, written: str, enum: str, values: Sequence[str]) -> UnknownValue:
    """The problem that an enum, or a flow, has no such value."""
    shown = ", ".join(f"`{value}`" for value in values)
    near = nearest(written, values)
    return UnknownValue(at=at, written=written, enum=enum, near=near, values=shown)


def report_unknown_field(build: Build, at: Place, entity: EntityId, written: str) -> None:
    """Report that an entity has no such member, unless it was written and not understood."""
    if not may_have(build, entity, written):
        near = nearest(written, shape(build, entity).slots)
        build.report(UnknownField(at=at, written=written, entity=short_name(entity), near=near))


def short_name(id: str) -> str:
    """A qualified name without its module."""
    return id.split(".", 1)[-1]
