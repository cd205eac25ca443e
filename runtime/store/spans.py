"""No two records at one time: asked when all is written, so that the database sees the act whole.

Acts that could meet each other wait: on PostgreSQL by a lock on what must be kept apart, on SQLite
because one act writes at a time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from compiler.model.entity import NoOverlap
from dsl.diagnostic import Message
from runtime.store.problems import Problem, Rejected
from runtime.store.row import Row

if TYPE_CHECKING:
    from runtime.store.act import Act

MEETS = Message("this time is taken: another record overlaps with it", "时间冲突：与另一条记录重叠")
MEETS_OTHER = Message("this time is taken by {other}", "时间冲突：已被“{other}”占用")


def insist_on_spans(act: Act) -> None:
    """Raise Rejected where a record that the act wrote overlaps with another one."""
    concerned = [
        (row, each)
        for row in act.all_changed()
        if row.shape.entity.apart and not row.gone
        for each in row.shape.entity.apart
        if _is_new(row, each) and _has_span(row, each)
    ]
    if not concerned:
        return
    _wait(act, concerned)
    problems = list(_problems(act, concerned))
    if problems:
        raise Rejected(*problems)


def _is_new(row: Row, kept: NoOverlap) -> bool:
    return row.made or not row.changes().isdisjoint({*kept.fields, kept.start, kept.end})


def _has_span(row: Row, kept: NoOverlap) -> bool:
    return row.values[kept.start] is not None and None not in _key(row, kept)


def _key(row: Row, kept: NoOverlap) -> Sequence[Any]:
    return [row.values[name] for name in kept.fields]


def _wait(act: Act, concerned: Iterable[tuple[Row, NoOverlap]]) -> None:
    """Let one act at a time look at what must be kept apart, always in the same order."""
    if act.connection.dialect.name != "postgresql":
        return
    names = {f"{row.shape.id} {kept.start} {_key(row, kept)}" for row, kept in concerned}
    for lock in sorted(zlib.crc32(name.encode()) for name in names):
        act.connection.execute(select(func.pg_advisory_xact_lock(lock)))


def _problems(act: Act, concerned: Iterable[tuple[Row, NoOverlap]]) -> Iterator[Problem]:
    for row, kept in concerned:
        found = act.connection.execute(_meeting(row, kept)).scalar()
        if found is not None:
            other = act.row(row.shape.id, found)
            known = other is not None and act.guard.may_read(other)
            message = MEETS
            if other is not None and known:
                message = MEETS_OTHER.filled({"other": act.name_of(other)})
            yield act.problem(row, message, kept.start, kept.origin)


def _meeting(row: Row, kept: NoOverlap) -> Select[Any]:
    """The id of a record whose span meets the row's."""
    columns = row.shape.table.c
    start, end = columns[kept.start], columns[kept.end]
    first, last = row.values[kept.start], row.values[kept.end]
    tests: list[ColumnElement[bool]] = [columns[name] == row.values[name] for name in kept.fields]
    tests += [columns["id"] != row.id, start.is_not(None)]
    tests.append(or_(end.is_(None), end > first if kept.open_end else end >= first))
    if last is not None:
        tests.append(start < last if kept.open_end else start <= last)
    return select(columns["id"]).where(*tests).order_by(columns["id"]).limit(1)
