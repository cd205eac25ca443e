"""Two people at one record: what the one who saved later must be told.

What a field was at an earlier version is the `old` of the first change of it since.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from compiler.field_type import Invalid
from runtime.prepared import Prepared
from runtime.store.history import from_text, physical_name, value_type
from runtime.store.problems import Conflict, Difference
from runtime.store.row import Row
from runtime.tables import HISTORY

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.domain import Domain


def insist(act: Act, row: Row, version: int, values: Mapping[str, object]) -> None:
    """Raise Conflict unless the record is at this version."""
    if row.version == version:
        return
    fields, taken_in = {}, {}
    for name, base in _changed_since(act, row, version).items():
        theirs = row[name]
        mine = _as_kept(act, row, name, values[name]) if name in values else base
        if theirs == base or not act.guard.reads(row, name):
            continue
        if mine in (base, theirs):
            taken_in[name] = theirs
        else:
            fields[name] = Difference(base, mine, theirs)
    raise Conflict(
        row.version, fields, taken_in, row.values["changed_by"], row.values["changed_at"]
    )


def _changed_since(act: Act, row: Row, version: int) -> dict[str, Any]:
    """The fields that changed since a version, with their values at it."""
    shape = row.shape
    names = {physical_name(shape, name): name for name in (*shape.columns, *shape.sets)}
    found = act.domain.changes_since.run(
        act.connection, {"of_subject": shape.subject, "of_record": row.id, "of_version": version}
    )
    base: dict[str, Any] = {}
    for action, column, old in found:
        name = shape.entity.flow if action == "transition" else names.get(column, "")
        type = value_type(shape, name)
        if type is not None:
            base.setdefault(name, from_text(old, type))
    return base


def _as_kept(act: Act, row: Row, name: str, value: object) -> object:
    field = row.shape.entity.fields.get(name)
    if field is None:
        return value
    if field.type.kind == "set" and not isinstance(value, tuple | list | set | frozenset):
        return frozenset() if value is None else value
    try:
        return act.domain.checked(field, value)
    except Invalid:
        return value


def statement(domain: Domain) -> Prepared:
    """The changes of a record after a version, oldest first."""
    kept = HISTORY.c
    found = (
        select(kept.action, kept.name, kept.old)
        .where(
            kept.subject == bindparam("of_subject"),
            kept.record == bindparam("of_record"),
            kept.version > bindparam("of_version"),
            or_(kept.action == "change", kept.action == "transition"),
        )
        .order_by(kept.id)
    )
    return Prepared(found, domain.dialect)
