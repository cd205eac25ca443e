"""The whole builder."""

from __future__ import annotations

from dsl.build.app import AppBuilder
from dsl.build.calendar import CalendarBuilder
from dsl.build.change import ChangeBuilder
from dsl.build.clock import ClockBuilder
from dsl.build.composition import CompositionBuilder
from dsl.build.dashboard import DashboardBuilder
from dsl.build.entity import EntityBuilder
from dsl.build.expr import ExprBuilder
from dsl.build.flow import FlowBuilder
from dsl.build.mark import MarkBuilder
from dsl.build.message import MessageBuilder
from dsl.build.outside import OutsideBuilder
from dsl.build.report import ReportBuilder
from dsl.build.rule import RuleBuilder
from dsl.build.statement import StatementBuilder
from dsl.build.test import TestBuilder
from dsl.build.value import ValueBuilder
from dsl.build.view import ViewBuilder


class TreeBuilder(
    CompositionBuilder,
    AppBuilder,
    EntityBuilder,
    FlowBuilder,
    ClockBuilder,
    CalendarBuilder,
    RuleBuilder,
    ValueBuilder,
    MarkBuilder,
    ReportBuilder,
    DashboardBuilder,
    ViewBuilder,
    TestBuilder,
    ChangeBuilder,
    MessageBuilder,
    OutsideBuilder,
    StatementBuilder,
    ExprBuilder,
):
    """A method for every rule of the grammar that makes a node."""
