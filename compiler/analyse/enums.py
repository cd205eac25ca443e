"""Enums, flows seen as enums, and the keys of reference data: what values there are."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.analyse.texts import labels
from compiler.build import Build, query
from compiler.model.base import EntityId, EnumId
from compiler.model.entity import Enum, EnumValue
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import entities, shape
from compiler.resolve.names import Misspelt, nearest, place
from dsl.ast.app import DataDecl, EnumDecl
from dsl.ast.base import Name
from dsl.ast.flow import FlowDecl
from dsl.diagnostic import Message, Problem
from dsl.source import Place

COLORS = (
    *("gray", "red", "orange", "yellow", "gold", "amber", "green", "teal", "cyan"),
    *("blue", "purple", "violet", "pink"),
)
"""The colours that values and states may have."""


class DuplicateValue(Problem, code="CW0305", name="duplicate-value"):
    value: str
    message = Message("the value `{value}` is declared twice", "值 `{value}` 重复声明")
    help = Message("delete one of them", "请删除其中一个")


class UnknownColor(Misspelt, Problem, code="CW0319", name="unknown-color"):
    written: str
    near: str
    colors: str
    message = Message("there is no colour `{written}`", "没有颜色 `{written}`")
    help = Message("the colours are {colors}", "可用的颜色：{colors}")


def color_of(build: Build, at: Place, name: Name | None) -> str:
    """The colour that a value or a state is given; empty without one, or one that is none."""
    if name is None:
        return ""
    if name.text in COLORS:
        return name.text
    near, colors = nearest(name.text, COLORS), ", ".join(COLORS)
    build.report(UnknownColor(at=at, written=name.text, near=near, colors=colors))
    return ""


@query
def value_names(build: Build, enum: str) -> tuple[str, ...]:
    """The values of an enum, or the states of a flow, in order."""
    declared = _enums(build).get(enum)
    if declared is not None:
        return tuple(value.name.text for value in decl(build, declared.block, EnumDecl).values)
    entity = EntityId(enum.rpartition(".")[0])
    block = shape(build, entity).flow if entity in entities(build) else None
    if block is None:
        return ()
    return tuple(state.name.text for state in decl(build, block, FlowDecl).states)


@query
def _enums(build: Build) -> Mapping[str, Declared]:
    return {each.id: each for each in reversed(of_kind(build, "enum"))}


@query
def data_keys(build: Build, entity: EntityId) -> frozenset[str]:
    """The keys of the rows of reference data that the text gives an entity."""
    return frozenset(
        row.cells[index].text
        for tree in data_of(build, entity)
        for index, name in enumerate(tree.header)
        if name.text == tree.key.text
        for row in tree.rows
        if index < len(row.cells)
    )


def data_of(build: Build, entity: EntityId) -> list[DataDecl]:
    """The `data` blocks of an entity."""
    found = [each for each in of_kind(build, "data") if each.id == entity]
    return [decl(build, each.block, DataDecl) for each in found]


@query
def enum_model(build: Build, declared: Declared) -> Enum:
    """An enum of the model."""
    tree = decl(build, declared.block, EnumDecl)
    seen: dict[str, EnumValue] = {}
    for value in tree.values:
        at = place(declared.block, value.name)
        if value.name.text in seen:
            build.report(DuplicateValue(at=at, value=value.name.text))
            continue
        key = f"{declared.name}.{value.name.text}"
        seen[value.name.text] = EnumValue(
            name=value.name.text,
            label=labels(build, declared.module, (key,), value.label, value.name, at),
            color=color_of(build, place(declared.block, value.color or value.name), value.color),
            retired=value.retired,
            also=tuple(text.value for text in value.also),
        )
    at = place(declared.block, tree.name)
    return Enum(
        id=EnumId(declared.id),
        label=labels(build, declared.module, (declared.name,), tree.label, tree.name, at),
        values=tuple(seen.values()),
    )
