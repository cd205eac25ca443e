"""Steps: what people do with a record by pressing a button."""

from __future__ import annotations

from compiler.model.base import Labels, Model, Origin
from compiler.model.entity import Field, Phrase, Subject
from compiler.model.expr import Expr
from compiler.model.statement import Statement


class Ask(Model):
    """What a step's form asks. With `is_field` it writes the record's field of that name, else it
    is input of the step alone (`input.name` in expressions, kept in history)."""

    field: Field
    is_field: bool


class Require(Model):
    condition: Expr
    message: Phrase
    origin: Origin


class Step(Model):
    """What a person does with a record by pressing a button."""

    name: str
    label: Labels
    doc: str = ""
    by: tuple[Subject, ...] = ()
    asks: tuple[Ask, ...] = ()
    requires: tuple[Require, ...] = ()
    confirm: Phrase | None = None
    do: tuple[Statement, ...] = ()
    origin: Origin
