"""What must hold of a model that makes sense part by part: one small function for each rule,
named for what must hold; its problem is named for the breach.

This module is the table of contents: `names` and `texts` (the workspace), `entity`, `access`,
`flow`, `exits`, `approval`, `filling`, `rule`, `chain`, `mark`, `table`, `report`, `view`,
`extern`, `outside`. `graph` sees flows as graphs, `knowledge` is what the logic of conditions asks,
`places` finds where in the text a part of the model stands.
"""

from __future__ import annotations

from collections.abc import Callable

from compiler.analyse.flow import flow as flow_model
from compiler.build import Build, query
from compiler.checks import (
    access,
    approval,
    chain,
    entity,
    exits,
    extern,
    filling,
    flow,
    mark,
    names,
    outside,
    report,
    rule,
    table,
    texts,
    view,
)  # fmt: skip
from compiler.model.base import EntityId
from compiler.resolve.declared import Declared, of_kind, written
from compiler.resolve.members import entities

WORKSPACE: tuple[Callable[[Build], None], ...] = (
    names.apps_have_addresses_of_their_own,
    names.slugs_are_unique,
    outside.connectors_are_of_the_library,
    rule.writers_are_ordered,
    chain.rules_come_to_an_end,
    texts.locales_are_of_the_workspace,
    texts.translations_are_used,
    extern.changes_call_no_python,
)
DECLARATION: tuple[Callable[[Build, Declared], None], ...] = (names.names_follow_the_style,)
ENTITY: tuple[Callable[[Build, EntityId], None], ...] = (
    entity.labels_tell_members_apart,
    entity.required_fields_can_be_filled,
    entity.required_references_are_kept,
    access.somebody_may_read,
    access.results_are_as_open_as_their_inputs,
    flow.somebody_may_press_it,
    view.forms_ask_for_what_is_required,
    extern.entities_call_no_python,
)
FLOW: tuple[Callable[[Build, EntityId], None], ...] = (
    flow.there_is_one_initial_state,
    flow.states_are_reachable,
    flow.ends_are_final,
    flow.states_lead_to_an_end,
    flow.somebody_may_take_it,
    exits.exits_exclude_each_other,
    exits.conditions_can_hold,
    exits.timers_can_fire,
    approval.quorums_can_be_reached,
    approval.somebody_decides,
    approval.returns_lead_back,
    filling.required_fields_are_open,
)
RULE: tuple[Callable[[Build, Declared], None], ...] = (
    rule.refusals_have_events,
    rule.rules_do_something,
    rule.rules_can_fire,
    rule.time_is_compared_with_something,
    extern.rules_pick_without_python,
    chain.events_occur,
    chain.conditions_can_hold,
)
TABLE: tuple[Callable[[Build, Declared], None], ...] = (
    table.every_input_has_a_row,
    table.every_row_is_reached,
    table.rows_fit_together,
    table.nothing_is_collected_twice,
)
REPORT: tuple[Callable[[Build, Declared], None], ...] = (
    extern.reports_call_no_python,
    report.all_of_it_makes_sense,
    report.titles_are_in_the_language,
)
TAG: tuple[Callable[[Build, Declared], None], ...] = (
    mark.tags_come_to_rest,
    extern.tags_call_no_python,
)


def run(build: Build) -> None:
    """Report what is wrong with the model; it must have been made in this build."""
    texts.note_what_was_asked(build)
    _run(build)


@query
def _run(build: Build) -> None:
    for check in WORKSPACE:
        check(build)
    for each in written(build):
        for check_one in DECLARATION:
            check_one(build, each)
    for id in entities(build):
        _of_entity(build, id)
    for each in of_kind(build, "rule"):
        _of_rule(build, each)
    for each in of_kind(build, "tag"):
        for check_tag in TAG:
            check_tag(build, each)
    for each in of_kind(build, "table"):
        for check_table in TABLE:
            check_table(build, each)
    for each in of_kind(build, "report"):
        _of_report(build, each)


@query
def _of_entity(build: Build, id: EntityId) -> None:
    for check in ENTITY:
        check(build, id)
    if flow_model(build, id) is not None:
        for check in FLOW:
            check(build, id)


@query
def _of_rule(build: Build, declared: Declared) -> None:
    for check in RULE:
        check(build, declared)


@query
def _of_report(build: Build, declared: Declared) -> None:
    for check in REPORT:
        check(build, declared)
