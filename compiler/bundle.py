"""The Bundle: all that crosses from the compiler to the runtime; plain data."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property

from compiler.model.app import Workspace
from compiler.model.base import Model
from compiler.plan.schema import SchemaPlan
from compiler.plan.upkeep import UpkeepPlan

DISCRIMINATORS = frozenset({"node", "kind"})


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
    """SHA-256 over the model's canonical JSON without origins and defaults, in hex."""
    text = json.dumps(_canonical(workspace), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> object:
    """A part of the model as JSON holds it. What has its default is left out, so that a field
    added to the model's classes changes no hash; the kind of a node always stays."""
    if isinstance(value, Model):
        fields = type(value).model_fields
        return {
            name: _canonical(part)
            for name, part in value
            if name in DISCRIMINATORS or (name != "origin" and part != fields[name].default)
        }
    if isinstance(value, dict):
        return {key: _canonical(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_canonical(part) for part in value]
    return value
