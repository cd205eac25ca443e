"""Flows, and actions, which are steps without states."""

from __future__ import annotations

from compiler.model.approval import Approvals
from compiler.model.base import EntityId, EnumId, Labels, Model, Origin
from compiler.model.expr import Expr
from compiler.model.statement import Statement
from compiler.model.step import Step


class Timer(Model):
    """Moves a record on while it stays in a state: once `after` has passed since it came (a
    duration, or a worktime by `calendar`), or when the date or moment `after` comes; null never
    does."""

    after: Expr
    calendar: str = ""
    target: str
    origin: Origin


class State(Model):
    """`regions` name those that run side by side while a record is in it; an automatic transition
    without `when` leaves it once all of them are at an end. A final state of a region is final
    for that region alone."""

    name: str
    label: Labels
    doc: str = ""
    initial: bool = False
    final: bool = False
    color: str = ""
    readonly: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    enter: tuple[Statement, ...] = ()
    leave: tuple[Statement, ...] = ()
    timers: tuple[Timer, ...] = ()
    approvals: Approvals | None = None
    regions: tuple[str, ...] = ()
    origin: Origin


class Transition(Step):
    """From each of `sources` to `target`, or staying where it is if that is None.

    With `automatic` nobody can press it: it fires by itself as soon as `when` is true, and
    without one as soon as the regions of its source have ended.
    """

    sources: tuple[str, ...]
    target: str | None
    automatic: bool = False
    when: Expr | None = None


class Action(Step):
    """A step that leaves the record in its state, whatever that is."""

    entity: EntityId


class Region(Model):
    """What runs by itself while a record is in the state `within`, beside other regions.

    It owns the state field `field` of the entity, null while the record is elsewhere;
    `states_enum` is that field's enum.
    """

    field: str
    states_enum: EnumId
    label: Labels
    doc: str = ""
    within: str
    states: dict[str, State]
    transitions: dict[str, Transition]
    origin: Origin


class Flow(Model):
    """A flow owns the state field `field` of its entity; `states_enum` is that field's enum.

    Names of states and of transitions are unique in the flow and its regions. With `pinned` a
    record finishes on the text it began under.
    """

    entity: EntityId
    field: str
    states_enum: EnumId
    label: Labels
    states: dict[str, State]
    transitions: dict[str, Transition]
    regions: tuple[Region, ...] = ()
    pinned: bool = False
    origin: Origin

    @property
    def initial(self) -> State:
        return next(state for state in self.states.values() if state.initial)
