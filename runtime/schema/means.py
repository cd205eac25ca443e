"""What a model may ask for that this runtime does not carry out: refused whole, never left out.

The compiler knows more of the language than the runtime does. An app that would silently lose an
approval or a mail must not run at all. A construct leaves `NOT_CARRIED_OUT` in the change that
carries it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from compiler.bundle import Bundle
from compiler.field_type import Library
from compiler.model.app import Workspace
from compiler.model.base import Model, Origin, to_json
from compiler.model.entity import Field
from compiler.model.expr import WORKING_TIME
from compiler.model.flow import State
from compiler.model.report import ChartKind, Report
from compiler.model.rule import At, Rule
from compiler.model.statement import Step
from compiler.model.view import View
from dsl.diagnostic import Message
from runtime.schema.refusal import Change, Refused

S = TypeVar("S", bound=Step)
Uses = Callable[[Workspace], Iterable[Origin]]


def _rules(wanted: Callable[[Rule], object]) -> Uses:
    """Where rules of a kind stand."""
    return lambda model: (rule.origin for rule in model.rules.values() if wanted(rule))


def _reports(asks: Callable[[Report], object]) -> Uses:
    """The reports that ask for something."""
    return lambda workspace: [each.origin for each in workspace.reports.values() if asks(each)]


def _views(asks: Callable[[View], object]) -> Uses:
    """The views that ask for something."""
    return lambda workspace: [
        each.origin
        for views in workspace.views.values()
        for each in views
        if each.origin is not None and asks(each)
    ]


def _charts(*kinds: ChartKind) -> Uses:
    return _reports(lambda report: report.chart.kind in kinds)


def _states(workspace: Workspace) -> Iterable[State]:
    for flow in workspace.flows.values():
        yield from flow.states.values()
        for region in flow.regions:
            yield from region.states.values()


def _approvals(workspace: Workspace) -> Iterable[Origin]:
    return (
        step.origin
        for state in _states(workspace)
        if state.approvals is not None
        for step in state.approvals.steps()
    )


def _timers(workspace: Workspace) -> Iterable[Origin]:
    return (timer.origin for state in _states(workspace) for timer in state.timers)


def _regions(workspace: Workspace) -> Iterable[Origin]:
    return (region.origin for flow in workspace.flows.values() for region in flow.regions)


def _pinned(workspace: Workspace) -> Iterable[Origin]:
    return (flow.origin for flow in workspace.flows.values() if flow.pinned)


def _clocks(workspace: Workspace) -> Iterable[Origin]:
    return (clock.origin for clock in workspace.clocks)


def _secrets(model: Workspace) -> Iterable[Origin]:
    return (
        field.origin
        for entity in model.entities.values()
        for field in entity.fields.values()
        if field.secret and field.origin is not None
    )


def _typed(*field_types: str) -> Uses:
    """The fields of a type, and what steps ask of it."""
    return lambda workspace: (
        field.origin
        for field in _all_fields(workspace)
        if field.field_type in field_types and field.origin is not None
    )


def _all_fields(workspace: Workspace) -> Iterable[Field]:
    for entity in workspace.entities.values():
        yield from entity.fields.values()
    for action in workspace.actions:
        yield from (ask.field for ask in action.asks)
    for flow in workspace.flows.values():
        for transition in flow.transitions.values():
            yield from (ask.field for ask in transition.asks)


def _revived(model: Workspace) -> Iterable[Origin]:
    return (each.origin for each in model.intent.reused if each.how == "revive")


NOT_CARRIED_OUT: tuple[tuple[str, Uses], ...] = (
    ("approve", _approvals),
    ("after", _timers),
    ("parallel", _regions),
    ("pinned", _pinned),
    ("clock", _clocks),
    ("at", _rules(lambda rule: any(isinstance(each, At) for each in rule.moments))),
    ("every", _rules(lambda rule: any(not isinstance(each, At) for each in rule.moments))),
    ("when … now()", _rules(lambda rule: rule.boundaries or rule.rescanned)),
    ("existing", _rules(lambda rule: rule.existing)),
    ("upgrade", lambda model: (each.origin for each in model.intent.upgrades)),
    ("revive", _revived),
    ("secret", _secrets),
    ("file", _typed("file")),
    ("image", _typed("image")),
    ("geo", _typed("geo")),
    ("from", _reports(lambda report: report.facts)),
    ("funnel", _reports(lambda report: report.funnel)),
    ("cohort", _reports(lambda report: report.cohort)),
    ("age", _reports(lambda report: report.age)),
    ("time_in", _reports(lambda report: any(m.function == "time_in" for m in report.moves))),
    ("last … by", _reports(lambda report: report.snapshots)),
    ("drill", _reports(lambda report: report.levels)),
    ("send", _reports(lambda report: report.send)),
    ("kept", _reports(lambda report: report.kept)),
    ("chart", _charts("area", "combo", "pie", "funnel", "cohort", "heat")),
    ("dashboard", lambda workspace: [each.origin for each in workspace.dashboards]),
    ("board", _views(lambda view: view.board)),
    ("calendar", _views(lambda view: view.calendar)),
    ("tree", _views(lambda view: view.tree)),
    ("tab", _views(lambda view: any(each.when or each.reports for each in view.tabs))),
    ("print", lambda model: (each.origin for each in model.prints)),
    ("form", lambda model: (each.origin for each in model.forms)),
    ("hook", lambda model: (each.origin for each in model.hooks)),
    ("event", lambda model: (each.origin for each in model.event_kinds)),
    ("webhook", lambda model: (each.origin for each in model.webhooks)),
    ("connect", lambda model: (each.origin for each in model.connections)),
)
"""The word of the language, and where a model uses it."""

NOT_SAID: tuple[tuple[str, str], ...] = (
    ("+ workdays", f'"name":"{WORKING_TIME}"'),
    ("email", '"kind":"email"'),
    ("call", '"kind":"call"'),
    ("via", '"via":["'),
)
"""The word of the language, and what the JSON of a part that uses it holds: walking through all
statements and expressions of an app would cost a tenth of a start."""

_WORDS = Message(
    "`{word}` in {place} is checked, but this version cannot run it: leave it out",
    "{place} 中的 `{word}` 可以通过检查，但此版本还不能运行：请先去掉",
)


_NOT_LOADED = Message(
    "`{name}` is written in Python, and this workspace does not run Python of its own: switch it on"
    " with `CASEWORK_EXTERN=on`",
    "`{name}` 由 Python 编写，而此工作区未启用自带的 Python：请用 `CASEWORK_EXTERN=on` 启用",
)


def insist_on_means(bundle: Bundle, library: Library) -> None:
    """Raises Refused where the model asks for what this runtime does not carry out."""
    changes = tuple(
        Change("refused", origin.block, 0, _WORDS.filled({"word": word, "place": origin.block}))
        for word, origin in _beyond(bundle.workspace)
    )
    changes += tuple(
        Change("refused", each.id, 0, _NOT_LOADED.filled({"name": each.name}))
        for each in bundle.workspace.functions
        if each.body is None and each.id not in library.functions
    )
    if changes:
        raise Refused(changes)


def _beyond(model: Workspace) -> Iterator[tuple[str, Origin]]:
    """What a model asks for that is not carried out, and where."""
    yield from ((word, origin) for word, uses in NOT_CARRIED_OUT for origin in uses(model))
    for origin, part in _parts(model):
        text = to_json(part)
        yield from ((word, origin) for word, sign in NOT_SAID if sign in text)


def _parts(model: Workspace) -> Iterator[tuple[Origin, Model]]:
    """What holds statements and expressions."""
    yield from ((each.origin, each) for each in model.entities.values() if each.origin is not None)
    yield from ((each.origin, each) for each in model.flows.values())
    yield from ((each.origin, each) for each in model.rules.values())
    yield from ((each.origin, each) for each in model.actions)
    yield from ((each.origin, each) for each in model.functions)
    yield from ((each.origin, each) for each in model.tables)
    yield from ((each.origin, each) for each in model.reports.values())
