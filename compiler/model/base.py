"""The base of all model classes, and the texts and ids they share."""

from __future__ import annotations

from typing import NewType

from pydantic import BaseModel, ConfigDict

EntityId = NewType("EntityId", str)
"""`crm.Customer`: the module's name, a dot, the entity's name."""
RoleId = NewType("RoleId", str)
EnumId = NewType("EnumId", str)
"""Of an enum (`crm.Tier`) or of a flow's states (`crm.Deal.stage`)."""

Labels = dict[str, str]
"""A label by language; has every language of the workspace."""


class Model(BaseModel):
    """Frozen, closed, compared by value."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Origin(Model):
    """Where a thing stands in the text: block key and range in the block (see `dsl.source`)."""

    block: str
    start: int
    end: int
