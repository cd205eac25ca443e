"""Creating, changing and deleting a record as somebody asks for it: access, versions, lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from compiler.model.base import EntityId
from compiler.model.entity import Action
from dsl.diagnostic import Message
from runtime.store import conflict, deletion, freezing, lines, truths
from runtime.store.act import Place
from runtime.store.filling import fill
from runtime.store.problems import Forbidden, NotFound, Problem, Rejected, said
from runtime.store.row import Row
from runtime.store.shape import PARENT
from runtime.store.values import Given, Lines, accept, assign, readonly_from_birth

if TYPE_CHECKING:
    from runtime.store.act import Act

MAY_NOT: Mapping[Action, Message] = {
    "create": Message("you may not create this {entity}", "你无权创建此{entity}"),
    "update": Message("you may not change this {entity}", "你无权修改此{entity}"),
    "delete": Message("you may not delete this {entity}", "你无权删除此{entity}"),
}
OF_THE_TEXT = Message(
    "{entity} belongs to the text of the app: change it there",
    "{entity}属于应用文本：请在文本中修改",
)
APPEND_ONLY = Message("a {entity} is never changed or deleted", "{entity}不可修改或删除")
GONE = Message("there is no such record", "没有这样的记录")


def create(act: Act, entity: EntityId, values: Mapping[str, object], given_lines: Lines) -> Row:
    """See `records.Store.create`."""
    writable = act.domain.permissions.fields(act.guard.standing, entity, "create")
    row = act.blank(entity)
    if not writable:
        raise forbidden(row, "create")
    insist_open(row)
    act.places[row] = Place()
    given = accept(act, row, values, writable)
    if given.problems:
        raise Rejected(*given.problems, *lines.problems_alone(act, row, given_lines))
    _reject(fill(act, row, given.values))
    _reject(lines.save(act, row, given_lines))
    _reject(_faults(act))
    _reject(faults_of_creation(act, row, given))
    return row


def update(
    act: Act,
    entity: EntityId,
    id: int,
    version: int,
    values: Mapping[str, object],
    given_lines: Lines,
) -> Row:
    """See `records.Store.update`."""
    row = existing(act, entity, id)
    conflict.insist(act, row, version, values)
    writable = act.guard.fields("update", row)
    if writable is not None and not writable:
        raise forbidden(row, "update")
    insist_open(row)
    act.places[row] = Place()
    given = accept(act, row, values, writable)
    _reject(given.problems)
    _reject(_locked_by_owner(act, row, given.values))
    assign(act, row, given)
    _reject(lines.save(act, row, given_lines))
    _reject(_faults(act))
    return row


def delete(act: Act, entity: EntityId, id: int, version: int) -> Row:
    """See `records.Store.delete`."""
    row = existing(act, entity, id)
    conflict.insist(act, row, version, {})
    if not act.guard.may("delete", row):
        raise forbidden(row, "delete")
    insist_open(row)
    act.places[row] = Place()
    _reject(_locked_by_owner(act, row, (PARENT,)))
    deletion.remove(act, row)
    return row


def existing(act: Act, entity: EntityId, id: int) -> Row:
    """A record that the actor may read, locked. Raises NotFound for any other."""
    found = act.fetch(entity, [id], lock=True)
    if not found or not act.guard.may_read(found[0]):
        raise NotFound
    return found[0]


def forbidden(row: Row, action: Action) -> Forbidden:
    """The refusal of an action that no right allows."""
    return Forbidden(_about(row, MAY_NOT[action]))


def _about(row: Row, message: Message) -> Message:
    entity = said(row.shape.entity.label)
    return Message(message.en.format(entity=entity.en), message.zh.format(entity=entity.zh))


def closed(row: Row) -> Message | None:
    """Why nobody, rules included, may change the record or delete it; None if somebody may."""
    entity = row.shape.entity
    if entity.data_key:
        return _about(row, OF_THE_TEXT)
    if entity.append_only and not row.made:
        return _about(row, APPEND_ONLY)
    frozen = freezing.why_frozen(row)
    return None if frozen is None else frozen[0]


def insist_open(row: Row) -> None:
    """Raise Forbidden where nobody may write the record."""
    message = closed(row)
    if message is not None:
        raise Forbidden(message)


def change(act: Act, row: Row, values: Mapping[str, object]) -> Iterator[Problem]:
    """Change a record of a batch, which is read already; says what is wrong with it."""
    writable = act.guard.fields("update", row)
    if writable is not None and not writable:
        yield act.problem(row, _about(row, MAY_NOT["update"]), None)
        return
    insist_open(row)
    found = accept(act, row, values, writable)
    yield from found.problems
    locked = list(_locked_by_owner(act, row, found.values))
    yield from locked
    if not found.problems and not locked:
        assign(act, row, found)
    yield from truths.faults_of_fields(act, row)


def faults_of_creation(act: Act, row: Row, given: Given) -> Iterator[Problem]:
    """What stands against a new record of a person, as it came to be: fields that it keeps
    closed. Raises Forbidden where the rights to create do not cover it."""
    if act.guard.standing.app:
        return
    allowed = act.guard.fields("create", row)
    if allowed is not None and not (allowed and allowed.issuperset(given.values)):
        raise forbidden(row, "create")
    yield from readonly_from_birth(act, row, given.values)
    yield from _locked_by_owner(act, row, (PARENT,))


def _locked_by_owner(act: Act, row: Row, changes: Iterable[str]) -> Iterator[Problem]:
    """That the record to which a line belongs keeps its lines as they are, if the line is changed
    by itself and not with that record."""
    owner = row.shape.entity.owner
    parent = None if owner is None else act.row(owner, row.values[PARENT])
    if parent is None or parent in act.places:
        return
    why_locked = lines.locked(act, parent, lines.collection_of(parent, row))
    field = next(iter(changes), None)
    if why_locked is not None and field is not None:
        yield act.problem(row, why_locked, field)


def _faults(act: Act) -> Iterator[Problem]:
    """The demands of fields that what was given does not meet."""
    for row in act.places:
        if not row.gone:
            yield from truths.faults_of_fields(act, row)


def _reject(problems: Iterator[Problem] | list[Problem]) -> None:
    found = list(problems)
    if found:
        raise Rejected(*found)
