"""How the doors refuse: each refusal is data that a page, the API or an import can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from compiler.model.base import Labels, Origin
from dsl.diagnostic import Message


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why an act was refused.

    `field` is a field of the record, or of the owned line at index `line` of `collection`; all
    are None for what concerns the record as a whole. `origin` is the line of the app that refused.
    """

    message: Message
    field: str | None = None
    collection: str | None = None
    line: int | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two people changed: what it was, what one wants, what the other saved."""

    base: object
    mine: object
    theirs: object


def said(labels: Labels) -> Message:
    """A label of the model in the languages of the product."""
    any_one = next(iter(labels.values()), "")
    return Message(labels.get("en", any_one), labels.get("zh", any_one))


class Refusal(Exception):
    """The base of all refusals of an act; nothing of the act is left."""


class NotFound(Refusal):
    """There is no such record, or none that the actor may read: the two are told alike."""


class Forbidden(Refusal):
    """The actor may not do this to a record that they may read; `message` says what is missing."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


class Rejected(Refusal):
    """The act breaks what must hold; `problems` (at least one) say where and why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message.en for problem in problems))
        self.problems = problems


@dataclass(eq=False)
class Conflict(Refusal):
    """Somebody else saved first. `version` is the record's now.

    `fields` are those that both changed; `taken_in` those that only the other one changed, with
    their values now. Fields that the actor may not read are in neither. `who` is the user who
    saved last, None if that was nobody signed in.
    """

    version: int
    fields: Mapping[str, Difference] = field(default_factory=dict)
    taken_in: Mapping[str, object] = field(default_factory=dict)
    who: int | None = None
    when: datetime | None = None

    def __post_init__(self) -> None:
        super().__init__(f"the record is at version {self.version} now")
