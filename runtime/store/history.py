"""History: who changed what, when and why, for every record, for ever.

One row says that a record was made, one row for each field that changed, or was lost with the
record, says what it was and is, one row that a transition was taken. The values of any moment
follow from the ones now and the changes since.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from compiler.model.types import Type
from runtime.prepared import Prepared, Values
from runtime.tables import HISTORY

if TYPE_CHECKING:
    from runtime.store.act import Act, Entry
    from runtime.store.domain import Domain
    from runtime.store.row import Row
    from runtime.store.shape import Shape

TO_TEXT: Mapping[str, Callable[[Any], str]] = {
    "decimal": lambda value: format(value, "f"),
    "bool": lambda value: "true" if value else "false",
    "date": date.isoformat,
    "month": date.isoformat,
    "time": time.isoformat,
    "instant": datetime.isoformat,
    "duration": lambda value: str(int(value.total_seconds())),
    "set": lambda value: json.dumps(sorted(value), ensure_ascii=False),
}
FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "int": int,
    "ref": int,
    "worktime": int,
    "bool": lambda text: text == "true",
    "date": date.fromisoformat,
    "month": date.fromisoformat,
    "time": time.fromisoformat,
    "instant": datetime.fromisoformat,
    "duration": lambda text: timedelta(seconds=int(text)),
    "set": lambda text: frozenset(json.loads(text)),
}
"""Kinds that are not named are texts."""
SET = Type(kind="set")


def to_text(value: object, type: Type) -> str | None:
    """A value in its canonical text, which does not depend on database or language."""
    return None if value is None else TO_TEXT.get(type.kind, str)(value)


def from_text(text: str | None, type: Type) -> Any:
    """The value that a canonical text stands for."""
    return None if text is None else FROM_TEXT.get(type.kind, str)(text)


def write(act: Act, entries: Iterable[Entry]) -> None:
    """Write the entries of an act."""
    rows = [_row(act, entry) for entry in entries]
    act.domain.add_history.run_each(act.connection, rows)


def _row(act: Act, entry: Entry) -> Values:
    shape = entry.row.shape
    of_field = entry.action in ("change", "delete")
    type = value_type(shape, entry.name) if of_field else None
    return {
        "subject": shape.subject,
        "record": entry.row.id,
        "version": entry.row.version,
        "at": entry.row.values["created_at"] if entry.action == "import" else act.time.now,
        "actor": act.actor.user_id,
        "cause": entry.cause,
        "action": entry.action,
        "name": physical_name(shape, entry.name) if of_field else entry.name,
        "old": to_text(entry.old, type) if type else entry.old,
        "new": to_text(entry.new, type) if type else entry.new,
    }


def value_type(shape: Shape, name: str) -> Type | None:
    """The type of a field or collection; None for what is neither."""
    if name in shape.sets:
        return SET
    field = shape.entity.fields.get(name)
    return field.type if field else None


def physical_name(shape: Shape, name: str) -> str:
    """A field's column; other names are kept as they are."""
    return shape.physical.get(name, name)


def statement(domain: Domain) -> Prepared:
    columns = (column.key for column in HISTORY.c if column.key != "id")
    return Prepared(
        insert(HISTORY).values({key: bindparam(key) for key in columns}), domain.dialect
    )


def last_transition(act: Act, row: Row) -> Sequence[tuple[int | None, str]]:
    """Who took the record's last transition, and which; empty if it never took one."""
    keys = {"of_subject": row.shape.subject, "of_record": row.id}
    return [(actor, name) for actor, name in act.domain.last_transition.run(act.connection, keys)]


def last_transition_statement(domain: Domain) -> Prepared:
    kept = HISTORY.c
    found = (
        select(kept.actor, kept.name)
        .where(
            kept.subject == bindparam("of_subject"),
            kept.record == bindparam("of_record"),
            kept.action == "transition",
        )
        .order_by(kept.id.desc())
        .limit(1)
    )
    return Prepared(found, domain.dialect)
