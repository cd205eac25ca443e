"""How an act ends: rules to their fixpoint, then everything that must be true, then history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from compiler.model.rule import Rule
from runtime.engine import flow as flows
from runtime.engine import rule as rules
from runtime.engine.commands import FUSE, RunAway
from runtime.engine.statement import run
from runtime.store import freezing, history, notices, spans, truths, wording
from runtime.store.execution import carry_out, move
from runtime.store.problems import Problem, Rejected
from runtime.store.row import Row
from runtime.store.scope import Scope, cause_of

if TYPE_CHECKING:
    from runtime.store.act import Act


def conclude(act: Act, tell: bool = True) -> None:
    """Run what the act sets off, test the state after it, write it down; without `tell` nobody
    gets a notice. Raises Rejected."""
    if act.sets_off:
        _to_fixpoint(act)
    act.settle()
    problems = list(_problems(act))
    if problems:
        raise Rejected(*problems)
    act.flush()
    spans.insist_on_spans(act)
    history.write(act, act.journal)
    if tell:
        notices.write(act)
    act.domain.witness.concluded(act)


def _to_fixpoint(act: Act) -> None:
    """Rounds of rules in their order, until one changes nothing."""
    fired: set[tuple[str, Row]] = set()
    for _ in range(FUSE + 1):
        act.settle()
        epoch = act.epoch
        for entity, rule in act.domain.doing:
            for row in act.to_watch(entity):
                _fire(act, rule, row, fired)
        _move_on(act)
        if act.epoch == epoch:
            return
    raise RunAway


def _fire(act: Act, rule: Rule, row: Row, fired: set[tuple[str, Row]]) -> None:
    """Run the rule for the record if it is to run and has not in this act."""
    key = rule.id, row
    if key in fired or not rules.fires(rule, row.shape.entity, row, act.truths):
        return
    fired.add(key)
    act.fired.add(rule.id)
    carry_out(act, run(rule.do, Scope.of(row)), cause_of(rule))


def _move_on(act: Act) -> None:
    """Take the automatic transitions that are due."""
    for entity, flow in act.domain.automatic:
        for row in act.to_watch(entity):
            for _ in range(FUSE):
                transition = None if row.gone else flows.due(flow, row, Scope.of(row))
                if transition is None:
                    break
                move(act, row, transition, {})


def _problems(act: Act) -> Iterator[Problem]:
    """All that stands against the act, in the state after it."""
    for row in act.all_changed():
        if not row.gone:
            yield from truths.faults_of_fields(act, row)
    for row in act.all_changed():
        yield from freezing.writes_to_frozen(act, row)
        if not row.gone:
            yield from truths.failed_checks(act, row)
        if act.sets_off:
            yield from _refusals(act, row)


def _refusals(act: Act, row: Row) -> Iterator[Problem]:
    for rule in act.domain.refusing.get(row.shape.id, ()):
        refusal = rule.refusal
        assert refusal is not None
        if not rules.refuses(rule, row.shape.entity, row, act.truths):
            continue
        act.domain.witness.refused(rule.id)
        message = wording.message(refusal.message, Scope.of(row), act.reader)
        field = refusal.fields[0] if refusal.fields else None
        problem = act.problem(row, message, field, rule.origin)
        if refusal.kind == "reject":
            yield problem
        else:
            act.warnings.append(problem)
