"""Many records at once: an import or a mass edit takes the same steps as one record, set-wise.

The good rows are saved in one act, the bad ones are told with their reasons. Where a reason cannot
be laid at one row's door (a sum that no single row breaks), the rows are tried in halves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from compiler.model.base import EntityId
from runtime.store import changing, truths
from runtime.store.act import Place
from runtime.store.filling import fill
from runtime.store.problems import Problem, Rejected
from runtime.store.values import accept, from_history

if TYPE_CHECKING:
    from runtime.store.act import Act
    from runtime.store.row import Row

Values = Mapping[str, object]


@dataclass(slots=True)
class Outcome:
    """What became of a batch: `saved` are ids and `problems` reasons, by place in the batch.

    `notices` counts the notices that were due; they were sent if that was asked.
    """

    saved: dict[int, int] = field(default_factory=dict)
    problems: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    notices: int = 0


@dataclass(frozen=True, slots=True)
class NewRows:
    """Records to be created.

    `as_history` takes states, serial numbers and times as they are given and sets off no rules:
    they did what they did when it happened. Only the app and admins may.
    """

    entity: EntityId
    rows: Sequence[Values]
    as_history: bool = False

    def write(self, act: Act, places: Sequence[int]) -> Iterator[tuple[int, Row]]:
        """Make the rows at these places; raises Rejected with the problems of all bad ones."""
        act.reserve(self.entity, len(places))
        act.sets_off = not self.as_history
        allowed = act.domain.permissions.fields(act.guard.standing, self.entity, "create")
        _look_up(act, self.entity, (self.rows[place] for place in places))
        problems: list[Problem] = []
        for place in places:
            row = act.blank(self.entity)
            act.places[row] = Place(line=place)
            if not allowed:
                raise changing.forbidden(row, "create")
            changing.insist_open(row)
            problems += self._make(act, row, self.rows[place], allowed)
            yield place, row
        if problems:
            raise Rejected(*problems)

    def _make(
        self, act: Act, row: Row, values: Values, allowed: frozenset[str]
    ) -> Iterator[Problem]:
        if self.as_history:
            given = from_history(act, row, values)
        else:
            given = accept(act, row, values, allowed)
        if given.problems:
            yield from given.problems
            return
        yield from fill(act, row, given.values, "import" if self.as_history else "create")
        yield from truths.faults_of_fields(act, row)
        yield from changing.faults_of_creation(act, row, given)


@dataclass(frozen=True, slots=True)
class Changes:
    """Records to be changed: an id and values for each."""

    entity: EntityId
    rows: Sequence[tuple[int, Values]]

    def write(self, act: Act, places: Sequence[int]) -> Iterator[tuple[int, Row]]:
        """Change the records at these places; raises Rejected with all problems."""
        found = act.fetch(self.entity, (self.rows[place][0] for place in places), lock=True)
        known = {row.id: row for row in found if act.guard.may_read(row)}
        _look_up(act, self.entity, (self.rows[place][1] for place in places))
        problems: list[Problem] = []
        for place in places:
            id, values = self.rows[place]
            row = known.get(id)
            if row is None:
                problems.append(Problem(changing.GONE, line=place))
                continue
            act.places[row] = Place(line=place)
            problems += changing.change(act, row, values)
            yield place, row
        if problems:
            raise Rejected(*problems)


Batch = NewRows | Changes
Save = Callable[[Sequence[int]], Outcome]


def in_parts(places: Sequence[int], save: Save) -> Outcome:
    """Save what can be saved of these places; `save` does all of them or raises Rejected."""
    outcome = Outcome()
    waiting = [list(places)] if places else []
    while waiting:
        part = waiting.pop()
        try:
            done = save(part)
        except Rejected as refused:
            bad = _by_place(refused, part)
            outcome.problems.update(bad)
            rest = [place for place in part if place not in bad]
            if bad:
                waiting += [rest] if rest else []
            else:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
        else:
            outcome.saved.update(done.saved)
            outcome.notices += done.notices
    return outcome


def _by_place(refused: Rejected, part: Sequence[int]) -> dict[int, tuple[Problem, ...]]:
    """The problems by the place they belong to; all of them, if there is only one place."""
    if len(part) == 1:
        return {part[0]: tuple(map(_placeless, refused.problems))}
    found: dict[int, tuple[Problem, ...]] = {}
    for problem in refused.problems:
        if problem.line is not None:
            found[problem.line] = (*found.get(problem.line, ()), _placeless(problem))
    return found


def refused_whole(refused: Rejected, places: Sequence[int]) -> Outcome:
    """Nothing was saved; what no single row broke is told at the first."""
    return Outcome(problems=_by_place(refused, places) or {places[0]: refused.problems})


def _placeless(problem: Problem) -> Problem:
    return replace(problem, line=None)


def _look_up(act: Act, entity: EntityId, rows: Iterator[Values]) -> None:
    """Read all records that the rows refer to, a set for each reference."""
    shape, given = act.domain.shapes[entity], list(rows)
    for name, target in shape.references.items():
        ids = {values.get(name) for values in given}
        act.fetch(target, [id for id in ids if isinstance(id, int)])
