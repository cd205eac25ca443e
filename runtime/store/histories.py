"""A record's history as its reader may know it: acts with their changes, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, bindparam, func, select

from compiler.model.app import USER
from compiler.model.base import EntityId
from compiler.model.types import Type
from runtime.prepared import Prepared
from runtime.store.history import from_text, physical_name, value_type
from runtime.store.query import Record, Reference
from runtime.tables import HISTORY

if TYPE_CHECKING:
    from runtime.store.domain import Domain
    from runtime.store.shape import Shape

Action = Literal["create", "import", "change", "transition", "action", "delete", "log"]


@dataclass(frozen=True, slots=True)
class Change:
    """A field (or collection) with its value before and after; references by name."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Event:
    """What one actor did to the record in one act.

    `who` is empty where nobody signed in acted; `cause` names the rule or flow of the app that did
    it for them. `step` is the transition or action taken, `text` what was logged, `inputs` what
    it asked that is no field.
    """

    at: datetime
    who: str
    cause: str
    action: Action
    step: str = ""
    text: str = ""
    changes: tuple[Change, ...] = ()
    inputs: tuple[Change, ...] = ()


def statement(domain: Domain) -> Prepared:
    """The newest rows of the history of a record, and the names of those who acted."""
    users = domain.catalog.table(USER)
    rows, person = HISTORY.c, users.c
    found = (
        select(
            rows.at,
            rows.actor,
            person.name,
            rows.cause,
            rows.version,
            rows.action,
            rows.name,
            rows.old,
            rows.new,
        )
        .outerjoin_from(HISTORY, users, rows.actor == person.id)
        .where(rows.subject == bindparam("subject"), rows.record == bindparam("record"))
        .order_by(rows.id.desc())
        .limit(bindparam("size"))
    )
    return Prepared(found, domain.dialect)


@dataclass(frozen=True, slots=True)
class Touched:
    """A record that somebody changed, and when they last did."""

    entity: EntityId
    record: int
    at: datetime


def touched(domain: Domain, connection: Connection, user: int, size: int) -> tuple[Touched, ...]:
    """The records that a user changed last, newest first; what rules did for them is left out."""
    rows = HISTORY.c
    newest = func.max(rows.id)
    query = (
        select(rows.subject, rows.record, func.max(rows.at).label("at"))
        .where(rows.actor == user, rows.cause == "")
        .group_by(rows.subject, rows.record)
        .order_by(newest.desc())
        .limit(size)
    )
    entities = {
        shape.subject: shape.id for shape in domain.shapes.values() if not shape.entity.owner
    }
    return tuple(
        Touched(entities[row.subject], row.record, row.at)
        for row in connection.execute(query)
        if row.subject in entities
    )


def events(
    domain: Domain,
    connection: Connection,
    record: Record,
    names: NamesInHistory,
    size: int,
) -> tuple[Event, ...]:
    """The events of the newest `size` rows of a record's history, with changes of readable fields
    alone."""
    shape, readable = domain.shapes[record.entity], record.rights.readable
    values = {"subject": shape.subject, "record": record.id, "size": size}
    rows = domain.history_of.run(connection, values)
    fields = {physical_name(shape, name): name for name in (*shape.columns, *shape.sets)}
    found = []
    for _, group in groupby(rows, key=lambda row: (row[0], row[1], row[3])):
        event = _event(domain, shape, list(group), fields, readable, names)
        if event is not None:
            found.append(event)
    return tuple(found)


class NamesInHistory:
    """Names of records that history refers to, as the reader may know them; asked once each."""

    def __init__(self, ask: Any) -> None:
        self._ask = ask
        self._known: dict[tuple[EntityId, int], Reference] = {}

    def of(self, type: Type, value: object) -> object:
        if type.kind != "ref" or not isinstance(value, int):
            return value
        key = (EntityId(type.of), value)
        if key not in self._known:
            self._known[key] = self._ask(*key)
        return self._known[key]


def _event(
    domain: Domain,
    shape: Shape,
    rows: Sequence[Any],
    fields: Mapping[str, str],
    readable: frozenset[str],
    names: NamesInHistory,
) -> Event | None:
    """One event of the rows of one act; None where the reader may know none of its changes."""
    at, _, who, cause = rows[0][:4]
    changes = tuple(_changes(shape, rows, fields, readable, names))
    lead = next((row for row in rows if _leads(row, readable)), None)
    if lead is None and not changes:
        return None
    action: Action = lead[5] if lead is not None else "change"
    name, new = (lead[6], lead[8]) if lead is not None else ("", "")
    return Event(
        at,
        who or "",
        cause,
        action,
        step=name if action in ("transition", "action") else "",
        text=(new or "") if action == "log" else "",
        changes=changes,
        inputs=tuple(_inputs(domain, shape, name, rows, names)),
    )


def _leads(row: Any, readable: frozenset[str]) -> bool:
    """Whether a row says what the event is; a logged text only where all it shows is readable."""
    action, name = row[5], row[6]
    if action == "log":
        return readable.issuperset(name.split(",")) if name else True
    return action not in ("change", "input")


def _inputs(
    domain: Domain, shape: Shape, step: str, rows: Sequence[Any], names: NamesInHistory
) -> Iterable[Change]:
    """What the transition asked that is kept in no field, by the name of the question."""
    given = {row[6]: row[8] for row in rows if row[5] == "input"}
    taken = domain.workspace.step(shape.id, step)
    for ask in taken.asks if taken is not None else ():
        name, type = ask.field.name, ask.field.type
        if name in given and not ask.is_field:
            yield Change(name, None, names.of(type, from_text(given[name], type)))


def _changes(
    shape: Shape,
    rows: Iterable[Any],
    fields: Mapping[str, str],
    readable: frozenset[str],
    names: NamesInHistory,
) -> Iterable[Change]:
    for row in reversed(list(rows)):
        name = fields.get(row[6], "")
        type = value_type(shape, name)
        if row[5] != "change" or type is None or name not in readable:
            continue
        old, new = (names.of(type, from_text(text, type)) for text in (row[7], row[8]))
        yield Change(name, old, new)
