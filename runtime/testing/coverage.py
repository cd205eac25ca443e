"""What of an app its tests have reached: states, transitions, rules, rows of decision tables.

A state or a transition is reached by an act that was done; a rule when it fires, and one that
refuses also by the act that it refused; a row when a record takes what it gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compiler.model.app import Workspace
from compiler.model.base import Origin
from runtime.store.witness import Witness
from runtime.testing.outcome import Element

if TYPE_CHECKING:
    from runtime.store.act import Act


class Reached(Witness):
    """Notes what acts reach."""

    def __init__(self) -> None:
        self.elements: set[Element] = set()

    def clear(self) -> None:
        self.elements = set()

    def refused(self, rule: str) -> None:
        self.elements.add(Element("rule", rule))

    def row_taken(self, table: str, number: int) -> None:
        self.elements.add(_row(table, number))

    def concluded(self, act: Act) -> None:
        self.elements |= {Element("rule", rule) for rule in act.fired}
        for entry in act.journal:
            entity = entry.row.shape.entity
            if not entity.flow:
                continue
            if entry.action == "transition":
                self.elements.add(Element("transition", f"{entity.id}.{entry.name}"))
                states = {entry.old, entry.new}
            else:
                states = {entry.row.values[entity.flow]} if entry.action == "create" else set()
            self.elements |= {
                Element("state", f"{entity.id}.{entity.flow}.{state}") for state in states
            }


@dataclass(frozen=True, slots=True)
class Coverage:
    """The elements of the apps, each with its place, and which of them were reached."""

    elements: Mapping[Element, Origin]
    reached: frozenset[Element]

    def missed(self) -> list[tuple[Element, Origin]]:
        """What no test has reached, in the order of the model."""
        return [
            (element, origin)
            for element, origin in self.elements.items()
            if element not in self.reached
        ]


def coverage(workspace: Workspace, reached: Iterable[Element], module: str = "") -> Coverage:
    """What was reached of all there is in a workspace, or in one of its apps."""
    found = {
        element: origin
        for element, origin in _elements(workspace)
        if _is_of_app(workspace, element.id.partition(".")[0], module)
    }
    return Coverage(found, frozenset(reached))


def _is_of_app(workspace: Workspace, owner: str, wanted: str) -> bool:
    """What modules of the library do is not the apps' to test."""
    return owner == wanted if wanted else not workspace.modules[owner].library


def _elements(workspace: Workspace) -> Iterator[tuple[Element, Origin]]:
    for flow in workspace.flows.values():
        for state in flow.states.values():
            yield Element("state", f"{flow.entity}.{flow.field}.{state.name}"), state.origin
        for transition in flow.transitions.values():
            id = f"{flow.entity}.{transition.name}"
            yield Element("transition", id), transition.origin
    for rule in workspace.rules.values():
        yield Element("rule", rule.id), rule.origin
    for table in workspace.tables:
        if table.policy != "count":  # it asks what fits, and takes nothing of a row
            for number, row in enumerate(table.rows, 1):
                yield _row(table.id, number), row.origin


def _row(table: str, number: int) -> Element:
    return Element("row", f"{table} {number}")
