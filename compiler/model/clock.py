"""Clocks: how long records may take."""

from __future__ import annotations

from compiler.model.base import EntityId, Labels, Model, Origin
from compiler.model.expr import Expr
from compiler.model.rule import Event
from compiler.model.statement import Statement


class Mark(Model):
    """What is done when so many whole percents of the time are gone."""

    percents: tuple[int, ...]
    do: tuple[Statement, ...]
    origin: Origin


class Clock(Model):
    """Runs from the first event of `start` to the first of `end` after it; stands still while the
    record is in one of `paused_in` or `paused_when` holds. What happens again does not restart it.

    `limit` (a duration, or a worktime by `calendar`) is worked out when it starts. The entity has
    the fields `NAME_due`, `NAME_left` and `NAME_breached`.
    """

    entity: EntityId
    name: str
    label: Labels
    doc: str = ""
    start: tuple[Event, ...]
    end: tuple[Event, ...]
    paused_in: tuple[str, ...] = ()
    paused_when: Expr | None = None
    limit: Expr
    calendar: str = ""
    marks: tuple[Mark, ...] = ()
    origin: Origin
