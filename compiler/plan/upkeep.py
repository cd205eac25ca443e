"""How stored computed fields are kept right: what a write can change, and for which rows."""

from __future__ import annotations

from compiler.model.base import EntityId, Model


class Dependency(Model):
    """The computed field `field` of `entity` reads `reads` of `source` over `path`.

    `path` are field names from a row of `entity` to the rows of `source` (references, inverses,
    lines, links); empty when both are the same row. A create or delete of a `source` row counts
    as a write of all its fields.
    """

    entity: EntityId
    field: str
    source: EntityId
    reads: tuple[str, ...]
    path: tuple[str, ...]


class UpkeepPlan(Model):
    """`order` are all stored computed fields (entity, field), each after those it reads;
    `by_source` the dependencies of each source entity. `watched` is what conditions that act by
    themselves (of rules without events, of automatic transitions) read beyond their own record;
    `field` then names the rule or transition."""

    order: tuple[tuple[EntityId, str], ...]
    by_source: dict[EntityId, tuple[Dependency, ...]]
    watched: tuple[Dependency, ...] = ()
