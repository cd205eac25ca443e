"""Whether conditions on one row can hold: the search for values with which they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from compiler.logic.candidates import Candidates, candidates
from compiler.logic.evaluation import Evaluated, Missing, Value, evaluated
from compiler.logic.knowledge import Knowledge
from compiler.logic.terms import Key, Term
from compiler.logic.told import told
from compiler.model.base import EntityId
from compiler.model.expr import ME, THIS, Expr, FieldOf, Func, Var
from compiler.model.rewrite import walk

Answer = Literal["yes", "no", "unknown"]
EFFORT = 200_000
"""Values tried, times the parts of the conditions, before a question is given up."""
MOMENTS = frozenset({"now", "today"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether conditions can hold, and with which values (by path, as the language writes them).

    `yes`: with these values they do. `no`: with no values whatever. `unknown`: not decided; if
    there is an example, they hold if such a row can be, which depends on more than its own fields.
    """

    answer: Answer
    example: tuple[tuple[str, str], ...] = ()

    @property
    def is_no(self) -> bool:
        return self.answer == "no"

    @property
    def is_yes(self) -> bool:
        return self.answer == "yes"

    def __str__(self) -> str:
        return ", ".join(f"{path} = {value}" for path, value in self.example)


def may_hold(condition: Expr, knowledge: Knowledge) -> Verdict:
    """Whether a condition can be true of some row."""
    return may_all_hold((condition,), knowledge)


def may_both_hold(one: Expr, other: Expr, knowledge: Knowledge) -> Verdict:
    """Whether two conditions can be true of one row at the same time."""
    return may_all_hold((one, other), knowledge)


def may_all_hold(conditions: Sequence[Expr], knowledge: Knowledge) -> Verdict:
    """Whether some row can make all the conditions true, their variables being the same."""
    search = _Search(
        [evaluated(condition) for condition in conditions],
        candidates(conditions, knowledge),
        effort=EFFORT // sum(1 for condition in conditions for _ in walk(condition)),
    )
    try:
        found = search.run()
    except _TooMuch:
        return Verdict("unknown")
    if not found:
        return Verdict("no" if search.is_complete else "unknown")
    example = search.example()
    return Verdict("yes" if _is_free(search, knowledge) else "unknown", example)


class _TooMuch(Exception):
    """The effort that the question is worth is spent."""


_NONE = Candidates((), False)


@dataclass
class _Search:
    """Gives one term after another a value, always the next that the conditions depend on."""

    conditions: Sequence[Evaluated]
    candidates: Mapping[Key, Candidates]
    effort: int
    values: dict[Key, Value] = field(default_factory=dict)
    used: dict[Key, Term] = field(default_factory=dict)
    is_complete: bool = True

    def run(self) -> bool:
        missing = self._missing()
        if not isinstance(missing, Term):
            return missing
        among = self.candidates.get(missing.key, _NONE)
        self.is_complete &= among.complete
        self.used[missing.key] = missing
        for value in among.values:
            self._count()
            self.values[missing.key] = value
            if self.run():
                return True
        del self.used[missing.key]
        self.values.pop(missing.key, None)
        return False

    def _missing(self) -> Term | bool:
        """The term that the conditions depend on next; whether they hold if there is none."""
        missing: Term | None = None
        for condition in self.conditions:
            try:
                if condition(self.values) is not True:
                    return False
            except Missing as found:
                missing = missing or found.term
        return True if missing is None else missing

    def _count(self) -> None:
        self.effort -= 1
        if self.effort < 0:
            raise _TooMuch

    def example(self) -> tuple[tuple[str, str], ...]:
        return tuple(told(self.used[key].expr, value) for key, value in self.values.items())


# ---------------------------------------------------------------- whether such a row can be


def _is_free(search: _Search, knowledge: Knowledge) -> bool:
    """Whether a row with the example's values can be: each is filled in for itself."""
    used = [term.expr for term in search.used.values()]
    moments = {each.name for each in used if isinstance(each, Func) and each.name in MOMENTS}
    if len(moments) > 1:
        return False
    return _roots_differ(used) and all(_is_own(each, knowledge) for each in used)


def _is_own(expr: Expr, knowledge: Knowledge) -> bool:
    if isinstance(expr, Func):
        return expr.name in MOMENTS and not expr.args
    while isinstance(expr, FieldOf):
        if knowledge.limits_of(EntityId(expr.of.type.of), expr.field) is None:
            return False
        expr = expr.of
    return isinstance(expr, Var)


def _roots_differ(used: Sequence[Expr]) -> bool:
    """Whether no two paths may lead to the same row of an entity, so that their fields differ."""
    rows: dict[str, set[tuple[str, ...]]] = {}
    for each in used:
        while isinstance(each, FieldOf):
            each = each.of
            if each.type.kind == "ref":
                rows.setdefault(each.type.of, set()).add(_path(each))
    return all(len(paths) == 1 for paths in rows.values())


def _path(expr: Expr) -> tuple[str, ...]:
    if isinstance(expr, FieldOf):
        return (*_path(expr.of), expr.field)
    return (expr.name,) if isinstance(expr, Var) else (THIS, ME)
