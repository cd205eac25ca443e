"""What a person or a rule gives, made into what the fields keep.

A person's input is held to what they may write and to what is read-only; both may give only what
the field types take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compiler.field_type import Invalid
from compiler.model.base import EntityId
from compiler.model.entity import Collection, Field
from dsl.diagnostic import Message
from runtime.store import truths
from runtime.store.problems import Problem, said
from runtime.store.shape import PARENT

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Row

UNKNOWN = Message("there is no field `{name}` here", "没有字段“{name}”")
FORBIDDEN = Message("you may not change this field", "你无权修改此字段")
READONLY = Message("this field cannot be changed here", "此字段不能在这里修改")
NO_RECORD = Message("there is no such record of {entity}", "没有这样的{entity}记录")


@dataclass(frozen=True, slots=True)
class Line:
    """An owned line as a form gives it: one that exists by its `id`, a new one without."""

    values: Mapping[str, object]
    id: int | None = None


Lines = Mapping[str, tuple[Line, ...]]


@dataclass(slots=True)
class Given:
    """What is to be written to a record, and what cannot be."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def accept(
    act: Act,
    row: Row,
    values: Mapping[str, object],
    writable: frozenset[str] | None = None,
    allowed: frozenset[str] = frozenset(),
) -> Given:
    """What the actor gives to a record, as it is kept, and what is wrong with it."""
    if act.guard.standing.app:
        return from_app(act, row, values)
    return from_person(act, row, values, writable, allowed)


def assign(act: Act, row: Row, given: Given) -> None:
    """Give the record the values; a reference that does not fit them any more is cleared."""
    for name, value in given.values.items():
        act.assign(row, name, value)
    for name in row.shape.dependent:
        field = row.shape.entity.fields[name]
        if name not in given.values and not truths.is_among(row, field, row.values[name]):
            act.assign(row, name, None)


def from_person(
    act: Act,
    row: Row,
    values: Mapping[str, object],
    writable: frozenset[str] | None,
    allowed: frozenset[str] = frozenset(),
) -> Given:
    """A person's values for a record: `writable` are the fields that access lets them write (None
    for all); `allowed` are fields that may be written although the record is read-only."""
    given = Given()
    for name, value in values.items():
        member = _member(row, name)
        if member is None or not _knows(act, row, name, writable):
            given.problems.append(act.problem(row, UNKNOWN.filled({"name": name}), name))
            continue
        _take(act, row, given, member, value)
        if name in given.values and given.values[name] == row[name] and not row.made:
            del given.values[name]  # a form sends what it shows
        elif name in given.values and name not in allowed:
            refused = _refused(act, row, member, writable)
            if refused is not None:
                given.problems.append(act.problem(row, refused, name, member.origin))
    _readable_references(act, row, given)
    return given


def from_app(act: Act, row: Row, values: Mapping[str, object]) -> Given:
    """Values that the app itself gives: types are held to, access and `readonly` are not."""
    given = Given()
    for name, value in values.items():
        member = _member(row, name)
        assert member is not None  # the compiler resolved it
        _take(act, row, given, member, value)
    return given


def from_history(act: Act, row: Row, values: Mapping[str, object]) -> Given:
    """Values of a record as it came to be elsewhere: also its state, number and times. What it
    refers to must be there."""
    given = Given()
    for name, value in values.items():
        member = _member(row, name)
        computed = isinstance(member, Field) and member.computed
        if member is None or computed or name == "id":
            given.problems.append(act.problem(row, UNKNOWN.filled({"name": name}), name))
        else:
            _take(act, row, given, member, value)
    _readable_references(act, row, given)
    return given


def _member(row: Row, name: str) -> Field | Collection | None:
    entity = row.shape.entity
    collection = entity.collections.get(name)
    if collection is not None:
        return collection if collection.kind == "link" else None
    return entity.fields.get(name)


def _knows(act: Act, row: Row, name: str, writable: frozenset[str] | None) -> bool:
    """Whether the person may know that the field is there."""
    return writable is None or name in writable or act.guard.reads(row, name)


def _refused(
    act: Act, row: Row, member: Field | Collection, writable: frozenset[str] | None
) -> Message | None:
    """Why the person may not write the field, None if they may."""
    if isinstance(member, Field) and (member.system or member.computed or member.readonly):
        # A line says at birth whose it is; that one must let it in (see `changing`).
        return None if row.made and member.name == PARENT else READONLY
    if writable is not None and member.name not in writable:
        return FORBIDDEN
    return READONLY if not row.made and is_readonly(act, row, member) else None


def readonly_from_birth(act: Act, row: Row, names: Iterable[str]) -> Iterator[Problem]:
    """The fields that a person gave to a new record which, as it came to be, keeps them closed."""
    for name in names:
        member = row.shape.entity.fields.get(name)
        if member is not None and member.readonly_when and is_readonly(act, row, member):
            yield act.problem(row, READONLY, name, member.origin)


def is_readonly(act: Act, row: Row, member: Field | Collection) -> bool:
    """Whether the record, as it was before the act, keeps the field from being changed; for a new
    record, whether it does as it is."""
    entity = row.shape.entity
    seen = row if row.made else row.old
    if entity.flow and not row.made:
        state = act.domain.workspace.flows[entity.id].states[row[entity.flow]]
        if member.name in state.readonly:
            return True
    if not isinstance(member, Field) or member.readonly_when is None:
        return False
    return act.domain.function(member.readonly_when, partial=True)(act, seen) is True


def _take(act: Act, row: Row, given: Given, member: Field | Collection, value: object) -> None:
    """Put the value into `given` as the field keeps it, or say why it does not take it."""
    try:
        if isinstance(member, Collection):
            given.values[member.name] = _ids(value)
        elif member.type.kind == "set":
            given.values[member.name] = act.domain.checked(member, tuple(_iterable(value)))
        else:
            given.values[member.name] = act.domain.checked(member, value)
    except Invalid as invalid:
        given.problems.append(act.problem(row, invalid.message, member.name, member.origin))


def _ids(value: object) -> frozenset[int]:
    return frozenset(each for each in _iterable(value) if isinstance(each, int))


def _iterable(value: object) -> Iterable[Any]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise Invalid(Message("give a list of values", "请提供多个值的列表"))
    return value


def _readable_references(act: Act, row: Row, given: Given) -> None:
    """What the person refers to must be there and readable to them; the two are told alike."""
    for name, value in list(given.values.items()):
        target = _target(row, name)
        if target is None or value is None:
            continue
        ids = value if isinstance(value, frozenset) else (value,)
        found = act.fetch(target, ids)
        if len(found) < len(ids) or not all(map(act.guard.may_read, found)):
            del given.values[name]
            given.problems.append(act.problem(row, missing_record(act, target), name))


def missing_record(act: Act, target: EntityId) -> Message:
    """What is said of a reference to a record that is not there, or not for this person."""
    entity = said(act.domain.workspace.entities[target].label)
    return Message(NO_RECORD.en.format(entity=entity.en), NO_RECORD.zh.format(entity=entity.zh))


def _target(row: Row, name: str) -> EntityId | None:
    collection = row.shape.entity.collections.get(name)
    return collection.target if collection else row.shape.references.get(name)
