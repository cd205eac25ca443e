"""The base of all model classes, and the texts and ids they share."""

from __future__ import annotations

from typing import Any, NewType, Self, TypeVar, dataclass_transform

import msgspec

EntityId = NewType("EntityId", str)
"""`crm.Customer`: the module's name, a dot, the entity's name."""
RoleId = NewType("RoleId", str)
EnumId = NewType("EnumId", str)
"""Of an enum (`crm.Tier`) or of a flow's states (`crm.Deal.stage`)."""

Labels = dict[str, str]
"""A label by language; has every language of the workspace."""

M = TypeVar("M", bound="Model")


# Nothing refers to what it is part of, so no garbage has to be looked for among them.
_SETTINGS = {"frozen": True, "kw_only": True, "forbid_unknown_fields": True, "gc": False}


class _Plain(msgspec.StructMeta):
    """Gives every model class the same settings, which msgspec does not hand down."""

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **settings: Any
    ) -> Any:
        return super().__new__(mcls, name, bases, namespace, **(_SETTINGS | settings))


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Model(msgspec.Struct, metaclass=_Plain, frozen=True):
    """Plain data: frozen, compared by value, made by keyword. Types are the type checker's matter
    where one is made, and are tested where one is read (`from_json`).

    Classes that stand for one another in a union name the field that tells them apart, once, and
    each its own word in it: `class Node(Model, tag_field="node")`, `class Var(Node, tag="var")`.
    """

    def but(self, **changes: Any) -> Self:
        """The same with other values in some fields."""
        return msgspec.structs.replace(self, **changes)


class Origin(Model):
    """Where a thing stands in the text: block key and range in the block (see `dsl.source`)."""

    block: str
    start: int
    end: int


def to_json(model: Model) -> str:
    """The model as JSON, every field of it."""
    return msgspec.json.encode(model).decode()


def from_json(kind: type[M], text: str | bytes) -> M:
    """What `to_json` wrote. Raises ValueError where the text is no such model."""
    return msgspec.json.decode(text, type=kind)
