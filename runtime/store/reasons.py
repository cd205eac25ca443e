"""Why a score is what it is: its points that count, as far as a reader may know what they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from compiler.model.mark import Points, Score
from dsl.diagnostic import Message
from runtime.store import wording
from runtime.store.row import Row
from runtime.store.scope import Scope

if TYPE_CHECKING:
    from runtime.store.act import Act


@dataclass(frozen=True, slots=True)
class Reason:
    """So many points, rounded as the score is, and why."""

    points: int
    why: Message


def reasons_of(act: Act, row: Row) -> dict[str, tuple[Reason, ...]]:
    """The reasons of each score of a record that the actor may read."""
    return {
        score.field: tuple(_reasons(act, row, score))
        for score in act.domain.workspace.scores
        if score.entity == row.shape.id and act.guard.reads(row, score.field)
    }


def _reasons(act: Act, row: Row, score: Score) -> Iterator[Reason]:
    for each in score.points:
        points = _counted(act, row, each) if each.reason is not None else 0
        if points and each.reason is not None:
            yield Reason(points, wording.message(each.reason, Scope.of(row), act.reader))


def _counted(act: Act, row: Row, each: Points) -> int:
    """The points; none where the actor may not know whether they count."""
    for expr in (each.when, each.value):
        if expr is None:
            continue
        known = act.domain.known(act.guard.standing, expr)
        value = act.domain.function(known, partial=True)(act, row)
        if value is None or value is False:
            return 0
    return int(Decimal(value).to_integral_value(ROUND_HALF_UP))
