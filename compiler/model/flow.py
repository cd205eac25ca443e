"""Flows."""

from __future__ import annotations

from compiler.model.base import EntityId, EnumId, Labels, Model, Origin
from compiler.model.entity import Field, Phrase, Subject
from compiler.model.expr import Expr
from compiler.model.statement import Statement


class State(Model):
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
    origin: Origin


class Ask(Model):
    """What a transition's form asks. With `is_field` it writes the record's field of that name,
    else it is input of the transition alone (`input.name` in expressions, kept in history)."""

    field: Field
    is_field: bool


class Require(Model):
    condition: Expr
    message: Phrase
    origin: Origin


class Transition(Model):
    """From each of `sources` to `target`, or staying where it is if that is None.

    With `when` it fires by itself as soon as that is true; nobody can press it.
    """

    name: str
    label: Labels
    doc: str = ""
    sources: tuple[str, ...]
    target: str | None
    by: tuple[Subject, ...] = ()
    automatic: bool = False
    when: Expr | None = None
    asks: tuple[Ask, ...] = ()
    requires: tuple[Require, ...] = ()
    confirm: Phrase | None = None
    do: tuple[Statement, ...] = ()
    origin: Origin


class Flow(Model):
    """A flow owns the state field `field` of its entity; `states_enum` is that field's enum."""

    entity: EntityId
    field: str
    states_enum: EnumId
    label: Labels
    states: dict[str, State]
    transitions: dict[str, Transition]
    origin: Origin

    @property
    def initial(self) -> State:
        return next(state for state in self.states.values() if state.initial)
