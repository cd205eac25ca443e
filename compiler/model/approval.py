"""Approvals: who decides on a record while it is in a state, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from compiler.model.base import Labels, Model, Origin
from compiler.model.expr import Expr
from compiler.model.statement import Statement
from compiler.model.step import Ask

if TYPE_CHECKING:
    from collections.abc import Sequence

APPROVER = "approver"
"""The variable of the person whose task is overdue."""
PERSON = "person"
"""The variable of somebody who might be asked."""

Permit = Literal["add", "transfer", "delegate", "withdraw", "revoke"]


class Quorum(Model):
    """How many of n voters must approve: `part * n / whole` rounded up, at least one.

    `in_order`: they are asked one after the other, as `Approval.voters` gives them.
    """

    part: int
    whole: int
    in_order: bool = False

    def needed(self, voters: int) -> int:
        """How many of so many voters decide it."""
        return max(1, -(-self.part * voters // self.whole))


class Overdue(Model):
    """What happens when the time is over: `escalate` gives the open tasks to `to` (people, worked
    out with the variable `approver`; nobody: to those of `Approval.nobody`), `approve` and
    `refuse` decide the step, `move` takes the record to `state`."""

    kind: Literal["escalate", "approve", "refuse", "move"]
    to: Expr | None = None
    state: str = ""


class Deadline(Model):
    """`within` is a duration, or a worktime by `calendar`, from the moment a task was given;
    `remind` are whole percents of it, in order."""

    within: Expr
    calendar: str = ""
    remind: tuple[int, ...] = ()
    overdue: Overdue | None = None
    origin: Origin


class Copy(Model):
    """Who is told when the step begins or is decided."""

    people: tuple[Expr, ...]
    at: Literal["start", "end"]


class Approval(Model):
    """One step of an approval.

    Left out where `when` does not hold. Voters are fixed on entry: the people that each of
    `voters` (direct holders of a role, a user, a set of users) gives, for whom `where` holds with
    the variable `person`; none: those of `nobody`. `own_request` says what happens where the
    requester is one of them (`person`: `own_person` is asked instead), `seen` whether somebody is
    left out who decided the step before (`consecutive`) or any before (`any`). `return_to` are
    the states a voter may send the record back to.
    """

    name: str
    label: Labels
    doc: str = ""
    when: Expr | None = None
    voters: tuple[Expr, ...]
    where: Expr | None = None
    quorum: Quorum
    nobody: Expr
    own_request: Literal["allow", "skip", "person"] = "allow"
    own_person: Expr | None = None
    seen: Literal["never", "consecutive", "any"] = "never"
    permits: tuple[Permit, ...] = ()
    return_to: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    deadline: Deadline | None = None
    copies: tuple[Copy, ...] = ()
    origin: Origin


class Outcome(Model):
    """Where the record goes, and what else is done on the way."""

    state: str
    do: tuple[Statement, ...] = ()
    origin: Origin


class Approvals(Model):
    """The approvals of a state: groups one after the other, the steps of a group side by side.

    `revoked` undoes an approval that was given: from `approved.state` to `revoked.state`.
    `resume`: after a return the steps that had approved do not ask again.
    """

    groups: tuple[tuple[Approval, ...], ...]
    approved: Outcome
    refused: Outcome
    revoked: Outcome | None = None
    resume: bool = False

    def steps(self) -> Sequence[Approval]:
        """All steps, in written order."""
        return [each for group in self.groups for each in group]
