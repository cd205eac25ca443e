"""How records went through their flow: counted from the transitions that history keeps.

A record was in a state if it is there, or if a transition led to it or out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select

from compiler.model.expr import FieldOf, Op, Var
from compiler.model.report import Moved, MovedFunction, Report
from compiler.model.types import BOOL, enum, ref
from compiler.values import periods
from runtime.clock import ActTime
from runtime.store.domain import Domain
from runtime.store.selection import Selection
from runtime.tables import HISTORY, Instant

Test = ColumnElement[bool]


def column(rows: Selection, domain: Domain, moved: Moved) -> ColumnElement[Any]:
    """How many of the rows have it, as far as their state may be known."""
    steps = _Steps(rows, domain, moved)
    test = and_(steps.known(), _TESTS[moved.function](steps))
    return func.coalesce(func.sum(case((test, 1), else_=0)), 0)


def moments(report: Report, domain: Domain, time: ActTime) -> dict[str, object]:
    """The moments that measures ask about, as values of their statements; a day to its end."""
    found: dict[str, object] = {}
    for each in report.moves:
        if each.at is not None:
            at = domain.function(each.at, ())(time)
            found[_moment(each)] = _end(at, time)
    return found


def _end(at: date | datetime, time: ActTime) -> datetime:
    return at if isinstance(at, datetime) else periods.midnight(at + periods.DAY, time.zone)


def _moment(moved: Moved) -> str:
    return f"{moved.name}_at"


class _Steps:
    """The transitions of a row of the statement."""

    def __init__(self, rows: Selection, domain: Domain, moved: Moved) -> None:
        self.rows = rows
        self.moved = moved
        self.shape = domain.shapes[rows.shape.entity]
        self.flow = domain.workspace.flows[rows.shape.entity]
        self.state = rows.query.row.c[self.flow.field]

    def known(self) -> Test:
        """That the reader may know the state."""
        entity = self.rows.shape.entity
        this = Var(type=ref(entity), name="this")
        state = FieldOf(type=enum(self.flow.states_enum), of=this, field=self.flow.field)
        hidden = Op(type=BOOL, op="is null", args=(self.rows.mask.apply(state),))
        return self.rows.query.condition(Op(type=BOOL, op="not", args=(hidden,)))

    def some(self, *tests: Callable[[Any], Test]) -> Test:
        """That a transition of the row passes the tests."""
        step = HISTORY.alias()
        found = select(step.c.id).where(*self._of_row(step), *(test(step.c) for test in tests))
        return found.correlate_except(step).exists()

    def last(self, name: str, *tests: Callable[[Any], Test], first: bool = False) -> Any:
        """A value of the row's last transition that passes the tests, or of its first."""
        step = HISTORY.alias()
        found = select(step.c[name]).where(*self._of_row(step), *(test(step.c) for test in tests))
        order = step.c.id.asc() if first else step.c.id.desc()
        return found.order_by(order).limit(1).correlate_except(step).scalar_subquery()

    def _of_row(self, step: Any) -> tuple[Test, ...]:
        return (
            step.c.subject == self.shape.subject,
            step.c.record == self.rows.query.row.c["id"],
            step.c.action == "transition",
        )

    # --- of the state that is asked about

    def to(self, step: Any) -> Test:
        return and_(step.new == self.moved.subject, step.old != self.moved.subject)

    def out(self, step: Any) -> Test:
        return and_(step.old == self.moved.subject, step.new != self.moved.subject)


def _entered(steps: _Steps) -> Test:
    there = steps.state == steps.moved.subject
    return or_(there, steps.some(steps.to), steps.some(steps.out))


def _left(steps: _Steps) -> Test:
    return steps.some(steps.out)


def _returned(steps: _Steps) -> Test:
    """A way out of the state, and then one into it."""
    out = steps.last("id", steps.out, first=True)
    return steps.some(steps.to, lambda step: step.id > out)


def _in(steps: _Steps) -> Test:
    if steps.moved.at is None:
        return steps.state == steps.moved.subject
    moment = bindparam(_moment(steps.moved), type_=Instant())
    state = func.coalesce(
        steps.last("new", lambda step: step.at < moment),
        steps.last("old", first=True),
        steps.state,
    )
    made = steps.rows.query.row.c["created_at"] < moment
    return and_(made, state == steps.moved.subject)


_TESTS: Mapping[MovedFunction, Callable[[_Steps], Test]] = {
    "entered": _entered,
    "left": _left,
    "returned": _returned,
    "in": _in,
}
