"""Enums, flows seen as enums, and the keys of reference data: what values there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.analyse.texts import labels
from compiler.build import Build, query
from compiler.model import entity as model
from compiler.model.base import EntityId, EnumId
from compiler.resolve.composition import Part, parts, retired_parts, values_in
from compiler.resolve.declared import Declared, decl, of_kind
from compiler.resolve.members import entities
from compiler.resolve.names import Misspelt, nearest, place
from compiler.resolve.steps import states_of
from dsl.ast.app import DataDecl, EnumDecl, EnumValue
from dsl.ast.base import Name
from dsl.diagnostic import Label, Message, Problem
from dsl.source import Place

COLORS = (
    *("gray", "red", "orange", "yellow", "gold", "amber", "green", "teal", "cyan"),
    *("blue", "purple", "violet", "pink"),
)
"""The colours that values and states may have."""


class DuplicateValue(Problem, code="CW0305", name="duplicate-value"):
    value: str
    first: Place
    message = Message("the value `{value}` is declared twice", "值 `{value}` 重复声明")
    help = Message("delete one of them", "请删除其中一个")

    def labels(self) -> Iterable[Label]:
        yield Label(self.first, Message("first here", "首次声明在此"))


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
        return tuple(part.tree.name.text for part in value_parts(build, declared))
    owner, _, field = enum.rpartition(".")
    entity = EntityId(owner)
    states = states_of(build, entity, field) if entity in entities(build) else ()
    return tuple(state.name.text for state in states)


@query
def value_parts(build: Build, declared: Declared) -> tuple[Part[EnumValue], ...]:
    """The values of an enum, those that other apps add after them."""
    return parts(build, declared, declared.id, values_in)


def retired_values(build: Build, declared: Declared) -> Iterator[Part[EnumValue]]:
    """Values that others took over."""
    return retired_parts(build, declared, declared.id, values_in)


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
def enum_model(build: Build, declared: Declared) -> model.Enum:
    """An enum of the model."""
    tree = decl(build, declared.block, EnumDecl)
    seen: dict[str, model.EnumValue] = {}
    first: dict[str, Place] = {}
    for part in value_parts(build, declared):
        value, at = part.tree, part.at(part.tree.name)
        if value.name.text in seen:
            before = first[value.name.text]
            build.report(DuplicateValue(at=at, value=value.name.text, first=before))
            continue
        key = f"{declared.name}.{value.name.text}"
        first[value.name.text] = at
        seen[value.name.text] = model.EnumValue(
            name=value.name.text,
            label=labels(build, part.module, (key,), value.label, value.name, at),
            color=color_of(build, part.at(value.color or value.name), value.color),
            retired=value.retired,
            also=tuple(text.value for text in value.also),
        )
    at = place(declared.block, tree.name)
    return model.Enum(
        id=EnumId(declared.id),
        label=labels(build, declared.module, (declared.name,), tree.label, tree.name, at),
        values=tuple(seen.values()),
    )
