"""Creating, changing and deleting a record as somebody asks for it: access, versions, lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from compiler.model.base import EntityId
from compiler.model.entity import Action, Collection
from dsl.diagnostic import Message
from runtime.store import conflict, deletion, truths
from runtime.store.act import Place
from runtime.store.filling import fill
from runtime.store.problems import Forbidden, NotFound, Problem, Rejected, said
from runtime.store.row import Row
from runtime.store.shape import PARENT
from runtime.store.values import (
    Given,
    Line,
    Lines,
    from_app,
    from_person,
    is_readonly,
    readonly_from_birth,
)

if TYPE_CHECKING:
    from runtime.store.act import Act

MAY_NOT: Mapping[Action, Message] = {
    "create": Message("you may not create this {entity}", "你无权创建此{entity}"),
    "update": Message("you may not change this {entity}", "你无权修改此{entity}"),
    "delete": Message("you may not delete this {entity}", "你无权删除此{entity}"),
}
APPEND_ONLY = Message("a {entity} is never changed or deleted", "{entity}不可修改或删除")
GONE = Message("there is no such record", "没有这样的记录")
UNKNOWN_LINE = Message(
    "this line is not there any more: load the record again", "此明细行已不存在：请重新加载记录"
)
FORBIDDEN_LINES = Message("you may not change the lines", "你无权修改明细")
READONLY_LINES = Message("the lines cannot be changed now", "明细现在不可修改")


def create(act: Act, entity: EntityId, values: Mapping[str, object], lines: Lines) -> Row:
    """See `records.Store.create`."""
    writable = act.domain.permissions.fields(act.guard.standing, entity, "create")
    row = act.blank(entity)
    if not writable:
        raise forbidden(row, "create")
    act.places[row] = Place()
    given_values = accept(act, row, values, writable)
    if given_values.problems:
        raise Rejected(*given_values.problems, *_line_problems(act, row, lines))
    _reject(fill(act, row, given_values.values))
    _save_lines(act, row, lines)
    _reject(_faults(act))
    _reject(faults_of_creation(act, row, given_values))
    return row


def update(
    act: Act,
    entity: EntityId,
    id: int,
    version: int,
    values: Mapping[str, object],
    lines: Lines,
) -> Row:
    """See `records.Store.update`."""
    row = existing(act, entity, id)
    conflict.insist(act, row, version, values)
    writable = act.guard.fields("update", row)
    if writable is not None and not writable:
        raise forbidden(row, "update")
    _not_append_only(row)
    act.places[row] = Place()
    _reject(_assign(act, row, values, writable))
    _save_lines(act, row, lines)
    _reject(_faults(act))
    return row


def delete(act: Act, entity: EntityId, id: int, version: int) -> Row:
    """See `records.Store.delete`."""
    row = existing(act, entity, id)
    conflict.insist(act, row, version, {})
    if not act.guard.may("delete", row):
        raise forbidden(row, "delete")
    _not_append_only(row)
    act.places[row] = Place()
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


def _not_append_only(row: Row) -> None:
    if row.shape.entity.append_only:
        raise Forbidden(_about(row, APPEND_ONLY))


def change(act: Act, row: Row, values: Mapping[str, object]) -> Iterator[Problem]:
    """Change a record of a batch, which is read already; says what is wrong with it."""
    writable = act.guard.fields("update", row)
    if writable is not None and not writable:
        yield act.problem(row, _about(row, MAY_NOT["update"]), None)
        return
    _not_append_only(row)
    yield from _assign(act, row, values, writable)
    yield from truths.faults_of_fields(act, row)


def _assign(
    act: Act, row: Row, values: Mapping[str, object], writable: frozenset[str] | None
) -> list[Problem]:
    """Give the record these values, if nothing is wrong with any of them."""
    found = accept(act, row, values, writable)
    if not found.problems:
        for name, value in found.values.items():
            act.assign(row, name, value)
    return found.problems


def accept(
    act: Act, row: Row, values: Mapping[str, object], writable: frozenset[str] | None
) -> Given:
    """What somebody gives to a record, as it is kept, and what is wrong with it."""
    if act.guard.standing.app:
        return from_app(act, row, values)
    return from_person(act, row, values, writable)


def faults_of_creation(act: Act, row: Row, given: Given) -> Iterator[Problem]:
    """What stands against a new record of a person, as it came to be: fields that it keeps
    closed. Raises Forbidden where the rights to create do not cover it."""
    if act.guard.standing.app:
        return
    allowed = act.guard.fields("create", row)
    if allowed is not None and not (allowed and allowed.issuperset(given.values)):
        raise forbidden(row, "create")
    yield from readonly_from_birth(act, row, given.values)
    owner = row.shape.entity.owner
    parent = None if owner is None else act.row(owner, row.values[PARENT])
    if parent is not None and parent not in act.places:
        closed = _lines_locked(act, parent, _lines_of(parent, row))
        if closed is not None:
            yield act.problem(row, closed, PARENT)


def _lines_of(parent: Row, line: Row) -> Collection:
    """The collection of a record that holds the line."""
    return next(
        each
        for each in parent.shape.entity.collections.values()
        if each.kind == "lines" and each.target == line.shape.id
    )


def _save_lines(act: Act, row: Row, lines: Lines) -> None:
    problems: list[Problem] = []
    for name, given in lines.items():
        problems += _save_collection(act, row, name, given)
    _reject(problems)


def _save_collection(act: Act, row: Row, name: str, given: tuple[Line, ...]) -> Iterator[Problem]:
    collection = row.shape.entity.collections[name]
    locked = _lines_locked(act, row, collection)
    known = {line.id: line for line in act.relations.members(row, name)}
    for index, line in enumerate(given):
        found = known.pop(line.id, None) if line.id is not None else None
        place = Place(name, index)
        if line.id is not None and found is None:
            yield Problem(UNKNOWN_LINE, None, name, index)
        elif found is not None:
            act.places[found] = place
            yield from _change_line(act, found, line, locked)
        elif locked is not None:
            yield Problem(locked, name)
        else:
            yield from _add_line(act, row, collection.target, line, place)
    if known and locked is not None:
        yield Problem(locked, name)
        return
    for gone in known.values():
        deletion.remove(act, gone)


def _lines_locked(act: Act, row: Row, collection: Collection) -> Message | None:
    """Why the person may not change the lines of the record, None if they may."""
    if act.guard.standing.app or row.made:
        return None
    writable = act.guard.fields("update", row)
    if writable is not None and collection.name not in writable:
        return FORBIDDEN_LINES
    return READONLY_LINES if is_readonly(act, row, collection) else None


def _change_line(act: Act, row: Row, line: Line, locked: Message | None) -> Iterator[Problem]:
    found = accept(act, row, line.values, act.guard.fields("update", row))
    yield from found.problems
    if found.values and locked is not None:
        yield act.problem(row, locked, next(iter(found.values)))
    elif not found.problems:
        for name, value in found.values.items():
            act.assign(row, name, value)


def _add_line(
    act: Act, parent: Row, entity: EntityId, line: Line, place: Place
) -> Iterator[Problem]:
    row = act.blank(entity)
    act.places[row] = place
    row.values[PARENT] = parent.id
    found = accept(act, row, line.values, None)
    yield from found.problems
    if not found.problems:
        yield from fill(act, row, {**found.values, PARENT: parent.id})
        if not act.guard.standing.app:
            yield from readonly_from_birth(act, row, found.values)


def _line_problems(act: Act, parent: Row, lines: Lines) -> Iterator[Problem]:
    """What is wrong with lines whose record is refused already."""
    for name, given in lines.items():
        target = parent.shape.entity.collections[name].target
        for index, line in enumerate(given):
            row = act.blank(target)
            act.places[row] = Place(name, index)
            yield from accept(act, row, line.values, None).problems


def _faults(act: Act) -> Iterator[Problem]:
    """The demands of fields that what was given does not meet."""
    for row in act.places:
        if not row.gone:
            yield from truths.faults_of_fields(act, row)


def _reject(problems: Iterator[Problem] | list[Problem]) -> None:
    found = list(problems)
    if found:
        raise Rejected(*found)
