"""Entities: labels that tell members apart, fields that can be filled."""

from __future__ import annotations

from compiler.analyse.entity import entity
from compiler.build import Build, query
from compiler.checks.places import at
from compiler.model.base import EntityId
from compiler.model.entity import Collection, Field
from dsl.diagnostic import Message, Problem, Severity


class SameLabel(Problem, code="CW0316", name="same-label", severity=Severity.WARNING):
    member: str
    other: str
    text: str
    message = Message(
        '`{member}` and `{other}` have the same label "{text}"',
        "`{member}` 与 `{other}` 的标签同为“{text}”",
    )
    help = Message("give one of them a label of its own", "请为其中一个另取标签")


class NobodyCanFill(Problem, code="CW0317", name="nobody-can-fill"):
    field: str
    message = Message(
        "`{field}` is required, but nobody may write it and it has no default",
        "`{field}` 必填，但没有人可以填写，也没有默认值",
    )
    help = Message(
        "give it a `default`, or leave out `readonly` or `required`",
        "请加上 `default`，或去掉 `readonly` 或 `required`",
    )


class ClearsTheRequired(Problem, code="CW0318", name="clears-the-required"):
    field: str
    message = Message(
        "`{field}` is required, so it cannot be cleared when what it refers to is deleted",
        "`{field}` 必填，因此所引用的记录删除时不能清空",
    )
    help = Message(
        "write `on delete restrict` or `on delete cascade`, or leave out `required`",
        "请写 `on delete restrict` 或 `on delete cascade`，或去掉 `required`",
    )


@query
def labels_tell_members_apart(build: Build, id: EntityId) -> None:
    """No two members of an entity have the same label in a language."""
    made = entity(build, id)
    seen: dict[tuple[str, str], str] = {}
    told: set[str] = set()
    members: list[Field | Collection] = [*made.fields.values(), *made.collections.values()]
    for each in members:
        if each.origin is None:
            continue
        for language, text in each.label.items():
            other = seen.setdefault((language, text), each.name)
            if other != each.name and each.name not in told:
                told.add(each.name)
                problem = SameLabel(at=at(each.origin), member=each.name, other=other, text=text)
                build.report(problem)


@query
def required_fields_can_be_filled(build: Build, id: EntityId) -> None:
    """What is required can be written by somebody, or gets a value by itself."""
    made = entity(build, id)
    for each in made.fields.values():
        given = each.system or each.computed is not None or each.default is not None
        locked = each.required and each.readonly and not given and not made.data_key
        if locked and each.origin is not None:
            build.report(NobodyCanFill(at=at(each.origin), field=each.name))


@query
def required_references_are_kept(build: Build, id: EntityId) -> None:
    """What must refer to something is not left without it."""
    for each in entity(build, id).fields.values():
        if each.required and each.on_delete == "clear" and each.origin is not None:
            build.report(ClearsTheRequired(at=at(each.origin), field=each.name))
