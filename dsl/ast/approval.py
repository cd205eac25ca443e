"""Approvals: who decides on a record while it is in a state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.ast.base import Doc, Name, Node, Path, String
from dsl.ast.entity import Modifier, TypeRef
from dsl.ast.expr import Expr
from dsl.ast.statement import Statement


@dataclass(frozen=True, slots=True)
class AskDecl(Node):
    """`ask budget required` (a field) or `ask reason: text required` (input that is no field)."""

    name: Name
    label: String | None
    type: TypeRef | None
    modifiers: tuple[Modifier, ...]


@dataclass(frozen=True, slots=True)
class VotersDecl(Node):
    """`by SalesManager where team == this.owner.team`; inside `where` names are the person's."""

    people: tuple[Path, ...]
    where: Expr | None


@dataclass(frozen=True, slots=True)
class PassDecl(Node):
    """`pass any`, `all`, `in order`, `60%` or `2 of 3`: `part` of `whole` must approve."""

    kind: Literal["any", "all", "in order", "share"]
    part: int = 0
    whole: int = 0


@dataclass(frozen=True, slots=True)
class SeenDecl(Node):
    """`seen before -> skip consecutive`: of whom an earlier step had asks no second time."""

    skip: Literal["consecutive", "any", "never"]


@dataclass(frozen=True, slots=True)
class PermitDecl(Node):
    """One thing that an approver may do besides deciding; `state` for `return to state`."""

    verb: Literal["add", "transfer", "delegate", "return", "withdraw", "revoke"]
    state: Name | None = None


@dataclass(frozen=True, slots=True)
class OverdueDecl(Node):
    """`else escalate to approver.manager`, `else approve`, `else refuse`, `else -> state`."""

    kind: Literal["escalate", "approve", "refuse", "move"]
    to: Path | None = None
    state: Name | None = None


@dataclass(frozen=True, slots=True)
class WithinDecl(Node):
    """`within 2 workdays` with `at 50%, 90% remind` and what else happens."""

    limit: Expr
    remind: tuple[PercentAt, ...]
    overdue: OverdueDecl | None


@dataclass(frozen=True, slots=True)
class PercentAt(Node):
    """`50%` of a time; whole percents."""

    percent: int


@dataclass(frozen=True, slots=True)
class CopyDecl(Node):
    """`cc Finance at end`."""

    people: tuple[Path, ...]
    at: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class ApproveDecl(Node):
    """`approve manager "Manager" when amount > 1000` with its clauses."""

    name: Name
    label: String | None
    doc: Doc | None
    when: Expr | None
    by: tuple[VotersDecl, ...]
    quorum: PassDecl | None
    nobody: Path | None
    own_request: Path | None
    seen_before: SeenDecl | None
    permits: tuple[PermitDecl, ...]
    asks: tuple[AskDecl, ...]
    within: WithinDecl | None
    copies: tuple[CopyDecl, ...]


@dataclass(frozen=True, slots=True)
class TogetherDecl(Node):
    """`together`: approvals side by side. One that stands alone is a group of one."""

    approvals: tuple[ApproveDecl, ...]


@dataclass(frozen=True, slots=True)
class OutcomeDecl(Node):
    """`approved -> won`, `refused -> draft`, `revoked -> draft`, with what else it does."""

    kind: Literal["approved", "refused", "revoked"]
    target: Name
    do: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class AfterReturnDecl(Node):
    """`after return resume` or `replay`."""

    kind: Literal["resume", "replay"]
