"""The Bundle: all that crosses from the compiler to the runtime; plain data."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property

from compiler.model.app import Workspace
from compiler.model.base import Model
from compiler.plan.schema import SchemaPlan
from compiler.plan.upkeep import UpkeepPlan


class Bundle(Model):
    """A compiled workspace."""

    workspace: Workspace
    schema_plan: SchemaPlan
    upkeep: UpkeepPlan

    @cached_property
    def hash(self) -> str:
        """The release hash, in hex. It is over the model alone, without places, so that comments,
        layout, the order of files and compiler upgrades do not change it. Computed on first use:
        an edit in development swaps bundles without needing it."""
        return model_hash(self.workspace)


def model_hash(workspace: Workspace) -> str:
    """SHA-256 over the model's canonical JSON without origins, in hex."""
    data = _without_origins(workspace.model_dump(mode="json", exclude_defaults=True))
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _without_origins(data: object) -> object:
    if isinstance(data, dict):
        return {key: _without_origins(value) for key, value in data.items() if key != "origin"}
    if isinstance(data, list):
        return [_without_origins(item) for item in data]
    return data
