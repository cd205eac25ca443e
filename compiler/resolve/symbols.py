"""What a written name may mean.

A symbol is told apart by its kind and id alone, never by a place, so that what was understood of
one declaration stays true while others move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compiler.resolve.declared import Declared, Kind
from dsl.source import Place

SymbolKind = Literal["member", "value", "transition", "local", "function", "type"] | Kind


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something that a name can mean.

    The id of a declaration is qualified (`crm.Customer`); that of a member, a value or a
    transition is the id of what it is written in and its name (`crm.Tracked.tags`,
    `crm.Deal.stage.won`); that of a local name the key of its block and the name. What the
    library gives (`function`, `type`) has its bare name.
    """

    kind: SymbolKind
    id: str

    @property
    def name(self) -> str:
        return self.id.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The id of what it is written in; empty for what stands by itself."""
        return self.id.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a text means that repeats another one to the letter: its names are those of that one."""

    of: Place


def of_declared(declared: Declared) -> Symbol:
    return Symbol(declared.kind, declared.id)


def of_member(owner: str, name: str) -> Symbol:
    """A member, by the id of the entity or mixin that it is written in."""
    return Symbol("member", f"{owner}.{name}")


def of_value(enum: str, name: str) -> Symbol:
    """A value of an enum, or a state of a flow (`enum` is then the state field's id)."""
    return Symbol("value", f"{enum}.{name}")


def of_transition(entity: str, name: str) -> Symbol:
    return Symbol("transition", f"{entity}.{name}")


def of_local(block: str, name: str) -> Symbol:
    """A name that holds inside one block: of a `let`, a `for`, an `as`, a measure."""
    return Symbol("local", f"{block}.{name}")
