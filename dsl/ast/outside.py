"""What comes from outside and what goes there: forms, hooks, events, webhooks, connectors."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.app import Decl
from dsl.ast.base import Name, Node, Path, String
from dsl.ast.entity import TypeRef
from dsl.ast.expr import DurationLit, Expr, Text
from dsl.ast.rule import Event


@dataclass(frozen=True, slots=True)
class Effect(Node):
    """`creates or updates`: what becomes of a record."""

    creates: bool
    updates: bool


@dataclass(frozen=True, slots=True)
class Key(Node):
    """`by phone`, or `by link`: how the record to update is found."""

    link: bool
    fields: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class FormParam(Node):
    """`param channel -> Channel by code`: what the form's address says."""

    name: Name
    label: String | None
    target: Path
    by: Name


@dataclass(frozen=True, slots=True)
class FormField(Node):
    """A field that the form asks for."""

    name: Name
    label: String | None
    required: bool


@dataclass(frozen=True, slots=True)
class SetValue(Node):
    """`source = web`: a field that is set to a value."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class FormDecl(Decl):
    """`form TalkToUs "…" creates or updates Lead by phone public`."""

    effect: Effect
    entity: Path
    key: Key | None
    public: bool
    once: bool
    expires: DurationLit | None
    params: tuple[FormParam, ...]
    fields: tuple[FormField, ...]
    values: tuple[SetValue, ...]


@dataclass(frozen=True, slots=True)
class Sent(Node):
    """`mobile: phone`: what is sent, or a parameter that is given; a `phone?` may be missing."""

    name: Name
    label: String | None
    type: TypeRef


@dataclass(frozen=True, slots=True)
class HookDecl(Decl):
    """`hook leads creates or updates Lead by phone` with what its body holds."""

    effect: Effect
    entity: Path
    key: Key | None
    body: tuple[Sent, ...]
    values: tuple[SetValue, ...]


@dataclass(frozen=True, slots=True)
class EventDecl(Decl):
    """`event page_view on Lead, Customer`: something that people did."""

    entities: tuple[Path, ...]
    fields: tuple[Sent, ...]
    identify: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class WebhookDecl(Decl):
    """`webhook order_paid on Order entered paid`."""

    entity: Path
    events: tuple[Event, ...]
    when: Expr | None
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """`server = "https://…"`."""

    name: Name
    value: Text


@dataclass(frozen=True, slots=True)
class ConnectDecl(Decl):
    """`connect erp using std.kingdee`."""

    connector: Path
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class ConnectorSetting(Node):
    """`setting server: url required`; a secret one is never in a text."""

    name: Name
    label: String | None
    type: TypeRef
    required: bool
    secret: bool


@dataclass(frozen=True, slots=True)
class ConnectorAction(Node):
    """What a connector can be called for."""

    name: Name
    label: String | None
    parameters: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class ConnectorDecl(Decl):
    """`connector kingdee "Kingdee"`: what an outside system needs to know, and what it can do."""

    settings: tuple[ConnectorSetting, ...]
    actions: tuple[ConnectorAction, ...]
