"""Whether the values of a measure add up: known from how it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.analyse.context import Measuring
from compiler.model.expr import Aggregate, Const, Expr, Op, Var
from compiler.model.report import Additivity

_AGGREGATES: Mapping[str, Additivity] = {
    "sum": "additive", "count": "additive", "min": "extreme", "max": "extreme",
}  # fmt: skip
_BESIDE: Mapping[str, Additivity] = {
    "share": "additive", "total": "ratio", "running": "semi", "moving": "semi", "previous": "semi",
}  # fmt: skip


def additivity(value: Expr, measuring: Measuring) -> Additivity:
    """What may be done with the values of a measure."""
    return _Kinds(measuring).of(value) or "ratio"


class _Kinds:
    def __init__(self, measuring: Measuring) -> None:
        self._across = {each.name: each for each in measuring.across}
        self._moves = {each.name for each in measuring.moves}
        self._snapshots = {each.name for each in measuring.snapshots}

    def of(self, value: Expr) -> Additivity | None:
        """None for what is the same for all groups."""
        match value:
            case Const():
                return None
            case Var():
                return self._variable(value.name)
            case Aggregate():
                return _of_aggregate(value)
            case Op():
                return self._of_operation(value)
        return "ratio"

    def _variable(self, name: str) -> Additivity | None:
        if name in self._across:
            across = self._across[name]
            adds_up = self.of(across.value) in ("additive", "semi")
            return _BESIDE[across.function] if adds_up else "ratio"
        if name in self._moves:
            return "additive"
        return "semi" if name in self._snapshots else None

    def _of_operation(self, value: Op) -> Additivity | None:
        kinds = [self.of(arg) for arg in value.args]
        if value.op in ("widen", "neg"):
            return kinds[0]
        if all(kind is None for kind in kinds):
            return None
        if value.op in ("+", "-"):
            return _together(kinds)
        if value.op == "*" and None in kinds:
            return _scaled(kinds)
        if value.op == "/" and kinds[1] is None:
            return _scaled(kinds)
        if value.op == "??" and kinds[1] is None:
            return kinds[0]
        return "ratio"


def _of_aggregate(value: Aggregate) -> Additivity:
    if value.distinct:
        return "distinct"
    if value.value is not None and value.value.type.unit == "%":
        return "ratio"
    return _AGGREGATES.get(value.function, "ratio")


def _together(kinds: Iterable[Additivity | None]) -> Additivity:
    known = set(kinds)
    if known == {"additive"}:
        return "additive"
    return "semi" if known <= {"additive", "semi"} else "ratio"


def _scaled(kinds: Iterable[Additivity | None]) -> Additivity | None:
    """A measure multiplied or divided by what is the same for all groups."""
    return next((kind for kind in kinds if kind is not None), None)
