"""What comes from outside and what goes there."""

from __future__ import annotations

from msgspec import field

from compiler.model.base import EntityId, Labels, Model, Origin
from compiler.model.expr import Expr
from compiler.model.rule import Event, Length
from compiler.model.types import Type


class Given(Model):
    """A value that somebody outside gives, or that a connector is given; null where it may be
    left out. `field_type` and `parameters` are as those of a field. `label` is empty where only
    machines see it."""

    name: str
    label: Labels = field(default_factory=dict)
    field_type: str
    parameters: dict[str, str | int] = field(default_factory=dict)
    type: Type


class Intake(Model):
    """What makes or changes a record with the app's authority, and writes `values` and what it
    takes in alone.

    It `creates` a record or `updates` the one in whose fields `key` it says the same, or both:
    it updates the one there is, else creates one.
    """

    id: str
    name: str
    label: Labels
    doc: str = ""
    entity: EntityId
    creates: bool
    updates: bool
    key: tuple[str, ...] = ()
    values: dict[str, Expr]
    origin: Origin


class FormParam(Model):
    """A reference that the form's address says, by a unique field of its entity."""

    field: str
    entity: EntityId
    by: str


class FormField(Model):
    """A field that a form asks for; `required` here beside what the entity says."""

    field: str
    label: Labels
    required: bool = False


class Form(Intake):
    """A page for people who are not signed in: `public`, or for the record of a link that was sent
    to somebody, which may be good once, and for a time."""

    public: bool
    once: bool = False
    expires: Length | None = None
    params: tuple[FormParam, ...] = ()
    fields: tuple[FormField, ...] = ()


class Hook(Intake):
    """An address that other systems send to, with a key of its own. In `values` the variable
    `body` is what they sent."""

    body: tuple[Given, ...]


class EventKind(Model):
    """Something that people do and that is noted; they are known by one of `identify`."""

    id: str
    name: str
    label: Labels
    doc: str = ""
    entities: tuple[EntityId, ...]
    fields: tuple[Given, ...]
    identify: tuple[str, ...]
    origin: Origin


class Told(Model):
    """A value of the record by the path that names it in what is sent."""

    path: str
    value: Expr


class Webhook(Model):
    """What another system is told, signed, when an event occurs."""

    id: str
    name: str
    label: Labels
    doc: str = ""
    entity: EntityId
    events: tuple[Event, ...]
    when: Expr | None = None
    fields: tuple[Told, ...]
    origin: Origin


class Setting(Model):
    """What a connector must be told; a `secret` one stands in no text and is a reference to what
    the server's environment says."""

    name: str
    label: Labels
    field_type: str
    required: bool = False
    secret: bool = False


class Action(Model):
    """What a connector does, from what it is given."""

    name: str
    label: Labels
    parameters: tuple[Given, ...]


class Connector(Model):
    """An outside system as the library knows it."""

    id: str
    name: str
    label: Labels
    doc: str = ""
    settings: tuple[Setting, ...]
    actions: tuple[Action, ...]


class Connection(Model):
    """A connector with what the app says of its settings; the rest comes from the environment."""

    id: str
    name: str
    label: Labels
    doc: str = ""
    connector: str
    settings: dict[str, str]
    origin: Origin
