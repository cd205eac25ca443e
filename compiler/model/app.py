"""The whole workspace as it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from compiler.model.base import EntityId, EnumId, Labels, Model, Origin, RoleId
from compiler.model.calendar import Calendar
from compiler.model.change import Intent
from compiler.model.clock import Clock
from compiler.model.dashboard import Dashboard
from compiler.model.entity import DataTable, Entity, Enum
from compiler.model.flow import Action, Flow, Transition
from compiler.model.mark import Score, Tag
from compiler.model.message import Mail, Print
from compiler.model.outside import Connection, Connector, EventKind, Form, Hook, Webhook
from compiler.model.report import Report
from compiler.model.rule import Rule
from compiler.model.value import Function, Table
from compiler.model.view import View

USER = EntityId("std.User")
TEAM = EntityId("std.Team")
ADMIN = RoleId("std.Admin")


class Role(Model):
    """`grants_of` are this role and all it includes, at any depth: whose grants a holder has."""

    id: RoleId
    module: str
    name: str
    label: Labels
    includes: tuple[RoleId, ...] = ()
    grants_of: tuple[RoleId, ...]
    origin: Origin | None = None


class Module(Model):
    """An app of the workspace, or a module of the library, such as the prelude (`std`)."""

    name: str
    label: Labels
    version: str = ""
    doc: str = ""
    library: bool = False
    calendar: str = ""
    """The calendar by which its working time is counted; empty if it has none."""


class Workspace(Model, dict=True, gc=True):
    """All apps served together from one database.

    Dictionaries are in written order; ids are qualified (`crm.Customer`). `flows` is keyed by
    entity, `views` by entity (the one without a role first).
    """

    modules: dict[str, Module]
    languages: tuple[str, ...]
    timezone: str
    currency: str
    roles: dict[RoleId, Role]
    enums: dict[EnumId, Enum]
    entities: dict[EntityId, Entity]
    flows: dict[EntityId, Flow]
    actions: tuple[Action, ...] = ()
    clocks: tuple[Clock, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    rules: dict[str, Rule]
    reports: dict[str, Report]
    views: dict[EntityId, tuple[View, ...]]
    data: tuple[DataTable, ...] = ()
    functions: tuple[Function, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    tables: tuple[Table, ...] = ()
    intent: Intent = Intent()
    scores: tuple[Score, ...] = ()
    tags: tuple[Tag, ...] = ()
    mails: tuple[Mail, ...] = ()
    prints: tuple[Print, ...] = ()
    forms: tuple[Form, ...] = ()
    hooks: tuple[Hook, ...] = ()
    event_kinds: tuple[EventKind, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    connections: tuple[Connection, ...] = ()
    connectors: tuple[Connector, ...] = ()
    """Those that some connection uses."""

    @cached_property
    def called(self) -> Mapping[str, Function | Table]:
        """What expressions call, by id."""
        functions = {each.id: each for each in self.functions}
        return {**functions, **{each.id: each for each in self.tables}}

    @cached_property
    def _steps(self) -> Mapping[tuple[EntityId, str], Transition | Action]:
        found: dict[tuple[EntityId, str], Transition | Action] = {}
        for id, flow in self.flows.items():
            found.update({(id, each.name): each for each in flow.transitions.values()})
        found.update({(each.entity, each.name): each for each in self.actions})
        return found

    def step(self, entity: EntityId, name: str) -> Transition | Action | None:
        """What can be pressed on records of an entity by a name: a transition or an action."""
        return self._steps.get((entity, name))
