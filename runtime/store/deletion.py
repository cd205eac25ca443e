"""Deleting a record: what refers to it keeps it, lets go of it, or goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsl.diagnostic import Message
from runtime.store.problems import Rejected, said
from runtime.store.shape import NAMED, PARENT, Referrer

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Row

KEPT = Message(
    "this cannot be deleted: {entity} {records} refers to it",
    "无法删除：{entity}“{records}”引用了此记录",
)
KEPT_BY_OTHERS = Message(
    "this cannot be deleted: other records refer to it", "无法删除：有其他记录引用了它"
)


def remove(act: Act, row: Row) -> None:
    """Delete the record with its lines and what cascades; raises Rejected if something keeps it."""
    if row.gone or row in act.going:
        return
    act.going.add(row)
    act.fetch(row.shape.id, [row.id], lock=True)
    for referrer in row.shape.referrers:
        for other in _referring(act, row, referrer):
            _let_go(act, referrer, other)
    act.gone(row)


def _referring(act: Act, row: Row, referrer: Referrer) -> list[Row]:
    act.flush()
    shape = act.domain.shapes[referrer.entity]
    restricts = _action(act, referrer) == "restrict"
    statement = shape.some_referring if restricts else shape.referring
    found = statement(referrer.field.name).run(act.connection, {"ids": [row.id]})
    rows = [each for each in act.adopt(shape, found) if each is not row]
    if rows and restricts:
        raise Rejected(act.problem(row, _kept_by(act, rows), None, referrer.field.origin))
    return rows


def _action(act: Act, referrer: Referrer) -> str:
    owned = act.domain.shapes[referrer.entity].entity.owner is not None
    return "cascade" if owned and referrer.field.name == PARENT else referrer.field.on_delete


def _let_go(act: Act, referrer: Referrer, other: Row) -> None:
    if _action(act, referrer) == "cascade":
        remove(act, other)
    else:
        act.assign(other, referrer.field.name, None)


def _kept_by(act: Act, rows: list[Row]) -> Message:
    readable = [each for each in rows if act.guard.may_read(each)]
    if not readable:
        return KEPT_BY_OTHERS
    entity = said(readable[0].shape.entity.label)
    names = [act.name_of(each) for each in readable[:NAMED]]
    more = " …" if len(readable) > NAMED else ""
    return Message(
        KEPT.en.format(entity=entity.en, records=", ".join(names) + more),
        KEPT.zh.format(entity=entity.zh, records="、".join(names) + more),
    )
