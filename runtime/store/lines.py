"""Owned lines: saved, changed and deleted with the record that they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from compiler.model.base import EntityId
from compiler.model.entity import Collection
from dsl.diagnostic import Message
from runtime.store import deletion
from runtime.store.act import Place
from runtime.store.filling import fill
from runtime.store.problems import Problem
from runtime.store.row import Row
from runtime.store.shape import PARENT
from runtime.store.values import Line, Lines, accept, assign, is_readonly, readonly_from_birth

if TYPE_CHECKING:
    from runtime.store.act import Act

UNKNOWN_LINE = Message(
    "this line is not there any more: load the record again", "此明细行已不存在：请重新加载记录"
)
FORBIDDEN_LINES = Message("you may not change the lines", "你无权修改明细")
READONLY_LINES = Message("the lines cannot be changed now", "明细现在不可修改")


def save(act: Act, row: Row, lines: Lines) -> Iterator[Problem]:
    """Make the lines of the record what is given, where collections are given; says what is wrong
    with them."""
    for name, given in lines.items():
        yield from _save_collection(act, row, name, given)


def collection_of(parent: Row, line: Row) -> Collection:
    """The collection of a record that holds the line."""
    return next(
        each
        for each in parent.shape.entity.collections.values()
        if each.kind == "lines" and each.target == line.shape.id
    )


def _save_collection(act: Act, row: Row, name: str, given: tuple[Line, ...]) -> Iterator[Problem]:
    collection = row.shape.entity.collections[name]
    why_locked = locked(act, row, collection)
    known = {line.id: line for line in act.relations.members(row, name)}
    for index, line in enumerate(given):
        found = known.pop(line.id, None) if line.id is not None else None
        place = Place(name, index)
        if line.id is not None and found is None:
            yield Problem(UNKNOWN_LINE, None, name, index)
        elif found is not None:
            act.places[found] = place
            yield from _change_line(act, found, line, why_locked)
        elif why_locked is not None:
            yield Problem(why_locked, name)
        else:
            yield from _add_line(act, row, collection.target, line, place)
    if known and why_locked is not None:
        yield Problem(why_locked, name)
        return
    for gone in known.values():
        if act.guard.may("delete", gone):
            deletion.remove(act, gone)
        else:
            yield Problem(FORBIDDEN_LINES, name)


def locked(act: Act, row: Row, collection: Collection) -> Message | None:
    """Why the person may not change the lines of the record, None if they may."""
    standing = act.guard.standing
    if standing.app:
        return None
    if row.made:
        named = act.domain.permissions.fields(standing, row.shape.id, "create")
        return None if collection.name in named else FORBIDDEN_LINES
    writable = act.guard.fields("update", row)
    if writable is not None and collection.name not in writable:
        return FORBIDDEN_LINES
    return READONLY_LINES if is_readonly(act, row, collection) else None


def _change_line(act: Act, row: Row, line: Line, why_locked: Message | None) -> Iterator[Problem]:
    found = accept(act, row, line.values, act.guard.fields("update", row))
    yield from found.problems
    if found.values and why_locked is not None:
        yield act.problem(row, why_locked, next(iter(found.values)))
    elif not found.problems:
        assign(act, row, found)


def _add_line(
    act: Act, parent: Row, entity: EntityId, line: Line, place: Place
) -> Iterator[Problem]:
    row = act.blank(entity)
    act.places[row] = place
    row.values[PARENT] = parent.id
    writable = act.guard.fields_of_new_line(row) if parent.made else act.guard.fields("create", row)
    found = accept(act, row, line.values, writable)
    yield from found.problems
    if not found.problems:
        yield from fill(act, row, {**found.values, PARENT: parent.id})
        if not act.guard.standing.app:
            yield from readonly_from_birth(act, row, found.values)


def problems_alone(act: Act, parent: Row, lines: Lines) -> Iterator[Problem]:
    """What is wrong with lines whose record is refused already."""
    for name, given in lines.items():
        target = parent.shape.entity.collections[name].target
        for index, line in enumerate(given):
            row = act.blank(target)
            act.places[row] = Place(name, index)
            yield from accept(act, row, line.values).problems
