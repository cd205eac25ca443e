"""Scores and tags: what marks the records of an entity, beside the field that it gives them."""

from __future__ import annotations

from compiler.model.base import EntityId, Model, Origin
from compiler.model.entity import Phrase
from compiler.model.expr import Expr


class Points(Model):
    """Points of a score: how many, when they count, and why, for people."""

    value: Expr
    when: Expr | None = None
    reason: Phrase | None = None
    origin: Origin


class Score(Model):
    """The field of the score is computed from its points; these say what it is made of."""

    entity: EntityId
    field: str
    low: int
    high: int
    points: tuple[Points, ...]
    origin: Origin


class Tag(Model):
    """The field of the tag turns true when `on` holds and false when `off` does, by two rules of
    the model; a record that is there before the tag begins with what `on` says."""

    entity: EntityId
    field: str
    on: Expr
    off: Expr
    origin: Origin
