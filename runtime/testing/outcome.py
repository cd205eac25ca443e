"""What became of a test, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from compiler.model.base import Origin
from dsl.diagnostic import Message

ElementKind = Literal["state", "transition", "rule", "row"]


class Element(NamedTuple):
    """Something of an app that tests can reach, by its qualified name; a row of a decision table by
    that of the table and its number."""

    kind: ElementKind
    id: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A line that explains a failure: what is written at `origin`, if anything, and what of it."""

    text: Message
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The history of a record, oldest first."""

    title: Message
    lines: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a test fails: the line that did not hold, what happened instead, and, for a refusal,
    the line of the app that refused."""

    origin: Origin
    message: Message
    details: tuple[Detail, ...] = ()
    refused_by: Origin | None = None
    stories: tuple[Story, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test that was run: passed, if nothing failed."""

    module: str
    name: str
    origin: Origin
    seconds: float
    failure: Failure | None
    reached: frozenset[Element] = frozenset()

    @property
    def passed(self) -> bool:
        return self.failure is None


class Failed(Exception):
    """A line of a test does not hold."""

    def __init__(
        self,
        message: Message,
        details: tuple[Detail, ...] = (),
        refused_by: Origin | None = None,
    ) -> None:
        super().__init__(message.en)
        self.message = message
        self.details = details
        self.refused_by = refused_by
