"""The whole model, joined from its declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from compiler.analyse.action import actions, actions_have_entities
from compiler.analyse.calendar import apps_have_calendars, calendar
from compiler.analyse.called import tables
from compiler.analyse.change import intent
from compiler.analyse.clock import clocks, clocks_have_entities
from compiler.analyse.connect import connection, connectors_in_use
from compiler.analyse.dashboard import dashboard
from compiler.analyse.data import data_table
from compiler.analyse.entity import entity
from compiler.analyse.enums import enum_model
from compiler.analyse.flow import flow, flows_have_entities, state_enums
from compiler.analyse.function import function, functions
from compiler.analyse.intake import form, hook
from compiler.analyse.mark import marks_have_entities, score, tag, tag_rules
from compiler.analyse.message import mail, printed
from compiler.analyse.order import ordered_rule, rules_in_order
from compiler.analyse.outward import event_kind, webhook
from compiler.analyse.report import report
from compiler.analyse.role import role, roles
from compiler.analyse.settings import app_of, apps_agree, settings
from compiler.analyse.table import table
from compiler.analyse.texts import labels
from compiler.analyse.view import views
from compiler.build import Build, query
from compiler.model.app import Module, Workspace
from compiler.model.base import EnumId
from compiler.model.entity import Enum
from compiler.model.mark import Score, Tag
from compiler.model.value import Function, Table
from compiler.resolve.calendars import calendar_of
from compiler.resolve.composition import overrides_have_a_target
from compiler.resolve.declared import Declared, Kind, decl, is_library, modules, of_kind
from compiler.resolve.members import entities
from compiler.resolve.names import names_are_unique, place
from compiler.resolve.views import views_said_are_there
from dsl.ast.app import AppDecl

T = TypeVar("T")


@query
def module(build: Build, name: str) -> Module:
    """A module of the model."""
    app = app_of(build, name)
    if app is None:
        label = dict.fromkeys(settings(build).languages, name)
        return Module(name=name, label=label, library=is_library(build, name))
    tree = decl(build, app.block, AppDecl)
    at = place(app.block, tree.name)
    return Module(
        name=name,
        label=labels(build, name, (tree.name.text,), tree.label, tree.name, at),
        version=tree.version.value if tree.version else "",
        doc=tree.doc.text if tree.doc else "",
        library=is_library(build, name),
        calendar=counted.id if (counted := calendar_of(build, name)) else "",
    )


@query
def workspace(build: Build) -> Workspace:
    """The model of all apps; declarations that were not understood are left out."""
    names_are_unique(build)
    apps_agree(build)
    overrides_have_a_target(build)
    views_said_are_there(build)
    apps_have_calendars(build)
    flows_have_entities(build)
    actions_have_entities(build)
    clocks_have_entities(build)
    marks_have_entities(build)
    said = settings(build)
    ids = tuple(entities(build))
    flows = {id: made for id in ids if (made := flow(build, id)) is not None}
    rules = [ordered_rule(build, each) for each in rules_in_order(build)]
    reports = [report(build, each) for each in of_kind(build, "report")]
    return Workspace(
        modules={name: module(build, name) for name in modules(build)},
        languages=said.languages,
        timezone=said.timezone,
        currency=said.currency,
        roles={id: role(build, id) for id in roles(build)},
        enums=_enums(build),
        entities={id: entity(build, id) for id in ids},
        flows=flows,
        actions=tuple(each for id in ids for each in actions(build, id).values()),
        clocks=tuple(each for id in ids for each in clocks(build, id).values()),
        calendars=tuple(calendar(build, each) for each in of_kind(build, "calendar")),
        rules={each.id: each for each in (*rules, *tag_rules(build)) if each is not None},
        reports={each.id: each for each in reports if each is not None},
        dashboards=tuple(dashboard(build, each) for each in of_kind(build, "dashboard")),
        views={id: views(build, id) for id in ids},
        data=tuple(data_table(build, each) for each in of_kind(build, "data")),
        functions=_functions(build),
        tables=_tables(build),
        intent=intent(build),
        scores=_scores(build),
        tags=_tags(build),
        mails=_made(build, "mail", mail),
        prints=_made(build, "print", printed),
        forms=_made(build, "form", form),
        hooks=_made(build, "hook", hook),
        event_kinds=_made(build, "event", event_kind),
        webhooks=_made(build, "webhook", webhook),
        connections=_made(build, "connect", connection),
        connectors=connectors_in_use(build),
    )


def _made(build: Build, kind: Kind, make: Callable[[Build, Declared], T | None]) -> tuple[T, ...]:
    """The declarations of a kind that were understood."""
    made = (make(build, each) for each in of_kind(build, kind))
    return tuple(each for each in made if each is not None)


@query
def _enums(build: Build) -> dict[EnumId, Enum]:
    found: dict[EnumId, Enum] = {}
    for each in of_kind(build, "enum"):
        found.setdefault(EnumId(each.id), enum_model(build, each))
    for id in entities(build):
        found |= {made.id: made for made in state_enums(build, id)}
    return found


@query
def _functions(build: Build) -> tuple[Function, ...]:
    found = [function(build, each) for each in functions(build).values()]
    return tuple(each for each in found if each is not None)


@query
def _tables(build: Build) -> tuple[Table, ...]:
    found = [table(build, each) for each in tables(build).values()]
    return tuple(each for each in found if each is not None)


@query
def _scores(build: Build) -> tuple[Score, ...]:
    found = [score(build, each) for each in of_kind(build, "score")]
    return tuple(each for each in found if each is not None)


@query
def _tags(build: Build) -> tuple[Tag, ...]:
    found = [tag(build, each) for each in of_kind(build, "tag")]
    return tuple(each for each in found if each is not None)
