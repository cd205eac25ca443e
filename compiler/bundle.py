"""The Bundle: all that crosses from the compiler to the runtime; plain data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache, cached_property

import msgspec

from compiler.model.app import Workspace
from compiler.model.base import Model
from compiler.plan.schema import SchemaPlan
from compiler.plan.upkeep import UpkeepPlan


class Bundle(Model, dict=True, gc=True):
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


def pack(bundle: Bundle) -> bytes:
    """The Bundle with its hash, for a later start of the same program."""
    return msgspec.json.encode((bundle.hash, bundle))


def unpack(data: bytes) -> Bundle:
    """What was packed, without working its hash out again. Raises ValueError for anything else."""
    hash, bundle = msgspec.json.decode(data, type=tuple[str, Bundle])
    vars(bundle)["hash"] = hash
    return bundle


def model_hash(workspace: Workspace) -> str:
    """SHA-256 over the model's canonical JSON without origins and defaults, in hex."""
    text = json.dumps(canonical(workspace), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: object) -> object:
    """A part of the model as JSON holds it, without origins. What has its default is left out, so
    that a field added to the model's classes changes no hash; what tells the classes of a union
    apart always stays, and so do maps, the empty ones too."""
    if isinstance(value, Model):
        return dict(_fields(value))
    if isinstance(value, dict):
        return {key: canonical(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [canonical(part) for part in value]
    return value


def _fields(model: Model) -> Iterator[tuple[str, object]]:
    tagged = model.__struct_config__
    if tagged.tag_field is not None:
        yield tagged.tag_field, tagged.tag
    for name, default in _defaults(type(model)).items():
        part = getattr(model, name)
        if part != default:
            yield name, canonical(part)


@cache
def _defaults(kind: type[Model]) -> dict[str, object]:
    """The default of each field that has one and counts; what is given anew each time is none."""
    return {
        field.name: field.default
        for field in msgspec.structs.fields(kind)
        if field.name != "origin"
    }
