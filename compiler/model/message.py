"""What is written to people: mails, and pages to print."""

from __future__ import annotations

from typing import Union

from compiler.model.base import EntityId, Labels, Model, Origin
from compiler.model.entity import Phrase
from compiler.model.expr import Expr


class Mail(Model):
    """A mail about a record of an entity, in every language."""

    id: str
    name: str
    label: Labels
    doc: str = ""
    entity: EntityId
    subject: Phrase
    body: Phrase
    origin: Origin


class Shown(Model):
    """A value with what it is called."""

    value: Expr
    label: Labels


class Part(Model, tag_field="kind"):
    """A part of a printed page."""


class PrintFields(Part, tag="fields"):
    """Values of the record, each with its label."""

    fields: tuple[Shown, ...]


class PrintTable(Part, tag="table"):
    """The rows of a collection; in `columns` the variable `row` is one of them."""

    label: Labels
    rows: Expr
    row: str
    columns: tuple[Shown, ...]


class PrintText(Part, tag="text"):
    """A text about the record."""

    text: Phrase


class Print(Model):
    """A page about a record, its parts from top to bottom."""

    id: str
    name: str
    label: Labels
    doc: str = ""
    entity: EntityId
    size: str
    landscape: bool = False
    parts: tuple[Union[PrintFields, PrintTable, PrintText], ...]  # noqa: UP007
    origin: Origin
